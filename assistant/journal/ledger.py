"""The journal's file: records that are only ever appended, each linked to the one before by a hash, in SQLite.

``link = sha256(previous link, sequence number, body)``, so whoever alters, removes or inserts a record breaks every
link after it, and the head, kept in a row of its own, shows what was cut off at the end. Whoever can rewrite the whole
file can forge the whole chain; against that, note the head elsewhere from time to time (see docs/journal.md).

Texts that many records share, such as the words of a provision, are kept once, under their hash.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import sqlite3
import threading
import weakref
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from filelock import FileLock

from assistant.errors import DamagedJournal, JournalError

_VERSION = 1
TOKENS = "tokenize = 'porter unicode61 remove_diacritics 2'"
"""How the index of words tells words."""
_SCHEMA = (
    "CREATE TABLE records (seq INTEGER PRIMARY KEY, body TEXT NOT NULL, link TEXT NOT NULL) STRICT",
    "CREATE TABLE head (one INTEGER PRIMARY KEY CHECK (one = 1), seq INTEGER NOT NULL, link TEXT NOT NULL) STRICT",
    "CREATE TABLE texts (digest TEXT PRIMARY KEY, text TEXT NOT NULL, last INTEGER NOT NULL) STRICT, WITHOUT ROWID",
    # What follows is derived from the records, to find them by.
    "CREATE TABLE entries (seq INTEGER PRIMARY KEY REFERENCES records (seq) ON DELETE CASCADE, id TEXT NOT NULL "
    "UNIQUE, at TEXT NOT NULL, caller TEXT NOT NULL, channel TEXT NOT NULL, verdict TEXT NOT NULL, "
    "restricted TEXT NOT NULL, sources TEXT NOT NULL, words TEXT NOT NULL) STRICT",
    "CREATE TABLE rests (seq INTEGER NOT NULL REFERENCES entries (seq) ON DELETE CASCADE, source_id TEXT NOT NULL, "
    "label TEXT NOT NULL, lineage TEXT NOT NULL, PRIMARY KEY (source_id, label, seq)) STRICT, WITHOUT ROWID",
    "CREATE INDEX rests_by_seq ON rests (seq)",
    "CREATE TABLE feedback (seq INTEGER PRIMARY KEY REFERENCES records (seq) ON DELETE CASCADE, entry TEXT NOT NULL, "
    "rating TEXT NOT NULL) STRICT",
    "CREATE INDEX feedback_by_entry ON feedback (entry)",
    "CREATE TABLE deletions (seq INTEGER PRIMARY KEY REFERENCES records (seq) ON DELETE CASCADE, at TEXT NOT NULL) "
    "STRICT",
    f"CREATE VIRTUAL TABLE found USING fts5(words, content = 'entries', content_rowid = 'seq', {TOKENS})",
    f"PRAGMA user_version = {_VERSION}",
)
# What the first record follows on.
START = "0" * 64
_WAIT_SECONDS = 30
_BEFORE_ALL = -(2**63)


@dataclass(frozen=True, slots=True)
class Head:
    """The last record's number, from 1, and its link; number 0 where there is none yet."""

    seq: int
    link: str

    def __str__(self) -> str:
        return f"{self.seq}:{self.link}"


@dataclass(frozen=True, slots=True)
class Record:
    """One link of the chain. ``body`` is its JSON, exactly as it was hashed."""

    seq: int
    body: str
    link: str

    @property
    def content(self) -> dict[str, Any]:
        """The body as plain data."""
        loaded: dict[str, Any] = json.loads(self.body)
        return loaded


def canonical(body: Mapping[str, Any]) -> str:
    """A body as it is stored and hashed: sorted keys, no white space; equal data give equal text, and reading it back
    and writing it again changes nothing."""
    text = json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    # A lone surrogate, which no UTF-8 can hold, becomes its JSON escape.
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def digest_of(text: str) -> str:
    """The SHA-256 of a text, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def link_of(previous: str, seq: int, body: str) -> str:
    """The link of a record that follows on another's."""
    return digest_of(f"{previous}\n{seq}\n{body}")


