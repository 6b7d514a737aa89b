"""Versions: an answer for a date cites the wording of that date, and nothing that was ever cited is forgotten."""

from __future__ import annotations

import datetime as dt
import sqlite3
from pathlib import Path

import pytest
from acts import LATHES, MAGNETS, act, act_text, content, stored
from hypothesis import given
from hypothesis import strategies as st

from assistant.assistant import Assistant
from assistant.documents.versions import Change, Retired, Version, differences, fields_changed, holding, wording_from
from assistant.errors import SourceError, UnknownSource
from assistant.index.records import version_of
from assistant.index.store import Index
from assistant.settings import Settings

OLD, NEW = "Neodymium magnets are exported freely.", "Neodymium magnets may not be exported without a licence."
AMENDED = "status_events:\n  - {date: 2026-01-01, event: amended, by: a-law, basis: instrument, scope: all}\n"
BEFORE, AFTER = dt.date(2025, 12, 31), dt.date(2026, 1, 1)


def with_fields(text: str, **fields: str) -> str:
    for name, value in fields.items():
        line = f"{name}: {value}\n"
        start = text.find(f"\n{name}:") + 1
        text = (
            text[:start] + line + text[text.index("\n", start) + 1 :]
            if start
            else text.replace("---\n#", f"{line}---\n#")
        )
    return text


