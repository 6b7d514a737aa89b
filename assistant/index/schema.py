"""The tables of the catalogue, and how one of an earlier version becomes one of this."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

VERSION = 2
_TABLES = (
    # A source's versions, from 1. Those not retired answer, each from its day on; the others are kept for what rests
    # on them. Days and moments (UTC) are in ISO 8601.
    "CREATE TABLE versions (source_id TEXT NOT NULL, number INTEGER NOT NULL, digest TEXT NOT NULL, "
    "origin TEXT NOT NULL, record BLOB NOT NULL, added TEXT, holds_from TEXT, retired TEXT, reason TEXT, "
    "PRIMARY KEY (source_id, number)) WITHOUT ROWID",
    "CREATE TABLE passages (source_id TEXT NOT NULL, version TEXT NOT NULL, ordinal INTEGER NOT NULL, "
    "label TEXT NOT NULL, start INTEGER NOT NULL, end INTEGER NOT NULL, vector_id TEXT NOT NULL, "
    "PRIMARY KEY (source_id, version, ordinal)) WITHOUT ROWID",
    # What a person has put right or confirmed, by source and field, as JSON: it holds for every version to come.
    "CREATE TABLE edits (source_id TEXT NOT NULL, field TEXT NOT NULL, value TEXT NOT NULL, made TEXT NOT NULL, "
    "PRIMARY KEY (source_id, field)) WITHOUT ROWID",
)
_LASTING = (
    "CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
    "CREATE TABLE vectors (id TEXT PRIMARY KEY, vector BLOB NOT NULL) WITHOUT ROWID",
    "CREATE TABLE withdrawn (source_id TEXT PRIMARY KEY) WITHOUT ROWID",
)


def create(db: sqlite3.Connection) -> None:
    """Makes the tables of an empty catalogue."""
    for command in (*_LASTING, *_TABLES, f"PRAGMA user_version = {VERSION}"):
        db.execute(command)


def migrate(db: sqlite3.Connection, renewed: Callable[[bytes], tuple[str, bytes]]) -> None:
    """Makes a catalogue of version 1, which kept one version of a source, one of this; nothing is embedded again.

    ``renewed`` gives a record's digest and the record as it is written now.
    """
    sources = db.execute("SELECT id, origin, record FROM sources").fetchall()
    passages = db.execute("SELECT source_id, ordinal, label, start, end, vector_id FROM passages").fetchall()
    db.execute("DROP TABLE passages")
    db.execute("DROP TABLE sources")
    for command in _TABLES:
        db.execute(command)
    digests = {}
    for source_id, origin, record in sources:
        digests[source_id], written = renewed(record)
        db.execute(
            "INSERT INTO versions VALUES (?, 1, ?, ?, ?, NULL, NULL, NULL, NULL)",
            (source_id, digests[source_id], origin, written),
        )
    db.executemany(
        "INSERT INTO passages VALUES (?, ?, ?, ?, ?, ?, ?)",
        [(source_id, digests[source_id], *rest) for source_id, *rest in passages],
    )
    db.execute(f"PRAGMA user_version = {VERSION}")
