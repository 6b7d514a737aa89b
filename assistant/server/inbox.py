"""What came in from chats and is to be answered once: kept until it is answered, so that neither a repeated delivery
nor a restart gives two answers or none."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from assistant.errors import StorageError

# A chat repeats a delivery within minutes; what was answered is remembered for longer, what was not, not forever.
_REMEMBERED_SECONDS = 7 * 24 * 3600
_STILL_WANTED_SECONDS = 6 * 3600
# Slack waits three seconds: where a lock is held for longer it gets an error, and sends again.
_LOCK_SECONDS = 2
_SCHEMA = (
    "CREATE TABLE IF NOT EXISTS inbox (key TEXT PRIMARY KEY, at REAL NOT NULL, work TEXT, outcome TEXT) WITHOUT ROWID"
)


class Inbox:
    """The table in the data folder. Methods raise StorageError where it cannot be used."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "inbox.sqlite3"

    def take(self, key: str, work: Mapping[str, Any]) -> bool:
        """Keeps work under a key; False where it was taken before. Once this returns, it is on the disk."""
        with self._db() as db:
            db.execute("DELETE FROM inbox WHERE at < ?", (time.time() - _REMEMBERED_SECONDS,))
            row = (key, time.time(), json.dumps(work))
            return db.execute("INSERT OR IGNORE INTO inbox VALUES (?, ?, ?, NULL)", row).rowcount == 1

    def done(self, key: str, outcome: str = "") -> None:
        """Forgets the work under a key, and remembers that it was done and with what outcome."""
        with self._db() as db:
            db.execute("UPDATE inbox SET work = NULL, outcome = ? WHERE key = ?", (outcome, key))

    def drop(self, key: str) -> None:
        """Forgets a key altogether, so that it can be taken anew."""
        with self._db() as db:
            db.execute("DELETE FROM inbox WHERE key = ?", (key,))

    def outcome(self, key: str) -> str | None:
        """What the work under a key came to; None while it is not done."""
        with self._db() as db:
            row = db.execute("SELECT outcome FROM inbox WHERE key = ?", (key,)).fetchone()
        return row[0] if row else None

    def left(self, kind: str) -> dict[str, dict[str, Any]]:
        """Work whose keys begin with a kind, which was taken and not done, by key; the oldest first."""
        with self._db() as db:
            rows = db.execute(
                "SELECT key, work FROM inbox WHERE work IS NOT NULL AND at > ? AND key >= ? AND key < ? ORDER BY at",
                (time.time() - _STILL_WANTED_SECONDS, f"{kind}:", f"{kind};"),
            ).fetchall()
        return {key: json.loads(work) for key, work in rows}

    @contextmanager
    def _db(self) -> Iterator[sqlite3.Connection]:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with closing(sqlite3.connect(self._path, timeout=_LOCK_SECONDS)) as db, db:
                db.execute("PRAGMA synchronous = FULL")
                db.execute("PRAGMA secure_delete = ON")
                db.execute(_SCHEMA)
                yield db
        except (sqlite3.Error, OSError) as error:
            raise StorageError(f"{self._path} cannot be used ({error}); check the folder's rights.") from None
