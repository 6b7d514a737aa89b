"""The transactional truth: sources with their text, which passages are live, and every passage's vector, in SQLite.

What a reader sees is one committed generation. Vectors are content-addressed and may be written ahead of the commit
that makes their passages live; until then nothing refers to them, so a writer can be killed at any moment.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from pydantic import TypeAdapter, ValidationError

from assistant.documents.model import Original, Source, Span
from assistant.errors import DamagedIndex, IndexBusy, StorageError, UnknownSource

_RECORDS = TypeAdapter(Source)
_ORIGINAL = TypeAdapter(Original)
_VERSION = 1
_SCHEMA = (
    "CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
    "CREATE TABLE sources (id TEXT PRIMARY KEY, origin TEXT NOT NULL, record BLOB NOT NULL) WITHOUT ROWID",
    "CREATE TABLE passages (source_id TEXT NOT NULL REFERENCES sources (id) ON DELETE CASCADE, "
    "ordinal INTEGER NOT NULL, label TEXT NOT NULL, start INTEGER NOT NULL, end INTEGER NOT NULL, "
    "vector_id TEXT NOT NULL, PRIMARY KEY (source_id, ordinal)) WITHOUT ROWID",
    "CREATE TABLE vectors (id TEXT PRIMARY KEY, vector BLOB NOT NULL) WITHOUT ROWID",
    "CREATE TABLE withdrawn (source_id TEXT PRIMARY KEY) WITHOUT ROWID",
    f"PRAGMA user_version = {_VERSION}",
)
_REBUILD = "run `assistant doctor --rebuild`."


@dataclass(frozen=True, slots=True)
class Passage:
    """What is ranked: a provision, or a piece of a long one. ``vector_id`` names its vector by content."""

    source_id: str
    label: str
    span: Span
    vector_id: str


@dataclass(frozen=True, slots=True)
class StoredSource:
    """A source as the index holds it. ``origin`` is where it came from: ``corpus`` or the path it was added from."""

    source: Source
    origin: str


@dataclass(frozen=True, slots=True)
class Change:
    """What one commit writes: sources put in place of any of the same id, with their passages; ids taken out."""

    put: Mapping[str, tuple[StoredSource, Sequence[Passage]]]
    remove: frozenset[str] = frozenset()
    withdrawn: frozenset[str] | None = None
    meta: Mapping[str, str] | None = None


def record_of(source: Source) -> bytes:
    """A source as it is stored; two sources are the same exactly when their records are."""
    # A set has no order of its own, so groups are put in one. Every source has other fields before them.
    groups = f',"groups":{json.dumps(sorted(source.groups))}' if source.groups else ""
    return _RECORDS.dump_json(source, exclude={"groups"})[:-1] + groups.encode() + b"}"


def version_of(source: Source) -> str:
    """The name of a source's version: the SHA-256 of its record, so of its text and of everything known about it."""
    return hashlib.sha256(record_of(source)).hexdigest()


