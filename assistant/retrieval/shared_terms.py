"""How like texts are by the terms they share, rare ones above all: for a language that the encoder does not read."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence

import numpy as np


class SharedTerms:
    """Some texts, to which others are compared: cosines of their TF-IDF vectors (Salton and Buckley 1988), of which
    each has a term or has it not. ``terms_of`` tells what terms a text has."""

    def __init__(self, texts: Sequence[str], terms_of: Callable[[str], Sequence[str]]) -> None:
        self._count = len(texts)
        self._terms_of = terms_of
        terms = [frozenset(terms_of(text)) for text in texts]
        having = Counter(term for each in terms for term in each)
        self._rarity = {term: math.log1p(self._count / count) for term, count in having.items()}
        places: dict[str, list[tuple[int, float]]] = {}
        for row, each in enumerate(terms):
            for term, weight in self._unit(each).items():
                places.setdefault(term, []).append((row, weight))
        self._places = {
            term: (np.array([row for row, _ in found], dtype=np.intp), np.array([weight for _, weight in found]))
            for term, found in places.items()
        }

    def cosines(self, texts: Sequence[str]) -> np.ndarray:
        """How like each of ``texts`` is to each of the texts here: (texts here, texts), 0 to 1. A term that none here
        has makes a text less like all."""
        found = np.zeros((self._count, len(texts)), dtype=np.float32)
        for column, text in enumerate(texts):
            for term, weight in self._unit(frozenset(self._terms_of(text))).items():
                if term in self._places:
                    rows, weights = self._places[term]
                    found[rows, column] += weight * weights
        return found

    def _unit(self, terms: frozenset[str]) -> dict[str, float]:
        weights = {term: self._rarity.get(term, math.log1p(self._count)) for term in sorted(terms)}
        length = math.sqrt(math.fsum(weight**2 for weight in weights.values()))
        return {term: weight / length for term, weight in weights.items()} if length else {}
