"""What the command line prints, for people and for programs."""

import json
import shutil
import subprocess
import sys

import pytest
from acts import MAGNETS, SEEDS, SOURCES, content, write_act

from assistant.index.catalogue import Catalogue

REPAIR = "do I need a permit to repair separation equipment abroad?"
KEYS = {
    "question",
    "as_of",
    "verdict",
    "answer",
    "statements",
    "citations",
    "abstained",
    "caveats",
    "writer",
    "timings_ms",
}


class TestAsk:
    def test_prints_one_json_object_and_nothing_else(self, start, data):
        process = start("ask", REPAIR, "--as-of", "2025-10-20", "--json")
        out, err = process.communicate(timeout=60)
        answer = json.loads(out)
        assert (process.returncode, err, set(answer)) == (0, "", KEYS)
        assert (answer["question"], answer["as_of"]) == (REPAIR, "2025-10-20")
        assert ("mofcom-2025-62", "Art. 1(2)") in {
            (each["source_id"], each["provision"]) for each in answer["citations"]
        }

    @pytest.mark.parametrize("date", ["2025-10-20", "2026-03-15", "2026-12-01"])
    def test_every_quote_stands_in_the_source_text_at_its_offsets(self, run, data, date):
        answer = json.loads(run("ask", REPAIR, "--as-of", date, "--json").stdout)
        assert answer["citations"]
        for each in answer["citations"]:
            text = run("source-text", each["source_id"]).stdout_bytes.decode()
            assert text[each["start"] : each["end"]] == each["quote"]

    def test_takes_earlier_turns(self, run, data, tmp_path):
        turns = tmp_path / "turns.jsonl"
        turns.write_text(json.dumps({"role": "user", "content": REPAIR}) + "\n")
        answer = json.loads(run("ask", "and until when?", "--history", turns, "--json").stdout)
        assert answer["question"] == "and until when?"

    def test_reads_well_at_a_terminal(self, run, data):
        shown = run("ask", REPAIR, "--as-of", "2025-10-20").stdout
        assert "as of 20 October 2025" in shown
        assert "Sources" in shown


class TestSearch:
    def test_prints_hits_best_first(self, run, data):
        hits = json.loads(run("search", "repair", "-k", "3", "--json").stdout)["hits"]
        assert [set(each) for each in hits] == [{"source_id", "provision", "text", "score", "standing"}] * 3
        assert hits == sorted(hits, key=lambda each: -each["score"])

    def test_shows_people_the_provision_its_score_and_standing(self, run, data):
        assert "mofcom-2025-62" in run("search", "repair of separation equipment").stdout


class TestSources:
    def test_are_listed(self, run, data):
        listed = json.loads(run("sources", "--json").stdout)["sources"]
        assert {each["id"] for each in listed} == set(SOURCES)
        assert "mofcom-2025-70" in run("sources").stdout

    def test_text_is_the_file_byte_for_byte(self, start, corpus, data):
        process = start("source-text", "mofcom-2025-62")
        out, _ = process.communicate(timeout=60)
        assert out == (corpus / "mofcom-2025-62.md").read_text(encoding="utf-8")

    def test_text_keeps_windows_line_ends(self, run, data, tmp_path):
        path = write_act(tmp_path, "act", *MAGNETS)
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
        run("add", path)
        assert run("source-text", "act").stdout_bytes == path.read_bytes()


class TestAddAndRemove:
    def test_say_what_they_did(self, run, data, tmp_path):
        path = write_act(tmp_path, "act", *MAGNETS)
        assert json.loads(run("add", path, "--json").stdout) == {
            "added": ["act"],
            "changed": [],
            "unchanged": [],
            "embedded": 2,
            "failed": [],
            "notices": [],
            "guessed": [],
        }
        assert run("add", path).stdout == "unchanged: act\n"
        write_act(tmp_path, "act", MAGNETS[0])
        assert run("add", path).stdout == "changed: act\n"
        assert run("remove", "act").stdout == "removed: act\n"

    def test_what_was_added_is_found_and_once_removed_all_is_as_before(self, run, data, tmp_path):
        before = content(data)
        run("add", write_act(tmp_path, "act", *SEEDS))
        hits = json.loads(run("search", "wheat", "--json").stdout)["hits"]
        assert hits[0]["source_id"] == "act"
        run("remove", "act")
        assert content(data) == before

    def test_a_built_in_source_stays_out_until_it_is_added_again(self, run, data, corpus):
        run("remove", "mofcom-2025-70")
        assert "mofcom-2025-70" not in run("sources").stdout
        run("add", corpus / "mofcom-2025-70.md")
        assert "mofcom-2025-70" in run("sources").stdout


class TestFirstUse:
    def test_builds_the_index_from_the_corpus(self, run, tmp_path, built):
        assert run("ask", REPAIR, "--json").exit_code == 0
        assert content(tmp_path / "data") == content(built)

    def test_writes_nothing_outside_the_data_folder(self, start, tmp_path):
        elsewhere = tmp_path / "home"
        elsewhere.mkdir()
        home = {
            name: str(elsewhere) for name in ("HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "TMPDIR")
        }
        process = start("ask", REPAIR, **home)
        process.communicate(timeout=60)
        assert (process.returncode, list(elsewhere.rglob("*"))) == (0, [])

    def test_reads_changed_sources_again(self, run, data, corpus, tmp_path, monkeypatch):
        (tmp_path / "corpus").mkdir()
        write_act(tmp_path / "corpus", "act", *MAGNETS)
        monkeypatch.setenv("ASSISTANT_CORPUS_DIR", str(tmp_path / "corpus"))
        assert [each["id"] for each in json.loads(run("sources", "--json").stdout)["sources"]] == ["act"]


class TestDoctor:
    def test_finds_nothing_wrong_with_a_sound_index(self, run, data):
        result = run("doctor")
        assert (result.exit_code, result.stderr) == (0, "")
        assert "The index holds 3 sources" in result.stdout
        assert "The vectors are up to date." in result.stdout
        assert "BAD" not in result.stdout

    def test_brings_the_vectors_up_to_date(self, run, data):
        shutil.rmtree(data / "chroma")
        assert "The vectors were behind and are brought up to date." in run("doctor").stdout
        assert "The vectors are up to date." in run("doctor").stdout

    def test_finds_an_index_of_another_model_and_embeds_it_anew(self, run, data):
        before = content(data)
        Catalogue(data / "catalogue.sqlite3").set_meta("encoder", "another")
        result = run("doctor")
        assert (result.exit_code, "The index was made with another" in result.stdout) == (1, True)
        assert run("doctor", "--rebuild").exit_code == 0
        assert content(data) == before


class TestWhatIsImported:
    """Chroma alone takes half a second: a command pays only for what it uses."""

    @pytest.mark.parametrize(
        ("command", "spared"),
        [
            (["--help"], {"chromadb", "langchain_core", "numpy", "onnxruntime", "pydantic", "rich"}),
            (["source-text", "mofcom-2025-62"], {"chromadb", "langchain_core", "onnxruntime"}),
            (["sources", "--json"], {"chromadb", "langchain_core", "onnxruntime"}),
        ],
    )
    def test_is_what_the_command_needs(self, data, command, spared):
        code = (
            "import sys\nfrom assistant.cli import cli\ncli(sys.argv[1:], standalone_mode=False)\n"
            "print(*sys.modules, file=sys.stderr)"
        )
        done = subprocess.run([sys.executable, "-c", code, *command], capture_output=True, text=True, check=True)
        assert spared & set(done.stderr.split()) == set()
