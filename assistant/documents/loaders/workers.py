"""Processes that read files, kept for a batch and replaced when they die: what a file does to its reader ends there."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import quote_from_bytes

from pydantic import ValidationError

from assistant.documents.loaders import Loaded
from assistant.documents.loaders.archive import Member
from assistant.documents.loaders.exchange import READY, REPLY, REQUEST, Reply, Request, receive, send
from assistant.errors import SourceError, StorageError
from assistant.settings import ReadingSettings

# What a process needs to find Python and this package. It gets nothing else: no key, no token, no proxy.
_ENVIRONMENT = frozenset(
    {
        "PATH",
        "PYTHONPATH",
        "PYTHONHOME",
        "VIRTUAL_ENV",
        "LD_LIBRARY_PATH",
        "LANG",
        "LC_ALL",
        "TMPDIR",
        "TEMP",
        "TMP",
        "SYSTEMROOT",
    }
)
# A source's JSON is its text and, for every sentence, a few numbers.
_REPLY_BYTES_A_CHARACTER = 30


class Worker:
    """One such process, started when first needed."""

    def __init__(self, limits: ReadingSettings) -> None:
        self._limits = limits
        self._process: subprocess.Popen[bytes] | None = None
        self._closed = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Ends the process, at once, whatever it does, from any thread; nothing is read afterwards."""
        self._closed = True
        self._end()

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.communicate()

    def read(self, path: Path, *, name: str, spool: Path, charset: str | None = None) -> Loaded | tuple[Member, ...]:
        """A file's source; or of an archive its files, unpacked into ``spool``. ``name`` is what the file is called,
        ``charset`` what a server said of it.

        Raises SourceError where the file cannot be read, takes longer or more memory than it may, or ends the process.
        """
        reply = self._exchange(Request(name, quote_from_bytes(os.fsencode(path)), str(spool), self._limits, charset))
        if reply.spent:
            self._end()  # memory that failed once is in pieces
        if reply.loaded is not None:
            return reply.loaded
        if reply.members is not None:
            return reply.members
        raise SourceError(name, reply.what or "the file cannot be read.", field=reply.field)

    def _exchange(self, request: Request) -> Reply:
        process = self._ready()
        assert process.stdin is not None and process.stdout is not None  # noqa: S101, PT018 - both are pipes
        late = threading.Event()

        def end() -> None:
            late.set()
            process.kill()

        clock = threading.Timer(self._limits.max_seconds, end)
        clock.start()
        try:
            send(process.stdin, REQUEST.dump_json(request))
            message = receive(process.stdout, self._limits.max_characters * _REPLY_BYTES_A_CHARACTER)
            if message is not None:
                return REPLY.validate_json(message)
        except (OSError, ValidationError):
            pass  # it died before it took the request, or while it replied
        finally:
            clock.cancel()
        self._end()
        raise SourceError(request.name, self._cause_of_death(late.is_set()))

    def _ready(self) -> subprocess.Popen[bytes]:
        """The process, ready to read. Raises StorageError where none can be started."""
        process = self._process
        if process is None:
            process = self._process = _start()
            is_ready = process.stdout is not None and receive(process.stdout, len(READY)) == READY
            if not is_ready or self._closed:  # while it started
                self._end()
                raise StorageError("The process that reads files could not be started, or was stopped.")
        return process

    def _cause_of_death(self, late: bool) -> str:
        if late:
            return f"reading the file took longer than {self._limits.max_seconds:g} s, which is the limit."
        return (
            "the file ended the process that read it: it is damaged or made to do harm, or reading it takes more than "
            f"{self._limits.max_memory_bytes // 1_000_000:,} MB of memory."
        )


def _start() -> subprocess.Popen[bytes]:
    """Starts a process that gets nothing of this one but what it needs to find Python."""
    return subprocess.Popen(
        [sys.executable, "-m", "assistant.documents.loaders.worker"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={name: value for name, value in os.environ.items() if name.upper() in _ENVIRONMENT},
    )
