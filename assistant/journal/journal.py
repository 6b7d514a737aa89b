"""What was asked and answered, on what evidence, and what people said of it."""

from __future__ import annotations

import datetime as dt
import json
import re
import secrets
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.answering.model import Answer, Verdict
from assistant.errors import JournalError, UnknownEntry
from assistant.journal.circumstances import program, settings_of
from assistant.journal.entry import (
    Entry,
    Rating,
    answer_json,
    entry_of,
    evidence_json,
    history_json,
    restricted,
)
from assistant.journal.ledger import Appender, Head, Ledger, canonical, moment, records, resolve
from assistant.journal.verification import Verification, derive, verify
from assistant.journal.words import query, storable
from assistant.retrieval.question import Turn
from assistant.settings import Settings

MAX_COMMENT = 4_000
_FILE = "journal.sqlite3"
# An id, or as much of its beginning as a person may care to type.
_ID = re.compile(r"[0-9a-f]{6,16}")
# Retention looks at most this often: every deletion is a record itself.
_BETWEEN_DELETIONS = dt.timedelta(days=1)


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


class Journal:
    """The journal in a data folder. Threads and processes may use it at once.

    Wherever ``groups`` are asked for, they are those of who reads: entries whose evidence includes a source that none
    of them may see are not there for them. ``None`` is the owner, who sees everything.

    Every method raises JournalError where the file cannot be read or written, DamagedJournal where it is no journal.
    """

    def __init__(self, folder: Path) -> None:
        """Opens nothing yet: the file is made with the first record."""
        self.ledger = Ledger(folder / _FILE)

    def close(self) -> None:
        """Closes the file; the next record opens it again."""
        self.ledger.close()

    def record(
        self,
        answer: Answer,
        *,
        caller: str,
        channel: str,
        settings: Settings,
        history: Sequence[Turn] = (),
        groups: frozenset[str] | None = None,
    ) -> str:
        """Records an answer and returns the id of its entry. Once this returns, the entry is on the disk.

        ``caller`` is who asked and ``channel`` how (``cli``, ``rest``, ``slack`` …), ``settings`` those that the answer
        was made with, ``history`` the turns before the question, ``groups`` the caller's.

        Where a retention is set, entries older than that are deleted by the way, once a day.
        """
        facts = canonical(settings_of(settings))
        with self.ledger.appending() as appender:
            entry_id = secrets.token_hex(8)
            manifest = "".join(f"{source_id} {version}\n" for source_id, version in sorted(answer.versions.items()))
            body = {
                "kind": "answer",
                "id": entry_id,
                "caller": caller,
                "channel": channel,
                "groups": None if groups is None else sorted(groups),
                "restricted": restricted(answer),
                "history": history_json(history),
                "answer": answer_json(answer, appender.keep),
                "evidence": evidence_json(answer, appender.keep),
                "corpus": appender.keep(manifest),
                "settings": appender.keep(facts),
                "program": program(),
                "prompt": answer.prompt,
            }
            _append(appender, body)
            if settings.journal.retention_days is not None:
                _retain(appender, settings.journal.retention_days)
        return entry_id

    def feedback(
        self,
        entry_id: str,
        rating: Rating,
        *,
        caller: str,
        channel: str,
        comment: str = "",
        groups: frozenset[str] | None = None,
    ) -> None:
        """Records what somebody said of an answer, beside what was said of it before.

        Raises UnknownEntry, also where the caller may not see the entry; JournalError where the comment is too long.
        """
        if len(comment) > MAX_COMMENT:
            raise JournalError(f"The comment has {len(comment):,} characters; at most {MAX_COMMENT:,} are kept.")
        if not self.ledger.exists():
            raise UnknownEntry(entry_id)
        with self.ledger.appending() as appender:
            entry = _find(appender.db, entry_id, groups)
            _append(
                appender,
                {
                    "kind": "feedback",
                    "id": secrets.token_hex(8),
                    "entry": entry,
                    "caller": caller,
                    "channel": channel,
                    "rating": Rating(rating).value,
                    "comment": comment,
                },
            )

    def retain(self, days: int) -> int:
        """Deletes what is older than some days and says so in a record of its own, so that the rest stays verifiable;
        returns how many records went. What was deleted today already is not looked at again."""
        if not self.ledger.exists():
            return 0
        with self.ledger.appending() as appender:
            return _retain(appender, days)

    def entry(self, entry_id: str, *, groups: frozenset[str] | None = None) -> Entry:
        """One entry, by its id or the first six characters of it or more.

        Raises UnknownEntry where there is none, more than one, or the caller may not see it.
        """
        if not self.ledger.exists():
            raise UnknownEntry(entry_id)
        with self.ledger.reading() as db:
            row = db.execute(
                "SELECT body FROM records WHERE seq = (SELECT seq FROM entries WHERE id = ?)",
                (_find(db, entry_id, groups),),
            ).fetchone()
            return _entries(db, [row])[0]

    def search(
        self,
        wanted: Filter | None = None,
        *,
        limit: int = 50,
        before: str | None = None,
        groups: frozenset[str] | None = None,
    ) -> list[Entry]:
        """The newest entries first, at most ``limit``; ``before`` is the id of an entry to go on after, for pages.

        Raises UnknownEntry where there is no such entry to go on after.
        """
        if not self.ledger.exists():
            return []
        with self.ledger.reading() as db:
            where, values = _where(db, wanted or Filter(), groups)
            if before is not None:
                where += " AND seq < (SELECT seq FROM entries WHERE id = ?)"
                values.append(_find(db, before, groups))
            rows = db.execute(
                f"SELECT body FROM entries JOIN records USING (seq) WHERE {where} ORDER BY seq DESC LIMIT ?",  # noqa: S608
                (*values, limit),
            ).fetchall()
            return _entries(db, rows)

    def count(self, wanted: Filter | None = None, *, groups: frozenset[str] | None = None) -> int:
        """How many entries there are."""
        if not self.ledger.exists():
            return 0
        with self.ledger.reading() as db:
            where, values = _where(db, wanted or Filter(), groups)
            (count,) = db.execute(f"SELECT count(*) FROM entries WHERE {where}", values).fetchone()  # noqa: S608
            return int(count)

    def resting_on(
        self, source_id: str, provision: str | None = None, *, groups: frozenset[str] | None = None
    ) -> list[Entry]:
        """The entries whose answers rest on a source, or on one provision of it or what stands under that, newest
        first: whom to tell when it changes. An abstention rests on nothing."""
        if not self.ledger.exists():
            return []
        with self.ledger.reading() as db:
            where, values = _where(db, Filter(), groups)
            rows = db.execute(
                "SELECT rests.label, lineage, body FROM rests JOIN entries USING (seq) JOIN records USING (seq) "  # noqa: S608
                f"WHERE source_id = ? AND {where} ORDER BY seq DESC",
                (source_id, *values),
            ).fetchall()
            bodies = dict.fromkeys(
                body for label, lineage, body in rows if provision is None or _under(provision, label, lineage)
            )
            return _entries(db, [(body,) for body in bodies])

    def all(self, wanted: Filter | None = None, *, groups: frozenset[str] | None = None) -> Iterator[Entry]:
        """Every entry, oldest first, read as it is taken."""
        if not self.ledger.exists():
            return
        with self.ledger.reading() as db:
            where, values = _where(db, wanted or Filter(), groups)
            rows = db.execute(
                f"SELECT body FROM entries JOIN records USING (seq) WHERE {where} ORDER BY seq",  # noqa: S608
                values,
            )
            for row in rows:
                yield from _entries(db, [row])

    def verify(self, *, noted: Head | None = None) -> Verification:
        """Whether the journal is what was written; see `verification.verify`."""
        return verify(self.ledger, noted=noted)

    def kept(self, digest: str) -> str:
        """A kept text, such as the state of the corpus that an entry names; empty where there is none."""
        if not self.ledger.exists():
            return ""
        with self.ledger.reading() as db:
            return resolve(db)(digest)


