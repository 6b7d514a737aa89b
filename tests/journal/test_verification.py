"""Whatever is done to the file by another hand, verification finds it."""

import functools
import json
import shutil
import sqlite3
import threading
from contextlib import closing

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from recording import answer

from assistant.journal import Filter, Head, Journal, Rating
from assistant.journal.ledger import link_of
from assistant.settings import Settings

TABLES = ("records", "head", "texts", "entries", "rests", "feedback", "deletions")
SEARCH = ("found_data", "found_idx", "found_docsize")
# One record a letter: an answer to a question of its own, to one with another source, feedback, retention.
STEPS = st.lists(st.sampled_from("qsfd"), min_size=1, max_size=8).filter(lambda steps: steps[0] in "qs")


def write(folder, steps: list[str]) -> None:
    """A journal of the given records; time runs a month a record, so that retention finds something to delete."""
    settings = Settings(data_dir=folder)
    journal = Journal(folder)
    entries: list[str] = []
    months = iter(range(1, 100))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("assistant.journal.ledger.now", lambda: f"2020-{next(months):02d}-01T00:00:00.000000Z")
        for n, step in enumerate(steps):
            if step == "d":
                patch.setattr("assistant.journal.ledger.now", lambda n=n: f"2024-{n + 1:02d}-01T00:00:00.000000Z")
                journal.retain(2 * 365)
                entries.clear()
            elif step == "f" and entries:
                journal.feedback(entries[-1], Rating.HELPFUL, caller="anna", channel="ui", comment=f"Good {n}")
            else:
                given_answer = answer(f"Question {n}?", source_id="seeds" if step == "s" else "magnets")
                entries.append(journal.record(given_answer, caller="anna", channel="cli", settings=settings))
    journal.close()


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """The folder of a journal with the given records, each sequence written once."""

    @functools.cache
    def folder_of(steps: tuple[str, ...]):
        folder = tmp_path_factory.mktemp("written")
        write(folder, list(steps))
        return folder

    return folder_of


def rows_of(db: sqlite3.Connection, table: str) -> list[tuple]:
    return db.execute(f"SELECT * FROM {table}").fetchall()


def columns_of(db: sqlite3.Connection, table: str) -> list[str]:
    return [row[1] for row in db.execute(f"PRAGMA table_info({table})")]


def findings(folder) -> list[list[str]]:
    """What is found for each word that the entries have."""
    words = ("question", "0", "2", "7", "magnets", "seeds", "neodymium", "licence", "without", "art", "act")
    return [[each.id for each in Journal(folder).search(Filter(words=word))] for word in words]


def altered(value, chance: st.DataObject):
    """Another value of the same type."""
    if isinstance(value, int):
        return value + chance.draw(st.sampled_from([-1, 1, 7, 1000]))
    if isinstance(value, bytes):
        at = chance.draw(st.integers(0, len(value) - 1)) if value else 0
        return value[:at] + bytes([(value[at] if value else 0) ^ 1]) + value[at + 1 :]
    if value is None:
        return "x"
    at = chance.draw(st.integers(0, max(len(value) - 1, 0)))
    kinds = {
        "change": value[:at] + ("x" if value[at : at + 1] != "x" else "y") + value[at + 1 :],
        "cut": value[:at] or "x" + value,
        "grow": value + " ",
    }
    return kinds[chance.draw(st.sampled_from(sorted(kinds)))]


@given(steps=STEPS)
@hypothesis_settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_nobody_touched_is_sound(tmp_path_factory, steps):
    folder = tmp_path_factory.mktemp("sound")
    write(folder, steps)
    assert Journal(folder).verify().problem is None


@given(steps=STEPS | st.just(list("qsfdqfsq")), chance=st.data())
@hypothesis_settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_single_change_of_a_row_is_found(written, tmp_path_factory, steps, chance):
    sound, folder = written(tuple(steps)), tmp_path_factory.mktemp("altered")
    shutil.copytree(sound, folder, dirs_exist_ok=True)
    with closing(sqlite3.connect(folder / "journal.sqlite3", isolation_level=None)) as db:
        tables = [table for table in (*TABLES, *SEARCH) if rows_of(db, table)]
        table = chance.draw(st.sampled_from(tables))
        row = chance.draw(st.sampled_from(rows_of(db, table)))
        names = columns_of(db, table)
        where = " AND ".join(f"{name} IS ?" for name in names)
        act = chance.draw(st.sampled_from(["delete", "change", "add"]))
        try:
            if act == "delete":
                db.execute(f"DELETE FROM {table} WHERE {where}", row)
            elif act == "change":
                at = chance.draw(st.integers(0, len(names) - 1))
                new = altered(row[at], chance)
                db.execute(f"UPDATE {table} SET {names[at]} = ? WHERE {where}", (new, *row))
            else:
                db.execute(
                    f"INSERT INTO {table} VALUES ({', '.join('?' * len(row))})", [altered(v, chance) for v in row]
                )
        except sqlite3.IntegrityError:
            return  # the file itself refuses it
    problem = Journal(folder).verify().problem
    if table in SEARCH and problem is None:  # a part of the index of words that nothing reads
        assert findings(folder) == findings(sound), (act, row)
    else:
        assert problem is not None, (table, act, row)


