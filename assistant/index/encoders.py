"""The embedding models an index has to do with: the one that is set, and the one that embedded what answers now.

Each is imported when it is opened: only who encodes should pay for it.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from assistant.errors import EncoderError
from assistant.index.model_choice import ModelChoice
from assistant.settings import DEFAULT_MODEL

if TYPE_CHECKING:
    from assistant.index.embedding import Encoder

# Model names as LangChain has them, PROVIDER:NAME; a single letter before the colon is a drive of Windows.
_OF_A_PROVIDER = re.compile(r"[a-z][a-z0-9_]+:\S")


def open_encoder(choice: ModelChoice) -> Encoder:
    """Opens the packaged model, one of a provider that LangChain knows (``openai:text-embedding-3-small``), or any
    model of sentence-transformers by hub name or folder.

    Raises EncoderError where it cannot be opened.
    """
    if choice.model == DEFAULT_MODEL:
        from assistant.index.onnx_encoder import OnnxEncoder

        return OnnxEncoder(choice=choice)
    if _OF_A_PROVIDER.match(choice.model):
        from assistant.index.provider import ProviderEncoder

        return ProviderEncoder(choice)
    from assistant.index.sentence_transformer import SentenceTransformerEncoder

    return SentenceTransformerEncoder(choice)


class Encoders:
    """Opens each when it is first needed. The two differ while everything is being embedded anew, by this process or
    another, and where processes of different settings share an index."""

    def __init__(self, open_configured: Callable[[], Encoder], choice: ModelChoice | None) -> None:
        """``choice`` says ahead which model `configured` will be, so that another need not be opened to know."""
        self.choice = choice
        self._open_configured = open_configured
        self._configured: Encoder | None = None
        self._former: Encoder | None = None
        self._lock = threading.RLock()

    @property
    def configured(self) -> Encoder:
        """The model that is set. Raises EncoderError where it cannot be opened."""
        with self._lock:
            if self._configured is None:
                self._configured = self._open_configured()
            return self._configured

    def of(self, identity: str, record: str) -> Encoder:
        """The model of an identity, opened as ``record`` says; the one that is set where there is no identity yet.

        Raises EncoderError where it cannot be opened, or is another one by now.
        """
        made_with = ModelChoice.of_record(record)
        with self._lock:
            if self._former is not None and self._former.identity == identity:
                return self._former
            may_be_configured = self.choice is None or made_with is None or made_with == self.choice
            if not identity or (may_be_configured and self.configured.identity == identity):
                self._former = None
                return self.configured
            self._former = self._reopened(identity, made_with)
            return self._former

    def _reopened(self, identity: str, made_with: ModelChoice | None) -> Encoder:
        problem = "how to open it is not known"
        if made_with is not None:
            try:
                found = self.configured if made_with == self.choice else open_encoder(made_with)
            except EncoderError as error:
                problem = str(error).rstrip(".")
            else:
                if found.identity == identity:
                    return found
                problem = f"{made_with.model} is {found.identity} now"
        raise EncoderError(
            f"The index was made with the embedding model {identity}, and {problem}. "
            "Run `assistant doctor --rebuild` to have everything embedded anew by the model that is set."
        )
