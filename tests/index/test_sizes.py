"""An index that grows beyond what Chroma is worth, or shrinks below it, answers the same before and after."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from acts import LATHES, MAGNETS, SEEDS, stored
from plain import BagOfWords, answers, assert_same

from assistant.index.store import Index

WOOL = stored("wool", "Wool needs no licence.")


@pytest.fixture
def full(tmp_path: Path, most_in_chroma) -> Index:
    """An index of as many passages as Chroma is kept for."""
    made = Index(tmp_path / "index", BagOfWords)
    made.put([stored("magnets", *MAGNETS), stored("lathes", *LATHES), stored("seeds", *SEEDS)])
    most_in_chroma(6)
    return made


def by_chroma(index: Index) -> bool:
    whole = index.snapshot().whole
    return index._nearest_in_chroma(whole, [np.ones(16).tolist()], 3) is not None


def in_plain_order(index: Index) -> bool:
    """Whether what is nearest to a question is what a plain product of all vectors says."""
    snapshot, query = index.snapshot(), BagOfWords().embed_query("a licence for lathes, wheat")
    held = index.catalogue.vectors([each.vector_id for each in snapshot.passages])
    cosines = np.array([held[each.vector_id] @ np.float32(query) for each in snapshot.passages])
    found = index.nearest(snapshot, query, len(cosines))
    return [row for row, _ in found] == np.argsort(-cosines, kind="stable").tolist()


def test_one_passage_more_ends_chroma_and_one_less_brings_it_back(full, tmp_path):
    reader = Index(full.folder, BagOfWords)
    before = answers(reader, BagOfWords())
    assert by_chroma(reader)
    assert in_plain_order(reader)

    full.put([WOOL])
    assert not full._vectors.folder.exists()
    for each in (reader, full, Index(full.folder, BagOfWords)):
        assert not by_chroma(each)
        assert in_plain_order(each)
        assert "wool" in each.snapshot().sources
    assert full.is_current()
    full.repair()
    assert not full._vectors.folder.exists()

    report = full.put([], remove=frozenset({"wool"}))
    assert report.embedded == 0
    for each in (reader, full, Index(full.folder, BagOfWords)):
        assert by_chroma(each)
        assert in_plain_order(each)
        assert_same(answers(each, BagOfWords()), before)
    assert full.is_current()


def test_a_program_that_keeps_chroma_longer_or_less_long_changes_nothing_else(full, most_in_chroma):
    before = answers(full, BagOfWords())
    for most in (5, 6, 0, 7):
        most_in_chroma(most)
        assert_same(answers(full, BagOfWords()), before)
        full.put([])
        assert full._vectors.folder.exists() == by_chroma(full) == (most >= 6)
        assert full.is_current()
        assert_same(answers(full, BagOfWords()), before)


def test_a_folder_that_cannot_be_deleted_is_not_searched_and_goes_with_the_next_writer(full, monkeypatch, caplog):
    with monkeypatch.context() as patched:
        patched.setattr(
            "assistant.index.vectors._delete", lambda folder: (_ for _ in ()).throw(OSError("in use by another"))
        )
        full.put([WOOL])
    assert "searching without it. in use by another" in caplog.text
    assert full._vectors.folder.exists()
    assert not by_chroma(full)
    assert in_plain_order(full)
    full.put([])
    assert not full._vectors.folder.exists()
