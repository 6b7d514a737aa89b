"""What a question speaks of: its words and phrases, each with the other words the corpus has for the same thing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from assistant.index.lexical import LexicalIndex, tokens
from assistant.retrieval.glossary import Glossary

# A word the corpus does not know is read as one it knows where the two are as alike as this, of 100, and long enough
# for the likeness to mean something.
_ALIKE = 84
_SHORTEST_TYPO = 5


@dataclass(frozen=True, slots=True)
class Concept:
    """One thing a question speaks of. ``ways`` are the sets of terms that each express it; ``weight`` is how rare it is in
    the corpus, 0 where the corpus has no word for it; ``added`` are the corpus's own words for it."""

    words: str
    ways: tuple[frozenset[str], ...]
    weight: float
    added: tuple[str, ...] = ()

    def within(self, terms: frozenset[str]) -> bool:
        """Whether a text of these terms speaks of it."""
        return any(way <= terms for way in self.ways)

    @property
    def terms(self) -> frozenset[str]:
        """All terms of all its ways."""
        return frozenset().union(*self.ways)


def concepts_of(question: str, glossary: Glossary, lexical: LexicalIndex) -> tuple[Concept, ...]:
    """The concepts of a question, in its order, each once."""
    found: dict[tuple[frozenset[str], ...], Concept] = {}
    for words, meant in glossary.split(question):
        groups: Iterable[list[str]] = [[words, *meant]] if meant else ([word] for word in _single(words, lexical))
        for group in groups:
            concept = _concept(group, lexical)
            if concept is not None:
                found.setdefault(concept.ways, concept)
    return tuple(found.values())


def _single(words: str, lexical: LexicalIndex) -> Iterator[str]:
    """The terms of a stretch of text; Chinese pairs only where the corpus has them, others mean nothing by themselves."""
    for term in dict.fromkeys(tokens(words)):
        if lexical.knows(term) or not "\u4e00" <= term[0] <= "\u9fff":
            yield term


def _concept(phrasings: list[str], lexical: LexicalIndex) -> Concept | None:
    ways = [frozenset(tokens(phrasing)) for phrasing in phrasings]
    ways = list(dict.fromkeys(way for way in ways if way))
    known = [way for way in ways if all(map(lexical.knows, way))]
    if not known:
        known = [frozenset({meant}) for way in ways if len(way) == 1 for meant in _meant(next(iter(way)), lexical)]
        ways += known
    if not ways:
        return None
    weight = min((max(map(lexical.rarity, way)) for way in known), default=0.0)
    return Concept(phrasings[0], tuple(ways), weight, tuple(phrasings[1:]))


def _meant(term: str, lexical: LexicalIndex) -> list[str]:
    """The term of the corpus that a mistyped one most likely stands for."""
    if len(term) < _SHORTEST_TYPO or any(character.isdigit() for character in term):
        return []
    best = process.extractOne(term, lexical.terms, scorer=fuzz.ratio, score_cutoff=_ALIKE)
    return [best[0]] if best and best[0][0] == term[0] else []
