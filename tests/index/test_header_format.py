"""Stored headers of another format are made anew from their sources, and never read as if they said less."""

from __future__ import annotations

import dataclasses
import hashlib
import inspect
import json
import sqlite3

import pytest
from acts import MAGNETS, content, stored

from assistant.documents import headers
from assistant.index.records import HEADER_FORMAT

# What headers hold and how they are filled, by format.
_FORMATS = {1: "57f4def64d33", 2: "359fcb2d0924"}


def test_is_another_one_where_headers_are():
    """Fails where a header was changed: give the change a number of its own, and what was stored is made anew."""
    fields = [f"{each.name}: {each.type}" for each in dataclasses.fields(headers.Header)]
    filled = inspect.getsource(headers.header_of).split()
    assert _FORMATS[HEADER_FORMAT] == hashlib.sha256(repr((fields, filled)).encode()).hexdigest()[:12]


@pytest.fixture
def of_another_format(index):
    """An index whose headers know no titles and no groups."""
    hidden = stored("secret", *MAGNETS)
    hidden = dataclasses.replace(hidden, source=dataclasses.replace(hidden.source, groups=frozenset({"board"})))
    index.put([hidden])

    def made(number: str | None):
        with sqlite3.connect(index.catalogue.path) as db:
            for source_id, written in db.execute("SELECT source_id, header FROM versions").fetchall():
                told = {key: value for key, value in json.loads(written).items() if key != "groups"} | {"title": ""}
                db.execute("UPDATE versions SET header = ? WHERE source_id = ?", (json.dumps(told), source_id))
            db.execute("DELETE FROM meta WHERE key = 'headers'")
            if number is not None:
                db.execute("INSERT INTO meta VALUES ('headers', ?)", (number,))
        db.close()
        return index

    return made


@pytest.mark.parametrize("number", [None, "0", str(HEADER_FORMAT + 1)])
def test_of_an_earlier_or_a_later_program_is_noticed(of_another_format, open_index, encoder, number):
    index = of_another_format(number)
    before = content(index.folder)
    encoder.texts.clear()
    reader = open_index(index.folder)
    assert {each.title for each in reader.snapshot().headers.values()} == {
        "Act magnets", "Act lathes", "Act seeds", "Act secret"
    }  # fmt: skip
    assert "secret" not in reader.snapshot(frozenset()).headers, "what is kept to a group is kept to it still"
    assert (encoder.texts, content(index.folder)) == ([], before)
    assert reader.catalogue.is_current()


def test_of_this_program_is_left_as_it_is(index, open_index, monkeypatch):
    monkeypatch.setattr("assistant.index.schema.renew_headers", lambda *_: pytest.fail("made anew"))
    open_index(index.folder).snapshot()
