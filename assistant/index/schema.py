"""The tables of the catalogue, and how one of an earlier version becomes one of this."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

VERSION = 3
OLDEST = 1
_TABLES = (
    # A source's versions, from 1. Those not retired answer, each from its day on; the others are kept for what rests
    # on them. Days and moments (UTC) are in ISO 8601, a header is what is asked of all sources at once, as JSON.
    "CREATE TABLE versions (source_id TEXT NOT NULL, number INTEGER NOT NULL, digest TEXT NOT NULL, "
    "origin TEXT NOT NULL, header TEXT NOT NULL, added TEXT, holds_from TEXT, retired TEXT, reason TEXT, "
    "PRIMARY KEY (source_id, number)) WITHOUT ROWID",
    # The sources themselves, by digest and apart, so that the table above is read without them.
    "CREATE TABLE records (digest TEXT PRIMARY KEY, record BLOB NOT NULL)",
    "CREATE TABLE passages (source_id TEXT NOT NULL, version TEXT NOT NULL, ordinal INTEGER NOT NULL, "
    "label TEXT NOT NULL, start INTEGER NOT NULL, end INTEGER NOT NULL, vector_id TEXT NOT NULL, "
    "PRIMARY KEY (source_id, version, ordinal)) WITHOUT ROWID",
    "CREATE INDEX passages_by_vector ON passages (vector_id)",
    # What a person has put right or confirmed, by source and field, as JSON: it holds for every version to come.
    "CREATE TABLE edits (source_id TEXT NOT NULL, field TEXT NOT NULL, value TEXT NOT NULL, made TEXT NOT NULL, "
    "PRIMARY KEY (source_id, field)) WITHOUT ROWID",
    # In the order of writing: the next one goes to the end of the file, whatever its id.
    "CREATE TABLE vectors (id TEXT PRIMARY KEY, vector BLOB NOT NULL)",
    # The vectors that may be referred to by nothing: written ahead of a commit, or let go of by one.
    "CREATE TABLE loose (id TEXT PRIMARY KEY) WITHOUT ROWID",
    # The files that hold the passages as they are searched, see segments.py; of two with one passage the later counts.
    "CREATE TABLE segments (number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE)",
)
_LASTING = (
    "CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
    "CREATE TABLE withdrawn (source_id TEXT PRIMARY KEY) WITHOUT ROWID",
)
# What earlier versions had of these, put aside while a catalogue is brought up.
_FORMER = ("versions", "passages", "edits", "vectors", "sources")

Renewed = Callable[[bytes], tuple[str, bytes, str]]
"""Of a record the digest, the record as it is written now, and its header."""


def create(db: sqlite3.Connection) -> None:
    """Makes the tables of an empty catalogue."""
    for command in (*_LASTING, *_TABLES, f"PRAGMA user_version = {VERSION}"):
        db.execute(command)


def migrate(db: sqlite3.Connection, renewed: Renewed) -> None:
    """Makes a catalogue of version 1, which kept one version of a source, or 2, which kept records and vectors among
    other columns, one of this; nothing is embedded again."""
    version = db.execute("PRAGMA user_version").fetchone()[0]
    known = {name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    former = [name for name in _FORMER if name in known]
    for name in former:
        db.execute(f"ALTER TABLE {name} RENAME TO former_{name}")
    for command in _TABLES:
        db.execute(command)
    db.execute("INSERT INTO vectors SELECT id, vector FROM former_vectors")
    # Whatever an interrupted run or a sweep that did not come to it has left.
    db.execute("INSERT INTO loose SELECT id FROM vectors")
    if version == 1:
        _from_one_version(db, renewed)
    else:
        _from_whole_records(db, renewed)
    for name in former:
        db.execute(f"DROP TABLE former_{name}")
    db.execute(f"PRAGMA user_version = {VERSION}")


def _from_one_version(db: sqlite3.Connection, renewed: Renewed) -> None:
    digests = {}
    for source_id, origin, record in db.execute("SELECT id, origin, record FROM former_sources").fetchall():
        digests[source_id], written, header = renewed(record)
        row = (source_id, digests[source_id], origin, header)
        db.execute("INSERT INTO versions VALUES (?, 1, ?, ?, ?, NULL, NULL, NULL, NULL)", row)
        db.execute("INSERT OR IGNORE INTO records VALUES (?, ?)", (digests[source_id], written))
    rows = db.execute("SELECT source_id, ordinal, label, start, end, vector_id FROM former_passages").fetchall()
    db.executemany(
        "INSERT INTO passages VALUES (?, ?, ?, ?, ?, ?, ?)",
        [(source_id, digests[source_id], *rest) for source_id, *rest in rows],
    )


def _from_whole_records(db: sqlite3.Connection, renewed: Renewed) -> None:
    # A version keeps its digest, by which answers name it, though its record might be written otherwise today.
    query = "SELECT source_id, number, digest, origin, record, added, holds_from, retired, reason FROM former_versions"
    for source_id, number, digest, origin, record, *rest in db.execute(query).fetchall():
        row = (source_id, number, digest, origin, renewed(record)[2], *rest)
        db.execute("INSERT INTO versions VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", row)
        db.execute("INSERT OR IGNORE INTO records VALUES (?, ?)", (digest, record))
    db.execute("INSERT INTO passages SELECT * FROM former_passages")
    db.execute("INSERT INTO edits SELECT * FROM former_edits")


def renew_headers(db: sqlite3.Connection, renewed: Renewed) -> None:
    """Makes the header of every version anew from its record."""
    for source_id, number, digest in db.execute("SELECT source_id, number, digest FROM versions").fetchall():
        (record,) = db.execute("SELECT record FROM records WHERE digest = ?", (digest,)).fetchone()
        row = (renewed(record)[2], source_id, number)
        db.execute("UPDATE versions SET header = ? WHERE source_id = ? AND number = ?", row)
