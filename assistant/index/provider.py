"""Embedding models that a provider runs, under LangChain's own names: ``openai:text-embedding-3-small``, …

Keys and addresses come from the provider's own environment variables and are never shown: of an error only its class
and its HTTP status are told.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from langchain_core.embeddings import Embeddings

from assistant.errors import EncoderError
from assistant.index.embedding import SLICE, Encoder, Progress, Vectors, as_unit_vectors, identified, readable
from assistant.index.model_choice import ModelChoice

_SECONDS = 60.0
# The longest question is cut where common models, which read 8,191 tokens, would refuse it; passages are far shorter.
_MOST_CHARACTERS = 6_000
_OPTIONS: Mapping[str, Mapping[str, Any]] = {
    # It would count tokens with a table that it fetches over the network, and send numbers instead of text, which other
    # servers that speak the protocol do not take.
    "openai": {"check_embedding_ctx_length": False, "timeout": _SECONDS, "max_retries": 2},
    "ollama": {"client_kwargs": {"timeout": _SECONDS}},
}
_EXTRAS = ("openai", "ollama")


class ProviderEncoder(Encoder):
    """A model behind LangChain's `init_embeddings`. What it is, is known by its name and dimension alone."""

    def __init__(self, choice: ModelChoice) -> None:
        """Opens the model and asks it for one vector.

        Raises EncoderError where LangChain knows no such provider, its package or its key is missing, or it fails.
        """
        self.choice = choice
        self._model = _opened(choice.model)
        self.dimension = len(self._asked(["dimension"])[0])
        self.identity = identified(f"{choice.model}@{self.dimension}", choice)

    def encode(self, texts: Sequence[str], *, progress: Progress | None = None) -> Vectors:
        """See Encoder. Raises EncoderError where the provider fails or gives no usable vectors."""
        vectors = np.empty((len(texts), self.dimension), dtype=np.float32)
        prefix = self.choice.document_prefix or ""
        for start in range(0, len(texts), SLICE):
            part = [f"{prefix}{text}" for text in texts[start : start + SLICE]]
            shape = (len(part), self.dimension)
            vectors[start : start + len(part)] = as_unit_vectors(self._asked(part), shape, self.choice.model)
            if progress:
                progress(len(part))
        return vectors

    def embed_query(self, text: str) -> list[float]:
        """The unit vector of a question. Raises EncoderError where the provider fails or gives no usable one."""
        try:
            row = self._model.embed_query(_cut(f"{self.choice.query_prefix or ''}{text}"))
        except Exception as error:  # noqa: BLE001 - as below
            raise self._failure(error) from None
        numbers: list[float] = as_unit_vectors([row], (1, self.dimension), self.choice.model)[0].tolist()
        return numbers

    def _asked(self, texts: list[str]) -> list[list[float]]:
        try:
            return self._model.embed_documents([_cut(text) for text in texts])
        except Exception as error:  # noqa: BLE001 - each provider's library has classes of its own
            raise self._failure(error) from None

    def _failure(self, error: Exception) -> EncoderError:
        """What went wrong, without whatever an error's text may hold of addresses and keys."""
        status = getattr(error, "status_code", None)
        what = f"{type(error).__name__}, HTTP {status}" if isinstance(status, int) else type(error).__name__
        return EncoderError(
            f"The embedding model {self.choice.model} failed ({what}); what was complete still is. Check that its "
            "provider can be reached and takes your key, and do the same again."
        )


def _opened(name: str) -> Embeddings:
    provider = name.partition(":")[0]
    extra = f"'export-control-assistant[{provider}]'" if provider in _EXTRAS else f"langchain langchain-{provider}"
    try:
        from langchain.embeddings import init_embeddings

        model: Embeddings = init_embeddings(name, **_OPTIONS.get(provider, {}))
    except ImportError:
        raise EncoderError(
            f"The embedding model {name} needs packages that are not installed; run: "
            f"pip install {extra.replace('_', '-')}"
        ) from None
    except Exception as error:  # noqa: BLE001 - for a missing key, too, each provider has a class of its own
        if isinstance(error, ValueError) and "is not supported" in str(error):
            raise EncoderError(f"LangChain knows no provider {provider!r} of embedding models.") from None
        raise EncoderError(
            f"The embedding model {name} cannot be set up ({type(error).__name__}). Its provider takes key and address "
            "from its own environment variables; docs/models.md names them."
        ) from None
    return model


def _cut(text: str) -> str:
    return readable(text)[:_MOST_CHARACTERS]
