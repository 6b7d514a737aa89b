"""How relevant a passage is to a question, told from both searches' scores and from what the two texts share.

Nothing here knows what a text is about: the same few features hold for any regulation. Each is a number of about 0 to 1
a passage, and a linear model adds them up; ``scripts/train_relevance.py`` learns it. No text is read: what a question
shares with a passage is looked up in the index. docs/retrieval.md has what was tried beside them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from assistant.index.lexical import as_written, tokens
from assistant.index.snapshot import Snapshot
from assistant.index.wordings import Occurrences
from assistant.retrieval.linear import packaged

# Words with a capital, one behind the other, as defined terms and names are written: "Relevant Person".
_NAME = re.compile(r"\b[A-Z][A-Za-z'’-]+(?:\s+[A-Z][A-Za-z'’-]+)+")
# What is said in one place stands within so many terms, two or three lines.
_PLACE = 25


def relevances(features: Mapping[str, np.ndarray]) -> np.ndarray:
    """The logit that each passage answers the question, float32, (n,), from the features."""
    return packaged("relevance").logits(features)


def features(
    question: str, snapshot: Snapshot, rows: np.ndarray, cosines: np.ndarray, lexical: np.ndarray
) -> Mapping[str, np.ndarray]:
    """The features of the passages in some rows for a question, each (n,). ``cosines`` and ``lexical`` are what the
    searches say of them, the latter as a share of the best BM25 score."""
    index = snapshot.lexical
    terms = tokens(question)
    rarity = {term: index.rarity(term) for term in terms if index.knows(term)}
    said = _Shared.of(snapshot.occurrences(rows, list(rarity), lambda segment: segment.terms), list(rarity), len(rows))
    words = as_written(question)
    distinct = sorted(set(words))
    written = _Shared.of(snapshot.occurrences(rows, distinct, lambda segment: segment.words), distinct, len(rows))
    pairs = sorted({pair for pair in pairwise(terms) if pair[0] in rarity and pair[1] in rarity})
    names = sorted({tuple(tokens(name)) for name in _NAME.findall(question)})
    codes = [term for term in rarity if any(character.isdigit() for character in term)]
    lengths = snapshot.column(rows, lambda segment: segment.postings.lengths)
    return {
        "cosine": cosines,
        "lexical": lexical,
        "phrases": _share(said.having(pairs), np.array([rarity[one] + rarity[other] for one, other in pairs])),
        "words": _share_of_rare(written.having((word,) for word in distinct)),
        "wording": _share_of_rare(written.having(sorted(set(pairwise(words))))),
        "in_one_place": said.in_one_place(np.array(list(rarity.values()))) / max(sum(rarity.values()), 1e-9),
        "names": said.having(names).sum(axis=1) / max(len(names), 1),
        "codes": said.having((code,) for code in codes).sum(axis=1) / max(len(codes), 1),
        "length": np.log1p(lengths) / 4,
        "heading": snapshot.column(rows, lambda segment: segment.are_headings).astype(float),
    }


@dataclass(frozen=True, slots=True)
class _Shared:
    """Where the strings of a question, ``places`` says which is which, stand in ``count`` passages."""

    found: Occurrences
    places: Mapping[str, int]
    count: int

    @classmethod
    def of(cls, found: Occurrences, strings: Sequence[str], count: int) -> _Shared:
        return cls(found, {each: place for place, each in enumerate(strings)}, count)

    def having(self, runs: Iterable[Sequence[str]]) -> np.ndarray:
        """Which passages have the strings of each run, one behind the other: bool, (passages, runs)."""
        columns = [self._having(run) for run in runs]
        return np.column_stack(columns) if columns else np.zeros((self.count, 0), dtype=bool)

    def _having(self, run: Sequence[str]) -> np.ndarray:
        has = np.zeros(self.count, dtype=bool)
        if run and all(each in self.places for each in run):
            found = self.found
            starts = np.flatnonzero(found.which[: len(found.which) - len(run) + 1] == self.places[run[0]])
            for step, each in enumerate(run[1:], 1):
                there = starts + step
                starts = starts[
                    (found.which[there] == self.places[each])
                    & (found.at[there] == found.at[starts] + step)
                    & (found.passage[there] == found.passage[starts])
                ]
            has[found.passage[starts]] = True
        return has

    def in_one_place(self, rarity: np.ndarray) -> np.ndarray:
        """The rarity of the strings, each once, that stand together in the best stretch of a passage, (passages,)."""
        found, count = self.found, len(self.found.which)
        best = np.zeros(self.count)
        if not count:
            return best
        # Of each occurrence the one before it of the same string in the same passage, as a place; -1 where it is first.
        key = found.passage * len(rarity) + found.which
        order = np.argsort(key, kind="stable")
        before = np.full(count, -1)
        before[order[1:]] = np.where(key[order[1:]] == key[order[:-1]], order[:-1], -1)
        sums = np.zeros(count)
        for step in range(min(_PLACE, count)):
            first, last = np.arange(count - step), np.arange(step, count)
            near = (found.passage[first] == found.passage[last]) & (found.at[last] - found.at[first] < _PLACE)
            if not near.any():
                break
            sums[first] += np.where(near & (before[last] < first), rarity[found.which[last]], 0)
        np.maximum.at(best, found.passage, sums)
        return best


def _share_of_rare(having: np.ndarray) -> np.ndarray:
    """Of runs of words as the question has them, the share that each passage has, (passages,); those count more that
    few of the passages have, and those that none has not at all."""
    counts = having.sum(axis=0)
    return _share(having, np.where(counts > 0, np.log1p(len(having) / (counts + 0.5)), 0))


def _share(having: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """The share, by weight, of some runs that each passage has, (passages,)."""
    shares: np.ndarray = having @ weights / max(float(weights.sum()), 1e-9)
    return shares
