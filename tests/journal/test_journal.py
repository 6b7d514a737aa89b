"""What is recorded can be found and read, by whoever may, also when its sources have gone."""

import datetime as dt
import multiprocessing
import sqlite3
from dataclasses import replace

import pytest
from acts import MAGNETS, SEEDS, act
from recording import answer, record_many

from assistant.answering.model import Verdict
from assistant.errors import DamagedJournal, JournalError, UnknownEntry
from assistant.journal import Filter, Journal, Rating
from assistant.retrieval.question import Turn
from assistant.settings import JournalSettings, Settings


class TestAnEntry:
    def test_holds_the_answer_as_it_was_shown(self, journal, record):
        given = answer()
        entry = journal.entry(record(given))
        shown = given.as_json()
        assert {key: entry.answer[key] for key in shown if key not in ("citations", "statements")} == {
            key: shown[key] for key in shown if key not in ("citations", "statements")
        }
        for kept, each in zip(entry.answer["citations"], shown["citations"], strict=True):
            assert each.items() <= kept.items()

    def test_needs_no_source_to_be_read_again(self, journal, record):
        given = answer()
        entry = journal.entry(record(given))
        (citation,) = entry.answer["citations"]
        source = given.citations[0].quote.source
        assert citation["context"] == source.quote(source.provisions[0].span)
        assert citation["quote"] in citation["context"]
        assert citation["version"] == "v1"
        assert [each["text"] for each in entry.evidence] == [source.quote(each.span) for each in source.provisions]
        assert {"score", "cosine", "lexical", "standing", "version"} <= set(entry.evidence[0])

    def test_says_who_asked_how_and_after_what(self, journal, record):
        turns = [Turn("user", "And 磁铁?"), Turn("assistant", "Yes.")]
        entry = journal.entry(record(caller="anna", channel="rest", history=turns, groups=frozenset({"b", "a"})))
        assert (entry.caller, entry.channel, entry.history) == ("anna", "rest", tuple(turns))
        assert entry.groups == {"a", "b"}
        assert abs(entry.at - dt.datetime.now(dt.UTC)) < dt.timedelta(minutes=1)

    def test_can_be_named_by_the_beginning_of_its_id(self, journal, record):
        entry_id = record()
        assert journal.entry(entry_id[:6]).id == entry_id

    @pytest.mark.parametrize("entry_id", ["", "0", "%", "000000", "zzzzzz", "0000000000000000", "' OR 1=1 --"])
    def test_that_is_not_there_is_said_not_to_be(self, journal, record, entry_id):
        with pytest.raises(UnknownEntry, match="assistant journal list"):
            journal.entry(entry_id)
        record()
        with pytest.raises(UnknownEntry):
            journal.entry(entry_id)

    def test_survives_text_that_no_encoding_holds(self, journal, record):
        odd = "a\0b\ud800c😀"
        entry = journal.entry(record(caller=odd, history=[Turn("user", odd)]))
        assert (entry.caller, entry.history[0].content) == (odd, odd)
        assert journal.verify().sound
        assert journal.count(Filter(caller=odd)) == 1


class TestSearch:
    def test_gives_the_newest_first_in_pages(self, journal, record):
        ids = [record(f"Question {n}?") for n in range(5)]
        first = journal.search(limit=2)
        assert [each.id for each in first] == [ids[4], ids[3]]
        assert [each.id for each in journal.search(limit=9, before=first[-1].id)] == [ids[2], ids[1], ids[0]]

    @pytest.mark.parametrize("words", ["licences", "MAGNET", "neodymium export", '"without a licence"', "magnets act"])
    def test_finds_words_in_any_form_and_phrases_as_they_stand(self, journal, record, words):
        found = record()
        record(answer("Seeds?", source_id="seeds", articles=SEEDS))
        assert [each.id for each in journal.search(Filter(words=words))] == [found]

    @pytest.mark.parametrize("words", ["稀土", "技术 稀土", '"稀土技术"', "土技"])
    def test_finds_chinese(self, journal, record, words):
        found = record("出口稀土技术要许可证吗?")
        record("出口技术要许可证吗?")
        assert [each.id for each in journal.search(Filter(words=words))] == [found]

    @pytest.mark.parametrize("words", ["lathes", "技土", '"licence a without"', "(", '"', "* OR magnets", "NEAR(a b)"])
    def test_finds_nothing_where_nothing_is(self, journal, record, words):
        record("稀土技术?")
        assert journal.search(Filter(words=words)) == []

    def test_keeps_to_caller_channel_verdict_days_and_rating(self, journal, record):
        anna = record(caller="anna", channel="ui")
        record(caller="ben")
        journal.feedback(anna, Rating.NOT_HELPFUL, caller="anna", channel="ui", comment="No.")
        today = dt.datetime.now(dt.UTC).date()
        tomorrow = today + dt.timedelta(days=1)
        for wanted, count in [
            (Filter(caller="anna"), 1),
            (Filter(channel="cli"), 1),
            (Filter(verdict=Verdict.PERMIT_REQUIRED), 2),
            (Filter(verdict=Verdict.NOT_COVERED), 0),
            (Filter(since=today - dt.timedelta(days=1), until=tomorrow), 2),
            (Filter(since=tomorrow + dt.timedelta(days=1)), 0),
            (Filter(rating=Rating.NOT_HELPFUL), 1),
            (Filter(rating=Rating.HELPFUL), 0),
        ]:
            assert (journal.count(wanted), len(journal.search(wanted))) == (count, count), wanted

    def test_of_a_journal_that_was_never_written_finds_nothing(self, journal, settings):
        assert (journal.search(), journal.count(), list(journal.all()), journal.resting_on("x")) == ([], 0, [], [])
        assert journal.verify().sound
        assert not settings.data_dir.exists()


