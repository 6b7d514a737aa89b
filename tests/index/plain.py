"""What an index answers, as something that can be compared; and the same from plain lists, without an index."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import numpy as np
import pytest
from embedding_server import bag_of_words

from assistant.documents.model import Source
from assistant.documents.selection import EVERYTHING, Selection
from assistant.documents.versions import Version, holding
from assistant.index.embedding import Encoder, Progress, Vectors
from assistant.index.lexical import LexicalIndex, as_written, tokens
from assistant.index.model_choice import ModelChoice
from assistant.index.passages import is_heading, plain_text, with_words
from assistant.index.store import Index

ASKED = "a licence for magnets and lathes, wheat"
WORDS = ["licence", "magnets", "a", "lathes", "稀"]
TODAY = dt.date(2026, 1, 1)

_bag = cache(bag_of_words)
_FIGURES = ("scores", "cosines", "ordered")
Told = dict[str, Any]


class BagOfWords(Encoder):
    """A model that costs nothing: texts of the same words are near to each other."""

    def __init__(self, name: str = "bag", dimension: int = 16) -> None:
        self.identity = f"{name}@{dimension}"
        self.choice = ModelChoice(name)
        self.dimension = dimension

    def encode(self, texts: Sequence[str], *, progress: Progress | None = None) -> Vectors:
        rows = np.array([_bag(each, self.dimension) for each in texts], np.float32).reshape(-1, self.dimension)
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)

    def embed_query(self, text: str) -> list[float]:
        return self.encode([text])[0].tolist()


def answers(
    index: Index,
    encoder: Encoder,
    groups: frozenset[str] | None = None,
    on: dt.date = TODAY,
    selection: Selection = EVERYTHING,
) -> Told:
    """All that is searched, as an index has it for a caller on a date."""
    snapshot = index.snapshot(groups, on=on, selection=selection)
    found, rows = list(snapshot.passages), np.arange(len(snapshot.passages))
    stand = snapshot.occurrences(rows, WORDS, lambda segment: segment.words)
    nearest = index.nearest(snapshot, encoder.embed_query(ASKED), len(found))
    return {
        "sources": dict(snapshot.sources),
        "passages": found,
        "words": list(zip(stand.passage.tolist(), stand.at.tolist(), stand.which.tolist(), strict=True)),
        "headings": snapshot.column(rows, lambda segment: segment.are_headings).tolist(),
        "terms": snapshot.lexical.terms,
        "scores": snapshot.lexical.scores(tokens(ASKED)).tolist(),
        "cosines": [cosine for _, cosine in sorted(nearest)],
        "ordered": [cosine for _, cosine in nearest],
    }


def expected(
    kept: Mapping[str, Sequence[Version]],
    encoder: Encoder,
    groups: frozenset[str] | None = None,
    on: dt.date = TODAY,
    selection: Selection = EVERYTHING,
) -> Told:
    """The same of the versions of each source."""
    sources = [each for source_id in sorted(kept) if (each := _seen(kept[source_id], groups, on, selection))]
    read = [each for version in sources for each in with_words(version.source, version.digest, encoder.identity)]
    found = [passage for passage, _ in read]
    by_id: dict[str, Source] = {each.source.id: each.source for each in sources}
    texts = [plain_text(by_id[each.source_id].quote(each.span)) for each in found]
    cosines = (encoder.encode([words for _, words in read]) @ np.float32(encoder.embed_query(ASKED))).tolist()
    lexical = LexicalIndex(texts)
    return {
        "sources": by_id,
        "passages": found,
        "words": [
            (row, at, WORDS.index(word))
            for row, text in enumerate(texts)
            for at, word in enumerate(as_written(text))
            if word in WORDS
        ],
        "headings": [is_heading(text) for text in texts],
        "terms": lexical.terms,
        "scores": lexical.scores(tokens(ASKED)).tolist(),
        "cosines": cosines,
        "ordered": sorted(cosines, reverse=True),
    }


def assert_same(told: Told, wanted: Told) -> None:
    """Holds what is told to what is wanted; figures may differ as float32 does."""
    for name, value in wanted.items():
        assert told[name] == (pytest.approx(value, abs=1e-4) if name in _FIGURES else value), name


def _seen(versions: Sequence[Version], groups: frozenset[str] | None, on: dt.date, selection: Selection) -> Any:
    """The version of a source that a caller sees, by the rule of `documents.versions`."""
    alive = [each for each in versions if each.retired is None]
    found = holding(alive, on)
    if found is None or not alive[-1].source.is_open_to(groups) or not found.source.is_open_to(groups):
        return None
    return found if selection.includes(found.source) else None