class TestTheFirstBadRecord:
    @pytest.fixture
    def folder(self, tmp_path):
        write(tmp_path / "data", list("qsqsq"))
        return tmp_path / "data"

    def change(self, folder, *commands):
        with closing(sqlite3.connect(folder / "journal.sqlite3", isolation_level=None)) as db:
            db.execute("PRAGMA foreign_keys = ON")
            for command in commands:
                db.execute(*command)

    def test_is_named_where_a_word_was_altered(self, folder):
        entry = Journal(folder).search()[-3]
        altered = "UPDATE records SET body = replace(body, 'permit_required', 'not_required') WHERE seq = 3"
        self.change(folder, (altered,))
        checked = Journal(folder).verify()
        assert checked.problem == f"Record 3 (entry {entry.id}) was altered, or one before it: its link does not hold."
        assert (checked.records, checked.head.seq) == (2, 2)

    def test_is_named_where_one_is_missing(self, folder):
        self.change(folder, ("DELETE FROM records WHERE seq = 2",))
        assert Journal(folder).verify().problem == "Record 2 is missing: 1 is followed by 3."

    def test_is_named_where_the_end_was_cut_off(self, folder):
        self.change(folder, ("DELETE FROM records WHERE seq >= 4",))
        assert Journal(folder).verify().problem == "Record 4 is missing: the journal ended with record 5."

    def test_is_found_where_a_search_would_pass_it_over(self, folder):
        words = "(SELECT words FROM entries WHERE seq = 2)"
        self.change(
            folder,
            (f"INSERT INTO found (found, rowid, words) VALUES ('delete', 2, {words})",),
            (f"INSERT INTO found (rowid, words) VALUES (99, {words})",),
        )
        assert len(Journal(folder).search(Filter(words="question"))) < Journal(folder).count()
        assert "The index of words does not match the records" in (Journal(folder).verify().problem or "")

    def test_is_found_by_a_noted_head_where_all_of_it_was_written_anew(self, folder):
        noted = Journal(folder).verify().head
        with closing(sqlite3.connect(folder / "journal.sqlite3", isolation_level=None)) as db:
            link = "0" * 64
            for seq, body in db.execute("SELECT seq, body FROM records ORDER BY seq").fetchall():
                forged = json.dumps({**json.loads(body), "program": "another"})
                link = link_of(link, seq, forged)
                db.execute("UPDATE records SET body = ?, link = ? WHERE seq = ?", (forged, link, seq))
            db.execute("UPDATE head SET link = ?", (link,))
        assert Journal(folder).verify().sound
        assert "Record 5 is another than was noted" in (Journal(folder).verify(noted=noted).problem or "")

    def test_is_found_by_a_noted_head_where_an_older_copy_took_the_journal_s_place(self, folder, tmp_path):
        shutil.copytree(folder, tmp_path / "older")
        journal = Journal(folder)
        journal.record(answer("The last?"), caller="anna", channel="cli", settings=Settings(data_dir=folder))
        noted = journal.verify().head
        journal.close()
        older = Journal(tmp_path / "older")
        assert older.verify().sound
        assert "Record 6, which was noted, is missing" in (older.verify(noted=noted).problem or "")

    def test_of_an_emptied_journal_is_found_by_a_noted_head(self, tmp_path):
        assert "the journal is empty" in (Journal(tmp_path).verify(noted=Head(3, "abc")).problem or "")


def test_goes_on_while_others_record(tmp_path):
    """What is recorded meanwhile neither waits for a check nor looks like tampering to it."""
    write(tmp_path, list("qsf"))
    settings, stop = Settings(data_dir=tmp_path), threading.Event()

    def keep_recording():
        journal = Journal(tmp_path)
        while not stop.is_set():
            journal.record(answer(), caller="anna", channel="cli", settings=settings)
        journal.close()

    writer = threading.Thread(target=keep_recording)
    writer.start()
    try:
        checks = [Journal(tmp_path).verify() for _ in range(20)]
    finally:
        stop.set()
        writer.join()
    assert [each.problem for each in checks] == [None] * 20
    assert checks[-1].records > checks[0].records
