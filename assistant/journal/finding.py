"""Which entries are meant, and which of them a reader may see."""

from __future__ import annotations

import datetime as dt
import json
import re
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from assistant.answering.model import Verdict
from assistant.documents.headers import Header
from assistant.documents.model import Source
from assistant.documents.naming import short_name
from assistant.errors import UnknownEntry
from assistant.journal.entry import Entry, Rating, entry_of
from assistant.journal.ledger import resolve
from assistant.journal.words import query, spaced, storable

# An id, or as much of its beginning as a person may care to type.
_ID = re.compile(r"[0-9a-f]{6,16}")
# A shorter name may stand anywhere for anything.
_TELLING_NAME = 8


@dataclass(frozen=True, slots=True)
class Filter:
    """Which entries are meant; what is left out does not matter. ``words`` are all to be found in an entry, in any
    order, in quotation marks as a phrase; ``since`` and ``until`` are days of asking in UTC, both included."""

    words: str = ""
    caller: str | None = None
    channel: str | None = None
    verdict: Verdict | None = None
    since: dt.date | None = None
    until: dt.date | None = None
    rating: Rating | None = None


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads: ``groups`` are theirs, None for the owner, who sees everything; ``hidden`` are the sources that they
    may not see now, whoever could when an answer was recorded."""

    groups: frozenset[str] | None = None
    hidden: tuple[Source | Header, ...] = ()

    def sees(self, restricted: str, sources: str, words: str) -> bool:
        """Whether nothing in an entry is kept from the reader: one of the groups that each source was restricted to
        when the answer was recorded is theirs, and no source that is hidden now is in it or named by it."""
        if self.groups is None:
            return True
        if any(self.groups.isdisjoint(each) for each in json.loads(restricted)):
            return False
        return not any(_names(source, json.loads(sources), words) for source in self.hidden)


def _names(source: Source | Header, sources: list[str], words: str) -> bool:
    names = (name for name in (source.id, source.title, short_name(source)) if len(name) >= _TELLING_NAME)
    return source.id in sources or any(spaced(name) in words for name in names)


def find(db: sqlite3.Connection, entry_id: str, reader: Reader) -> str:
    """The whole id of an entry that a reader may see. Raises UnknownEntry."""
    found = []
    if _ID.fullmatch(entry_id):
        columns = "id, restricted, sources, words"
        rows = db.execute(f"SELECT {columns} FROM entries WHERE id >= ? AND id < ?", (entry_id, f"{entry_id}g"))  # noqa: S608
        found = [each for each, *shown in rows if reader.sees(*shown)]
    if len(found) != 1:
        raise UnknownEntry(entry_id)
    return str(found[0])


def where(db: sqlite3.Connection, wanted: Filter, reader: Reader) -> tuple[str, list[Any]]:
    """A condition on the table of entries, and its values."""
    db.create_function("seen", 3, reader.sees, deterministic=True)
    conditions: dict[str, Any] = {
        "caller = ?": None if wanted.caller is None else storable(wanted.caller),
        "channel = ?": wanted.channel,
        "verdict = ?": wanted.verdict,
        "at >= ?": wanted.since and wanted.since.isoformat(),
        "at < ?": wanted.until and (wanted.until + dt.timedelta(days=1)).isoformat(),
        "id IN (SELECT entry FROM feedback WHERE rating = ?)": wanted.rating,
    }
    if wanted.words.strip():
        conditions["seq IN (SELECT rowid FROM found WHERE found MATCH ?)"] = query(wanted.words) or '""'
    held = {condition: value for condition, value in conditions.items() if value is not None}
    restriction = [] if reader.groups is None else ["seen(restricted, sources, words)"]
    return " AND ".join([*held, *restriction, "TRUE"]), list(held.values())


def under(wanted: str, label: str, lineage: str) -> bool:
    """Whether a provision is the wanted one or stands under it, by its label or by the headings above it."""
    return wanted in lineage.split("\n") or label.startswith((f"{wanted}(", f"{wanted} ("))


def entries(db: sqlite3.Connection, bodies: Iterable[tuple[str]]) -> list[Entry]:
    """The entries that records hold, each with what was said of it since."""
    text, found = resolve(db), []
    for (each,) in bodies:
        body = json.loads(each)
        said = db.execute(
            "SELECT body FROM feedback JOIN records USING (seq) WHERE entry = ? ORDER BY seq", (body["id"],)
        ).fetchall()
        found.append(entry_of(body, text, (json.loads(row[0]) for row in said)))
    return found
