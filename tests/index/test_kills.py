"""A writer killed between any two steps leaves the state before or the one after, and later writers lose nothing."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from acts import LATHES, MAGNETS, SEEDS, content, stored
from plain import BagOfWords, answers, assert_same

from assistant.index.store import Index

WOOL = ("Wool needs no licence.", "Sheep are free.")
# Puts a source, and ends as a kill does where it comes to a step.
WRITING = f"""
import os, sys
from importlib import import_module
from acts import stored
from plain import BagOfWords
from assistant.index import ingest, segments, store

ingest.MOST_IN_CHROMA = store.MOST_IN_CHROMA = -1
segments._TOGETHER = 3
module, _, name = sys.argv[2].partition(":")
owner, _, step = name.rpartition(".")
place = import_module(module)
setattr(getattr(place, owner) if owner else place, step, lambda *_, **__: os._exit(9))
store.Index(__import__("pathlib").Path(sys.argv[1]), BagOfWords).put([stored("wool", *{WOOL!r})])
"""
# What a writer is about to do, and whether the change is live by then.
STEPS = {
    "assistant.index.catalogue:Catalogue.put_vectors": False,
    "assistant.index.segment:os.fsync": False,
    "assistant.index.catalogue:Catalogue.commit": False,
    "assistant.index.commit:_write_edits": False,
    "assistant.index.segments:Segments.complete": True,
    "assistant.index.segments:files.merged": True,
    "assistant.index.catalogue:Catalogue.replace_segments": True,
    "assistant.index.segments:Segments._sweep": True,
    "assistant.index.catalogue:Catalogue.sweep_vectors": True,
}


def opened(folder: Path) -> Index:
    return Index(folder, BagOfWords)


@pytest.fixture
def three(tmp_path: Path, without_chroma) -> Index:
    """An index of three acts, each in a file of its own, which the next writer puts together."""
    made = opened(tmp_path / "index")
    for source_id, articles in (("magnets", MAGNETS), ("lathes", LATHES), ("seeds", SEEDS)):
        made.put([stored(source_id, *articles)])
    return made


@pytest.mark.parametrize("step", STEPS)
def test_before(step, three, tmp_path, monkeypatch):
    undisturbed = opened(Path(shutil.copytree(three.folder, tmp_path / "undisturbed")))
    before = answers(undisturbed, BagOfWords())
    undisturbed.put([stored("wool", *WOOL)])
    after = answers(undisturbed, BagOfWords())
    warm = opened(three.folder)
    assert_same(answers(warm, BagOfWords()), before)

    killed = subprocess.run(
        [sys.executable, "-c", WRITING, str(three.folder), step],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (killed.returncode, killed.stderr) == (9, "")

    left = after if STEPS[step] else before
    assert_same(answers(opened(three.folder), BagOfWords()), left)
    assert_same(answers(warm, BagOfWords()), left)

    monkeypatch.setattr("assistant.index.segments._TOGETHER", 3)
    warm.put([stored("wool", *WOOL)])
    assert_same(answers(warm, BagOfWords()), after)
    assert_same(answers(opened(three.folder), BagOfWords()), after)
    assert content(three.folder) == content(undisturbed.folder)
    assert {each.name for each in (three.folder / "segments").iterdir()} == set(three.catalogue.segments())
    assert len(three.catalogue.segments()) == 1
    assert three.is_current()
    three.catalogue.check()
