"""Another embedding model: everything is embedded anew, and until that is complete the index answers as it was."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Callable
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
