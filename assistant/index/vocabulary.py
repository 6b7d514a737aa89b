"""Strings in order, each known by its place, as arrays that can lie in a file and be read from there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np


@dataclass(frozen=True, slots=True, eq=False)
class Vocabulary:
    """Strings in order of their UTF-8 bytes.

    ``letters`` holds the bytes of all, one after the other (uint8), ``bounds`` where each begins in it and the last
    ends (int64).
    """

    letters: np.ndarray
    bounds: np.ndarray

    @classmethod
    def of(cls, strings: Iterable[bytes]) -> Vocabulary:
        """The vocabulary of strings that are given in order, each once and as its bytes."""
        held = list(strings)
        return cls(np.frombuffer(b"".join(held), dtype=np.uint8), np.cumsum([0, *map(len, held)], dtype=np.int64))

    def __len__(self) -> int:
        return len(self.bounds) - 1

    def at(self, place: int) -> bytes:
        """The bytes of the string at a place."""
        return self.letters[self.bounds[place] : self.bounds[place + 1]].tobytes()

    def all(self) -> list[bytes]:
        """All strings as their bytes, in order."""
        letters, bounds = self.letters.tobytes(), self.bounds.tolist()
        return [letters[start:end] for start, end in pairwise(bounds)]

    def place(self, string: str) -> int | None:
        """The place of a string; ``None`` where it is not held."""
        wanted = in_bytes(string)
        low, high = 0, len(self)
        while low < high:
            middle = (low + high) // 2
            if self.at(middle) < wanted:
                low = middle + 1
            else:
                high = middle
        return low if low < len(self) and self.at(low) == wanted else None


def in_bytes(string: str) -> bytes:
    """The bytes by which a string is kept, half of a surrogate pair among them."""
    return string.encode("utf-8", "surrogatepass")


def from_bytes(string: bytes) -> str:
    """The string that was kept."""
    return string.decode("utf-8", "surrogatepass")
