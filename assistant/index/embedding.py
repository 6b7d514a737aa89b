"""Texts → vectors: what makes a question and a passage comparable.

`OnnxEncoder` runs the packaged all-MiniLM-L6-v2 and needs no torch. `SentenceTransformerEncoder` runs any other
sentence-transformers model and needs the extra of that name. Both are LangChain `Embeddings`.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt
from langchain_core.embeddings import Embeddings

from assistant.errors import EncoderError

DEFAULT_MODEL = "minilm-int8"
_PACKAGED = Path(__file__).with_name("minilm")
_SLICE = 64  # texts between two calls of `progress`: about a third of a second's work
_MOST_THREADS = 8  # more were not measured, and a server has other things to do

Vectors = npt.NDArray[np.float32]
Progress = Callable[[int], None]


class Encoder(Protocol):
    """What the index needs of an embedding model."""

    @property
    def identity(self) -> str:
        """Names the model and its weights; goes into passage ids, so that another encoder is noticed."""

    @property
    def dimension(self) -> int:
        """How many numbers a vector has."""

    def encode(self, texts: Sequence[str], *, progress: Progress | None = None) -> Vectors:
        """Unit vectors, one row a text, in the order of the texts: float32, (len(texts), dimension)."""

    def embed_query(self, text: str) -> list[float]:
        """The unit vector of a question."""


def open_encoder(model: str) -> Encoder:
    """Opens "minilm-int8", the packaged model, or a sentence-transformers model by hub name or folder.

    Raises EncoderError where it cannot be opened.
    """
    return OnnxEncoder() if model == DEFAULT_MODEL else SentenceTransformerEncoder(model)


class OnnxEncoder(Embeddings):
    """The packaged model on onnxruntime and the processor.

    Each text is run by itself, on one thread, several texts at a time. Dynamic int8 takes its scale from the whole
    batch: in a batch of 32 the vector of a text moves by as much as quantisation itself moved it (cosine 0.991), and so
    hangs on its neighbours. Alone, a text has one vector, whether it is a passage or a question, and nothing is padded;
    with a thread a text that is as fast as batches are.
    """

    def __init__(self, folder: Path | None = None, *, threads: int | None = None) -> None:
        """Loads and checks the model in `folder` (default: the packaged one).

        `threads` is how many texts are encoded at a time; default: the processors this process may use, at most 8.
        Raises EncoderError where a file is missing or is not the one that `digests.json` names.
        """
        import onnxruntime  # noqa: PLC0415  # takes 0.2 s; only who encodes should pay for it
        from tokenizers import Tokenizer  # noqa: PLC0415

        facts, model, tokenizer = _read_checked(folder or _PACKAGED)
        self.identity = f"{facts['model']}@{facts['sha256']['model.onnx'][:12]}"
        self.dimension = int(facts["dimension"])
        self._threads = threads or min(_processors(), _MOST_THREADS)
        # The tokenizer's own file pads and cuts at 128 tokens; the model was meant to read 256.
        self._tokenizer = Tokenizer.from_str(tokenizer.decode("utf-8"))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(int(facts["max_length"]))
        onnxruntime.disable_telemetry_events()
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.enable_mem_pattern = False  # a pattern would be kept for each of 255 lengths
        self._session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])

    def encode(self, texts: Sequence[str], *, progress: Progress | None = None) -> Vectors:
        """Unit vectors, one row a text, in the order of the texts: float32, (len(texts), 384).

        A text is read up to its 256th token. `progress` is called in the caller's thread with how many were newly done.
        """
        vectors = np.empty((len(texts), self.dimension), dtype=np.float32)
        with ThreadPoolExecutor(self._threads, thread_name_prefix="encoder") as pool:
            for start in range(0, len(texts), _SLICE):
                part = texts[start : start + _SLICE]
                vectors[start : start + len(part)] = list(pool.map(self._encode_one, part))
                if progress:
                    progress(len(part))
        return vectors

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """LangChain's name for `encode`."""
        return _as_lists(self.encode(texts))

    def embed_query(self, text: str) -> list[float]:
        """The unit vector of a question: the same as that of a passage with these words."""
        return [float(number) for number in self._encode_one(text)]

    def _encode_one(self, text: str) -> Vectors:
        # JSON can carry half a surrogate pair, which the tokenizer cannot take.
        readable = text.encode("utf-8", "replace").decode("utf-8")
        ids = np.array([self._tokenizer.encode(readable).ids], dtype=np.int64)
        vectors: Vectors = self._session.run(None, {"input_ids": ids, "attention_mask": np.ones_like(ids)})[0]
        return vectors[0]


class SentenceTransformerEncoder(Embeddings):
    """Any other model of sentence-transformers, by the extra `sentence-transformers`.

    Weights are read from safetensors only, and code that comes with a model is never run.
    """

    def __init__(self, name_or_folder: str) -> None:
        """Opens a model folder, or a model of the hub by name (from its cache, else over the network).

        Raises EncoderError where the extra or the folder is missing or the model cannot be loaded.
        """
        folder = Path(name_or_folder).expanduser()
        is_folder = folder.is_dir()
        if not is_folder and _looks_like_path(name_or_folder):
            raise EncoderError(f"There is no model folder {name_or_folder}.")
        try:
            from sentence_transformers import SentenceTransformer  # noqa: PLC0415  # an extra; imports torch, 10 s
        except ImportError as error:
            raise EncoderError(
                f"The embedding model {name_or_folder!r} needs sentence-transformers: "
                "pip install 'export-control-assistant[sentence-transformers]'"
            ) from error
        try:
            self._model = SentenceTransformer(
                str(folder) if is_folder else name_or_folder,
                local_files_only=is_folder,
                trust_remote_code=False,
                model_kwargs={"use_safetensors": True},
            )
        except Exception as error:  # the library, the hub and torch each have their own; the user needs one sentence
            raise EncoderError(f"The embedding model {name_or_folder!r} cannot be loaded: {error}") from error
        self.dimension = self._dimension()
        self.identity = f"{folder.resolve().name}@{_folder_digest(folder)}" if is_folder else name_or_folder

    def encode(self, texts: Sequence[str], *, progress: Progress | None = None) -> Vectors:
        """Unit vectors, one row a text, in the order of the texts: float32, (len(texts), dimension)."""
        vectors = np.empty((len(texts), self.dimension), dtype=np.float32)
        for start in range(0, len(texts), _SLICE):
            part = list(texts[start : start + _SLICE])
            vectors[start : start + len(part)] = self._model.encode_document(
                part, normalize_embeddings=True, show_progress_bar=False
            )
            if progress:
                progress(len(part))
        return vectors
