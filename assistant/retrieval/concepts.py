"""What a question speaks of: its words and phrases, each with the other words the corpus has for the same thing."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from rapidfuzz import fuzz, process

from assistant.documents.language import has_chinese
from assistant.index.lexical import LexicalIndex, term_set, tokens
from assistant.index.words import is_a_word
from assistant.retrieval.glossary import Facet, Glossary, Stretch

# A word the corpus does not know is read as one it knows where the two are as alike as this, of 100, and long enough
# for the likeness to mean something.
_ALIKE = 84
_SHORTEST_TYPO = 5
_WORD = re.compile(r"[A-Za-z]{5,}")
_CHINESE_DATE = re.compile(r"(?:\d{4}\s*年)?\s*\d{1,2}\s*月(?:份|\s*\d{1,2}\s*[日号])?")
# How much of it there is tells nothing of what it is, and "kg" stands in many an entry.
_AMOUNT = re.compile(
    r"(?<![\w.])\d[\d.,]*\s*(?:(?:kg|g|mt|t|tonnes?|tons?|kilos?|kilograms?|grams?|grammes?)(?![\w/³])|公斤|千克|克|吨)",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Concept:
    """One thing a question speaks of. ``ways`` are the sets of terms that each express it; ``rarity`` is how rare it
    is in the corpus, 0 where the corpus has no word for it, and ``weight`` what of that counts; ``term`` is the
    corpus's own phrase for it and ``facet`` what it is about, where the glossary says so, and ``kind_of`` the broader
    phrases that it says more than."""

    words: str
    ways: tuple[frozenset[str], ...]
    weight: float
    term: str | None = None
    facet: Facet | None = None
    rarity: float = 0.0
    kind_of: frozenset[str] = frozenset()

    def within(self, terms: frozenset[str]) -> bool:
        """Whether a text of these terms speaks of it."""
        return any(way <= terms for way in self.ways)

    @property
    def terms(self) -> frozenset[str]:
        """All terms of all its ways."""
        return frozenset().union(*self.ways)


def coverage(concepts: Iterable[Concept], spoken_of: Iterable[Concept]) -> float:
    """The share of some concepts, by their rarity, that others of them make up: 0 to 1. The sum is exact, so that equal
    sets give equal shares in whatever order they come."""
    total = math.fsum(each.weight for each in concepts)
    return math.fsum(each.weight for each in spoken_of) / total if total else 0.0


def named_in(text: str, concepts: Sequence[Concept]) -> Sequence[Concept]:
    """Those of a question's concepts that a part of it names."""
    words, lowered = term_set(text), text.lower()
    return [each for each in concepts if each.terms & words or each.words.lower() in lowered]


def concepts_of(question: str, glossary: Glossary, lexical: LexicalIndex, *, share: float = 1.0) -> list[Concept]:
    """The concepts of a question, in its order, each once. ``share`` scales their weights, for what was said
    earlier."""
    found: dict[tuple[frozenset[str], ...], Concept] = {}
    for stretch in glossary.split(spelled(question, glossary, lexical)):
        if stretch.term is not None:
            parts = [Stretch(stretch.words, stretch.term, stretch.facet)]
        else:
            parts = [Stretch(word) for word in _single(stretch.words, lexical)]
        for part in parts:
            concept = _concept(part, lexical, share)
            if concept is not None:
                kinds = glossary.kinds.get(part.term or "", frozenset())
                found.setdefault(concept.ways, replace(concept, kind_of=kinds) if kinds else concept)
    return list(found.values())


def spelled(question: str, glossary: Glossary, lexical: LexicalIndex) -> str:
    """The question with its symbols as they are written and its mistyped words put right: those that nobody knows and
    that are nearly a word of the glossary."""

    def right(match: re.Match[str]) -> str:
        word = match.group()
        if all(map(lexical.knows, tokens(word))) or is_a_word(word):
            return word
        best = process.extractOne(word.lower(), glossary.words, scorer=fuzz.ratio, score_cutoff=_ALIKE)
        return best[0] if best and best[0][0] == word[0].lower() else word

    return _WORD.sub(right, glossary.with_symbols(question))


def _single(words: str, lexical: LexicalIndex) -> Iterator[str]:
    """The terms of a stretch of text, without the dates and amounts in it; Chinese pairs only where the corpus has
    them, since others mean nothing by themselves, nor does a single character."""
    for term in dict.fromkeys(tokens(_AMOUNT.sub(" ", _CHINESE_DATE.sub(" ", words)))):
        if not has_chinese(term) or (len(term) > 1 and lexical.knows(term)):
            yield term


def _concept(stretch: Stretch, lexical: LexicalIndex, share: float) -> Concept | None:
    # A single word is a term already; to stem it again could change it.
    written = [tokens(stretch.words), tokens(stretch.term)] if stretch.term else [[stretch.words]]
    ways = list(dict.fromkeys(frozenset(way) for way in written if way))
    known = [way for way in ways if all(map(lexical.knows, way))]
    if not known:
        known = [frozenset({meant}) for way in ways if len(way) == 1 for meant in _meant(next(iter(way)), lexical)]
        ways += known
    if not ways:
        return None
    rarity = min((max(map(lexical.rarity, way)) for way in known), default=0.0)
    # A place without a rule of its own tells where, and never what is asked.
    weight = 0.0 if stretch.facet is Facet.PLACES else share * rarity
    return Concept(stretch.words, tuple(ways), weight, stretch.term, stretch.facet, rarity)


def _meant(term: str, lexical: LexicalIndex) -> list[str]:
    """The term of the corpus that a mistyped one most likely stands for."""
    if len(term) < _SHORTEST_TYPO or any(character.isdigit() for character in term) or is_a_word(term):
        return []
    best = process.extractOne(term, lexical.terms, scorer=fuzz.ratio, score_cutoff=_ALIKE)
    return [best[0]] if best and best[0][0] == term[0] else []