class TestFeedback:
    def test_is_kept_beside_the_answer_in_order(self, journal, record):
        entry_id = record()
        journal.feedback(entry_id, Rating.HELPFUL, caller="anna", channel="ui")
        journal.feedback(entry_id, Rating.NOT_HELPFUL, caller="ben", channel="slack", comment="第一条不对")
        said = journal.entry(entry_id).feedback
        assert [(each.caller, each.rating, each.comment) for each in said] == [
            ("anna", Rating.HELPFUL, ""),
            ("ben", Rating.NOT_HELPFUL, "第一条不对"),
        ]

    def test_on_no_entry_or_at_too_great_length_is_refused(self, journal, record):
        with pytest.raises(UnknownEntry):
            journal.feedback("000000", Rating.HELPFUL, caller="anna", channel="ui")
        with pytest.raises(JournalError, match="at most 4,000"):
            journal.feedback(record(), Rating.HELPFUL, caller="anna", channel="ui", comment="x" * 4_001)
        assert journal.verify().records == 1


class TestWhatRestsOnAProvision:
    def test_is_found_by_source_provision_and_what_stands_above(self, journal, record):
        found = record()
        record(answer(source_id="other"))
        for provision in (None, "Art. 1"):
            assert [each.id for each in journal.resting_on("magnets", provision)] == [found]
        assert journal.resting_on("magnets", "Art. 2") == []
        assert journal.resting_on("magnets", "Art. 10") == []

    def test_includes_the_parts_of_an_article(self, journal, settings, whole):
        given = whole.ask("do I need a permit to repair separation equipment abroad?", as_of=dt.date(2025, 10, 20))
        entry_id = journal.record(given, caller="owner", channel="cli", settings=settings)
        for provision in ("Art. 1(2)", "Art. 1"):
            assert [each.id for each in journal.resting_on("mofcom-2025-62", provision)] == [entry_id]

    def test_is_no_answer_that_abstains(self, journal, settings, whole):
        given = whole.ask("What does a hotel room in Lisbon cost?", as_of=dt.date(2025, 10, 20))
        assert given.abstained
        journal.record(given, caller="owner", channel="cli", settings=settings)
        assert all(journal.resting_on(each.quote.source.id) == [] for each in given.citations)


class TestGroups:
    """An entry that rests on a source which not everybody may see is there for those only who may."""

    @pytest.fixture
    def open_entry(self, record):
        return record()

    @pytest.fixture
    def closed(self, record, open_entry):
        return record(
            answer("Secret magnets?", source_id="secret", groups=("legal", "board")), groups=frozenset({"legal"})
        )

    @pytest.mark.parametrize("groups", [frozenset(), frozenset({"sales"})])
    def test_whoever_has_none_of_them_sees_no_trace(self, journal, open_entry, closed, groups):
        assert [each.id for each in journal.search(groups=groups)] == [open_entry]
        assert journal.count(groups=groups) == 1
        assert journal.search(Filter(words="secret"), groups=groups) == []
        assert journal.resting_on("secret", groups=groups) == []
        assert [each.id for each in journal.all(groups=groups)] == [open_entry]
        for refused in (
            lambda: journal.entry(closed, groups=groups),
            lambda: journal.feedback(closed, Rating.HELPFUL, caller="x", channel="ui", groups=groups),
            lambda: journal.search(before=closed, groups=groups),
        ):
            with pytest.raises(UnknownEntry) as there:
                refused()
            with pytest.raises(UnknownEntry) as nowhere:
                journal.entry("0" * 16, groups=groups)
            assert str(there.value).replace(closed, "") == str(nowhere.value).replace("0" * 16, "")

    @pytest.mark.parametrize("groups", [None, frozenset({"board"}), frozenset({"legal", "sales"})])
    def test_whoever_has_one_sees_it(self, journal, open_entry, closed, groups):
        assert [each.id for each in journal.search(groups=groups)] == [closed, open_entry]
        assert journal.entry(closed, groups=groups).id == closed


