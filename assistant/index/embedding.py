"""Texts → vectors: what makes a question and a passage comparable.

`OnnxEncoder` runs the packaged model and needs no torch; any other model of sentence-transformers is in
`sentence_transformer.py`, one that a provider runs in `provider.py`. All are LangChain `Embeddings`.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from abc import abstractmethod
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from langchain_core.embeddings import Embeddings

from assistant.errors import EncoderError
from assistant.index.model_choice import PACKAGED, ModelChoice
from assistant.settings import DEFAULT_MODEL

_REINSTALL = "Install the package again."
# Model names as LangChain has them, PROVIDER:NAME; a single letter before the colon is a drive of Windows.
_OF_A_PROVIDER = re.compile(r"[a-z][a-z0-9_]+:\S")
SLICE = 64  # texts between two calls of `progress`: about a third of a second's work
_MOST_THREADS = 8  # more were not measured, and a server has other things to do
# onnxruntime 1.32 joins each sum with the layer norm after it into one step that takes longer than the two: a quarter
# of the time of a text of 64 tokens.
_SLOW_FUSION = "SkipLayerNormFusion"

Vectors = npt.NDArray[np.float32]
Progress = Callable[[int], None]


class Encoder(Embeddings):
    """An embedding model that says which it is: ``choice`` is how to open it again, ``identity`` what it is. The
    identity goes into passage ids and changes with the weights and with what is put before a text, so that vectors that
    cannot be compared are never taken for each other's."""

    choice: ModelChoice
    identity: str
    dimension: int

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


def open_encoder(choice: ModelChoice) -> Encoder:
    """Opens the packaged model, one of a provider that LangChain knows (``openai:text-embedding-3-small``), or any
    model of sentence-transformers by hub name or folder.

    Raises EncoderError where it cannot be opened.
    """
    if choice.model == DEFAULT_MODEL:
        return OnnxEncoder(choice=choice)
    if _OF_A_PROVIDER.match(choice.model):
        from assistant.index.provider import ProviderEncoder

        return ProviderEncoder(choice)
    from assistant.index.sentence_transformer import SentenceTransformerEncoder

    return SentenceTransformerEncoder(choice)


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


class OnnxEncoder(Encoder):
    """The packaged model on onnxruntime and the processor.

    Each text is run by itself, on one thread, several texts at a time. Dynamic int8 takes its scale from the whole
    batch: in a batch of 32 its neighbours move the vector of a text as far as quantisation itself did (cosine 0.991).
    Alone, a text has one vector, as a passage and as a question; nothing is padded, and with one text a thread it is
    no slower.
    """

    def __init__(
        self, folder: Path | None = None, *, threads: int | None = None, choice: ModelChoice | None = None
    ) -> None:
        """Loads and checks the model in `folder` (default: the packaged one).

        `threads` is how many texts are encoded at a time; default: the processors this process may use, at most 8.
        Raises EncoderError where a file is missing or is not the one that `digests.json` names.
        """
        import onnxruntime  # only who encodes should pay for its import
        from tokenizers import Tokenizer

        facts, files = _read_checked(folder or PACKAGED)
        self.choice = choice or ModelChoice(DEFAULT_MODEL)
        self.identity = identified(f"{facts['model']}@{facts['sha256']['model.onnx'][:12]}", self.choice)
        self.dimension = int(facts["dimension"])
        self._threads = threads or min(_processors(), _MOST_THREADS)
        # As it comes, the tokenizer pads and cuts at 128 tokens; sentence-transformers reads 256 with this model.
        self._tokenizer = Tokenizer.from_str(files["tokenizer.json"].decode("utf-8"))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(int(facts["max_length"]))
        onnxruntime.disable_telemetry_events()
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.enable_mem_pattern = False  # one would be kept for each of 255 lengths
        self._session = onnxruntime.InferenceSession(
            files["model.onnx"], options, providers=["CPUExecutionProvider"], disabled_optimizers=[_SLOW_FUSION]
        )

    def encode(self, texts: Sequence[str], *, progress: Progress | None = None) -> Vectors:
        """See Encoder. A text is read up to its 256th token."""
        return self._encode(texts, self.choice.document_prefix, progress)

    def embed_query(self, text: str) -> list[float]:
        """The unit vector of a question: the same as that of a passage with these words, where no prefix is set."""
        numbers: list[float] = self._encode_one(f"{self.choice.query_prefix or ''}{text}").tolist()
        return numbers

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """See Encoder: the vectors that `embed_query` gives."""
        return self._encode(texts, self.choice.query_prefix, None)

    def _encode(self, texts: Sequence[str], prefix: str | None, progress: Progress | None) -> Vectors:
        vectors = np.empty((len(texts), self.dimension), dtype=np.float32)
        if len(texts) == 1:  # threads would take longer to begin than the text takes
            vectors[0] = self._encode_one(f"{prefix or ''}{texts[0]}")
            if progress:
                progress(1)
            return vectors
        with ThreadPoolExecutor(self._threads, thread_name_prefix="encoder") as pool:
            for start in range(0, len(texts), SLICE):
                part = [f"{prefix or ''}{text}" for text in texts[start : start + SLICE]]
                vectors[start : start + len(part)] = list(pool.map(self._encode_one, part))
                if progress:
                    progress(len(part))
        return vectors

    def _encode_one(self, text: str) -> Vectors:
        """The vector of one text, (dimension,)."""
        ids = np.array([self._tokenizer.encode(readable(text)).ids], dtype=np.int64)
        vector: Vectors = self._session.run(None, {"input_ids": ids, "attention_mask": np.ones_like(ids)})[0][0]
        return vector


def _read_checked(folder: Path) -> tuple[dict[str, Any], dict[str, bytes]]:
    """The facts in `digests.json` and the files to load, each read once and checked against its digest.

    Raises EncoderError where a file is missing, unreadable or changed.
    """
    try:
        facts = json.loads((folder / "digests.json").read_text(encoding="utf-8"))
        files = {name: (folder / name).read_bytes() for name in ("model.onnx", "tokenizer.json")}
        changed = [name for name, data in files.items() if hashlib.sha256(data).hexdigest() != facts["sha256"][name]]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise EncoderError(f"The embedding model in {folder} is not complete ({error}). {_REINSTALL}") from error
    if changed:
        raise EncoderError(f"{folder / changed[0]} is not the file that digests.json names. {_REINSTALL}")
    return facts, files


def _processors() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def readable(text: str) -> str:
    """The text without half surrogate pairs: JSON can carry them, tokenizers cannot take them."""
    return text.encode("utf-8", "replace").decode("utf-8")
