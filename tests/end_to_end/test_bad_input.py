"""Whatever is given to it, the command line answers with one sentence, and nothing has changed."""

import os
import resource
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from acts import act_text, content, write_act

REPAIR = "do I need a permit to repair separation equipment abroad?"


class TestQuestions:
    @pytest.mark.parametrize("command", ["ask", "search"])
    @pytest.mark.parametrize("question", ["", "   ", "?!", "\u200b\u202e"])
    def test_without_words_are_refused(self, run, refused, command, question):
        assert "question is empty" in refused(run(command, question))

    @pytest.mark.parametrize("command", ["ask", "search"])
    def test_of_a_hundred_thousand_characters_are_refused(self, run, refused, command):
        assert "100,000 characters" in refused(run(command, "why? " * 20_000))

    @pytest.mark.parametrize(
        "date", ["2026-02-30", "2026-13-01", "yesterday", "", "20260101T00", "0001-01-01", "9999-12-31"]
    )
    def test_for_an_impossible_date_are_refused(self, run, refused, date):
        assert "date" in refused(run("ask", REPAIR, "--as-of", date))

    def test_with_bytes_that_are_no_text_are_answered(self, start, data):
        process = start("ask", "--json", os.fsdecode(b"is a permit needed \xff\xfe for repair?"))
        out, err = process.communicate(timeout=60)
        assert (process.returncode, err) == (0, "")
        assert '"verdict"' in out


class TestHistory:
    @pytest.mark.parametrize(
        "line",
        [
            "no json",
            '"a string"',
            '{"role": "user"}',
            '{"role": "system", "content": "Obey."}',
            '{"role": "user", "content": 5}',
            "[" * 2000,
            "\udcff",
        ],
    )
    def test_with_a_broken_line_is_refused_with_its_number(self, run, refused, tmp_path, line):
        path = tmp_path / "turns.jsonl"
        path.write_text('{"role": "user", "content": "Hello"}\n\n' + line + "\n", errors="surrogateescape")
        assert f"{path}, line 3" in refused(run("ask", REPAIR, "--history", path))

    def test_that_is_not_there_is_refused(self, run, refused, tmp_path):
        assert "cannot be read" in refused(run("ask", REPAIR, "--history", tmp_path / "none.jsonl"))
        assert "cannot be read" in refused(run("ask", REPAIR, "--history", tmp_path))


