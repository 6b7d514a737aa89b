"""What a process that reads files and the one that has it do so say to each other: a length, then so much JSON."""

from __future__ import annotations

from dataclasses import dataclass
from typing import IO

from pydantic import TypeAdapter

from assistant.documents.loaders import Loaded
from assistant.documents.loaders.archive import Member
from assistant.settings import ReadingSettings

_LENGTH_BYTES = 8


@dataclass(frozen=True, slots=True)
class Request:
    """A file to read. ``name`` is what it is called, ``path`` where its bytes are (quoted as in an address, since it
    may be no UTF-8), ``charset`` what a server said of them. An archive's files are unpacked into ``spool``."""

    name: str
    path: str
    spool: str
    limits: ReadingSettings
    charset: str | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """One of: a file as read, an archive's files, or what is wrong and with which field. ``spent`` says that the
    process that replied should read nothing more."""

    loaded: Loaded | None = None
    members: tuple[Member, ...] | None = None
    what: str | None = None
    field: str | None = None
    spent: bool = False


READY = b"ready"
"""The first message of a process that reads: from then on a file's time counts."""
REQUEST = TypeAdapter(Request)
REPLY = TypeAdapter(Reply)


def send(stream: IO[bytes], message: bytes) -> None:
    """Writes a message."""
    stream.write(len(message).to_bytes(_LENGTH_BYTES, "big") + message)
    stream.flush()


def receive(stream: IO[bytes], limit: int) -> bytes | None:
    """The next message; ``None`` at the end of the stream, or where the message is longer than ``limit`` bytes or is
    cut short."""
    head = stream.read(_LENGTH_BYTES)
    size = int.from_bytes(head, "big")
    if len(head) < _LENGTH_BYTES or size > limit:
        return None
    message = stream.read(size)
    return message if len(message) == size else None
