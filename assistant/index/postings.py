"""Which passages have a term, and how often, as arrays that can lie in a file and be read from there."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from assistant.index.vocabulary import Vocabulary, from_bytes
from assistant.index.wordings import Wordings

_MOST = np.iinfo(np.uint16).max


@dataclass(frozen=True, slots=True, eq=False)
class Postings:
    """The terms of a stretch of passages, and of each the rows that have it.

    The rows of the term at a place of ``vocabulary`` are ``rows[starts[place]:starts[place + 1]]``, ascending (int32),
    and ``counts`` (uint16) says how often it stands in each. ``lengths`` is of every row how many terms it has (int32).
    """

    vocabulary: Vocabulary
    starts: np.ndarray
    rows: np.ndarray
    counts: np.ndarray
    lengths: np.ndarray

    @classmethod
    def of(cls, terms: Wordings) -> Postings:
        """The postings of passages whose terms are given."""
        lengths = terms.lengths
        size = max(len(lengths), 1)
        keys, counts = np.unique(
            terms.numbers * np.int64(size) + np.repeat(np.arange(len(lengths)), lengths), return_counts=True
        )
        return cls(
            vocabulary=terms.vocabulary,
            starts=np.searchsorted(keys // size, np.arange(len(terms.vocabulary) + 1)).astype(np.int64),
            rows=(keys % size).astype(np.int32),
            counts=np.minimum(counts, _MOST).astype(np.uint16),
            lengths=lengths.astype(np.int32),
        )

    def terms(self) -> list[str]:
        """All its terms, in order of their bytes."""
        return [from_bytes(each) for each in self.vocabulary.all()]

    def having(self, term: str) -> slice:
        """Where in ``rows`` and ``counts`` a term's passages stand; empty where no passage has it."""
        place = self.vocabulary.place(term)
        return slice(0, 0) if place is None else slice(int(self.starts[place]), int(self.starts[place + 1]))
