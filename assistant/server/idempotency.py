"""An add sent twice under one Idempotency-Key is done once and answered alike, for a day, restarts included."""

from __future__ import annotations

import json
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from assistant.errors import StorageError
from assistant.server.problems import Problem

_KEPT_SECONDS = 24 * 3600
_SCHEMA = (
    "CREATE TABLE IF NOT EXISTS done (caller TEXT, key TEXT, request TEXT NOT NULL, outcome TEXT NOT NULL, "
    "at REAL NOT NULL, PRIMARY KEY (caller, key)) WITHOUT ROWID"
)


class Done:
    """What was done under which key, in the data folder."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "requests.sqlite3"
        self._doing: set[tuple[str, str]] = set()
        self._lock = threading.Lock()

    def once(self, caller: str, key: str | None, request: str, do: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        """The outcome of doing it, or of having done it before under this key; without a key it is done each time.

        ``request`` is a digest of what was sent. Raises Problem: 409 while the same is being done, 422 where the key
        was used for something else.
        """
        if key is None:
            return do()
        with self._alone((caller, key)):
            before = self._find(caller, key)
            if before is None:
                outcome = do()
                self._keep(caller, key, request, outcome)
                return outcome
            if before[0] != request:
                raise Problem(422, "This Idempotency-Key was used for another request; choose a new one.")
            found: dict[str, Any] = json.loads(before[1])
            return found

    @contextmanager
    def _alone(self, what: tuple[str, str]) -> Iterator[None]:
        with self._lock:
            if what in self._doing:
                raise Problem(409, "A request with this Idempotency-Key is being worked on; ask again when it is done.")
            self._doing.add(what)
        try:
            yield
        finally:
            with self._lock:
                self._doing.discard(what)

    def _find(self, caller: str, key: str) -> tuple[str, str] | None:
        with self._db() as db:
            query = "SELECT request, outcome FROM done WHERE caller = ? AND key = ? AND at > ?"
            row: tuple[str, str] | None = db.execute(query, (caller, key, time.time() - _KEPT_SECONDS)).fetchone()
            return row

    def _keep(self, caller: str, key: str, request: str, outcome: dict[str, Any]) -> None:
        with self._db() as db:
            db.execute("DELETE FROM done WHERE at <= ?", (time.time() - _KEPT_SECONDS,))
            row = (caller, key, request, json.dumps(outcome), time.time())
            db.execute("INSERT OR REPLACE INTO done VALUES (?, ?, ?, ?, ?)", row)

    @contextmanager
    def _db(self) -> Iterator[sqlite3.Connection]:
        try:
            with closing(sqlite3.connect(self._path, timeout=10)) as db, db:
                db.execute(_SCHEMA)
                yield db
        except sqlite3.Error as error:
            raise StorageError(f"{self._path} cannot be used ({error}); check the folder's rights.") from None
