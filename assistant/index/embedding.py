"""Texts → vectors: what makes a question and a passage comparable, and what every embedding model has in common.

The packaged model is in `onnx_encoder.py`, any other model of sentence-transformers in `sentence_transformer.py`, one
that a provider runs in `provider.py`; `encoders.py` opens the one that is meant.
"""

from __future__ import annotations

import hashlib
from abc import abstractmethod
from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt
from langchain_core.embeddings import Embeddings

from assistant.errors import EncoderError
from assistant.index.model_choice import ModelChoice

SLICE = 64  # texts between two calls of `progress`: about a third of a second's work

Vectors = npt.NDArray[np.float32]
Progress = Callable[[int], None]


class Encoder(Embeddings):
    """An embedding model that says which it is: ``choice`` is how to open it again, ``identity`` what it is, and
    ``reads_chinese`` is false where what it makes of Chinese text tells nothing of what that means. The identity goes
    into passage ids and changes with the weights and with what is put before a text, so that vectors that cannot be
    compared are never taken for each other's."""

    choice: ModelChoice
    identity: str
    dimension: int
    reads_chinese = True

    @abstractmethod
    def encode(self, texts: Sequence[str], *, progress: Progress | None = None) -> Vectors:
        """Unit vectors, one row a text, in the order of the texts: float32, (len(texts), dimension).

        `progress` is called in the caller's thread, every few texts, with how many were newly done.
        """

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """The unit vectors of several questions, one row each: float32, (len(texts), dimension)."""
        return np.array([self.embed_query(text) for text in texts], dtype=np.float32).reshape(-1, self.dimension)

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """LangChain's name for `encode`."""
        rows: list[list[float]] = self.encode(texts).tolist()
        return rows


def identified(name: str, choice: ModelChoice) -> str:
    """A model's identity: its name, and a digest of the prefixes where some are set."""
    prefixes = (choice.query_prefix, choice.document_prefix)
    if prefixes == (None, None):
        return name
    return f"{name}+{hashlib.sha256(repr(prefixes).encode()).hexdigest()[:8]}"


def as_unit_vectors(rows: object, shape: tuple[int, int], model: str) -> Vectors:
    """What a model that is not ours gave for some texts, as float32 and each of length one.

    Raises EncoderError where it is not of the shape, or a vector has no direction or holds what is no number.
    """
    try:
        vectors = np.asarray(rows, dtype=np.float64)
    except (TypeError, ValueError):
        vectors = np.empty(0)
    if vectors.shape != shape:
        raise EncoderError(
            f"The embedding model {model} gave vectors of shape {vectors.shape} where {shape} was due; nothing was "
            "changed. If another model is served under this name now, run `assistant doctor --rebuild`."
        )
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    if not np.isfinite(lengths).all() or (lengths == 0).any():
        raise EncoderError(
            f"The embedding model {model} gave a vector that is zero or holds what is no number; nothing was changed."
        )
    unit: Vectors = (vectors / lengths).astype(np.float32)
    return unit


def readable(text: str) -> str:
    """The text without half surrogate pairs: JSON can carry them, tokenizers cannot take them."""
    return text.encode("utf-8", "replace").decode("utf-8")
