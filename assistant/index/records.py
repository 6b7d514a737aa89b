"""What the catalogue keeps: versions of sources as records, passages, and the change that one commit writes."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pydantic import TypeAdapter

from assistant.documents.headers import Header
from assistant.documents.model import Source, Span
from assistant.documents.versions import Retired, Version

# Raised whenever headers get a field or one is filled otherwise: those stored are made anew from their records then.
HEADER_FORMAT = 2
_RECORDS = TypeAdapter(Source)
_HEADERS = TypeAdapter(Header)


@dataclass(frozen=True, slots=True)
class Passage:
    """What is ranked: a provision, or a piece of a long one. ``vector_id`` names its vector by content, ``version`` is
    the digest of the version of its source that it stands in."""

    source_id: str
    label: str
    span: Span
    vector_id: str
    version: str


@dataclass(frozen=True, slots=True)
class LiveVersion:
    """A version that answers for some date, without its text; see `Version`."""

    header: Header
    origin: str
    number: int
    digest: str
    holds_from: dt.date | None = None


@dataclass(frozen=True, slots=True)
class StoredSource:
    """A source to put into the index. ``origin`` is where it came from: ``corpus`` or the path it was added from."""

    source: Source
    origin: str


@dataclass(frozen=True, slots=True)
class Change:
    """What one commit writes.

    ``add`` are new versions, ``retire`` the versions by source and number that answer no longer, with why, ``passages``
    those of versions that answer, by source and digest, in place of what was known of them. ``edits`` are fields put
    right by source, ``None`` for one that is as its document says again. ``segments`` are the files that hold those
    passages as they are searched; with ``anew`` no other file counts any more.
    """

    add: Sequence[Version] = ()
    retire: Mapping[tuple[str, int], Retired] = field(default_factory=dict)
    passages: Mapping[tuple[str, str], Sequence[Passage]] = field(default_factory=dict)
    withdrawn: frozenset[str] | None = None
    edits: Mapping[str, Mapping[str, str | None]] = field(default_factory=dict)
    meta: Mapping[str, str] | None = None
    segments: Sequence[str] = ()
    anew: bool = False

    def __bool__(self) -> bool:
        return bool(self.add or self.retire or self.passages or self.edits)


def record_of(source: Source) -> bytes:
    """A source as it is stored; two sources are the same exactly when their records are."""
    # What is as it is by default is left out, so a record stays the same when sources get a new field.
    fields = _RECORDS.dump_python(source, exclude_defaults=True)
    return json.dumps(fields, default=_plain, ensure_ascii=False, separators=(",", ":")).encode()


def _plain(value: object) -> object:
    """What JSON has no word for. A set is put in order: its own differs from one process to the next."""
    return sorted(value) if isinstance(value, frozenset) else str(value)


def version_of(source: Source) -> str:
    """The name of a source's version: the SHA-256 of its record, so of its text and of everything known about it."""
    return hashlib.sha256(record_of(source)).hexdigest()


def source_of_record(record: bytes) -> Source:
    """The source that a record holds. Raises ValueError where it is none."""
    return _RECORDS.validate_json(record)


def written_header(header: Header) -> str:
    """A header as it is stored."""
    fields = _HEADERS.dump_python(header, exclude_defaults=True)
    return json.dumps(fields, default=_plain, ensure_ascii=False, separators=(",", ":"))


def read_header(written: str) -> Header:
    """The header that was stored. Raises ValueError where it is none."""
    return _HEADERS.validate_json(written)
