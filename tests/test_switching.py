"""Another embedding model: everything is embedded anew, and until that is complete the index answers as it was."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from acts import content, write_act
from embedding_server import EmbeddingServer

from assistant.assistant import Assistant
from assistant.errors import EncoderError
from assistant.index.catalogue import Catalogue
from assistant.settings import DEFAULT_MODEL, Settings

QUESTION = "do I need a permit to repair separation equipment abroad?"
SMALL, WIDE = "openai:small", "openai:wide"


@pytest.fixture
def opened(built: Path, corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Assistant]:
    """Opens the small corpus, indexed by the packaged model, with settings of one's own."""
    monkeypatch.setattr("assistant.index.ingest._BATCH", 20)
    folder = Path(shutil.copytree(built, tmp_path / "data"))
    return lambda switch=True, progress=None, **settings: Assistant.open(
        Settings(data_dir=folder, corpus_dir=corpus, **settings), switch=switch, progress=progress
    )


def found(assistant: Assistant) -> list[tuple[str, str, float]]:
    return [(each.source.id, each.provision.label, round(each.cosine, 4)) for each in assistant.search(QUESTION, k=20)]


def made_with(assistant: Assistant) -> str:
    return assistant.index.catalogue.meta("encoder")


class TestSwitching:
    def test_embeds_everything_by_the_new_model_with_progress(self, opened, embeddings: EmbeddingServer) -> None:
        told: list[tuple[int, int]] = []
        before = opened().status().passages
        assistant = opened(embedding=SMALL, progress=lambda *each: told.append(each))
        held = {each.vector_id for each in assistant.index.snapshot().passages}
        assert made_with(assistant) == "openai:small@64"
        assert assistant.status().passages == before
        assert (told[0], told[-1]) == ((0, len(held)), (len(held), len(held)))
        vectors = assistant.index.catalogue.vectors(sorted(held))
        assert {each.shape for each in vectors.values()} == {(64,)}
        assert [np.linalg.norm(each) for each in vectors.values()] == pytest.approx([1] * len(held), abs=1e-5)
        assert assistant.index.is_current(), "Chroma is of the new dimension too"
        assert found(assistant)

    def test_back_ends_in_the_index_there_was(self, opened, embeddings: EmbeddingServer) -> None:
        first = opened()
        before, answers = content(first.index.folder), found(first)
        assert found(opened(embedding=SMALL)) != answers
        again = opened()
        assert content(again.index.folder) == before
        assert found(again) == answers

    def test_by_another_prefix_embeds_everything_too(self, opened, embeddings: EmbeddingServer) -> None:
        opened(embedding=SMALL)
        assistant = opened(embedding=SMALL, embedding_document_prefix="passage: ")
        assert all(each.startswith("passage: ") for each in embeddings.texts[-5:])
        assert made_with(assistant) != "openai:small@64"

    def test_stopped_halfway_answers_as_before_and_goes_on_from_there(self, opened, embeddings) -> None:
        before = found(opened())

        def stop(done: int, _: int) -> None:
            if done:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            opened(embedding=SMALL, progress=stop)
        assert found(opened(embedding=SMALL, switch=False)) == before
        told: list[tuple[int, int]] = []
        done = len(embeddings.texts)
        assistant = opened(embedding=SMALL, progress=lambda *each: told.append(each))
        passages = {each.vector_id for each in assistant.index.snapshot().passages}
        assert 0 < told[-1][1] < len(passages)
        assert len(embeddings.texts) - done < len(passages)
        assert made_with(assistant) == "openai:small@64"

    def test_to_a_model_that_fails_on_the_way_leaves_the_index_as_it_was(self, opened, embeddings) -> None:
        before = found(opened())
        embeddings.fails_after, embeddings.status = 30, 400
        with pytest.raises(EncoderError, match=r"openai:small failed \(BadRequestError, HTTP 400\); what was complete"):
            opened(embedding=SMALL)
        assert made_with(opened()) == opened().index.encoder.identity
        assert found(opened()) == before
        embeddings.fails_after, told = None, []
        assistant = opened(embedding=SMALL, progress=lambda *each: told.append(each))
        assert told[-1][1] < len({each.vector_id for each in assistant.index.snapshot().passages})

    def test_to_a_model_that_cannot_be_opened_leaves_the_index_as_it_was(self, opened, tmp_path: Path) -> None:
        before = content(opened().index.folder)
        with pytest.raises(EncoderError, match="no embedding model folder"):
            opened(embedding=str(tmp_path / "nowhere"))
        assert content(opened().index.folder) == before


