"""The transactional truth: sources with their text, which passages are live, and every passage's vector, in SQLite.

What a reader sees is one committed generation. Vectors are content-addressed and may be written ahead of the commit
that makes their passages live; until then nothing refers to them, so a writer can be killed at any moment.
"""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from assistant.documents.headers import Header, header_of
from assistant.documents.model import Original, Source, Span
from assistant.documents.versions import Retired, Version
from assistant.errors import DamagedIndex, IndexBusy, StorageError
from assistant.index import commit, schema
from assistant.index.records import (
    HEADER_FORMAT,
    Change,
    LiveVersion,
    Passage,
    read_header,
    record_of,
    source_of_record,
    version_of,
    written_header,
)

_REBUILD = "run `assistant doctor --rebuild`."
_SELECT = (
    "SELECT source_id, number, digest, origin, record, added, holds_from, retired, reason "
    "FROM versions JOIN records USING (digest)"
)
_ORDER = "ORDER BY source_id, number"
_HEADERS = (
    "SELECT source_id, number, digest, origin, header, holds_from FROM versions WHERE retired IS NULL "
    "ORDER BY source_id, number"
)

_HEADERS_MADE = ("INSERT OR REPLACE INTO meta VALUES ('headers', ?)", (str(HEADER_FORMAT),))


