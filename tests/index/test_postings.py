"""BM25 from postings: the scores of bm25s, of whatever part of the passages a caller sees, from however many files; and
what passages say, word for word."""

from __future__ import annotations

from itertools import pairwise

import bm25s
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.index.lexical import LexicalIndex, tokens
from assistant.index.postings import Postings
from assistant.index.vocabulary import from_bytes
from assistant.index.wordings import Wordings

WORDS = st.lists(st.sampled_from(["magnet", "lathe", "seed", "1e902.b", "稀土", "licenc", "zirconium"]), max_size=8)
PASSAGES = st.lists(WORDS, min_size=1, max_size=12)


def by_bm25s(documents: list[list[str]], asked: list[str]) -> np.ndarray:
    """The scores by the library itself, told of these passages only."""
    known = [term for term in asked if any(term in document for document in documents)]
    if not known:
        return np.zeros(len(documents))
    library = bm25s.BM25(k1=0.6, b=0.75)
    library.index(documents, show_progress=False)
    return library.get_scores(known)


def split(documents: list[list[str]], sizes: list[int]) -> list[Postings]:
    parts, start = [], 0
    for size in [*sizes, len(documents)]:
        parts.append(Postings.of(Wordings.of(documents[start : start + size])))
        start = min(start + size, len(documents))
    return parts


class TestScores:
    @given(PASSAGES, WORDS, st.lists(st.integers(0, 5), max_size=3), st.randoms(use_true_random=False))
    def test_are_those_of_bm25s_over_what_is_seen_alone(self, documents, asked, sizes, chance):
        seen = [row for row in range(len(documents)) if chance.random() < 0.7]
        chance.shuffle(seen)
        index = LexicalIndex.over(split(documents, sizes), np.array(seen, dtype=np.int64))
        expected = by_bm25s([documents[row] for row in seen], asked) if seen else np.zeros(0)
        assert index.scores(asked) == pytest.approx(expected, rel=1e-5)

    @given(PASSAGES, WORDS)
    def test_say_nothing_of_what_is_not_seen(self, documents, asked):
        hidden = [["secret", *each] for each in documents]
        index = LexicalIndex.over(split([*hidden, *documents], [5]), np.arange(len(documents), 2 * len(documents)))
        alone = LexicalIndex.over([Postings.of(Wordings.of(documents))], np.arange(len(documents)))
        assert np.array_equal(index.scores([*asked, "secret"]), alone.scores([*asked, "secret"]))
        assert index.terms == alone.terms
        assert list(map(index.rarity, (*asked, "secret"))) == list(map(alone.rarity, (*asked, "secret")))
        assert not index.knows("secret")


def words(wordings: Wordings) -> list[list[str]]:
    """What each row says."""
    held = [from_bytes(each) for each in wordings.vocabulary.all()]
    assert held == sorted(set(held), key=str.encode)
    numbers = wordings.numbers.tolist()
    assert set(numbers) == set(range(len(held)))
    return [[held[number] for number in numbers[start:end]] for start, end in pairwise(wordings.starts.tolist())]


class TestPostings:
    @given(st.lists(st.text(max_size=40), max_size=8), st.text(max_size=10))
    def test_hold_whatever_a_text_holds(self, texts, absent):
        documents = [tokens(text) for text in texts]
        postings = Postings.of(Wordings.of(documents))
        assert postings.terms() == sorted({term for each in documents for term in each}, key=str.encode)
        for term in {*postings.terms(), *tokens(absent)}:
            where = postings.having(term)
            found = dict(zip(postings.rows[where].tolist(), postings.counts[where].tolist(), strict=True))
            assert found == {row: each.count(term) for row, each in enumerate(documents) if term in each}


class TestWordings:
    @given(st.lists(st.lists(st.text(min_size=1, max_size=4), max_size=6), max_size=6))
    def test_say_what_the_passages_say(self, documents):
        assert words(Wordings.of(documents)) == documents

    @given(PASSAGES, PASSAGES, st.randoms(use_true_random=False))
    def test_merged_are_those_of_the_passages_that_stay(self, first, second, chance):
        kept = [[row for row in range(len(each)) if chance.random() < 0.6] for each in (first, second)]
        parts = list(zip((first, second), kept, strict=True))
        merged = Wordings.merged([(Wordings.of(each), np.array(rows, dtype=np.int64)) for each, rows in parts])
        assert words(merged) == [each[row] for each, rows in parts for row in rows]

    @given(PASSAGES, st.sets(st.sampled_from(["magnet", "稀土", "seed", "weather", "an"])), st.data())
    def test_tell_every_place_where_a_string_stands(self, documents, asked, data):
        rows = data.draw(st.lists(st.integers(0, len(documents) - 1)))
        strings = sorted(asked)
        found = Wordings.of(documents).occurrences(np.array(rows, dtype=np.int64), strings)
        assert list(zip(found.passage.tolist(), found.at.tolist(), found.which.tolist(), strict=True)) == [
            (passage, at, strings.index(word))
            for passage, row in enumerate(rows)
            for at, word in enumerate(documents[row])
            if word in asked
        ]
