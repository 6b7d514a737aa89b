"""The process that reads files for another one: requests on standard input, replies on standard output.

Files come from anybody, and their readers are large programs. What one of them can do here is bounded: the memory and
the processor time of this process are, it holds no secrets, and it can be ended without loss. `workers.py` is the other
side.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import BinaryIO
from urllib.parse import unquote_to_bytes

from assistant.documents import loaders
from assistant.documents.loaders import archive
from assistant.documents.loaders.content import Format, format_of
from assistant.documents.loaders.exchange import READY, REPLY, REQUEST, Reply, Request, receive, send
from assistant.errors import SourceError
from assistant.settings import ReadingSettings

_REQUEST_BYTES = 1 << 20
# Beyond what the parent's clock allows: the last resort where nobody is left to end this process.
_SPARE_SECONDS = 10


def main() -> None:
    """Answers requests until standard input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which then ends this process
    replies = _own_standard_output()
    send(replies, READY)
    while message := receive(sys.stdin.buffer, _REQUEST_BYTES):
        request = REQUEST.validate_json(message)
        _bound(request.limits)
        send(replies, _reply(request))


def _reply(request: Request) -> bytes:
    try:
        return REPLY.dump_json(_read(request))
    except SourceError as error:
        reply = Reply(what=error.what, field=error.field)
    except MemoryError:
        reply = Reply(what=_too_large(request.limits), spent=True)
    except RecursionError:
        reply = Reply(what="the file is nested too deep to be read.")
    except OSError as error:
        reply = Reply(what=f"the file cannot be read: {error.strerror or error}.")
    return REPLY.dump_json(reply)


def _read(request: Request) -> Reply:
    path, limits = Path(os.fsdecode(unquote_to_bytes(request.path))), request.limits
    if path.stat().st_size <= limits.max_file_bytes and format_of(request.name, path) is Format.ZIP:
        return Reply(members=tuple(archive.unpack(request.name, path, Path(request.spool), limits)))
    return Reply(loaded=loaders.read(path, name=request.name, limits=limits, charset=request.charset))


def _too_large(limits: ReadingSettings) -> str:
    return (
        f"reading the file takes more than {limits.max_memory_bytes // 1_000_000:,} MB of memory, which is the limit."
    )


def _bound(limits: ReadingSettings) -> None:
    """Bounds memory, and the processor time from now on. Systems without such limits have the parent's clock alone."""
    try:
        import resource
    except ImportError:
        return
    memory = limits.max_memory_bytes
    resource.setrlimit(resource.RLIMIT_AS, (memory, resource.getrlimit(resource.RLIMIT_AS)[1]))
    used = resource.getrusage(resource.RUSAGE_SELF)
    seconds = int(used.ru_utime + used.ru_stime + limits.max_seconds) + _SPARE_SECONDS
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, resource.getrlimit(resource.RLIMIT_CPU)[1]))


def _own_standard_output() -> BinaryIO:
    """The stream for replies; whatever a library prints goes nowhere, and cannot pass for a reply."""
    replies = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    return replies


if __name__ == "__main__":
    main()
