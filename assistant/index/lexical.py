"""BM25 over passages: words stemmed, codes and numbers kept whole, Chinese by pairs of Simplified characters."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cached_property, lru_cache

import numpy as np
import Stemmer

from assistant.documents.language import simplified
from assistant.index.postings import Postings
from assistant.index.wordings import Wordings

# Measured best on ObliQA among the values tried there: k1 0.6, b 0.75 with English stemming and stop words.
_K1, _B = 0.6, 0.75
# Of so many terms it is remembered how many passages have them: far more than questions use in a day.
_FREQUENCIES_KEPT = 100_000
_WORDS_KEPT = 100_000
# Sentences and short provisions: those of a few hundred sources, at some two kilobytes each.
_TEXTS_KEPT = 20_000
# Words, and codes such as 1E902.b, 2846.90 or 45-day as one token; a run of Chinese characters apart from them.
_TOKEN = re.compile(r"[0-9A-Za-zÀ-ɏ]+(?:[.,/'’_-][0-9A-Za-zÀ-ɏ]+)*|[\u4e00-\u9fff]+")
_WORD = re.compile(r"[0-9a-zÀ-ɏ]+|[\u4e00-\u9fff]")
_STOP_WORDS = frozenset(
    """
    a about all already also an and any are as at be been but by can could did do does for from get got had has have he
    her him his how i if in into is it its just like me my no not of on or our please say says said shall she should so
    some such tell than that the their them then there these they this those to very want wants was we were what when
    where which who whom whose why will with would yet you your here hers one still
    """.split()
)
_stem = Stemmer.Stemmer("english").stemWord


def tokens(text: str) -> list[str]:
    """The terms of a text as they are matched: lower case, stemmed, without stop words.

    A hyphenated or slashed word yields its parts as well as itself, a code (with a digit in it) only itself.
    """
    found: list[str] = []
    for word in _TOKEN.findall(text):
        found += _terms_of(word)
    return found


@lru_cache(maxsize=_WORDS_KEPT)
def _terms_of(word: str) -> tuple[str, ...]:
    word = word.lower().replace("’", "'").removesuffix("'s")
    if "\u4e00" <= word[0] <= "\u9fff":
        word = simplified(word)
        return tuple(word[at : at + 2] for at in range(max(1, len(word) - 1)))
    if any(character.isdigit() for character in word):
        return (word.replace(",", ""),)
    parts = re.split(r"[.,/'_-]", word)
    return tuple(_stem(part) for part in (parts if len(parts) == 1 else [*parts, word]) if part not in _STOP_WORDS)


@lru_cache(maxsize=_TEXTS_KEPT)
def term_set(text: str) -> frozenset[str]:
    """The terms of a text, each once; kept, for what answers are made from is asked for again and again."""
    return frozenset(tokens(text))


def as_written(text: str) -> list[str]:
    """The words of a text as they are written but for capitals, "of" and "the" among them, Chinese by the character."""
    return _WORD.findall(text.lower())


class LexicalIndex:
    """BM25 scores of passages for a question, and how rare a term is among them: of these passages alone, whatever
    others the postings hold that it reads.

    A row is a passage's place in the order given; a place is one in the postings, counted through all of them.
    """

    def __init__(self, texts: Iterable[str]) -> None:
        """An index of texts that are in no file."""
        postings = Postings.of(Wordings.of(map(tokens, texts)))
        self._read([postings], np.arange(len(postings.lengths)))

    @classmethod
    def over(cls, postings: Sequence[Postings], places: np.ndarray) -> LexicalIndex:
        """An index of the passages at some places, ascending or not, in the order given; no text is read."""
        made = cls.__new__(cls)
        made._read(postings, places)
        return made

    def _read(self, postings: Sequence[Postings], places: np.ndarray) -> None:
        firsts = np.cumsum([0, *(len(each.lengths) for each in postings)])
        self._parts = list(zip(firsts.tolist(), postings, strict=False))
        self._all = int(firsts[-1])
        self._places = places
        self._seen: np.ndarray | None = None
        if len(places) < self._all:
            self._seen = np.zeros(self._all, dtype=bool)
            self._seen[places] = True
        self._frequencies: dict[str, int] = {}

    @cached_property
    def _norms(self) -> np.ndarray:
        """How much the length of the passage at each place weighs against its terms, float32."""
        lengths = np.concatenate([np.zeros(0, dtype=np.int32), *(part.lengths for _, part in self._parts)])
        mean = max(int(lengths[self._places].sum()), 1) / max(len(self._places), 1)
        return (_K1 * (1 - _B + _B * lengths / mean)).astype(np.float32)

    def _frequency(self, term: str) -> int:
        """How many of the passages have the term."""
        if term not in self._frequencies:
            if len(self._frequencies) >= _FREQUENCIES_KEPT:
                self._frequencies.clear()
            self._frequencies[term] = sum(
                where.stop - where.start
                if self._seen is None
                else int(np.count_nonzero(self._seen[first : first + len(part.lengths)][part.rows[where]]))
                for first, part in self._parts
                if (where := part.having(term)).stop
            )
        return self._frequencies[term]

    def scores(self, terms: Sequence[str]) -> np.ndarray:
        """The BM25 score of every passage, float32, by row; zeros where nothing matches. A term that is given twice
        counts twice."""
        found = np.zeros(self._all, dtype=np.float32)
        for term, times in Counter(terms).items():
            frequency = self._frequency(term)
            if not frequency:
                continue
            rarity = np.float32(times * np.log1p((len(self._places) - frequency + 0.5) / (frequency + 0.5)))
            for first, part in self._parts:
                where = part.having(term)
                rows, counts = part.rows[where], part.counts[where].astype(np.float32)
                norms = self._norms[first : first + len(part.lengths)]
                found[first : first + len(part.lengths)][rows] += rarity * counts / (counts + norms[rows])
        scores: np.ndarray = found[self._places]
        return scores

    def rarity(self, term: str) -> float:
        """The term's inverse document frequency, log(1 + N/(n+1)): the rarer the higher, highest where it never
        occurs."""
        return float(np.log1p(len(self._places) / (self._frequency(term) + 1)))

    def knows(self, term: str) -> bool:
        """Whether any passage has the term."""
        return self._frequency(term) > 0

    @cached_property
    def terms(self) -> list[str]:
        """Every term that occurs, in order."""
        found: set[str] = set()
        for first, part in self._parts:
            terms = part.terms()
            if self._seen is not None and terms:
                seen = self._seen[first : first + len(part.lengths)][part.rows]
                occurs = np.logical_or.reduceat(seen, part.starts[:-1])
                terms = [term for term, here in zip(terms, occurs.tolist(), strict=True) if here]
            found.update(terms)
        return sorted(found)