class Catalogue:
    """The SQLite file of an index. One instance a thread of work; connections are opened for each call.

    Every method raises DamagedIndex where the file cannot be read as a catalogue and StorageError where it cannot be
    reached, is read-only, or the disk is full; nothing is changed then.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def exists(self) -> bool:
        """Whether the catalogue has been created; a file without any content counts as none.

        Raises StorageError where a newer version of this program made the file, DamagedIndex where it is none of its.
        """
        try:
            if not self.path.exists():
                return False
        except OSError as error:
            raise StorageError(f"{self.path} cannot be reached ({error.strerror}); check its rights.") from None
        with self._connection() as db:
            version = db.execute("PRAGMA user_version").fetchone()[0]
            if schema.OLDEST <= version <= schema.VERSION:
                return True
            if version == 0 and not db.execute("SELECT 1 FROM sqlite_master").fetchone():
                return False
        if version > schema.VERSION:
            raise StorageError(
                f"{self.path} was made by a newer version of this program (its format is {version}, this one reads up "
                f"to {schema.VERSION}); nothing was changed. Install that version, or name another folder in "
                "ASSISTANT_DATA_DIR."
            )
        raise DamagedIndex(
            f"{self.path} is of version {version} and this program reads version {schema.VERSION}; {_REBUILD}"
        )

    def is_current(self) -> bool:
        """Whether the catalogue and the headers in it are as this version of the program writes them, and not as an
        earlier one did that can be brought up."""
        with self._connection() as db:
            return bool(db.execute("PRAGMA user_version").fetchone()[0] == schema.VERSION) and _has_headers(db)

    def create(self) -> None:
        """Creates an empty catalogue. Only one process may do so at a time."""
        with self._connection(mode="rwc") as db:
            db.execute("PRAGMA journal_mode = WAL")
        with self._transaction() as db:
            schema.create(db)
            db.execute(*_HEADERS_MADE)

    def migrate(self) -> None:
        """Brings a catalogue of an earlier version, or one with other headers, up to this one, whole or not at all.
        Only one process may do so at a time."""

        def renewed(record: bytes) -> tuple[str, bytes, str]:
            source = self._source(record)
            return version_of(source), record_of(source), written_header(header_of(source))

        with self._transaction() as db:
            if db.execute("PRAGMA user_version").fetchone()[0] != schema.VERSION:
                schema.migrate(db, renewed)
            elif not _has_headers(db):
                schema.renew_headers(db, renewed)
            db.execute(*_HEADERS_MADE)

    @contextmanager
    def _connection(self, mode: str = "rw") -> Iterator[sqlite3.Connection]:
        try:
            db = sqlite3.connect(
                f"{self.path.absolute().as_uri()}?mode={mode}", uri=True, timeout=30, isolation_level=None
            )
        except sqlite3.Error as error:
            raise _explained(error, self.path) from error
        try:
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
        """One of the catalogue's own facts: ``generation``, ``encoder`` (the identity of the embedding model that what
        answers was embedded by), ``embedding`` (how to open it), ``searchable`` or ``corpus``."""
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

    def read(self, known: Mapping[str, Header]) -> tuple[dict[str, str], list[LiveVersion], list[str]]:
        """One generation whole but for its texts: its facts (see `meta`), the versions that answer, in order of source
        and number, and the names of its segments, oldest first. ``known`` are headers by digest that need not be read
        again."""
        with self._connection() as db:
            db.execute("BEGIN")
            facts = dict(db.execute("SELECT key, value FROM meta"))
            rows = db.execute(_HEADERS).fetchall()
            segments = [name for (name,) in db.execute("SELECT name FROM segments ORDER BY number")]
        try:
            live = [
                LiveVersion(
                    known[digest] if digest in known else read_header(header),
                    origin,
                    number,
                    digest,
                    dt.date.fromisoformat(holds_from) if holds_from else None,
                )
                for _, number, digest, origin, header, holds_from in rows
            ]
        except ValueError:
            raise DamagedIndex(f"{self.path} holds a source that cannot be read; {_REBUILD}") from None
        return facts, live, segments

    def passages(self, source_id: str, version: str) -> list[Passage]:
        """The passages of a version that answers, in order of its text."""
        query = "SELECT label, start, end, vector_id FROM passages WHERE source_id = ? AND version = ? ORDER BY ordinal"
        with self._connection() as db:
            return [
                Passage(source_id, label, Span(start, end), vector_id, version)
                for label, start, end, vector_id in db.execute(query, (source_id, version))
            ]

    def source(self, digest: str) -> Source:
        """The source of a version's digest, as it was stored."""
        with self._connection() as db:
            row = db.execute("SELECT record FROM records WHERE digest = ?", (digest,)).fetchone()
        if row is None:
            raise DamagedIndex(f"{self.path} lacks a source; {_REBUILD}")
        return self._source(row[0])

    def size(self) -> int:
        """How many passages answer."""
        with self._connection() as db:
            return int(db.execute("SELECT count(*) FROM passages").fetchone()[0])

    def live(self) -> tuple[int, set[str]]:
        """The generation's number and the ids of the vectors that it refers to."""
        with self._connection() as db:
            db.execute("BEGIN")
            row = db.execute("SELECT value FROM meta WHERE key = 'generation'").fetchone()
            return int(row[0]) if row else 0, {each for (each,) in db.execute("SELECT vector_id FROM passages")}

    def alive(self) -> Iterator[Version]:
        """Every version that answers, in order of source and number, read one after the other."""
        with self._connection() as db:
            for each in db.execute(f"{_SELECT} WHERE retired IS NULL {_ORDER}"):
                yield self._version(each)

    def versions(self, source_id: str) -> list[Version]:
        """Every version that was ever kept of a source, by number; none where nothing of this id ever was."""
        with self._connection() as db:
            return [self._version(each) for each in db.execute(f"{_SELECT} WHERE source_id = ? {_ORDER}", (source_id,))]

    def _version(self, row: Sequence[Any]) -> Version:
        _, number, digest, origin, record, added, holds_from, retired, reason = row
        return Version(
            self._source(record),
            origin,
            number,
            digest,
            dt.datetime.fromisoformat(added) if added else None,
            dt.date.fromisoformat(holds_from) if holds_from else None,
            dt.datetime.fromisoformat(retired) if retired else None,
            Retired(reason) if reason else None,
        )

    def _source(self, record: bytes) -> Source:
        try:
            return source_of_record(record)
        except ValueError:
            raise DamagedIndex(f"{self.path} holds a source that cannot be read; {_REBUILD}") from None

    def newest(self, ids: Iterable[str] | None = None) -> dict[str, tuple[str, str]]:
        """Of every source that answers, or of those of some ids, the origin and digest of the version added last; what
        a plan compares new files with."""
        query = "SELECT source_id, origin, digest FROM versions WHERE retired IS NULL"
        with self._connection() as db:
            if ids is None:
                rows = db.execute(f"{query} {_ORDER}").fetchall()
            else:
                asked = ((db.execute(f"{query} AND source_id = ? {_ORDER}", (each,))) for each in ids)
                rows = [row for found in asked for row in found]
        return {source_id: (origin, digest) for source_id, origin, digest in rows}

    def edits(self) -> dict[str, dict[str, str]]:
        """What people have put right: JSON by source and field."""
        found: dict[str, dict[str, str]] = {}
        with self._connection() as db:
            for source_id, field_name, value in db.execute("SELECT source_id, field, value FROM edits"):
                found.setdefault(source_id, {})[field_name] = value
        return found

    def origins(self) -> dict[str, str]:
        """Where every source came from, by id."""
        return {source_id: origin for source_id, (origin, _) in self.newest().items()}

    def originals(self) -> dict[str, tuple[str, Original]]:
        """Of every source that was last added from a file that is kept, by id: where it came from, and the file."""
        with self._connection() as db:
            newest = {source_id: (origin, header) for source_id, _, _, origin, header, _ in db.execute(_HEADERS)}
        kept = {each: (origin, read_header(header).original) for each, (origin, header) in newest.items()}
        return {each: (origin, original) for each, (origin, original) in kept.items() if original}

    def original_digests(self) -> set[str]:
        """The digests of the files that any version, also one that answers no longer, was read from."""
        query = "SELECT DISTINCT json_extract(header, '$.original.digest') AS kept FROM versions"
        with self._connection() as db:
            return {digest for (digest,) in db.execute(f"{query} WHERE kept IS NOT NULL")}

    def withdrawn(self) -> frozenset[str]:
        """The ids of the built-in sources that were removed on purpose and do not come back by themselves."""
        with self._connection() as db:
            return frozenset(row[0] for row in db.execute("SELECT source_id FROM withdrawn"))

    def missing_vectors(self, ids: Iterable[str]) -> list[str]:
        """Those of the ids that have no vector yet, in their order, each once."""
        query = "SELECT 1 FROM vectors WHERE id = ?"
        with self._connection() as db:
            return [each for each in dict.fromkeys(ids) if db.execute(query, (each,)).fetchone() is None]

    def put_vectors(self, ids: Sequence[str], vectors: np.ndarray) -> None:
        """Stores vectors (float32, one row an id) ahead of the commit that refers to them."""
        with self._transaction() as db:
            rows = [
                (each, np.asarray(vector, dtype="<f4").tobytes()) for each, vector in zip(ids, vectors, strict=True)
            ]
            db.executemany("INSERT OR IGNORE INTO vectors VALUES (?, ?)", rows)
            db.executemany("INSERT OR IGNORE INTO loose VALUES (?)", [(each,) for each in ids])

    def vectors(self, ids: Sequence[str]) -> dict[str, np.ndarray]:
        """The vectors of those of the ids that have one, float32."""
        with self._connection() as db:
            found = (db.execute("SELECT id, vector FROM vectors WHERE id = ?", (each,)).fetchone() for each in ids)
            return {row[0]: np.frombuffer(row[1], dtype="<f4") for row in found if row}

    def commit(self, change: Change) -> int:
        """Makes a change live in one transaction and returns the new generation's number."""
        with self._transaction() as db:
            return commit.write(db, change)

    def segments(self) -> list[str]:
        """The names of the segments, oldest first."""
        with self._connection() as db:
            return [name for (name,) in db.execute("SELECT name FROM segments ORDER BY number")]

    def live_keys(self) -> set[tuple[str, str]]:
        """The versions that answer, by source id and digest."""
        with self._connection() as db:
            return set(db.execute("SELECT source_id, digest FROM versions WHERE retired IS NULL"))

    def replace_segments(self, former: Iterable[str], new: Sequence[str]) -> None:
        """Puts segments that hold the same passages in place of others, in one transaction; nothing else changes."""
        with self._transaction() as db:
            db.executemany("DELETE FROM segments WHERE name = ?", [(each,) for each in former])
            db.executemany("INSERT INTO segments (name) VALUES (?)", [(each,) for each in new])

    def sweep_vectors(self) -> None:
        """Drops the vectors that no live passage refers to; only those that may be such are looked at."""
        unused = (
            "DELETE FROM vectors WHERE id IN "
            "(SELECT id FROM loose WHERE NOT EXISTS (SELECT 1 FROM passages WHERE vector_id = loose.id))"
        )
        with self._connection() as db:
            if db.execute("SELECT 1 FROM loose LIMIT 1").fetchone() is None:
                return
        with self._transaction() as db:
            db.execute(unused)
            db.execute("DELETE FROM loose")

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


def _has_headers(db: sqlite3.Connection) -> bool:
    """Whether the headers are of this program's format: one of another would be read as if it said less."""
    return bool(db.execute("SELECT value FROM meta WHERE key = 'headers'").fetchone() == (str(HEADER_FORMAT),))


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
