"""`assistant ask` records, `assistant journal` reads, verifies and replays."""

import json
import sqlite3
from contextlib import closing

import pytest
from acts import MAGNETS, write_act

REPAIR = "do I need a permit to repair separation equipment abroad?"


@pytest.fixture
def asked(run, data):
    """The entry of one question, as JSON."""

    def ask(question=REPAIR, *more):
        assert run("ask", question, "--as-of", "2025-10-20", *more).exit_code == 0
        return json.loads(run("journal", "list", "-n", "1", "--json").stdout)["entries"][0]

    return ask


class TestAsking:
    def test_is_recorded_as_it_was_answered(self, run, data, asked, tmp_path):
        turns = tmp_path / "turns.jsonl"
        turns.write_text(json.dumps({"role": "user", "content": REPAIR}) + "\n")
        shown = json.loads(run("ask", "and until when?", "--history", turns, "--as-of", "2025-10-20", "--json").stdout)
        (entry,) = json.loads(run("journal", "list", "--json").stdout)["entries"]
        assert entry["channel"] == "cli"
        assert entry["history"] == [{"role": "user", "content": REPAIR}]
        assert (entry["question"], entry["answer"], entry["timings_ms"]) == (
            shown["question"],
            shown["answer"],
            shown["timings_ms"],
        )
        assert entry["evidence"]

    def test_names_the_entry_to_people(self, run, data):
        shown = run("ask", REPAIR, "--as-of", "2025-10-20").stdout
        (entry,) = json.loads(run("journal", "list", "--json").stdout)["entries"]
        assert shown.endswith(f"Entry {entry['id']} of the journal\n")

    def test_can_be_left_unrecorded(self, run, data, monkeypatch):
        monkeypatch.setenv("ASSISTANT_JOURNAL_ENABLED", "false")
        assert run("ask", REPAIR).exit_code == 0
        assert not (data / "journal.sqlite3").exists()
        assert run("journal", "list").stdout == "The journal has no such entry.\n"

    def test_gives_no_answer_that_it_cannot_record(self, run, data):
        (data / "journal.sqlite3").write_bytes(b"garbage " * 1000)
        result = run("ask", REPAIR)
        assert (result.exit_code, result.stdout) == (1, "")
        assert "is damaged" in result.stderr


class TestReading:
    def test_lists_finds_and_shows(self, run, asked):
        entry = asked()
        for found in (
            run("journal", "list"),
            run("journal", "search", "separation equipment"),
            run("journal", "list", "--channel", "cli", "--verdict", "permit_required", "--since", "2020-01-01"),
        ):
            assert entry["id"] in found.stdout
        assert entry["id"] not in run("journal", "search", "wheat").stdout
        shown = run("journal", "show", entry["id"][:6]).stdout
        assert REPAIR in shown
        assert "mofcom-2025-62" in shown
        assert "Evidence" in shown

    def test_reads_the_same_when_the_source_has_gone(self, run, asked):
        entry = asked()
        before = run("journal", "show", entry["id"], "--json").stdout
        run("remove", "mofcom-2025-62")
        assert run("journal", "show", entry["id"], "--json").stdout == before

    def test_takes_feedback(self, run, asked):
        entry = asked()
        assert run("journal", "feedback", entry["id"], "not_helpful", "--comment", "Which annex?").exit_code == 0
        assert "Which annex?" in run("journal", "show", entry["id"]).stdout
        assert entry["id"] in run("journal", "list", "--rating", "not_helpful").stdout

    def test_says_which_answers_rest_on_a_provision(self, run, asked):
        entry = asked()
        assert entry["id"] in run("journal", "resting-on", "mofcom-2025-62", "Art. 1(2)").stdout
        assert entry["id"] not in run("journal", "resting-on", "mofcom-2025-62", "Art. 9").stdout

    def test_says_which_of_them_cite_what_reads_otherwise_now(self, run, asked, tmp_path):
        path = write_act(tmp_path, "act", *MAGNETS)
        run("add", path)
        entry = asked("May neodymium magnets be exported without a licence?")

        def changed():
            (found,) = json.loads(run("journal", "resting-on", "act", "--json").stdout)["entries"]
            return found["id"], found["changed"]

        assert changed() == (entry["id"], [])
        write_act(tmp_path, "act", MAGNETS[0].replace("without a licence", "without the licence of an office"))
        run("add", path)
        assert changed()[1][0] == "Art. 1"
        assert "changed since: Art. 1" in run("journal", "resting-on", "act").stdout
        run("remove", "act")
        assert changed()[1][0] == "Art. 1"

    def test_writes_it_all_out(self, run, asked, tmp_path):
        entry = asked()
        for form in ("jsonl", "csv", "chain"):
            assert run("journal", "export", "--format", form, "--output", tmp_path / form).exit_code == 0
            assert (tmp_path / form).read_text(encoding="utf-8") == run("journal", "export", "--format", form).stdout
        assert json.loads((tmp_path / "jsonl").read_text(encoding="utf-8"))["id"] == entry["id"]
        assert run("journal", "export", "--format", "chain", "--caller", "x").exit_code == 1

    @pytest.mark.parametrize(
        ("command", "sentence"),
        [
            (("show", "000000"), "No entry '000000' is in the journal"),
            (("replay", "000000"), "No entry '000000' is in the journal"),
            (("feedback", "000000", "helpful"), "No entry '000000' is in the journal"),
            (("list", "--verdict", "yes"), "'yes' is no verdict; they are permit_required"),
            (("list", "--since", "soon"), "'soon' is not a date"),
            (("verify", "--head", "7"), "'7' is no head"),
        ],
    )
    def test_that_asks_for_what_is_not_there_is_refused_in_a_sentence(self, run, data, command, sentence):
        result = run("journal", *command)
        assert (result.exit_code, result.stdout) == (1, "")
        assert result.stderr.startswith(f"Error: {sentence}")