class Ledger:
    """The SQLite file. Any number of threads and processes may read and append at once.

    Methods raise JournalError where the file cannot be reached or written, DamagedJournal where it is no journal.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.Lock()
        self._writer: sqlite3.Connection | None = None

    def exists(self) -> bool:
        """Whether anything was ever recorded."""
        return self.path.exists() and self.path.stat().st_size > 0

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A connection whose reads all see one state. The file must exist."""
        with self._explaining():
            db = self._connect()
            try:
                db.execute("BEGIN")
                yield db
            finally:
                db.close()

    @contextmanager
    def appending(self) -> Iterator[Appender]:
        """The right to append, which one has at a time. What was appended is on the disk when this ends without an
        error; none of it otherwise."""
        with self._lock, self._explaining():
            db = self._open_writer()
            db.execute("BEGIN IMMEDIATE")
            appender = Appender(db)
            try:
                yield appender
            except BaseException:
                if db.in_transaction:
                    db.execute("ROLLBACK")
                raise
            db.execute("COMMIT")
            if appender.deleted:  # what was deleted still stands in the write-ahead log
                db.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        """Closes the file; the next append opens it again."""
        with self._lock:
            if self._writer is not None:
                self._writer.close()
                self._writer = None

    def _open_writer(self) -> sqlite3.Connection:
        # Kept open: SQLite tidies a file up each time the last one closes it, which costs more than a record does.
        if self._writer is None:
            try:
                self.path.parent.mkdir(parents=True, exist_ok=True)
                with FileLock(self.path.with_suffix(".lock"), timeout=_WAIT_SECONDS):
                    self._writer = self._create()
            except OSError as error:
                raise JournalError(
                    f"{self.path} cannot be written to ({error.strerror or error}); check the folder's rights, or set "
                    "ASSISTANT_JOURNAL_ENABLED=false to answer without a record."
                ) from None
            weakref.finalize(self, self._writer.close)
        return self._writer

    def _create(self) -> sqlite3.Connection:
        db = self._connect(mode="rwc")
        if db.execute("PRAGMA user_version").fetchone()[0] == 0:
            db.execute("PRAGMA journal_mode = WAL")
            db.execute("BEGIN IMMEDIATE")
            for command in _SCHEMA:
                db.execute(command)
            db.execute("INSERT INTO head VALUES (1, 0, ?)", (START,))
            db.execute("COMMIT")
        return db

    def _connect(self, mode: str = "rw") -> sqlite3.Connection:
        db = sqlite3.connect(
            f"{self.path.absolute().as_uri()}?mode={mode}", uri=True, timeout=_WAIT_SECONDS, isolation_level=None,
            check_same_thread=False,
        )  # fmt: skip
        try:
            db.execute("PRAGMA foreign_keys = ON")
            # The write-ahead log is on the disk before a commit returns; what is deleted is overwritten.
            db.execute("PRAGMA synchronous = FULL")
            db.execute("PRAGMA secure_delete = ON")
            version = db.execute("PRAGMA user_version").fetchone()[0]
            if version not in (0, _VERSION) or (version == 0 and db.execute("SELECT 1 FROM sqlite_master").fetchone()):
                raise DamagedJournal(f"{self.path} is no journal that this version of the program can read.")
        except BaseException:
            db.close()
            raise
        return db

    @contextmanager
    def _explaining(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise _explained(error, self.path) from error


class Appender:
    """Appends records inside one transaction. ``deleted`` is set by whoever deletes some."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self.db = db
        self.deleted = False

    def head(self) -> Head:
        """Where the chain ends now."""
        row = self.db.execute("SELECT seq, link FROM head").fetchone()
        if row is None:
            raise DamagedJournal("The journal has lost its head; `assistant journal verify` says more.")
        return Head(*row)

    def keep(self, text: str) -> str:
        """Keeps a text once, under its digest, which is returned, for the record to be appended next."""
        digest = digest_of(text)
        self.db.execute(
            "INSERT INTO texts VALUES (?, ?, ?) ON CONFLICT (digest) DO UPDATE SET last = excluded.last",
            (digest, text, self.head().seq + 1),
        )
        return digest

    def append(self, body: Mapping[str, Any]) -> int:
        """Appends a record, with the time that it is (never before the record it follows), and returns its number."""
        head = self.head()
        last = self.db.execute("SELECT json_extract(body, '$.at') FROM records WHERE seq = ?", (head.seq,)).fetchone()
        at = max(now(), last[0]) if last and last[0] else now()
        text = canonical({**body, "at": at})
        seq = head.seq + 1
        link = link_of(head.link, seq, text)
        self.db.execute("INSERT INTO records VALUES (?, ?, ?)", (seq, text, link))
        self.db.execute("UPDATE head SET seq = ?, link = ?", (seq, link))
        return seq


def now() -> str:
    """This moment in UTC as the journal writes it, which sorts as text."""
    return moment(dt.datetime.now(dt.UTC))


def moment(time: dt.datetime) -> str:
    """A moment, with its time zone, as the journal writes it: ``2026-03-15T09:26:53.589793Z``."""
    return f"{time.astimezone(dt.UTC):%Y-%m-%dT%H:%M:%S.%f}Z"


def records(db: sqlite3.Connection, after: int = _BEFORE_ALL) -> Iterator[Record]:
    """The records in order, from the one after a number; all of them, whatever numbers another hand gave."""
    for row in db.execute("SELECT seq, body, link FROM records WHERE seq > ? ORDER BY seq", (after,)):
        yield Record(*row)


def head_of(db: sqlite3.Connection) -> Head | None:
    """Where the chain is recorded to end, or ``None`` where that row is gone."""
    row = db.execute("SELECT seq, link FROM head").fetchone()
    return Head(*row) if row else None


def resolve(db: sqlite3.Connection) -> Callable[[str], str]:
    """What gives a kept text for its digest, and an empty one where it is gone."""
    known: dict[str, str] = {}

    def text(digest: str) -> str:
        if digest not in known:
            row = db.execute("SELECT text FROM texts WHERE digest = ?", (digest,)).fetchone()
            known[digest] = row[0] if row else ""
        return known[digest]

    return text


def _explained(error: sqlite3.Error, path: Path) -> JournalError:
    code = getattr(error, "sqlite_errorcode", None)
    primary = code & 0xFF if code is not None else None
    if primary in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB) or "no such table" in str(error):
        return DamagedJournal(
            f"{path} is damaged ({error}); set it aside and restore a copy, or start a new one by moving it away."
        )
    if primary == sqlite3.SQLITE_FULL:
        return JournalError(f"The disk of {path.parent} is full; nothing was recorded. Free some space and try again.")
    if primary in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return JournalError(f"Another process keeps {path} locked; nothing was recorded. Try again when it is done.")
    return JournalError(
        f"{path} cannot be read or written ({error}); nothing was recorded. Check the folder's rights and free space, "
        "or set ASSISTANT_JOURNAL_ENABLED=false to answer without a record."
    )