def _append(appender: Appender, body: Mapping[str, Any]) -> None:
    """Appends a record and the rows that it is found by."""
    seq = appender.append(body)
    (row,) = records(appender.db, after=seq - 1)
    for table, rows in derive(seq, row.content):
        for each in rows:
            places = ", ".join("?" * len(each))
            appender.db.execute(f"INSERT INTO {table} VALUES ({places})", each)  # noqa: S608 - our own names
            if table == "entries":
                appender.db.execute("INSERT INTO found (rowid, words) VALUES (?, ?)", (seq, each[-1]))


def _retain(appender: Appender, days: int) -> int:
    db, today = appender.db, dt.datetime.now(dt.UTC)
    before = moment(today - dt.timedelta(days=days))
    last = db.execute("SELECT at FROM deletions ORDER BY seq DESC LIMIT 1").fetchone()
    oldest = db.execute("SELECT json_extract(body, '$.at') FROM records ORDER BY seq LIMIT 1").fetchone()
    if (last and last[0] > moment(today - _BETWEEN_DELETIONS)) or oldest is None or oldest[0] >= before:
        return 0
    # Times never run backwards along the chain, so what is too old is a beginning of it.
    through, link = db.execute(
        "SELECT seq, link FROM records WHERE json_extract(body, '$.at') < ? ORDER BY seq DESC LIMIT 1", (before,)
    ).fetchone()
    db.execute(
        "INSERT INTO found (found, rowid, words) SELECT 'delete', seq, words FROM entries WHERE seq <= ?", (through,)
    )
    deleted = db.execute("DELETE FROM records WHERE seq <= ?", (through,)).rowcount
    db.execute("DELETE FROM texts WHERE last <= ?", (through,))
    body = {"kind": "retention", "through": through, "link": link, "deleted": deleted, "before": before, "days": days}
    _append(appender, body)
    return deleted


