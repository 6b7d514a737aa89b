"""The packaged model, run by onnxruntime on the processor: no torch, no network."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

from assistant.errors import EncoderError
from assistant.index.embedding import SLICE, Encoder, Progress, Vectors, identified, readable
from assistant.index.model_choice import PACKAGED, ModelChoice
from assistant.settings import DEFAULT_MODEL

_REINSTALL = "Install the package again."
_MOST_THREADS = 8  # more were not measured, and a server has other things to do
# onnxruntime 1.32 joins each sum with the layer norm after it into one step that takes longer than the two: a quarter
# of the time of a text of 64 tokens.
_SLOW_FUSION = "SkipLayerNormFusion"


class OnnxEncoder(Encoder):
    """The packaged model on onnxruntime and the processor.

    Each text is run by itself, on one thread, several texts at a time. Dynamic int8 takes its scale from the whole
    batch: in a batch of 32 its neighbours move the vector of a text as far as quantisation itself did (cosine 0.991).
    Alone, a text has one vector, as a passage and as a question; nothing is padded, and with one text a thread it is
    no slower.
    """

    reads_chinese = False

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
