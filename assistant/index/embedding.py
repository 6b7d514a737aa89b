"""Texts → vectors: what makes a question and a passage comparable.

`OnnxEncoder` runs the packaged all-MiniLM-L6-v2 and needs no torch. `SentenceTransformerEncoder` runs any other
sentence-transformers model and needs the extra of that name. Both are LangChain `Embeddings`.
"""

from __future__ import annotations

import hashlib
import json
import os
from abc import abstractmethod
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from langchain_core.embeddings import Embeddings

from assistant.errors import EncoderError

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

DEFAULT_MODEL = "minilm-int8"
_PACKAGED = Path(__file__).with_name("minilm")
_REINSTALL = "Install the package again."
_SLICE = 64  # texts between two calls of `progress`: about a third of a second's work
_MOST_THREADS = 8  # more were not measured, and a server has other things to do

Vectors = npt.NDArray[np.float32]
Progress = Callable[[int], None]


class Encoder(Embeddings):
    """An embedding model that says which it is. `identity` goes into passage ids: another encoder is noticed."""

    identity: str
    dimension: int

    @abstractmethod
    def encode(self, texts: Sequence[str], *, progress: Progress | None = None) -> Vectors:
        """Unit vectors, one row a text, in the order of the texts: float32, (len(texts), dimension).

        `progress` is called in the caller's thread, every few texts, with how many were newly done.
        """

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """LangChain's name for `encode`."""
        rows: list[list[float]] = self.encode(texts).tolist()
        return rows


def open_encoder(model: str) -> Encoder:
    """Opens "minilm-int8", the packaged model, or a sentence-transformers model by hub name or folder.

    Raises EncoderError where it cannot be opened.
    """
    return OnnxEncoder() if model == DEFAULT_MODEL else SentenceTransformerEncoder(model)


class OnnxEncoder(Encoder):
    """The packaged model on onnxruntime and the processor.

    Each text is run by itself, on one thread, several texts at a time. Dynamic int8 takes its scale from the whole
    batch: in a batch of 32 its neighbours move the vector of a text as far as quantisation itself did (cosine 0.991).
    Alone, a text has one vector, as a passage and as a question; nothing is padded, and with one text a thread it is
    no slower.
    """

    def __init__(self, folder: Path | None = None, *, threads: int | None = None) -> None:
        """Loads and checks the model in `folder` (default: the packaged one).

        `threads` is how many texts are encoded at a time; default: the processors this process may use, at most 8.
        Raises EncoderError where a file is missing or is not the one that `digests.json` names.
        """
        import onnxruntime  # only who encodes should pay for its import
        from tokenizers import Tokenizer

        facts, files = _read_checked(folder or _PACKAGED)
        self.identity = f"{facts['model']}@{facts['sha256']['model.onnx'][:12]}"
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
        self._session = onnxruntime.InferenceSession(files["model.onnx"], options, providers=["CPUExecutionProvider"])

    def encode(self, texts: Sequence[str], *, progress: Progress | None = None) -> Vectors:
        """See Encoder. A text is read up to its 256th token."""
        vectors = np.empty((len(texts), self.dimension), dtype=np.float32)
        with ThreadPoolExecutor(self._threads, thread_name_prefix="encoder") as pool:
            for start in range(0, len(texts), _SLICE):
                part = texts[start : start + _SLICE]
                vectors[start : start + len(part)] = list(pool.map(self._encode_one, part))
                if progress:
                    progress(len(part))
        return vectors

    def embed_query(self, text: str) -> list[float]:
        """The unit vector of a question: the same as that of a passage with these words."""
        numbers: list[float] = self._encode_one(text).tolist()
        return numbers

    def _encode_one(self, text: str) -> Vectors:
        """The vector of one text, (dimension,)."""
        ids = np.array([self._tokenizer.encode(_readable(text)).ids], dtype=np.int64)
        vector: Vectors = self._session.run(None, {"input_ids": ids, "attention_mask": np.ones_like(ids)})[0][0]
        return vector


class SentenceTransformerEncoder(Encoder):
    """Any other model of sentence-transformers, by the extra `sentence-transformers`.

    Weights are read from safetensors only, and code that comes with a model is never run. A model that has its own
    prompts for questions and for passages gets them.
    """

    def __init__(self, name_or_folder: str) -> None:
        """Opens a model folder, or a model of the hub by name: from its cache, and over the network if it is not there.

        Raises EncoderError where the extra or the folder is missing or the model cannot be loaded.
        """
        if _looks_like_path(name_or_folder) and not Path(name_or_folder).expanduser().is_dir():
            raise EncoderError(f"There is no embedding model folder {name_or_folder}.")
        try:
            import sentence_transformers  # noqa: F401 - an extra, and 10 s
        except ImportError as error:
            raise EncoderError(
                f"The embedding model {name_or_folder} needs sentence-transformers: "
                "pip install 'export-control-assistant[sentence-transformers]'"
            ) from error
        try:
            self._model = _load(name_or_folder)
            self.dimension = len(self.embed_query(""))
        except Exception as error:  # the library's, torch's and the hub's have no common class
            reason = str(error).partition("\n")[0]
            raise EncoderError(f"The embedding model {name_or_folder} cannot be loaded: {reason}") from error
        self.identity = f"{Path(name_or_folder).name}@{_digest(self._model)}"

    def encode(self, texts: Sequence[str], *, progress: Progress | None = None) -> Vectors:
        """See Encoder. A text is read as far as the model reads."""
        vectors = np.empty((len(texts), self.dimension), dtype=np.float32)
        for start in range(0, len(texts), _SLICE):
            part = [_readable(text) for text in texts[start : start + _SLICE]]
            # Sorts by length and pads only to the longest of a batch by itself.
            vectors[start : start + len(part)] = self._model.encode_document(
                part, normalize_embeddings=True, show_progress_bar=False
            )
            if progress:
                progress(len(part))
        return vectors

    def embed_query(self, text: str) -> list[float]:
        """The unit vector of a question."""
        vectors = self._model.encode_query([_readable(text)], normalize_embeddings=True, show_progress_bar=False)
        numbers: list[float] = vectors[0].tolist()
        return numbers


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


def _load(name_or_folder: str) -> SentenceTransformer:
    """A sentence-transformers model, over the network only where it is neither a folder nor in the hub's cache."""
    from sentence_transformers import SentenceTransformer

    folder = Path(name_or_folder).expanduser()
    source = str(folder) if folder.is_dir() else name_or_folder
    load = partial(SentenceTransformer, source, trust_remote_code=False, model_kwargs={"use_safetensors": True})
    try:
        return load(local_files_only=True)
    except OSError:
        if folder.is_dir():
            raise
        return load()


def _digest(model: SentenceTransformer) -> str:
    """A short digest of weights and structure: a name can come to mean another model."""
    import torch

    digest = hashlib.sha256(repr((model, model.max_seq_length, model.prompts)).encode())
    for _, tensor in sorted(model.state_dict().items()):
        digest.update(tensor.cpu().contiguous().flatten().view(torch.uint8).numpy())
    return digest.hexdigest()[:12]


def _looks_like_path(name: str) -> bool:
    """Whether it can only be meant as a folder: names on the hub are `name` or `owner/name`."""
    return name.startswith((".", "~")) or Path(name).is_absolute() or len(Path(name).parts) > 2


def _processors() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _readable(text: str) -> str:
    """The text without half surrogate pairs: JSON can carry them, tokenizers cannot take them."""
    return text.encode("utf-8", "replace").decode("utf-8")