def _find(db: sqlite3.Connection, entry_id: str, groups: frozenset[str] | None) -> str:
    """The whole id of an entry that a caller may see. Raises UnknownEntry."""
    found = []
    if _ID.fullmatch(entry_id):
        rows = db.execute("SELECT id, restricted FROM entries WHERE id >= ? AND id < ?", (entry_id, f"{entry_id}g"))
        found = [each for each, restricted_to in rows if _visible(restricted_to, groups)]
    if len(found) != 1:
        raise UnknownEntry(entry_id)
    return str(found[0])


def _visible(restricted_to: str, groups: frozenset[str] | None) -> bool:
    """Whether a caller has one of the groups of each restricted source in an entry."""
    return groups is None or all(not groups.isdisjoint(each) for each in json.loads(restricted_to))


def _where(db: sqlite3.Connection, wanted: Filter, groups: frozenset[str] | None) -> tuple[str, list[Any]]:
    """A condition on the table of entries, and its values."""
    db.create_function("visible", 1, lambda restricted_to: _visible(restricted_to, groups), deterministic=True)
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


def _under(wanted: str, label: str, lineage: str) -> bool:
    """Whether a provision is the wanted one or stands under it, by its label or by the headings above it."""
    return wanted in lineage.split("\n") or label.startswith((f"{wanted}(", f"{wanted} ("))


def _entries(db: sqlite3.Connection, bodies: Iterable[tuple[str]]) -> list[Entry]:
    text, found = resolve(db), []
    for (each,) in bodies:
        body = json.loads(each)
        said = db.execute(
            "SELECT body FROM feedback JOIN records USING (seq) WHERE entry = ? ORDER BY seq", (body["id"],)
        ).fetchall()
        found.append(entry_of(body, text, (json.loads(row[0]) for row in said)))
    return found