class TestVerifying:
    def test_prints_a_head_that_later_checks_can_be_held_to(self, run, asked):
        asked()
        head = run("journal", "verify").stdout.split("Head: ")[1].strip()
        asked()
        assert run("journal", "verify", "--head", head).exit_code == 0
        result = run("journal", "verify", "--head", f"1:{'0' * 64}")
        assert result.exit_code == 1
        assert "Record 1 is another than was noted" in result.stderr

    def test_is_part_of_the_doctor_s_examination(self, run, asked, data):
        asked()
        assert "The journal has 1 records and is sound." in run("doctor").stdout
        with closing(sqlite3.connect(data / "journal.sqlite3", isolation_level=None)) as db:
            db.execute("DELETE FROM rests")
        result = run("doctor")
        assert result.exit_code == 1
        assert "BAD  The journal is not what was written. Record 1 (entry " in result.stdout

    def test_names_the_first_bad_entry(self, run, asked, data):
        entry = asked()
        asked()
        with closing(sqlite3.connect(data / "journal.sqlite3", isolation_level=None)) as db:
            db.execute("UPDATE records SET body = replace(body, '2025-10-20', '2025-10-21') WHERE seq = 1")
        result = run("journal", "verify")
        assert result.exit_code == 1
        assert f"Record 1 (entry {entry['id']}) was altered" in result.stderr
        assert json.loads(run("journal", "verify", "--json").stdout)["sound"] is False


class TestReplaying:
    def test_gives_the_same_where_nothing_changed(self, run, asked):
        again = json.loads(run("journal", "replay", asked()["id"], "--json").stdout)
        assert (again["same"], again["differences"], again["reasons"]) == (True, [], [])
        assert "The same" in run("journal", "replay", asked()["id"]).stdout

    def test_says_what_differs_and_which_sources_changed(self, run, asked, tmp_path):
        entry = asked()
        run("remove", "mofcom-2025-62")
        run("add", write_act(tmp_path, "act", *MAGNETS))
        again = json.loads(run("journal", "replay", entry["id"], "--json").stdout)
        assert not again["same"]
        assert "The corpus changed: added since act." in again["reasons"]
        assert "The corpus changed: removed since mofcom-2025-62." in again["reasons"]
        gone = [each["before"] for each in again["differences"] if each["part"] == "evidence" and not each["after"]]
        assert any(each.startswith("mofcom-2025-62") for each in gone)
        assert "mofcom-2025-62" in run("journal", "replay", entry["id"]).stdout

    def test_says_which_words_changed(self, run, asked, tmp_path):
        path = write_act(tmp_path, "act", *MAGNETS)
        run("add", path)
        entry = asked("May neodymium magnets be exported without a licence?")
        write_act(tmp_path, "act", MAGNETS[0].replace("without a licence", "without the licence of an office"))
        run("add", path)
        again = json.loads(run("journal", "replay", entry["id"], "--json").stdout)
        assert "The corpus changed: changed since act." in again["reasons"]
        (words,) = [each for each in again["differences"] if each["part"].startswith("words of act")]
        assert (words["before"], "of an office" in words["after"]) == (MAGNETS[0], True)

    def test_says_which_setting_changed(self, run, asked, corpus, tmp_path, monkeypatch):
        entry = asked()
        copy = tmp_path / "corpus"
        copy.mkdir()
        for path in corpus.iterdir():
            (copy / path.name).write_bytes(path.read_bytes())
        (copy / "glossary.yaml").write_text((copy / "glossary.yaml").read_text(encoding="utf-8") + "\n# more\n")
        monkeypatch.setenv("ASSISTANT_CORPUS_DIR", str(copy))
        again = json.loads(run("journal", "replay", entry["id"], "--json").stdout)
        assert again["same"]
        assert [each.split(":")[0] for each in again["reasons"]] == ["The settings changed"]
        assert "file glossary.yaml" in again["reasons"][0]

    def test_says_that_the_program_changed(self, run, asked, monkeypatch):
        entry = asked()
        monkeypatch.setattr("assistant.journal.replay.program", lambda: "9.9 abc")
        again = json.loads(run("journal", "replay", entry["id"], "--json").stdout)
        assert again["reasons"] == [f"The program changed: it was {entry['program']} and is 9.9 abc."]