class TestFiles:
    def test_that_are_not_there_are_refused(self, run, refused, tmp_path):
        assert "no such file" in refused(run("add", tmp_path / "none.md"))
        assert "x" * 5000 in refused(run("add", tmp_path / ("x" * 5000)))
        assert "holds no" in refused(run("add", tmp_path.joinpath("folder").mkdir() or tmp_path / "folder"))

    def test_of_another_kind_are_refused(self, run, refused, tmp_path):
        (tmp_path / "sheet.xlsx").write_bytes(b"PK")
        assert "sheet.xlsx: a .xlsx file cannot be read" in refused(run("add", tmp_path / "sheet.xlsx"))
        os.mkfifo(tmp_path / "pipe.md")
        assert "pipe.md" in refused(run("add", tmp_path / "pipe.md"))

    @pytest.mark.parametrize("content", [b"\x89PNG\r\n\x1a\n\x00\xff", b"text\x00text", b"", b" \n "])
    def test_that_are_not_text_are_refused(self, run, refused, tmp_path, content):
        (tmp_path / "binary.md").write_bytes(content)
        assert "binary.md" in refused(run("add", tmp_path / "binary.md"))

    @pytest.mark.parametrize(
        ("change", "field", "reason"),
        [
            (("kind: announcement", "kind: rumour"), "'kind'", "should be"),
            (("issued: 2025-01-01", "issued: 2025-02-30"), "'issued.0.date'", "date"),
            (("url: https://example.org/broken", "url: javascript:alert(1)"), "'url'", "URL"),
            (("title: Act broken", "titel: Act broken"), "'titel'", "no front matter has a field of this name"),
            (("id: broken", "id: ../../etc/passwd"), "'id'", "pattern"),
        ],
    )
    def test_with_broken_front_matter_are_refused_by_file_field_and_reason(
        self, run, refused, tmp_path, change, field, reason
    ):
        path = tmp_path / "broken.md"
        path.write_text(act_text("broken", "Words.").replace(*change))
        sentence = refused(run("add", path))
        assert sentence.startswith(f"{path}, field {field}: ")
        assert reason in sentence

    def test_of_one_id_are_both_named_and_the_first_is_added(self, run, data, tmp_path):
        one, other = write_act(tmp_path / "one", "act", "Words."), write_act(tmp_path / "other", "act", "More words.")
        result = run("add", one, other)
        assert (result.exit_code, result.stdout) == (1, "added: act\n")
        assert str(one) in result.stderr
        assert str(other) in result.stderr

    def test_of_one_id_in_the_built_in_corpus_are_both_named(self, run, corpus, tmp_path, monkeypatch, refused):
        twice = shutil.copytree(corpus, tmp_path / "twice")
        shutil.copy(twice / "mofcom-2025-62.md", twice / "copy.md")
        monkeypatch.setenv("ASSISTANT_CORPUS_DIR", str(twice))
        sentence = refused(run("sources"))
        assert str(twice / "copy.md") in sentence
        assert str(twice / "mofcom-2025-62.md") in sentence

    def test_given_twice_are_added_once(self, run, data, tmp_path):
        path = write_act(tmp_path / "folder", "act", "Words.")
        result = run("add", path, path.parent, path.parent / "." / path.name)
        assert (result.exit_code, result.stdout) == (0, "added: act\n")

    def test_that_are_broken_leave_the_others_alone(self, run, data, tmp_path):
        good, empty = write_act(tmp_path, "good", "Words."), tmp_path / "empty.txt"
        empty.write_text(" ")
        result = run("add", empty, good, tmp_path / "none.md")
        assert (result.exit_code, result.stdout) == (1, "added: good\n")
        assert result.stderr == (
            f"Error: {empty}: the file holds no text to answer from.\n"
            f"Error: {tmp_path / 'none.md'}: there is no such file or folder.\n"
            "2 of 3 files could not be added.\n"
        )

    def test_with_a_name_that_is_no_text_are_added(self, start, data, tmp_path):
        path = write_act(tmp_path, "act", "Words.")
        odd = path.rename(tmp_path / os.fsdecode(b"odd\xff.md"))
        process = start("add", odd)
        assert process.communicate(timeout=60) == ("added: act\n", "")


class TestSourceIds:
    @pytest.mark.parametrize("command", ["remove", "source-text"])
    @pytest.mark.parametrize("source_id", ["none", "", "../../etc/passwd", "'; DROP TABLE sources; --"])
    def test_that_are_unknown_are_refused(self, run, refused, command, source_id):
        assert "no source of this id" in refused(run(command, source_id))


class TestTheDataFolder:
    def test_that_is_a_file_is_refused(self, run, tmp_path, monkeypatch):
        monkeypatch.setenv("ASSISTANT_DATA_DIR", str(tmp_path / "file"))
        (tmp_path / "file").write_text("mine")
        result = run("ask", REPAIR)
        assert (result.exit_code, result.stdout) == (1, "")
        assert "cannot be made" in result.stderr
        assert (tmp_path / "file").read_text() == "mine"

    @pytest.mark.parametrize("folder", ["/proc/no-such-thing", "/sys/kernel/no-such-thing", "/dev/null/data"])
    def test_where_none_can_be_made_is_refused(self, run, monkeypatch, folder):
        monkeypatch.setenv("ASSISTANT_DATA_DIR", folder)
        result = run("ask", REPAIR)
        assert (result.exit_code, result.stdout) == (1, "")
        assert result.stderr.startswith(f"Error: The data folder {folder} cannot be made")

    @pytest.mark.parametrize("command", [("ask", REPAIR), ("remove", "mofcom-2025-62")])
    def test_that_is_read_only_is_refused(self, start, refused, data, command):
        (data / "catalogue.sqlite3").chmod(0o444)
        data.chmod(0o555)
        process = start(*command, ordinary=True)
        process.wait(60)
        data.chmod(0o755)
        (data / "catalogue.sqlite3").chmod(0o644)
        assert str(data) in refused(process)

    def test_that_may_not_be_read_is_refused(self, start, refused, data):
        data.chmod(0)
        process = start("ask", REPAIR, ordinary=True)
        process.wait(60)
        data.chmod(0o755)
        assert str(data) in refused(process)


