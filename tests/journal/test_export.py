"""The journal leaves whole, safe for spreadsheets, and verifiable without this program."""

import csv
import hashlib
import io
import json

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, given, settings
from recording import answer

from assistant.journal import Filter, Rating
from assistant.journal.export import Format, export


def test_json_lines_hold_every_entry_whole_oldest_first(journal, record):
    ids = [record(f"Question {n}?") for n in range(3)]
    journal.feedback(ids[0], Rating.HELPFUL, caller="anna", channel="ui", comment="好")
    lines = [json.loads(line) for line in export(journal, Format.JSONL)]
    assert [each["id"] for each in lines] == ids
    assert lines[0] == json.loads(json.dumps(journal.entry(ids[0]).as_json()))
    assert lines[0]["feedback"][0]["comment"] == "好"


def test_only_what_is_meant_and_may_be_seen_leaves(journal, record):
    record(caller="anna")
    record(answer(source_id="secret", groups=("legal",)), caller="anna")
    wanted = Filter(caller="anna")
    for form in (Format.JSONL, Format.CSV):
        assert "secret" not in "".join(export(journal, form, wanted, groups=frozenset()))
        assert "secret" in "".join(export(journal, form, wanted))
        assert len("".join(export(journal, form, Filter(caller="ben"))).splitlines()) <= 1
    with pytest.raises(ValueError, match="whole"):
        export(journal, Format.CHAIN, groups=frozenset())


@pytest.mark.parametrize("evil", ["=cmd|' /C calc'!A0", "+1", "-1", "@SUM(1)", "\t=1", "\r=1", "  =1", "＝1"])
def test_no_cell_of_a_spreadsheet_is_a_formula(journal, record, evil):
    record(answer(f"{evil} licence?"), caller=evil)
    text = "".join(export(journal, Format.CSV)).removeprefix("\ufeff")
    (row,) = csv.DictReader(io.StringIO(text, newline=""))
    assert row["question"] == f"'{evil} licence?"
    assert row["caller"] == f"'{evil}"


@given(question=st.text(min_size=1), caller=st.text())
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_survives_every_export(journal, record, question, caller):
    entry_id = record(answer(question), caller=caller)
    *_, line = export(journal, Format.JSONL)
    assert json.loads(line)["question"] == question
    rows = list(csv.reader(io.StringIO("".join(export(journal, Format.CSV)).removeprefix("\ufeff"), newline="")))
    assert rows[-1][0] in (entry_id, f"'{entry_id}")
    assert {len(row) for row in rows} == {len(rows[0])}
    assert journal.verify().sound


def test_the_chain_can_be_followed_with_nothing_but_a_hash_function(journal, record):
    entry_id = record("磁铁?")
    journal.feedback(entry_id, Rating.HELPFUL, caller="anna", channel="ui")
    record()
    link = "0" * 64
    for line in export(journal, Format.CHAIN):
        record_ = json.loads(line)
        link = hashlib.sha256(f"{link}\n{record_['seq']}\n{record_['body']}".encode()).hexdigest()
        assert link == record_["link"]
        for digest, text in record_["texts"].items():
            assert hashlib.sha256(text.encode()).hexdigest() == digest
    assert link == journal.verify().head.link