class TestMeanwhile:
    def test_a_process_of_the_old_setting_answers_and_afterwards_by_the_new_model(self, opened, embeddings) -> None:
        old = opened()
        before = found(old)
        embeddings.hold = threading.Event()
        switching = threading.Thread(target=lambda: opened(embedding=SMALL))
        switching.start()
        assert found(old) == before
        embeddings.hold.set()
        switching.join()
        assert found(old) == found(opened(embedding=SMALL))
        assert embeddings.texts[-1].startswith(QUESTION)

    def test_one_of_the_new_setting_answers_by_the_old_model(self, opened, embeddings, caplog) -> None:
        before = found(opened())
        embeddings.hold = threading.Event()
        first = threading.Thread(target=lambda: opened(embedding=SMALL))
        first.start()
        while not _is_writing(opened):
            time.sleep(0.01)
        second = opened(embedding=SMALL)
        assert found(second) == before
        assert "answers are found by the embedding model minilm-regulatory" in caplog.text
        embeddings.hold.set()
        first.join()
        assert found(second) != before

    def test_what_is_added_by_the_old_setting_is_embedded_by_the_model_of_the_rest(
        self, opened, embeddings, tmp_path: Path
    ) -> None:
        old = opened()
        opened(embedding=SMALL)
        report = old.add([write_act(tmp_path / "more", "seeds", "Wheat seeds are exported freely.")])
        assert report.embedded == 1
        assert "Wheat seeds" in embeddings.texts[-1]
        assert made_with(old) == "openai:small@64"

    def test_one_that_cannot_open_the_model_of_the_index_says_so(self, opened, embeddings, monkeypatch) -> None:
        old = opened()
        opened(embedding=SMALL)
        monkeypatch.delenv("OPENAI_API_KEY")
        with pytest.raises(
            EncoderError, match=r"made with the embedding model openai:small@64, and .* cannot be set up"
        ):
            old.search(QUESTION)


class TestAModelThatIsAnotherUnderItsName:
    def test_is_told_with_the_way_out(self, opened, embeddings: EmbeddingServer) -> None:
        opened(embedding=SMALL)
        embeddings.dimension = 32
        later = opened(embedding=SMALL)
        with pytest.raises(
            EncoderError, match=r"openai:small is openai:small@32 now\. Run `assistant doctor --rebuild`"
        ):
            later.search(QUESTION)
        later.index.put((), switch=True)
        assert found(later)

    def test_is_embedded_anew_where_it_is_the_packaged_one(self, opened) -> None:
        """As a new version of the program brings it."""
        assistant = opened()
        before, catalogue = content(assistant.index.folder), assistant.index.catalogue
        _pretend_made_with(catalogue, "former-model@0123456789ab")
        with pytest.raises(EncoderError, match="former-model@0123456789ab"):
            assistant.search(QUESTION)
        catalogue.set_meta("corpus", "of a former version")
        assert content(opened().index.folder) == before


class TestTheServer:
    def test_answers_by_the_old_model_while_it_embeds_anew(self, opened, embeddings: EmbeddingServer) -> None:
        from assistant.server.context import Context

        old = opened()
        before = found(old)
        embeddings.hold = threading.Event()
        context = Context(old.settings.model_copy(update={"embedding": SMALL}))
        context.open()
        assert found(context.assistant) == before
        embeddings.hold.set()
        until = time.monotonic() + 60
        while made_with(old) != "openai:small@64":
            assert time.monotonic() < until
            time.sleep(0.02)
        assert found(context.assistant) != before
        context.close()

    def test_stops_in_the_middle_and_keeps_what_was_embedded(self, opened, embeddings: EmbeddingServer) -> None:
        from assistant.server.context import Context

        old = opened()
        embeddings.hold = threading.Event()
        context = Context(old.settings.model_copy(update={"embedding": SMALL}))
        context.open()
        closing = threading.Thread(target=context.close)
        closing.start()
        context._closing.wait(30)
        embeddings.hold.set()
        closing.join(60)
        assert not closing.is_alive()
        assert made_with(old) != "openai:small@64"
        assert found(old)


