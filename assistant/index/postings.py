"""Which passages have a term, and how often, as arrays that can lie in a file and be read from there."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

_MOST = np.iinfo(np.uint16).max


@dataclass(frozen=True, slots=True, eq=False)
class Postings:
    """The terms of a stretch of passages, in order of their UTF-8 bytes, and of each the rows that have it.

    ``letters`` holds the bytes of all terms one after the other (uint8), ``bounds`` where each begins in it and the
    last ends (int64). The rows of the term at a place are ``rows[starts[place]:starts[place + 1]]``, ascending (int32),
    and ``counts`` (uint16) says how often it stands in each. ``lengths`` is of every row how many terms it has (int32).
    """

    letters: np.ndarray
    bounds: np.ndarray
    starts: np.ndarray
    rows: np.ndarray
    counts: np.ndarray
    lengths: np.ndarray

    @classmethod
    def of(cls, documents: Iterable[Sequence[str]]) -> Postings:
        """The postings of passages whose terms are given, a row each."""
        numbers: dict[str, int] = {}
        flat, lengths = array("i"), array("i")
        for document in documents:
            flat.extend(numbers.setdefault(term, len(numbers)) for term in document)
            lengths.append(len(document))
        terms = [term.encode("utf-8", "surrogatepass") for term in numbers]
        order = sorted(range(len(terms)), key=terms.__getitem__)
        rank = np.empty(len(terms), dtype=np.int64)
        rank[order] = np.arange(len(terms))
        long = np.array(lengths, dtype=np.int32)
        each = rank[np.frombuffer(flat, dtype=np.int32)] if flat else np.zeros(0, dtype=np.int64)
        size = max(len(long), 1)
        keys, counts = np.unique(each * size + np.repeat(np.arange(len(long)), long), return_counts=True)
        return cls._packed([terms[place] for place in order], keys // size, keys % size, counts, long)

    @classmethod
    def _packed(
        cls, terms: Sequence[bytes], place: np.ndarray, rows: np.ndarray, counts: np.ndarray, lengths: np.ndarray
    ) -> Postings:
        return cls(
            letters=np.frombuffer(b"".join(terms), dtype=np.uint8),
            bounds=np.cumsum([0, *map(len, terms)], dtype=np.int64),
            starts=np.searchsorted(place, np.arange(len(terms) + 1)).astype(np.int64),
            rows=rows.astype(np.int32),
            counts=np.minimum(counts, _MOST).astype(np.uint16),
            lengths=lengths,
        )

    @classmethod
    def merged(cls, parts: Sequence[tuple[Postings, np.ndarray]]) -> Postings:
        """One stretch of several: of each part the rows given, ascending, in their order; no text is read again."""
        vocabularies = [[part._term(place) for place in range(len(part.starts) - 1)] for part, _ in parts]
        terms = sorted(set().union(*vocabularies))
        numbers = {term: number for number, term in enumerate(terms)}
        places, rows, counts, lengths, first = [], [], [], [], 0
        for (part, kept), vocabulary in zip(parts, vocabularies, strict=True):
            moved = np.full(len(part.lengths), -1, dtype=np.int64)
            moved[kept] = np.arange(first, first + len(kept))
            first += len(kept)
            numbered = np.fromiter((numbers[term] for term in vocabulary), dtype=np.int64, count=len(vocabulary))
            row = moved[part.rows]
            stays = row >= 0
            places.append(np.repeat(numbered, np.diff(part.starts))[stays])
            rows.append(row[stays])
            counts.append(part.counts[stays])
            lengths.append(part.lengths[kept])
        place = np.concatenate(places) if places else np.zeros(0, dtype=np.int64)
        order = np.argsort(place, kind="stable")
        used, place = np.unique(place[order], return_inverse=True)
        return cls._packed(
            [terms[number] for number in used.tolist()],
            place,
            np.concatenate(rows)[order] if rows else place,
            np.concatenate(counts)[order] if counts else place,
            np.concatenate(lengths) if lengths else np.zeros(0, dtype=np.int32),
        )

    def _term(self, place: int) -> bytes:
        return self.letters[self.bounds[place] : self.bounds[place + 1]].tobytes()

    def terms(self) -> list[str]:
        """All its terms, in order of their bytes."""
        letters, bounds = self.letters.tobytes(), self.bounds.tolist()
        return [letters[start:end].decode("utf-8", "surrogatepass") for start, end in pairwise(bounds)]

    def having(self, term: str) -> slice:
        """Where in ``rows`` and ``counts`` a term's passages stand; empty where no passage has it."""
        wanted = term.encode("utf-8", "surrogatepass")
        low, high = 0, len(self.starts) - 1
        while low < high:
            middle = (low + high) // 2
            if self._term(middle) < wanted:
                low = middle + 1
            else:
                high = middle
        if low < len(self.starts) - 1 and self._term(low) == wanted:
            return slice(int(self.starts[low]), int(self.starts[low + 1]))
        return slice(0, 0)
