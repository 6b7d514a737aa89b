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
from assistant.errors import UnknownEntry
from assistant.journal.entry import Entry, Rating, entry_of
from assistant.journal.ledger import resolve
from assistant.journal.words import query, storable

# An id, or as much of its beginning as a person may care to type.
_ID = re.compile(r"[0-9a-f]{6,16}")


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


def find(db: sqlite3.Connection, entry_id: str, groups: frozenset[str] | None) -> str:
    """The whole id of an entry that a caller may see. Raises UnknownEntry."""
    found = []
    if _ID.fullmatch(entry_id):
        rows = db.execute("SELECT id, restricted FROM entries WHERE id >= ? AND id < ?", (entry_id, f"{entry_id}g"))
        found = [each for each, restricted_to in rows if visible(restricted_to, groups)]
    if len(found) != 1:
        raise UnknownEntry(entry_id)
    return str(found[0])


def visible(restricted_to: str, groups: frozenset[str] | None) -> bool:
    """Whether a caller has one of the groups of each restricted source in an entry."""
    return groups is None or all(not groups.isdisjoint(each) for each in json.loads(restricted_to))


def where(db: sqlite3.Connection, wanted: Filter, groups: frozenset[str] | None) -> tuple[str, list[Any]]:
    """A condition on the table of entries, and its values."""
    db.create_function("visible", 1, lambda restricted_to: visible(restricted_to, groups), deterministic=True)
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
    restriction = [] if groups is None else ["visible(restricted)"]
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