def _is_writing(opened: Callable[..., Assistant]) -> bool:
    from filelock import FileLock, Timeout

    try:
        with FileLock(opened().index.folder / "write.lock").acquire(timeout=0):
            return False
    except Timeout:
        return True


def _pretend_made_with(catalogue: Catalogue, identity: str) -> None:
    catalogue.set_meta("encoder", identity)
    catalogue.set_meta("generation", str(catalogue.generation() + 1))


def test_the_default_is_the_packaged_model() -> None:
    assert Settings.model_fields["embedding"].default == DEFAULT_MODEL


SEARCHING = f"""
import json, sys, threading
from assistant.assistant import Assistant
assistant, stop, seen = Assistant.open(switch=False), threading.Event(), []
threading.Thread(target=lambda: (sys.stdin.read(), stop.set()), daemon=True).start()
first = True
while not stop.is_set():
    found = assistant.search({QUESTION!r}, k=20)
    told = [[each.source.id, each.provision.label, round(each.cosine, 4)] for each in found]
    if told not in seen[-1:]:
        seen.append(told)
    if first:
        print("ready", flush=True)
        first = False
    stop.wait(0.1)
print(json.dumps(seen))
"""
SWITCHING = """
from assistant.assistant import Assistant
from assistant.index import ingest
ingest._BATCH = 20
Assistant.open()
"""


class _FromThe:
    """Lets so many requests of several texts pass, and holds those after them."""

    def __init__(self, number: int) -> None:
        self.reached = threading.Event()
        self.let_go = threading.Event()
        self._left = number - 1

    def wait(self, seconds: float) -> None:
        if self._left:
            self._left -= 1
            return
        self.reached.set()
        self.let_go.wait(seconds)


class TestProcesses:
    @pytest.fixture
    def start(self, opened, corpus: Path) -> Iterator[Callable[..., subprocess.Popen[str]]]:
        """Starts a program over the same index, by the packaged model where no other is set."""
        folder, started = opened().index.folder, []

        def start(program: str, **environment: str) -> subprocess.Popen[str]:
            places = {"ASSISTANT_DATA_DIR": str(folder), "ASSISTANT_CORPUS_DIR": str(corpus)}
            started.append(
                subprocess.Popen(
                    [sys.executable, "-c", program],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.PIPE,
                    text=True,
                    env={**os.environ, **places, **environment},
                )
            )
            return started[-1]

        yield start
        for each in started:
            each.kill()
            each.communicate()

    def test_that_only_reads_answers_by_one_model_whole_or_the_other_and_a_killed_switch_goes_on(
        self, opened, start, embeddings: EmbeddingServer
    ) -> None:
        before = [list(each) for each in found(opened())]
        embeddings.hold = held = _FromThe(3)
        reader, switching = start(SEARCHING), start(SWITCHING, ASSISTANT_EMBEDDING=SMALL)
        assert reader.stdout.readline() == "ready\n", reader.stderr.read()
        assert held.reached.wait(60)
        switching.kill()
        switching.communicate()
        held.let_go.set()
        embeddings.hold = None
        assert made_with(opened(switch=False)) != "openai:small@64"
        assert [list(each) for each in found(opened(switch=False))] == before

        told: list[tuple[int, int]] = []
        after = opened(embedding=SMALL, progress=lambda *each: told.append(each))
        assert told[-1][1] == len({each.vector_id for each in after.index.snapshot().passages}) - 40
        searched = sum(each == QUESTION for each in embeddings.texts)
        until = time.monotonic() + 60
        while sum(each == QUESTION for each in embeddings.texts) < searched + 2:
            assert time.monotonic() < until, "the reader has not noticed"
            time.sleep(0.02)
        out, err = reader.communicate()
        assert (reader.returncode, err) == (0, "")
        assert json.loads(out) == [before, [list(each) for each in found(after)]]
