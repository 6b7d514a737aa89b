"""What passages say, word for word: of each the run of its words as numbers, as arrays that can lie in a file and be
read from there."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from assistant.index.vocabulary import Vocabulary, in_bytes


@dataclass(frozen=True, slots=True)
class Occurrences:
    """Where some strings stand in some passages, each array one value an occurrence, in the order of the passages and
    within one of its text.

    ``passage`` is the place of the passage among those asked about, ``at`` how many words of it come before, ``which``
    the place of the string among those asked for.
    """

    passage: np.ndarray
    at: np.ndarray
    which: np.ndarray


@dataclass(frozen=True, slots=True, eq=False)
class Wordings:
    """The words of a stretch of passages: those of a row are the strings of ``vocabulary`` at the places
    ``numbers[starts[row]:starts[row + 1]]`` (int32; ``starts`` int64). Every string occurs."""

    vocabulary: Vocabulary
    numbers: np.ndarray
    starts: np.ndarray

    @classmethod
    def of(cls, documents: Iterable[Sequence[str]]) -> Wordings:
        """The wordings of passages whose words are given, a row each."""
        known: dict[str, int] = {}
        flat, starts = array("i"), array("q", [0])
        for document in documents:
            flat.extend(known.setdefault(word, len(known)) for word in document)
            starts.append(len(flat))
        words = [in_bytes(word) for word in known]
        order = sorted(range(len(words)), key=words.__getitem__)
        rank = np.empty(len(words), dtype=np.int32)
        rank[order] = np.arange(len(words))
        numbers = rank[np.frombuffer(flat, dtype=np.int32)] if flat else np.zeros(0, dtype=np.int32)
        return cls(Vocabulary.of(words[place] for place in order), numbers, np.array(starts, dtype=np.int64))

    @classmethod
    def merged(cls, parts: Sequence[tuple[Wordings, np.ndarray]]) -> Wordings:
        """One stretch of several: of each the rows given, in their order; no text is read again."""
        vocabularies = [part.vocabulary.all() for part, _ in parts]
        words = sorted(set().union(*vocabularies))
        places = {word: place for place, word in enumerate(words)}
        numbers = [np.zeros(0, dtype=np.int32)]
        lengths = [np.zeros(0, dtype=np.int64)]
        for (part, rows), vocabulary in zip(parts, vocabularies, strict=True):
            moved = np.fromiter((places[word] for word in vocabulary), dtype=np.int32, count=len(vocabulary))
            numbers.append(moved[part.numbers[part._of(rows)]])
            lengths.append(part.lengths[rows])
        every = np.concatenate(numbers)
        stays = np.zeros(len(words), dtype=bool)
        stays[every] = True
        held = np.cumsum(stays, dtype=np.int32) - 1
        return cls(
            Vocabulary.of(words[place] for place in np.flatnonzero(stays).tolist()),
            held[every] if len(every) else every,
            np.concatenate([[0], np.cumsum(np.concatenate(lengths))]).astype(np.int64),
        )

    @property
    def lengths(self) -> np.ndarray:
        """How many words each row has."""
        return np.diff(self.starts)

    def _of(self, rows: np.ndarray) -> np.ndarray:
        """The places in ``numbers`` of all words of some rows, in the order of the rows."""
        return spread(self.starts[rows], self.starts[rows + 1] - self.starts[rows])

    def occurrences(self, rows: np.ndarray, strings: Sequence[str]) -> Occurrences:
        """Where strings, each given once, stand in the passages of some rows."""
        held = {
            place: which for which, each in enumerate(strings) if (place := self.vocabulary.place(each)) is not None
        }
        wanted = np.array(sorted(held), dtype=np.int64)
        order = np.array([held[place] for place in wanted.tolist()], dtype=np.int64)
        words = self.numbers[self._of(rows)]
        among = np.searchsorted(wanted, words)
        among[among == len(wanted)] = 0
        here = np.flatnonzero(wanted[among] == words) if len(wanted) else np.zeros(0, dtype=np.int64)
        counts = self.starts[rows + 1] - self.starts[rows]
        ends = np.cumsum(counts)
        passage = np.searchsorted(ends, here, side="right")
        return Occurrences(passage, here - (ends - counts)[passage], order[among[here]])


def spread(starts: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """The numbers from each start on, as many as its count says, one run after the other."""
    ends = np.cumsum(counts)
    total = int(ends[-1]) if len(ends) else 0
    found: np.ndarray = np.arange(total) + np.repeat(starts - (ends - counts), counts)
    return found
