"""Any model of sentence-transformers, by hub name or folder; needs the extra of that name."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from assistant.errors import EncoderError
from assistant.index.embedding import SLICE, Encoder, Progress, Vectors, as_unit_vectors, identified, readable
from assistant.index.model_choice import ModelChoice

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

# The hub's library tries for minutes; who has no network should not wait for it.
_HUB_SECONDS = 5.0
_NOT_THERE = (401, 404)  # the former without a token, so that nobody learns which private models there are
_ORGANISATION = "sentence-transformers"  # whose models may be named without it


class SentenceTransformerEncoder(Encoder):
    """A model of sentence-transformers.

    Weights are read from safetensors only, and code that comes with a model is never run. A model that has its own
    prompts for questions and for passages gets them where no prefix is set.
    """

    def __init__(self, choice: ModelChoice) -> None:
        """Opens a model folder, or a model of the hub by name: from its cache, and over the network if it is not there.

        Raises EncoderError where the extra or the folder is missing, the hub has no such model or cannot be reached, or
        the model cannot be loaded.
        """
        name = choice.model
        folder = Path(name).expanduser()
        if folder.is_dir():
            if not (folder / "modules.json").is_file():  # it would be given a pooling that it was not trained with
                raise EncoderError(
                    f"The embedding model {name} cannot be loaded: the folder has no modules.json, so it is no model "
                    "of sentence-transformers, or not a complete one."
                )
        else:
            if _looks_like_path(name):
                raise EncoderError(f"There is no embedding model folder {name}.")
            _refuse_what_the_hub_has_not(name)
        try:
            import sentence_transformers  # noqa: F401 - an extra, and 10 s
        except ImportError as error:
            raise EncoderError(_needs_the_extra(name)) from error
        self.choice = choice
        try:
            self._model = _load(name)
            one, other = self._model.encode(["licence", "soup"], show_progress_bar=False)
        except Exception as error:  # the library's, torch's and the hub's have no common class
            reason = str(error).partition("\n")[0]
            raise EncoderError(f"The embedding model {name} cannot be loaded: {reason}") from error
        if np.array_equal(one, other):  # the library makes up an empty tokenizer where a model has none
            raise EncoderError(f"The embedding model {name} cannot be loaded: its tokenizer knows no words.")
        self.dimension = len(one)
        self.identity = identified(f"{folder.name}@{_digest(self._model)}", choice)

    def encode(self, texts: Sequence[str], *, progress: Progress | None = None) -> Vectors:
        """See Encoder. A text is read as far as the model reads. Raises EncoderError where the model gives no usable
        vector."""
        vectors = np.empty((len(texts), self.dimension), dtype=np.float32)
        for start in range(0, len(texts), SLICE):
            part = [readable(text) for text in texts[start : start + SLICE]]
            # Sorts by length and pads only to the longest of a batch by itself.
            rows = self._model.encode_document(part, prompt=self.choice.document_prefix, show_progress_bar=False)
            vectors[start : start + len(part)] = as_unit_vectors(rows, (len(part), self.dimension), self.choice.model)
            if progress:
                progress(len(part))
        return vectors

    def embed_query(self, text: str) -> list[float]:
        """The unit vector of a question. Raises EncoderError where the model gives no usable one."""
        rows = self._model.encode_query([readable(text)], prompt=self.choice.query_prefix, show_progress_bar=False)
        numbers: list[float] = as_unit_vectors(rows, (1, self.dimension), self.choice.model)[0].tolist()
        return numbers


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


def _refuse_what_the_hub_has_not(name: str) -> None:
    """Raises EncoderError where a model is neither in the hub's cache nor known to the hub, or the hub does not answer
    within seconds. Torch is not imported for it."""
    try:
        from huggingface_hub import HfApi, try_to_load_from_cache
    except ImportError as error:
        raise EncoderError(_needs_the_extra(name)) from error
    names = [name] if "/" in name else [f"{_ORGANISATION}/{name}", name]
    answers: list[Exception | None] = []

    def ask(each: str) -> None:
        try:
            HfApi().model_info(each, timeout=_HUB_SECONDS)
            answers.append(None)
        except Exception as error:  # noqa: BLE001 - not found, not allowed, not reachable, offline: no common class
            answers.append(error)

    try:
        if any(isinstance(try_to_load_from_cache(each, "config.json"), str) for each in names):
            return
        for each in names:
            # Looking up the hub's address knows no time limit of its own.
            asking = threading.Thread(target=ask, args=(each,), daemon=True)
            asking.start()
            asking.join(_HUB_SECONDS)
            if answers and answers[-1] is None:
                return
            if not answers or getattr(answers[-1], "response", None) is None:
                break  # nobody answers there: the other name fares no better
    except ValueError:  # its class for what cannot be a name
        raise EncoderError(
            f"{name!r} is no embedding model: neither a folder nor a name that the hub can have."
        ) from None
    status = getattr(getattr(answers[-1], "response", None), "status_code", None) if answers else None
    why = "the hub cannot be reached"
    if status is not None:
        why = "the hub has no such model" if status in _NOT_THERE else f"the hub answers with HTTP {status}"
    raise EncoderError(
        f"The embedding model {name} is no folder and not in the hub's cache, and {why}. "
        "Name a folder or a model that was fetched before, or leave the setting `embedding` out for the packaged one."
    )


def _needs_the_extra(name: str) -> str:
    return (
        f"The embedding model {name} needs sentence-transformers: "
        "pip install 'export-control-assistant[sentence-transformers]'"
    )


def _looks_like_path(name: str) -> bool:
    """Whether it can only be meant as a folder: names on the hub are `name` or `owner/name`."""
    return name.startswith((".", "~")) or Path(name).is_absolute() or len(Path(name).parts) > 2
