"""Is the journal what was written? Every link, every kept text, and everything derived from the records."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from assistant.journal.entry import rests_on, sources_of, texts_of, words_of
from assistant.journal.ledger import START, TOKENS, Head, Ledger, Record, digest_of, head_of, link_of, records
from assistant.journal.words import spaced, storable


@dataclass(frozen=True, slots=True)
class Verification:
    """What was found. ``problem`` says of the first bad record what is wrong with it, ``None`` where all is sound;
    ``records`` counts those that were read, ``head`` is the last sound one, and ``deleted`` says in a sentence what
    retention deleted, empty where nothing was."""

    records: int
    head: Head
    problem: str | None = None
    deleted: str = ""

    @property
    def sound(self) -> bool:
        """Whether nothing was altered, added or taken away."""
        return self.problem is None


class _Unsound(Exception):
    """The first thing that is wrong."""


def verify(ledger: Ledger, *, noted: Head | None = None) -> Verification:
    """Checks the whole journal. ``noted`` is a head that was noted down earlier and must still be part of the chain:
    it shows what the file alone cannot, that somebody wrote all of it anew.

    Raises JournalError where the file cannot be read at all.
    """
    if not ledger.exists():
        lost = f"Record {noted.seq}, which was noted, is missing: the journal is empty." if noted else None
        return Verification(0, Head(0, ""), lost)
    with ledger.reading() as db:
        return _Check(db, noted).run()


class _Check:
    def __init__(self, db: sqlite3.Connection, noted: Head | None) -> None:
        self._db = db
        self._noted = noted
        self._count = 0
        self._head = Head(0, "")
        self._texts: dict[str, int] = {}
        self._derived = {"entries": 0, "rests": 0, "feedback": 0, "deletions": 0}
        self._deleted = ""

    def run(self) -> Verification:
        problem = None
        try:
            self._chain()
            self._kept_texts()
            self._search()
        except _Unsound as unsound:
            problem = str(unsound)
        except sqlite3.DatabaseError as error:
            problem = f"After record {self._head.seq} the file cannot be read: {error}."
        return Verification(self._count, self._head, problem, self._deleted)

    def _chain(self) -> None:
        self._head = self._start()
        for record in records(self._db):
            self._link(record)
            self._noted_is(record.seq, record.link)
            self._derivations(record)
            self._count += 1
            self._head = Head(record.seq, record.link)
        kept = head_of(self._db)
        if kept is None:
            raise _Unsound("The row that says where the journal ends is gone.")
        if kept.seq > self._head.seq:
            raise _Unsound(f"Record {self._head.seq + 1} is missing: the journal ended with record {kept.seq}.")
        if kept != self._head:
            raise _Unsound(f"The row that says where the journal ends was altered: it names {kept}, not {self._head}.")
        if self._noted and self._noted.seq > kept.seq:
            raise _Unsound(f"Record {self._noted.seq}, which was noted, is missing: the journal ends with {kept.seq}.")

    def _start(self) -> Head:
        """What the first record still held follows on: the beginning, or the last one that retention deleted. The
        record that says so is part of the chain itself."""
        row = self._db.execute(
            "SELECT body FROM deletions JOIN records USING (seq) ORDER BY seq DESC LIMIT 1"
        ).fetchone()
        if row is None:
            return Head(0, START)
        try:
            last = json.loads(row[0])
            start = Head(int(last["through"]), str(last["link"]))
            self._deleted = (
                f"Records up to {start.seq} were deleted under retention, on {last['at'][:10]} at the latest."
            )
        except (ValueError, KeyError, TypeError):
            raise _Unsound("The record of what was deleted under retention was altered.") from None
        self._noted_is(start.seq, start.link)
        return start

    def _noted_is(self, seq: int, link: str) -> None:
        if self._noted and self._noted.seq == seq and self._noted.link != link:
            raise _Unsound(f"Record {seq} is another than was noted: the journal was written anew up to there.")

    def _link(self, record: Record) -> None:
        expected = self._head.seq + 1
        if record.seq > expected:
            raise _Unsound(f"Record {expected} is missing: {self._head.seq} is followed by {record.seq}.")
        if record.seq < expected:
            raise _Unsound(f"Record {record.seq} was put in: the journal begins with record {expected}.")
        if record.link != link_of(self._head.link, record.seq, record.body):
            raise _Unsound(
                f"Record {record.seq}{_named(record)} was altered, or one before it: its link does not hold."
            )

    def _derivations(self, record: Record) -> None:
        """Holds what the record is found by to the record."""
        body = record.content
        derived = dict(derive(record.seq, body))
        for table, select in _SELECTS.items():
            rows = self._db.execute(select, (record.seq,)).fetchall()
            wanted = sorted(derived.get(table, []))
            self._derived[table] += len(wanted)
            if sorted(rows) != wanted:
                raise _Unsound(f"Record {record.seq}{_named(record)}: what it is found by was altered (table {table}).")
        used = texts_of(body)
        for digest in used - self._texts.keys():
            row = self._db.execute("SELECT text FROM texts WHERE digest = ?", (digest,)).fetchone()
            if row is None:
                raise _Unsound(
                    f"Record {record.seq}{_named(record)}: a text that it refers to is missing ({digest[:12]}…)."
                )
            if digest_of(row[0]) != digest:
                raise _Unsound(
                    f"Record {record.seq}{_named(record)}: a text that it refers to was altered ({digest[:12]}…)."
                )
        self._texts.update(dict.fromkeys(used, record.seq))

    def _kept_texts(self) -> None:
        for digest, last in self._db.execute("SELECT digest, last FROM texts"):
            if self._texts.get(digest) != last:
                raise _Unsound(
                    f"The text {digest[:12]}… was put in or marked by another hand: no record refers to it so."
                )

    def _search(self) -> None:
        for table, expected in self._derived.items():
            (count,) = self._db.execute(f"SELECT count(*) FROM {table}").fetchone()  # noqa: S608 - our own names
            if count != expected:
                raise _Unsound(f"Rows were put into the table {table} that no record accounts for.")
        self._index_of_words()

    def _index_of_words(self) -> None:
        """Holds the index of words to one made anew beside it, term by term as a search looks them up. SQLite's own
        check would need the right to write, and so keep everybody from recording meanwhile."""
        db = self._db
        db.execute(f"CREATE VIRTUAL TABLE temp.anew USING fts5(words, content = '', {TOKENS})")
        db.execute("INSERT INTO temp.anew (rowid, words) SELECT seq, words FROM entries ORDER BY seq")
        db.execute("CREATE VIRTUAL TABLE temp.new_places USING fts5vocab(temp, anew, instance)")
        db.execute("CREATE VIRTUAL TABLE temp.kept_places USING fts5vocab(main, found, instance)")
        places = "group_concat(doc || ' ' || offset), count(*)"
        try:
            total = 0
            for term, wanted, count in db.execute(f"SELECT term, {places} FROM temp.new_places GROUP BY term"):  # noqa: S608
                total += count
                kept = db.execute(f"SELECT {places} FROM temp.kept_places WHERE term = ?", (term,)).fetchone()  # noqa: S608
                if kept != (wanted, count):
                    raise _Unsound(f"The index of words does not match the records: {term!r}.")
            if db.execute("SELECT count(*) FROM temp.kept_places").fetchone() != (total,):
                raise _Unsound("The index of words has words that no record has.")
        except sqlite3.DatabaseError as error:
            raise _Unsound(f"The index of words cannot be read: {error}.") from None


def derive(seq: int, body: Mapping[str, Any]) -> Iterator[tuple[str, list[tuple[Any, ...]]]]:
    """The rows that a record is found by, table by table, as they are stored."""
    if body["kind"] == "answer":
        shown = (json.dumps(body["restricted"]), json.dumps(sources_of(body)))
        columns = (body["id"], body["at"], storable(body["caller"]), body["channel"], body["answer"]["verdict"])
        yield "entries", [(seq, *columns, *shown, spaced(words_of(body)))]
        yield "rests", [(seq, *each) for each in sorted(rests_on(body))]
    if body["kind"] == "feedback":
        yield "feedback", [(seq, body["entry"], body["rating"])]
    if body["kind"] == "retention":
        yield "deletions", [(seq, body["at"])]


_SELECTS = {
    "entries": "SELECT seq, id, at, caller, channel, verdict, restricted, sources, words FROM entries WHERE seq = ?",
    "rests": "SELECT seq, source_id, label, lineage FROM rests WHERE seq = ?",
    "feedback": "SELECT seq, entry, rating FROM feedback WHERE seq = ?",
    "deletions": "SELECT seq, at FROM deletions WHERE seq = ?",
}


def _named(record: Record) -> str:
    try:
        return f" (entry {record.content['id']})"
    except (ValueError, KeyError, TypeError):
        return ""