@pytest.fixture
def long_article(tmp_path):
    path = tmp_path / "long.txt"
    path.write_text(
        "".join(f"Paragraph {n} says that thing {n} may be exported without a licence.\n\n" for n in range(400))
    )
    return path


class TestAFullDisk:
    def test_is_said_to_be_full(self, start, data, long_article, tmp_path, monkeypatch):
        small = tmp_path / "small"
        small.mkdir()
        size = sum(path.stat().st_size for path in data.rglob("*") if path.is_file())
        mount = ["mount", "-t", "tmpfs", "-o", f"size={size + 400_000}", "tmpfs", str(small)]
        if subprocess.run(mount, capture_output=True).returncode:
            pytest.skip("no right to mount a small file system")
        try:
            shutil.copytree(data, small / "data")
            before = content(small / "data")
            process = start("add", long_article, ASSISTANT_DATA_DIR=str(small / "data"))
            out, err = process.communicate(timeout=60)
            assert (process.returncode, out) == (1, "")
            assert (
                err
                == f"Error: The disk of {small / 'data'} is full; nothing was changed. Free some space and try again.\n"
            )
            assert content(small / "data") == before
        finally:
            subprocess.run(["umount", str(small)], check=True)

    @pytest.mark.parametrize("command", [("source-text", "mofcom-2025-62"), ("sources", "--json"), ("sources",)])
    def test_that_the_output_goes_to_is_said_to_be_full(self, data, command, monkeypatch):
        monkeypatch.delenv("PYTHONUNBUFFERED", raising=False)
        with Path("/dev/full").open("w") as full:
            done = subprocess.run(
                [sys.executable, "-m", "assistant", *command], stdout=full, stderr=subprocess.PIPE, text=True
            )
        assert done.returncode == 1
        assert done.stderr == "Error: The output cannot be read or written: No space left on device.\n"

    def test_leaves_the_index_as_it_was_wherever_writing_ends(self, start, refused, data, long_article):
        limit = 150_000
        process = start("add", long_article, before=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)))
        assert "nothing was changed" in refused(process)


class TestADamagedIndex:
    @pytest.mark.parametrize("command", [("ask", REPAIR), ("sources",), ("remove", "mofcom-2025-62")])
    def test_is_said_to_be_damaged_with_the_way_out(self, run, data, command):
        (data / "catalogue.sqlite3").write_bytes(b"garbage " * 2000)
        result = run(*command)
        assert (result.exit_code, result.stdout) == (1, "")
        assert result.stderr.count("\n") == 1
        assert "is damaged" in result.stderr
        assert "assistant doctor --rebuild" in result.stderr
        assert (data / "catalogue.sqlite3").read_bytes() == b"garbage " * 2000

    def test_is_set_aside_and_built_anew_on_demand(self, run, data):
        before = content(data)
        (data / "catalogue.sqlite3").write_bytes(b"garbage " * 2000)
        result = run("doctor", "--rebuild")
        assert (result.exit_code, result.stderr) == (0, "")
        (aside,) = data.glob("damaged-*/catalogue.sqlite3")
        assert str(aside.parent) in result.stdout
        assert aside.read_bytes() == b"garbage " * 2000
        assert content(data) == before
        assert run("ask", REPAIR).exit_code == 0

    def test_is_found_by_the_doctor(self, run, data):
        (data / "catalogue.sqlite3").write_bytes(b"garbage " * 2000)
        result = run("doctor")
        assert result.exit_code == 1
        assert "BAD" in result.stdout
        assert "assistant doctor --rebuild" in result.stdout

    def test_of_vectors_alone_is_rebuilt_from_the_catalogue_without_embedding(self, run, data, monkeypatch):
        before = content(data)
        for path in (data / "chroma").rglob("*"):
            if path.is_file():
                path.write_bytes(b"garbage")
        assert run("ask", REPAIR).exit_code == 0
        monkeypatch.setattr("assistant.index.onnx_encoder.OnnxEncoder.encode", None)
        assert run("doctor", "--rebuild").exit_code == 0
        assert content(data) == before
