"""What all routes share: the one Assistant, the threads it works in, the settings."""

from __future__ import annotations

import gc
import logging
import threading
from collections.abc import Callable

from starlette.requests import HTTPConnection

from assistant.assistant import Assistant, Status
from assistant.documents.headers import Header
from assistant.errors import AssistantError
from assistant.journal import Journal
from assistant.server.idempotency import Done
from assistant.server.keys import Keys
from assistant.server.metrics import Metrics
from assistant.server.pool import Pool
from assistant.server.runs import Runs
from assistant.server.unavailable import NotReady
from assistant.settings import Settings

_log = logging.getLogger(__name__)
_TOLD_EACH = 1280


class _Stopped(Exception):
    """The server is being stopped."""


class Context:
    """One server's state. Answers and changes have threads of their own, so that a long add holds up no answer."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.answers = Pool("answer", workers=settings.server.workers, waiting=settings.server.waiting)
        self.changes = Pool("change", workers=1, waiting=settings.server.waiting)
        self.metrics = Metrics({"answers": self.answers, "changes": self.changes}, self._status)
        self.journal = Journal(settings.data_dir, restricted=self._restricted)
        self.keys = Keys(settings.data_dir)
        self.done = Done(settings.data_dir)
        self.evaluations = Runs(settings.data_dir, waiting=settings.server.waiting)
        self.on_failure: Callable[[], None] = lambda: None
        self.failure: AssistantError | None = None
        self.progress: tuple[int, int] | None = None
        """While sources are read into the index: how many passages are done, of how many."""
        self._assistant: Assistant | None = None
        self._opening = threading.Lock()
        self._closing = threading.Event()

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
                assistant = Assistant.open(self.settings, switch=False, progress=self._advance)
                assistant.ask("Is anything controlled?")
                # What is held by now stays to the end: full collections that look through it again and again would
                # stop one question in ten of an index of a million passages for a tenth of a second.
                gc.freeze()
            except AssistantError as error:
                self.failure = error
                self.on_failure()
                return
            self._assistant = assistant
        if assistant.index.is_by_another_model():
            self.changes.submit(lambda: self._switch(assistant))

    def _switch(self, assistant: Assistant) -> None:
        """Embeds everything anew by the model that is set, while the index answers by the former one."""

        def advance(done: int, total: int) -> None:
            if self._closing.is_set():
                raise _Stopped
            if done % _TOLD_EACH == 0 or done == total:
                _log.info("embedded %s of %s passages anew", done, total)

        former = assistant.index.catalogue.meta("encoder")
        _log.info("the index is by %s and goes on answering while everything is embedded anew", former)
        try:
            assistant.update(advance)
        except _Stopped:
            _log.info("stopped; the next start goes on from there")
        except AssistantError as error:
            _log.error("the index is still by %s: %s", former, error)
        else:
            _log.info("the index is by %s now", assistant.index.catalogue.meta("encoder"))

    def _advance(self, done: int, total: int) -> None:
        self.progress = (done, total)

    def _restricted(self) -> list[Header]:
        """The sources that not everybody may see."""
        return [each for each in self.assistant.index.snapshot().headers.values() if each.groups]

    def _status(self) -> Status | None:
        return self._assistant.status() if self._assistant is not None else None

    def close(self) -> None:
        """Lets running and waiting work finish; embedding everything anew goes on with the next start."""
        self._closing.set()
        self.answers.close()
        self.changes.close()
        self.evaluations.close()
        self.journal.close()


def context_of(connection: HTTPConnection) -> Context:
    """The server's state; in routes and in mounted apps alike."""
    context: Context = connection.state.context
    return context