class Catalogue:
    """The SQLite file of an index. One instance a thread of work; connections are opened for each call.

    Every method raises DamagedIndex where the file cannot be read as a catalogue and StorageError where it cannot be
    reached, is read-only, or the disk is full; nothing is changed then.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def exists(self) -> bool:
        """Whether the catalogue has been created; a file without any content counts as none.

        Raises DamagedIndex where the file is none of this program's, or of another version.
        """
        try:
            if not self.path.exists():
                return False
        except OSError as error:
            raise StorageError(f"{self.path} cannot be reached ({error.strerror}); check its rights.") from None
        with self._connection() as db:
            version = db.execute("PRAGMA user_version").fetchone()[0]
            if version == _VERSION:
                return True
            if version == 0 and not db.execute("SELECT 1 FROM sqlite_master").fetchone():
                return False
        raise DamagedIndex(f"{self.path} is of version {version} and this program reads version {_VERSION}; {_REBUILD}")

    def create(self) -> None:
        """Creates an empty catalogue. Only one process may do so at a time."""
        with self._connection(mode="rwc") as db:
            db.execute("PRAGMA journal_mode = WAL")
        with self._transaction() as db:
            for command in _SCHEMA:
                db.execute(command)

    @contextmanager
    def _connection(self, mode: str = "rw") -> Iterator[sqlite3.Connection]:
        try:
            db = sqlite3.connect(
                f"{self.path.absolute().as_uri()}?mode={mode}", uri=True, timeout=30, isolation_level=None
            )
        except sqlite3.Error as error:
            raise _explained(error, self.path) from error
        try:
            db.execute("PRAGMA foreign_keys = ON")
            yield db
        except sqlite3.Error as error:
            raise _explained(error, self.path) from error
        finally:
            db.close()

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._connection() as db:
            db.execute("BEGIN IMMEDIATE")
            try:
                yield db
            except BaseException:
                if db.in_transaction:
                    db.execute("ROLLBACK")
                raise
            db.execute("COMMIT")

    def meta(self, key: str, default: str = "") -> str:
        """One of the catalogue's own facts, such as ``encoder``, ``generation`` or ``searchable``."""
        with self._connection() as db:
            row = db.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return row[0] if row else default

    def set_meta(self, key: str, value: str) -> None:
        """Sets one of the catalogue's own facts."""
        with self._transaction() as db:
            db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))

    def generation(self) -> int:
        """How many commits there have been; a reader whose number is lower reads anew."""
        return int(self.meta("generation", "0"))

    def read(self) -> tuple[int, dict[str, StoredSource], list[Passage]]:
        """One generation whole: its number, its sources by id, and its passages in order of source and text."""
        with self._connection() as db:
            db.execute("BEGIN")
            row = db.execute("SELECT value FROM meta WHERE key = 'generation'").fetchone()
            sources = {
                source_id: StoredSource(self._source(record), origin)
                for source_id, origin, record in db.execute("SELECT id, origin, record FROM sources ORDER BY id")
            }
            passages = [
                Passage(source_id, label, Span(start, end), vector_id)
                for source_id, label, start, end, vector_id in db.execute(
                    "SELECT source_id, label, start, end, vector_id FROM passages ORDER BY source_id, ordinal"
                )
            ]
        return int(row[0]) if row else 0, sources, passages

    def live(self) -> tuple[int, set[str]]:
        """The generation's number and the ids of the vectors that it refers to."""
        with self._connection() as db:
            db.execute("BEGIN")
            row = db.execute("SELECT value FROM meta WHERE key = 'generation'").fetchone()
            return int(row[0]) if row else 0, {each for (each,) in db.execute("SELECT vector_id FROM passages")}

    def source(self, source_id: str) -> Source:
        """One source. Raises UnknownSource where there is none of this id."""
        with self._connection() as db:
            row = db.execute("SELECT record FROM sources WHERE id = ?", (source_id,)).fetchone()
        if row is None:
            raise UnknownSource(source_id)
        return self._source(row[0])

    def _source(self, record: bytes) -> Source:
        try:
            return _RECORDS.validate_json(record)
        except ValidationError:
            raise DamagedIndex(f"{self.path} holds a source that cannot be read; {_REBUILD}") from None

    def origins_and_records(self) -> dict[str, tuple[str, bytes]]:
        """Of every source its origin and stored record, by id; what a plan compares new files with."""
        with self._connection() as db:
            return {row[0]: (row[1], row[2]) for row in db.execute("SELECT id, origin, record FROM sources")}

    def origins(self) -> dict[str, str]:
        """Where every source came from, by id."""
        with self._connection() as db:
            return dict(db.execute("SELECT id, origin FROM sources"))

    def originals(self) -> dict[str, tuple[str, Original]]:
        """Of every source whose file is kept, by id: where it came from, and the file."""
        query = (
            "SELECT id, origin, json_extract(CAST(record AS TEXT), '$.original') AS kept FROM sources "
            "WHERE kept IS NOT NULL"
        )
        with self._connection() as db:
            return {row[0]: (row[1], _ORIGINAL.validate_json(row[2])) for row in db.execute(query)}

    def withdrawn(self) -> frozenset[str]:
        """The ids of the built-in sources that were removed on purpose and do not come back by themselves."""
        with self._connection() as db:
            return frozenset(row[0] for row in db.execute("SELECT source_id FROM withdrawn"))

    def missing_vectors(self, ids: Iterable[str]) -> list[str]:
        """Those of the ids that have no vector yet, in their order, each once."""
        with self._connection() as db:
            known = {row[0] for row in db.execute("SELECT id FROM vectors")}
        return [each for each in dict.fromkeys(ids) if each not in known]

    def put_vectors(self, ids: Sequence[str], vectors: np.ndarray) -> None:
        """Stores vectors (float32, one row an id) ahead of the commit that refers to them."""
        with self._transaction() as db:
            rows = [
                (each, np.asarray(vector, dtype="<f4").tobytes()) for each, vector in zip(ids, vectors, strict=True)
            ]
            db.executemany("INSERT OR IGNORE INTO vectors VALUES (?, ?)", rows)

    def vectors(self, ids: Sequence[str]) -> dict[str, np.ndarray]:
        """The vectors of those of the ids that have one, float32."""
        with self._connection() as db:
            found = (db.execute("SELECT id, vector FROM vectors WHERE id = ?", (each,)).fetchone() for each in ids)
            return {row[0]: np.frombuffer(row[1], dtype="<f4") for row in found if row}

    def commit(self, change: Change) -> int:
        """Makes a change live in one transaction and returns the new generation's number."""
        with self._transaction() as db:
            gone = [(source_id,) for source_id in {*change.remove, *change.put}]
            db.executemany("DELETE FROM sources WHERE id = ?", gone)
            for source_id, (stored, passages) in change.put.items():
                db.execute("INSERT INTO sources VALUES (?, ?, ?)", (source_id, stored.origin, record_of(stored.source)))
                db.executemany(
                    "INSERT INTO passages VALUES (?, ?, ?, ?, ?, ?)",
                    [(source_id, at, p.label, p.span.start, p.span.end, p.vector_id) for at, p in enumerate(passages)],
                )
            if change.withdrawn is not None:
                db.execute("DELETE FROM withdrawn")
                db.executemany("INSERT INTO withdrawn VALUES (?)", [(each,) for each in sorted(change.withdrawn)])
            row = db.execute("SELECT value FROM meta WHERE key = 'generation'").fetchone()
            generation = int(row[0]) + 1 if row else 1
            meta = {**(change.meta or {}), "generation": str(generation)}
            db.executemany("INSERT OR REPLACE INTO meta VALUES (?, ?)", list(meta.items()))
        return generation

    def sweep_vectors(self) -> int:
        """Drops the vectors that no live passage refers to; returns how many."""
        with self._transaction() as db:
            return db.execute("DELETE FROM vectors WHERE id NOT IN (SELECT vector_id FROM passages)").rowcount

    def check(self) -> None:
        """Raises DamagedIndex where SQLite finds the file inconsistent, or a live passage has no vector."""
        with self._connection() as db:
            verdict = db.execute("PRAGMA integrity_check(1)").fetchone()[0]
            if (
                verdict == "ok"
                and db.execute("SELECT 1 FROM passages WHERE vector_id NOT IN (SELECT id FROM vectors)").fetchone()
            ):
                verdict = "vectors of live passages are missing"
        if verdict != "ok":
            raise DamagedIndex(f"{self.path} is damaged ({verdict}); {_REBUILD}")


def _explained(error: sqlite3.Error, path: Path) -> StorageError:
    """SQLite's error as a sentence for the user."""
    code = getattr(error, "sqlite_errorcode", None)
    primary = code & 0xFF if code is not None else None
    if primary in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB) or any(
        sign in str(error) for sign in ("no such table", "no such column", "Could not decode")
    ):
        return DamagedIndex(f"{path} is damaged ({error}); {_REBUILD}")
    if primary == sqlite3.SQLITE_FULL:
        return StorageError(f"The disk of {path.parent} is full; nothing was changed. Free some space and try again.")
    if primary in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return IndexBusy(f"Another process keeps {path} locked; nothing was changed. Try again when it is done.")
    return StorageError(
        f"{path} cannot be read or written ({error}); nothing was changed. Check the folder's rights and free space, "
        "or name another folder in ASSISTANT_DATA_DIR."
    )
