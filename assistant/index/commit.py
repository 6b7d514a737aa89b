"""What one commit writes into the catalogue's tables, within one transaction."""

from __future__ import annotations

import datetime as dt
import sqlite3

from assistant.documents.headers import header_of
from assistant.index.records import Change, record_of, written_header


def write(db: sqlite3.Connection, change: Change) -> int:
    """Writes a change and returns the new generation's number. Everything it lets go of is marked for the sweep."""
    now = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
    for (source_id, number), reason in change.retire.items():
        where = (now, reason.value, source_id, number)
        db.execute("UPDATE versions SET retired = ?, reason = ? WHERE source_id = ? AND number = ?", where)
    for each in change.add:
        holds_from = each.holds_from.isoformat() if each.holds_from else None
        header = written_header(header_of(each.source))
        row = (each.source.id, each.number, each.digest, each.origin, header, now, holds_from)
        db.execute("INSERT INTO versions VALUES (?, ?, ?, ?, ?, ?, ?, NULL, NULL)", row)
        db.execute("INSERT OR IGNORE INTO records VALUES (?, ?)", (each.digest, record_of(each.source)))
    _write_passages(db, change)
    if change.anew:
        db.execute("DELETE FROM segments")
    db.executemany("INSERT INTO segments (name) VALUES (?)", [(each,) for each in change.segments])
    _write_edits(db, change, now)
    if change.withdrawn is not None:
        db.execute("DELETE FROM withdrawn")
        db.executemany("INSERT INTO withdrawn VALUES (?)", [(each,) for each in sorted(change.withdrawn)])
    row = db.execute("SELECT value FROM meta WHERE key = 'generation'").fetchone()
    generation = int(row[0]) + 1 if row else 1
    meta = {**(change.meta or {}), "generation": str(generation)}
    db.executemany("INSERT OR REPLACE INTO meta VALUES (?, ?)", list(meta.items()))
    return generation


def _write_passages(db: sqlite3.Connection, change: Change) -> None:
    """Puts passages in place of those known, and drops those of versions that answer no longer."""
    retired = {
        (source_id, digest)
        for source_id, number in change.retire
        for (digest,) in db.execute(
            "SELECT digest FROM versions WHERE source_id = ? AND number = ?", (source_id, number)
        )
    }
    gone = [
        each
        for each in retired
        if not db.execute(
            "SELECT 1 FROM versions WHERE source_id = ? AND digest = ? AND retired IS NULL", each
        ).fetchone()
    ]
    for each in (*change.passages, *gone):
        db.execute(
            "INSERT OR IGNORE INTO loose SELECT vector_id FROM passages WHERE source_id = ? AND version = ?", each
        )
        db.execute("DELETE FROM passages WHERE source_id = ? AND version = ?", each)
    for (source_id, digest), passages in change.passages.items():
        db.executemany(
            "INSERT INTO passages VALUES (?, ?, ?, ?, ?, ?, ?)",
            [
                (source_id, digest, at, each.label, each.span.start, each.span.end, each.vector_id)
                for at, each in enumerate(passages)
            ],
        )


def _write_edits(db: sqlite3.Connection, change: Change, now: str) -> None:
    for source_id, fields in change.edits.items():
        for name, value in fields.items():
            db.execute("DELETE FROM edits WHERE source_id = ? AND field = ?", (source_id, name))
            if value is not None:
                db.execute("INSERT INTO edits VALUES (?, ?, ?, ?)", (source_id, name, value, now))
