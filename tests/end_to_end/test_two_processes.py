"""A process that answers while another one writes, two that write at once, and many that come first."""

import itertools
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest
from acts import MAGNETS, SEEDS, SOURCES, content, write_act

from assistant.assistant import Assistant
from assistant.settings import Settings

ASKING = """
import json, sys, threading
from assistant.assistant import Assistant
assistant, stop, seen = Assistant.open(), threading.Event(), []
threading.Thread(target=lambda: (sys.stdin.read(), stop.set()), daemon=True).start()
assistant.ask("is anything loaded at first use?")
print("ready", flush=True)
while not stop.is_set():
    answer = assistant.ask("do I need a permit to repair separation equipment abroad?")
    found = {each.source.id for each in assistant.search("wheat seeds", k=100)}
    seen.append([answer.verdict.value, "seeds" in found])
print(json.dumps(seen))
"""


def wait_for(condition, seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not come about in time"
        time.sleep(0.01)


def is_running(process: str) -> bool:
    """Whether there is a process of that number that has not ended."""
    try:
        return ") Z " not in Path(f"/proc/{process}/stat").read_text()
    except OSError:
        return False


class TestAReader:
    def test_sees_every_new_state_without_a_restart_and_never_fails(self, data, tmp_path):
        reader = subprocess.Popen(
            [sys.executable, "-c", ASKING],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert reader.stdout.readline() == "ready\n"
        writer, path = Assistant.open(), write_act(tmp_path, "seeds", *SEEDS)
        for _ in range(5):
            writer.add([path])
            time.sleep(0.2)
            writer.remove("seeds")
            time.sleep(0.2)
        out, err = reader.communicate()
        assert (reader.returncode, err) == (0, "")
        seen = json.loads(out)
        assert len({verdict for verdict, _ in seen}) == 1
        found = [each for _, each in seen]
        assert sum(now != before for before, now in itertools.pairwise(found)) >= 4
        assert found[-1] is False


class TestAWriter:
    def test_waits_for_another_and_both_end_up_in_the_index(self, data, start, tmp_path):
        mine, path = Assistant.open(), write_act(tmp_path, "seeds", *SEEDS)
        with mine.index.writing() as writer:
            process = start("add", path)
            time.sleep(1.5)
            assert process.poll() is None
            writer.put([])
        assert process.communicate(timeout=60) == ("added: seeds\n", "")
        mine.add([write_act(tmp_path, "magnets", *MAGNETS)])
        assert {each.id for each in mine.sources()} == {*SOURCES, "seeds", "magnets"}

    def test_that_need_not_wait_says_that_another_is_writing(self, data, start, refused, tmp_path):
        path = write_act(tmp_path, "seeds", *SEEDS)
        with Assistant.open().index.writing():
            sentence = refused(start("add", path, ASSISTANT_WRITE_WAIT_SECONDS="0.2"))
        assert "Another process is changing the index" in sentence
        assert "within 0.2 seconds" in sentence

    def test_does_not_keep_others_from_asking(self, data, start):
        with Assistant.open().index.writing():
            process = start("ask", "is a permit needed?", "--json", ASSISTANT_WRITE_WAIT_SECONDS="0")
            out, err = process.communicate(timeout=60)
        assert (process.returncode, err) == (0, "")
        assert json.loads(out)["verdict"]

    def test_keeps_what_another_process_withdrew_meanwhile(self, data, tmp_path):
        one, other = Assistant.open(), Assistant.open()
        one.remove("mofcom-2025-62")
        other.remove("mofcom-2025-70")
        one.add([write_act(tmp_path, "seeds", *SEEDS)])
        assert one.index.catalogue.withdrawn() == {"mofcom-2025-62", "mofcom-2025-70"}


class TestFirstUse:
    def test_by_three_processes_at_once_builds_one_index(self, start, built, tmp_path):
        processes = [start("ask", "is a permit needed?", "--json") for _ in range(3)]
        ended = [(*each.communicate(timeout=120), each.returncode) for each in processes]
        assert [(code, err) for _, err, code in ended] == [(0, "")] * 3
        assert len({json.loads(out)["verdict"] for out, _, _ in ended}) == 1
        assert content(tmp_path / "data") == content(built)
        assert Assistant.open().status().generation == 1


class TestCtrlC:
    @pytest.fixture
    def article(self, tmp_path):
        path = tmp_path / "article.txt"
        path.write_text(
            "\n\n".join(f"Paragraph {n} says that thing number {n} may be exported freely." for n in range(500))
        )
        return path

    def test_says_so_and_loses_nothing(self, data, start, article, small_corpus):
        before = content(data)
        process = start("add", article)

        def embedded() -> int:
            with sqlite3.connect(data / "catalogue.sqlite3") as db:
                (count,) = db.execute("SELECT count(*) FROM vectors").fetchone()
            db.close()
            return count

        held = embedded()
        wait_for(lambda: embedded() > held)
        os.kill(process.pid, signal.SIGINT)
        out, err = process.communicate(timeout=60)
        assert (process.returncode, out) == (130, "")
        assert err.startswith("Stopped. Nothing is half done")
        assert err.count("\n") == 1
        assert content(data) == before
        report = Assistant.open(Settings.load()).add([article])
        assert report.added == ["article"]
        assert 0 < report.embedded < 500

    def test_while_a_file_is_read_ends_who_reads_it(self, data, start, tmp_path):
        before, path = content(data), tmp_path / "long.txt"
        path.write_text("Magnets need a licence. " * 700_000)
        process = start("add", path)
        tasks, readers = Path(f"/proc/{process.pid}/task"), []
        wait_for(
            lambda: readers.extend(r for each in tasks.glob("*/children") for r in each.read_text().split()) or readers
        )
        os.kill(process.pid, signal.SIGINT)
        out, err = process.communicate(timeout=60)
        assert (process.returncode, out) == (130, "")
        assert err.startswith("Stopped.")
        wait_for(lambda: not any(is_running(reader) for reader in readers))
        assert content(data) == before

    def test_keeps_the_steps_that_were_complete_and_goes_on_from_there(self, data, tmp_path, monkeypatch):
        for number in range(7):
            (tmp_path / f"note-{number}.txt").write_text(f"Note {number} says that magnets are listed.")
        monkeypatch.setattr("assistant.adding._STEP_FILES", 2)
        assistant = Assistant.open()

        def stop(done: int, _: int) -> None:
            if done == 5:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            assistant.add([tmp_path], reading=stop)
        kept = {f"note-{number}" for number in range(4)}
        assert {each.id for each in assistant.sources()} >= kept
        report = assistant.add(sorted(tmp_path.glob("note-*.txt")))
        assert set(report.unchanged) == kept
        assert report.added == ["note-4", "note-5", "note-6"]
