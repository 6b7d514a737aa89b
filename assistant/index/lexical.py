"""BM25 over passages: words stemmed, codes and numbers kept whole, Chinese by pairs of Simplified characters."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

import bm25s
import numpy as np
import Stemmer

from assistant.documents.language import simplified

# Measured best on ObliQA among the values tried there: k1 0.6, b 0.75 with English stemming and stop words.
_K1, _B = 0.6, 0.75
# Words, and codes such as 1E902.b, 2846.90 or 45-day as one token; a run of Chinese characters apart from them.
_TOKEN = re.compile(r"[0-9A-Za-zÀ-ɏ]+(?:[.,/'’_-][0-9A-Za-zÀ-ɏ]+)*|[\u4e00-\u9fff]+")
_STOP_WORDS = frozenset(
    """
    a about all already also an and any are as at be been but by can could did do does for from get got had has have he
    her him his how i if in into is it its just like me my no not of on or our please say says said shall she should so
    some such tell than that the their them then there these they this those to very want wants was we were what when
    where which who whom whose why will with would yet you your here hers one still
    """.split()
)
_stem = lru_cache(maxsize=100_000)(Stemmer.Stemmer("english").stemWord)


def tokens(text: str) -> list[str]:
    """The terms of a text as they are matched: lower case, stemmed, without stop words.

    A hyphenated or slashed word yields its parts as well as itself, a code (with a digit in it) only itself.
    """
    found: list[str] = []
    for match in _TOKEN.finditer(text):
        word = match.group().lower().replace("’", "'").removesuffix("'s")
        if "\u4e00" <= word[0] <= "\u9fff":
            word = simplified(word)
            found.extend(word[at : at + 2] for at in range(max(1, len(word) - 1)))
            continue
        if any(character.isdigit() for character in word):
            found.append(word.replace(",", ""))
            continue
        parts = re.split(r"[.,/'_-]", word)
        found.extend(_stem(part) for part in (parts if len(parts) == 1 else [*parts, word]) if part not in _STOP_WORDS)
    return found


class LexicalIndex:
    """BM25 scores of all passages for a question, and how rare a term is among them."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._index([tokens(text) for text in texts])

    def only(self, rows: Iterable[int]) -> LexicalIndex:
        """An index of some of the passages alone, in the order of the rows given: the others count for nothing in it.
        No text is read again."""
        part = LexicalIndex(())
        part._index([self._documents[row] for row in rows])
        return part

    def _index(self, documents: list[list[str]]) -> None:
        self._documents = documents
        self._size = len(documents)
        self._frequency: dict[str, int] = {}
        for document in documents:
            for term in set(document):
                self._frequency[term] = self._frequency.get(term, 0) + 1
        self._bm25: bm25s.BM25 | None = None
        if self._frequency:
            self._bm25 = bm25s.BM25(k1=_K1, b=_B)
            self._bm25.index(documents, show_progress=False)

    def scores(self, terms: Sequence[str]) -> np.ndarray:
        """The BM25 score of every passage, float32, in the order the texts were given; zeros where nothing matches."""
        known = [term for term in terms if term in self._frequency]
        if self._bm25 is None or not known:
            return np.zeros(self._size, dtype=np.float32)
        return np.asarray(self._bm25.get_scores(known), dtype=np.float32)

    def rarity(self, term: str) -> float:
        """The term's inverse document frequency, log(1 + N/(n+1)): the rarer the higher, highest where it never
        occurs."""
        return float(np.log1p(self._size / (self._frequency.get(term, 0) + 1)))

    def knows(self, term: str) -> bool:
        """Whether any passage has the term."""
        return term in self._frequency

    @property
    def terms(self) -> list[str]:
        """Every term that occurs."""
        return list(self._frequency)
