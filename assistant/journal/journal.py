"""What was asked and answered, on what evidence, and what people said of it."""

from __future__ import annotations

import datetime as dt
import json
import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.answering.model import Answer
from assistant.documents.headers import Header
from assistant.documents.model import Source
from assistant.errors import JournalError, UnknownEntry
from assistant.journal.circumstances import program, settings_of
from assistant.journal.entry import (
    Entry,
    Rating,
    answer_json,
    evidence_json,
    history_json,
    restricted,
)
from assistant.journal.finding import Filter, Reader, entries, find, under, where
from assistant.journal.ledger import Appender, Head, Ledger, canonical, moment, records, resolve
from assistant.journal.verification import Verification, derive, verify
from assistant.retrieval.question import Turn
from assistant.settings import Settings

if TYPE_CHECKING:
    from assistant.assistant import Assistant
    from assistant.journal.replay import Replay

MAX_COMMENT = 4_000
_FILE = "journal.sqlite3"
# Retention looks at most this often: every deletion is a record itself.
_BETWEEN_DELETIONS = dt.timedelta(days=1)


class Journal:
    """The journal in a data folder. Threads and processes may use it at once.

    Wherever ``groups`` are asked for, they are those of who reads: entries that include or name a source that none of
    them may see are not there for them. ``None`` is the owner, who sees everything.

    Every method raises JournalError where the file cannot be read or written, DamagedJournal where it is no journal.
    """

    def __init__(self, folder: Path, *, restricted: Callable[[], Iterable[Source | Header]] = tuple) -> None:
        """Opens nothing yet: the file is made with the first record. ``restricted`` gives the sources that not
        everybody may see now: an entry that was open when it was recorded may name one."""
        self.ledger = Ledger(folder / _FILE)
        self._restricted = restricted

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
            entry = find(appender.db, entry_id, self._reader(groups))
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
                (find(db, entry_id, self._reader(groups)),),
            ).fetchone()
            return entries(db, [row])[0]

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
            condition, values = where(db, wanted or Filter(), self._reader(groups))
            if before is not None:
                condition += " AND seq < (SELECT seq FROM entries WHERE id = ?)"
                values.append(find(db, before, self._reader(groups)))
            rows = db.execute(
                f"SELECT body FROM entries JOIN records USING (seq) WHERE {condition} ORDER BY seq DESC LIMIT ?",  # noqa: S608
                (*values, limit),
            ).fetchall()
            return entries(db, rows)

    def count(self, wanted: Filter | None = None, *, groups: frozenset[str] | None = None) -> int:
        """How many entries there are."""
        if not self.ledger.exists():
            return 0
        with self.ledger.reading() as db:
            condition, values = where(db, wanted or Filter(), self._reader(groups))
            (count,) = db.execute(f"SELECT count(*) FROM entries WHERE {condition}", values).fetchone()  # noqa: S608
            return int(count)

    def resting_on(
        self, source_id: str, provision: str | None = None, *, groups: frozenset[str] | None = None
    ) -> list[Entry]:
        """The entries whose answers rest on a source, or on one provision of it or what stands under that, newest
        first: whom to tell when it changes. An abstention rests on nothing."""
        if not self.ledger.exists():
            return []
        with self.ledger.reading() as db:
            condition, values = where(db, Filter(), self._reader(groups))
            rows = db.execute(
                "SELECT seq, label, lineage FROM rests JOIN entries USING (seq) "  # noqa: S608 - our own names
                f"WHERE source_id = ? AND {condition} ORDER BY seq DESC",
                (source_id, *values),
            )
            found = dict.fromkeys(
                seq for seq, label, lineage in rows if provision is None or under(provision, label, lineage)
            )
            bodies = (db.execute("SELECT body FROM records WHERE seq = ?", (seq,)).fetchone() for seq in found)
            return entries(db, bodies)

    def resting_counts(self, *, groups: frozenset[str] | None = None) -> dict[str, int]:
        """How many answers rest on each source that any answer rests on, by its id."""
        if not self.ledger.exists():
            return {}
        with self.ledger.reading() as db:
            condition, values = where(db, Filter(), self._reader(groups))
            rows = db.execute(
                "SELECT source_id, count(DISTINCT seq) FROM rests JOIN entries USING (seq) "  # noqa: S608
                f"WHERE {condition} GROUP BY source_id",
                values,
            )
            return dict(rows.fetchall())

    def all(self, wanted: Filter | None = None, *, groups: frozenset[str] | None = None) -> Iterator[Entry]:
        """Every entry, oldest first, read as it is taken."""
        if not self.ledger.exists():
            return
        with self.ledger.reading() as db:
            condition, values = where(db, wanted or Filter(), self._reader(groups))
            rows = db.execute(
                f"SELECT body FROM entries JOIN records USING (seq) WHERE {condition} ORDER BY seq",  # noqa: S608
                values,
            )
            for row in rows:
                yield from entries(db, [row])

    def verify(self, *, noted: Head | None = None) -> Verification:
        """Whether the journal is what was written; see `verification.verify`."""
        return verify(self.ledger, noted=noted)

    def replay(self, entry_id: str, assistant: Assistant, *, groups: frozenset[str] | None = None) -> Replay:
        """Asks the question of an entry again and says what differs and why; see `replay.replay`.

        Raises UnknownEntry, and QuestionError where the question cannot be asked any more.
        """
        from assistant.journal.replay import Kept, replay

        entry = self.entry(entry_id, groups=groups)
        with self.ledger.reading() as db:
            text = resolve(db)
            manifest, facts = text(entry.corpus), text(entry.settings)
        versions = dict(line.split(" ") for line in manifest.splitlines())
        return replay(entry, Kept(versions, json.loads(facts or "{}")), assistant, groups=groups)

    def _reader(self, groups: frozenset[str] | None) -> Reader:
        hidden = () if groups is None else (each for each in self._restricted() if not each.is_open_to(groups))
        return Reader(groups, tuple(hidden))


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
    # Merged, the index of words forgets the words of what is gone; until then it only marks them.
    db.execute("INSERT INTO found (found) VALUES ('optimize')")
    appender.deleted = True
    body = {"kind": "retention", "through": through, "link": link, "deleted": deleted, "before": before, "days": days}
    _append(appender, body)
    return deleted