class TestASourceThatIsRestrictedLater:
    """An entry that was open when it was recorded is there no more for whoever may not see what it names."""

    @pytest.fixture
    def restricted(self):
        return []

    @pytest.fixture
    def journal(self, settings, restricted):
        opened = Journal(settings.data_dir, restricted=lambda: restricted)
        yield opened
        opened.close()

    def test_takes_the_entries_that_rest_on_it_along(self, journal, record, restricted):
        entry_id, other = record(), record(answer(source_id="other", articles=SEEDS))
        nobody = frozenset[str]()
        assert journal.count(groups=nobody) == 2
        restricted.append(replace(act("magnets", *MAGNETS), groups=frozenset({"legal"})))
        assert [each.id for each in journal.search(groups=nobody)] == [other]
        with pytest.raises(UnknownEntry):
            journal.entry(entry_id, groups=nobody)
        assert (journal.count(groups=frozenset({"legal"})), journal.count()) == (2, 2)

    def test_and_those_that_only_name_it(self, journal, record, restricted):
        record(replace(answer(), caveats=("Beside it, the Board's memo on alloys stands.",)))
        restricted.append(replace(act("memo", *SEEDS, title="Board's memo on alloys"), groups=frozenset({"legal"})))
        assert journal.count(groups=frozenset()) == 0
        assert journal.count(groups=frozenset({"legal"})) == 1


class TestTheFile:
    def test_takes_several_processes_at_once(self, journal, settings):
        spawned = multiprocessing.get_context("spawn")
        processes = [spawned.Process(target=record_many, args=(settings.data_dir, settings, 20)) for _ in range(3)]
        for each in processes:
            each.start()
        for each in processes:
            each.join()
        assert [each.exitcode for each in processes] == [0, 0, 0]
        assert (journal.count(), journal.verify().problem) == (60, None)

    def test_that_is_none_is_refused_and_left_alone(self, journal, record, settings):
        settings.data_dir.mkdir()
        journal.ledger.path.write_bytes(b"garbage " * 1000)
        with pytest.raises(DamagedJournal):
            record()
        with pytest.raises(DamagedJournal):
            journal.search()
        assert journal.ledger.path.read_bytes() == b"garbage " * 1000

    def test_of_another_program_is_refused(self, journal, record, settings):
        settings.data_dir.mkdir()
        with sqlite3.connect(journal.ledger.path) as other:
            other.execute("CREATE TABLE mine (x)")
        other.close()
        with pytest.raises(DamagedJournal):
            record()

    def test_that_cannot_be_made_says_how_to_go_on(self, tmp_path, settings):
        (tmp_path / "file").touch()
        with pytest.raises(JournalError, match="ASSISTANT_JOURNAL_ENABLED=false"):
            Journal(tmp_path / "file").record(answer(), caller="x", channel="cli", settings=settings)


class TestRetention:
    def test_deletes_what_is_older_and_the_rest_still_verifies(self, journal, settings, monkeypatch):
        keeping = Settings(data_dir=settings.data_dir, journal=JournalSettings(retention_days=30))
        moments = iter(f"2026-0{month}-01T00:00:00.000000Z" for month in (1, 2, 3))
        with monkeypatch.context() as patch:
            patch.setattr("assistant.journal.ledger.now", lambda: next(moments))
            old = [
                journal.record(answer(f"Old {n}?", articles=SEEDS), caller="x", channel="cli", settings=settings)
                for n in range(3)
            ]
        new = journal.record(answer("New?"), caller="x", channel="cli", settings=keeping)
        assert [each.id for each in journal.search()] == [new]
        checked = journal.verify()
        assert (checked.problem, checked.records) == (None, 2)
        assert checked.deleted.startswith("Records up to 3 were deleted under retention")
        assert journal.search(Filter(words="old")) == []
        left = b"".join(path.read_bytes() for path in settings.data_dir.glob("journal.sqlite3*")).lower()
        assert not any(word in left for word in (b"wheat", b"old 1", old[0].encode()))
        assert b"new?" in left
        journal.record(answer("Newer?"), caller="x", channel="cli", settings=keeping)
        assert journal.verify().records == 3