@pytest.fixture
def assistant(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Assistant:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    (corpus / "lathes.md").write_text(act_text("lathes", *LATHES), encoding="utf-8")
    return Assistant.open(Settings(data_dir=tmp_path / "data", corpus_dir=corpus))


def add(assistant: Assistant, text: str, name: str = "magnets.md"):
    path = assistant.settings.data_dir.parent / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return assistant.add([path])


def cited(assistant: Assistant, on: dt.date) -> set[str]:
    answer = assistant.ask("Do neodymium magnets need a licence?", as_of=on)
    return {each.quote.text for each in answer.citations if each.quote.source.id == "magnets"}


class TestTheWordingOfADate:
    def test_is_the_former_until_the_amendment_and_the_new_one_from_its_day(self, assistant):
        add(assistant, act_text("magnets", OLD))
        assert add(assistant, act_text("magnets", NEW).replace("---\n#", f"{AMENDED}---\n#")).changed == ["magnets"]
        assert (cited(assistant, BEFORE), cited(assistant, AFTER)) == ({OLD}, {NEW})

    def test_is_what_the_file_says_from_when_it_holds(self, assistant):
        add(assistant, act_text("magnets", OLD))
        add(assistant, with_fields(act_text("magnets", NEW), wording_from="2026-01-01"))
        assert (cited(assistant, BEFORE), cited(assistant, AFTER)) == ({OLD}, {NEW})

    def test_is_that_of_an_act_issued_anew_from_when_it_took_effect(self, assistant):
        add(assistant, act_text("magnets", OLD))
        add(assistant, with_fields(act_text("magnets", NEW), issued="2025-10-01", effective="2026-01-01"))
        assert (cited(assistant, BEFORE), cited(assistant, AFTER)) == ({OLD}, {NEW})

    def test_is_the_corrected_one_on_every_date_where_the_record_was_only_wrong(self, assistant):
        add(assistant, act_text("magnets", OLD))
        add(assistant, act_text("magnets", NEW))
        assert (cited(assistant, BEFORE), cited(assistant, AFTER)) == ({NEW}, {NEW})

    def test_keeps_its_days_when_it_is_corrected_later(self, assistant):
        add(assistant, act_text("magnets", OLD))
        add(assistant, act_text("magnets", "Magnets are forbidden.").replace("---\n#", f"{AMENDED}---\n#"))
        add(assistant, act_text("magnets", NEW).replace("---\n#", f"{AMENDED}---\n#"))
        assert (cited(assistant, BEFORE), cited(assistant, AFTER)) == ({OLD}, {NEW})
        assert [each.reason for each in assistant.history("magnets")] == [None, Retired.CORRECTED, None]

    def test_counts_alone_for_what_is_rare(self, assistant):
        add(assistant, act_text("magnets", "Zirconium is free."))
        add(assistant, act_text("magnets", NEW).replace("---\n#", f"{AMENDED}---\n#"))
        assert assistant.index.snapshot(on=BEFORE).lexical.knows("zirconium")
        assert not assistant.index.snapshot(on=AFTER).lexical.knows("zirconium")

    def test_is_found_by_meaning_too(self, assistant):
        add(assistant, act_text("magnets", OLD))
        add(assistant, act_text("magnets", NEW).replace("---\n#", f"{AMENDED}---\n#"))
        for on, words in ((BEFORE, OLD), (AFTER, NEW)):
            seen = assistant.index.snapshot(on=on)
            vector = assistant.index.encoder.embed_query("magnets made of neodymium")
            (row, _), *_ = assistant.index.nearest(seen, vector, 1)
            assert seen.sources["magnets"].quote(seen.passages[row].span) == words


class TestTheRule:
    def test_a_corrected_date_of_effect_is_a_correction(self):
        former = act("magnets", OLD)
        from assistant.documents.loaders import markdown

        new = markdown.load("magnets.md", with_fields(act_text("magnets", OLD), effective="2025-03-01"))
        assert wording_from(new, former) is None

    @given(
        st.lists(
            st.tuples(st.one_of(st.none(), st.dates(dt.date(2020, 1, 1), dt.date(2030, 1, 1))), st.booleans()),
            min_size=1, max_size=6,
        ),
        st.dates(dt.date(2019, 1, 1), dt.date(2031, 1, 1)),
    )  # fmt: skip
    def test_one_version_at_most_holds_and_the_last_to_begin_by_the_date(self, kept, on):
        gone = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
        source = act("magnets", OLD)
        versions = [
            Version(source, "here", number, f"{number}", None, begins, gone if retired else None)
            for number, (begins, retired) in enumerate(kept, start=1)
        ]
        held = holding(versions, on)
        alive = [each for each in versions if each.retired is None]
        assert (held is None) == (not alive)
        if held is not None:
            assert held.retired is None
            begun = [each for each in alive if each.holds_from is None or each.holds_from <= on]
            assert held in begun or not begun
            assert all((each.holds_from or dt.date.min) <= (held.holds_from or dt.date.min) for each in begun)


class TestWhatIsKept:
    def test_every_version_with_the_moment_it_came_and_went(self, assistant):
        before = dt.datetime.now(dt.UTC).replace(microsecond=0)
        add(assistant, act_text("magnets", OLD))
        add(assistant, act_text("magnets", NEW))
        first, second = assistant.history("magnets")
        assert (first.number, first.reason, second.number, second.reason) == (1, Retired.CORRECTED, 2, None)
        assert first.added
        assert first.retired
        assert before <= first.added <= first.retired

    def test_the_text_that_an_answer_cited_when_it_has_changed_and_when_it_is_gone(self, assistant):
        add(assistant, act_text("magnets", OLD))
        answer = assistant.ask("Are neodymium magnets exported freely?")
        quote = next(each.quote for each in answer.citations if each.quote.source.id == "magnets")
        add(assistant, act_text("magnets", NEW))
        for _ in ("changed", "removed"):
            kept = assistant.version("magnets", answer.versions["magnets"])
            assert kept.source.text[quote.span.start : quote.span.end] == quote.text
            assistant.remove("magnets") if assistant.history("magnets")[-1].retired is None else None
        assert cited(assistant, AFTER) == set()
        with pytest.raises(UnknownSource):
            assistant.source("magnets")

    def test_a_version_is_named_by_number_digest_or_the_start_of_one(self, assistant):
        add(assistant, act_text("magnets", OLD))
        digest = version_of(assistant.source("magnets"))
        for which in (1, "1", digest, digest[:8]):
            assert assistant.version("magnets", which).digest == digest
        for which in (0, 2, "ffffffffff", "", "abc"):
            with pytest.raises(SourceError, match="no version"):
                assistant.version("magnets", which)

    def test_an_unchanged_file_costs_nothing_from_another_path_either(self, assistant):
        add(assistant, act_text("magnets", OLD))
        generation = assistant.index.catalogue.generation()
        report = add(assistant, act_text("magnets", OLD), "elsewhere/other-name.md")
        assert (report.unchanged, report.embedded) == (["magnets"], 0)
        assert assistant.index.catalogue.generation() == generation
        assert len(assistant.history("magnets")) == 1

    def test_added_again_after_removal_it_goes_on_counting(self, assistant):
        add(assistant, act_text("magnets", OLD))
        assistant.remove("magnets")
        assert add(assistant, act_text("magnets", OLD)).added == ["magnets"]
        assert [(each.number, each.reason) for each in assistant.history("magnets")] == [
            (1, Retired.REMOVED),
            (2, None),
        ]

    def test_no_version_shows_to_whom_the_source_does_not(self, assistant):
        add(assistant, act_text("magnets", OLD))
        add(assistant, with_fields(act_text("magnets", NEW), groups="[legal]"))
        with pytest.raises(UnknownSource):
            assistant.history("magnets", frozenset())
        with pytest.raises(UnknownSource):
            assistant.version("magnets", 1, frozenset())
        assert len(assistant.history("magnets", frozenset({"legal"}))) == 2
        add(assistant, act_text("magnets", NEW))
        assert [each.number for each in assistant.history("magnets", frozenset())] == [1, 3]

    def test_a_former_wording_is_not_shown_to_whom_its_successor_is_not(self, assistant):
        add(assistant, act_text("magnets", OLD))
        text = act_text("magnets", NEW).replace("---\n#", f"{AMENDED}groups: [legal]\n---\n#")
        add(assistant, text)
        assert (
            assistant.search("neodymium magnets", as_of=BEFORE, groups=frozenset({"legal"}))[0].source.id == "magnets"
        )
        found = assistant.search("neodymium magnets", as_of=BEFORE, groups=frozenset())
        assert "magnets" not in {each.source.id for each in found}


class TestDifferences:
    def test_are_told_provision_by_provision(self):
        former = act("magnets", "One.", "Two.", "Three.")
        new = act("magnets", "One.", "Two is changed.", "Three.", "Four.")
        assert [(each.label, each.change) for each in differences(former, new)] == [
            ("Art. 2", Change.CHANGED),
            ("Art. 4", Change.ADDED),
        ]
        assert [each.change for each in differences(new, former)] == [Change.CHANGED, Change.REMOVED]
        assert list(differences(former, former)) == []

    def test_a_provision_that_only_moved_to_another_label_is_renamed(self):
        from assistant.documents.loaders import markdown

        former = act("magnets", "One.", "Two.")
        new = markdown.load("m.md", act_text("magnets", "One.", "Two.").replace("## Art. 2", "## Art. 3"))
        (told,) = differences(former, new)
        assert (told.change, told.before, told.after) == (Change.RENAMED, "Art. 2", "Art. 3")

    def test_fields_are_told_by_name(self):
        from assistant.documents.loaders import markdown

        new = markdown.load("m.md", with_fields(act_text("magnets", OLD), issuer="Another", effective="2025-03-01"))
        assert fields_changed(act("magnets", OLD), new) == ("issuer", "effective")

    @given(st.lists(st.sampled_from("abcdef"), max_size=6), st.lists(st.sampled_from("abcdef"), max_size=6))
    def test_explain_the_whole_new_text(self, before, after):
        former, new = act("m", "x", *before), act("m", "x", *after)
        texts = {each.label: former.quote(each.span) for each in former.provisions}
        for each in differences(former, new):
            match each.change:
                case Change.ADDED | Change.CHANGED:
                    texts[each.label] = each.after or ""
                case Change.REMOVED:
                    del texts[each.label]
        assert texts == {each.label: new.quote(each.span) for each in new.provisions}


def as_in_version_2(db: sqlite3.Connection) -> None:
    """Makes a catalogue's tables those of the former program, which kept records among a version's other columns."""
    for command in (
        "CREATE TABLE former (source_id TEXT NOT NULL, number INTEGER NOT NULL, digest TEXT NOT NULL, "
        "origin TEXT NOT NULL, record BLOB NOT NULL, added TEXT, holds_from TEXT, retired TEXT, reason TEXT, "
        "PRIMARY KEY (source_id, number)) WITHOUT ROWID",
        "INSERT INTO former SELECT source_id, number, digest, origin, record, added, holds_from, retired, reason "
        "FROM versions JOIN records USING (digest)",
        "DROP TABLE versions",
        "ALTER TABLE former RENAME TO versions",
        "CREATE TABLE plain (id TEXT PRIMARY KEY, vector BLOB NOT NULL) WITHOUT ROWID",
        "INSERT INTO plain SELECT id, vector FROM vectors",
        "DROP TABLE vectors",
        "ALTER TABLE plain RENAME TO vectors",
        "DROP TABLE records",
        "DROP TABLE loose",
        "DROP TABLE segments",
        "DROP INDEX passages_by_vector",
        "PRAGMA user_version = 2",
    ):
        db.execute(command)


def test_an_index_of_the_former_version_is_brought_up_with_its_versions_and_edits_and_embeds_nothing(tmp_path, encoder):
    made = Index(tmp_path / "new", lambda: encoder)
    made.put([stored("magnets", OLD), stored("lathes", *LATHES, origin="corpus")])
    made.put([stored("magnets", NEW)], edits={"magnets": {"title": "On magnets"}})
    before, versions = content(made.folder), made.catalogue.versions("magnets")
    with sqlite3.connect(made.catalogue.path) as db:
        as_in_version_2(db)
    db.close()
    encoder.texts.clear()
    opened = Index(made.folder, lambda: encoder)
    assert opened.snapshot().passages[0] == made.snapshot().passages[0]
    assert opened.put([stored("magnets", NEW)]).unchanged == ("magnets",)
    assert (content(opened.folder), opened.catalogue.versions("magnets")) == (before, versions)
    assert opened.catalogue.edits() == {"magnets": {"title": "On magnets"}}
    assert encoder.texts == []
    assert opened.is_current()
    opened.catalogue.check()


def test_an_index_that_kept_one_version_of_each_source_is_brought_up_with_all_that_was_added(tmp_path, encoder):
    """The former tables, filled as the former program filled them."""
    made = Index(tmp_path / "new", lambda: encoder)
    made.put([stored("magnets", *MAGNETS), stored("lathes", *LATHES, origin="corpus")])
    before = content(made.folder)
    source_rows, passage_rows = [], []
    with sqlite3.connect(made.catalogue.path) as db:
        records = "SELECT source_id, origin, record FROM versions JOIN records USING (digest)"
        source_rows = db.execute(records).fetchall()
        passage_rows = db.execute("SELECT source_id, ordinal, label, start, end, vector_id FROM passages").fetchall()
        as_in_version_2(db)
        db.execute("DROP TABLE versions")
        db.execute("DROP TABLE passages")
        db.execute("DROP TABLE edits")
        db.execute("CREATE TABLE sources (id TEXT PRIMARY KEY, origin TEXT NOT NULL, record BLOB NOT NULL)")
        db.execute(
            "CREATE TABLE passages (source_id TEXT, ordinal INTEGER, label TEXT, start INTEGER, end INTEGER, "
            "vector_id TEXT, PRIMARY KEY (source_id, ordinal))"
        )
        db.executemany("INSERT INTO sources VALUES (?, ?, ?)", source_rows)
        db.executemany("INSERT INTO passages VALUES (?, ?, ?, ?, ?, ?)", passage_rows)
        db.execute("PRAGMA user_version = 1")
    db.close()
    encoder.texts.clear()
    opened = Index(made.folder, lambda: encoder)
    assert opened.put([stored("magnets", *MAGNETS)]).unchanged == ("magnets",)
    assert encoder.texts == []
    assert content(opened.folder) == before
    assert [each.added for each in opened.catalogue.versions("magnets")] == [None]
    opened.catalogue.check()
