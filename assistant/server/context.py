"""What all routes share: the one Assistant, the threads it works in, the settings."""

from __future__ import annotations

import threading

from starlette.requests import HTTPConnection

from assistant.assistant import Assistant
from assistant.errors import AssistantError
from assistant.server.pool import Pool
from assistant.settings import Settings


class NotReady(AssistantError):
    """The index or the model is still being opened."""

    def __init__(self) -> None:
        super().__init__("The server is still opening its index; try again in a few seconds.")


class Context:
    """One server's state. Answers and changes have threads of their own, so that a long add holds up no answer."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.answers = Pool("answer", workers=settings.server.workers, waiting=settings.server.waiting)
        self.changes = Pool("change", workers=1, waiting=settings.server.waiting)
        self.failure: AssistantError | None = None
        self._assistant: Assistant | None = None
        self._opening = threading.Lock()

    @property
    def assistant(self) -> Assistant:
        """The one Assistant. Raises NotReady until the index and the model answer."""
        if self._assistant is None:
            raise NotReady
        return self._assistant

    @property
    def is_ready(self) -> bool:
        """Whether the index and the model answer."""
        return self._assistant is not None

    def open(self) -> None:
        """Opens the index and asks it something, so that all that is loaded at first use is loaded. Keeps the error
        where that fails."""
        with self._opening:
            if self._assistant is not None:
                return
            try:
                assistant = Assistant.open(self.settings)
                assistant.ask("Is anything controlled?")
            except AssistantError as error:
                self.failure = error
                return
            self._assistant = assistant

    def close(self) -> None:
        """Lets running and waiting work finish."""
        self.answers.close()
        self.changes.close()


def context_of(connection: HTTPConnection) -> Context:
    """The server's state; in routes and in mounted apps alike."""
    context: Context = connection.state.context
    return context
