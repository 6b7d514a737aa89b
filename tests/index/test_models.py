"""Vectors of two models never meet: every state is of one model whole, and is asked by that model alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pytest
from acts import LATHES, MAGNETS, SEEDS, stored
from hypothesis import given, settings
from hypothesis import strategies as st
from plain import ASKED, BagOfWords

from assistant.errors import EncoderError
from assistant.index.embedding import Progress, Vectors
from assistant.index.model_choice import ModelChoice
from assistant.index.passages import with_words
from assistant.index.store import Index


class Stopped(Exception):
    """As whoever waits may stop it."""


class Model(BagOfWords):
    """One of two models of one dimension, whose vectors could be taken for each other's."""

    def __init__(self, name: str, stops_after: int | None = None) -> None:
        super().__init__(name)
        self.given = 0
        self._stops_after = stops_after

    def encode(self, texts: Sequence[str], *, progress: Progress | None = None) -> Vectors:
        if self._stops_after is not None and self.given + len(texts) > self._stops_after:
            raise Stopped
        self.given += len(texts)
        found = super().encode(texts)
        return found if self.choice.model == "one" else np.ascontiguousarray(found[:, ::-1])


@dataclass(frozen=True)
class Step:
    """A process with a model set that writes, by that model or by the one of the rest, and may be stopped."""

    model: str
    switch: bool
    put: str | None
    remove: str | None
    stops_after: int | None


_STEPS = st.builds(
    Step,
    st.sampled_from(["one", "two"]),
    st.booleans(),
    st.none() | st.sampled_from("abc"),
    st.none() | st.sampled_from("abc"),
    st.none() | st.integers(0, 3),
)


@pytest.fixture(scope="module", autouse=True)
def batches_of_one() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("assistant.index.ingest._BATCH", 1)
        patched.setattr("assistant.index.encoders.open_encoder", lambda choice: Model(choice.model))
        yield


@pytest.fixture(scope="module")
def all_in_files() -> Iterator[None]:
    """Nothing in Chroma, and files put together often."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("assistant.index.segments._TOGETHER", 2)
        for module in ("ingest", "store"):
            patched.setattr(f"assistant.index.{module}.MOST_IN_CHROMA", -1)
        yield


def opened(folder, model: str, stops_after: int | None = None) -> Index:
    return Index(folder, lambda: Model(model, stops_after), choice=ModelChoice(model))


def assert_of_one_model(index: Index) -> None:
    """Holds every vector of a state to what the state's model makes of the passage's words, and the search to both."""
    snapshot = index.snapshot()
    if not len(snapshot.passages):
        return
    model = index.encoder_of(snapshot)
    assert model.identity == snapshot.whole.encoder
    words = [
        text
        for source_id in snapshot.sources
        for _, text in with_words(snapshot.sources[source_id], snapshot.versions[source_id], model.identity)
    ]
    wanted = Model(model.choice.model).encode(words)
    assert index.vectors(snapshot, np.arange(len(words))) == pytest.approx(wanted, abs=1e-6)
    query = Model(model.choice.model).embed_query(ASKED)
    found = dict(index.nearest(snapshot, model.embed_query(ASKED), len(words)))
    assert [found[row] for row in range(len(words))] == pytest.approx((wanted @ np.float32(query)).tolist(), abs=1e-5)


@settings(max_examples=30, deadline=None)
@given(st.lists(_STEPS, min_size=2, max_size=6))
def test_whoever_writes_and_is_stopped(all_in_files, tmp_path_factory, steps):
    folder = tmp_path_factory.mktemp("models")
    readers = [opened(folder, "one"), opened(folder, "two")]
    for step in steps:
        put = [stored(step.put, f"Act {step.put} is on magnets.", "Wheat is free.")] if step.put else []
        remove = frozenset({step.remove} - {step.put, None})
        before = readers[0].catalogue.generation()
        try:
            opened(folder, step.model, step.stops_after).put(put, remove=remove, switch=step.switch)
        except Stopped:
            assert readers[0].catalogue.generation() == before
        else:
            if step.switch:
                assert readers[0].catalogue.meta("encoder") == f"{step.model}@16"
        for reader in readers:
            assert_of_one_model(reader)


def test_also_where_chroma_holds_vectors_of_the_same_dimension(tmp_path):
    acts = [stored("magnets", *MAGNETS), stored("lathes", *LATHES), stored("seeds", *SEEDS)]
    one = opened(tmp_path, "one")
    one.put(acts)
    for model in ("two", "one", "two"):
        with pytest.raises(Stopped):
            opened(tmp_path, model, stops_after=3).put((), switch=True)
        assert_of_one_model(one)
        opened(tmp_path, model).put((), switch=True)
        assert_of_one_model(one)
        assert one.is_current()


def test_what_was_embedded_before_the_stop_is_not_embedded_again(tmp_path):
    opened(tmp_path, "one").put([stored("magnets", *MAGNETS), stored("lathes", *LATHES), stored("seeds", *SEEDS)])
    with pytest.raises(Stopped):
        opened(tmp_path, "two", stops_after=4).put((), switch=True)
    told: list[tuple[int, int]] = []
    again = opened(tmp_path, "two")
    assert again.put((), switch=True, progress=lambda *each: told.append(each)).embedded == 2
    assert told == [(0, 2), (1, 2), (2, 2)]
    assert again.encoder.given == 2


def test_a_model_that_is_gone_is_told_and_the_words_still_answer(tmp_path, monkeypatch):
    opened(tmp_path, "one").put([stored("magnets", *MAGNETS)])

    def gone(choice: ModelChoice) -> Model:
        raise EncoderError(f"{choice.model} is no model any more.")

    monkeypatch.setattr("assistant.index.encoders.open_encoder", gone)
    reader = opened(tmp_path, "two")
    with pytest.raises(EncoderError, match=r"made with the embedding model one@16, and one is no model any more\. Run"):
        reader.encoder_of(reader.snapshot())
    with pytest.raises(EncoderError, match="Run `assistant doctor --rebuild`"):
        reader.put([stored("seeds", *SEEDS)])
    assert reader.snapshot().lexical.knows("magnet")
    reader.put((), switch=True)
    assert_of_one_model(reader)
