"""Evidence: a provision found for a question, with its scores and its standing on the date asked about; and findings:
all of it, with the question's concepts and the state of the index it was found in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from assistant.documents.model import Provision, Source, Span
from assistant.documents.validity import Standing, standing
from assistant.index.lexical import term_set
from assistant.index.snapshot import Snapshot
from assistant.retrieval.concepts import Concept, coverage
from assistant.retrieval.figures import Figure
from assistant.retrieval.glossary import UNKNOWN, Glossary
from assistant.retrieval.question import Question
from assistant.retrieval.scope import Outside
from assistant.retrieval.situation import UNTOLD, Situation


@dataclass(frozen=True, slots=True)
class Evidence:
    """A provision and why it is here.

    ``score`` is the fused relevance, about 0 to 1; ``cosine`` and ``lexical`` the two it was made from, the latter as a
    share of the best passage's BM25 score. ``best`` is the passage of the provision that was nearest.
    """

    source: Source
    provision: Provision
    standing: Standing
    score: float
    cosine: float
    lexical: float
    best: Span

    @property
    def key(self) -> tuple[str, str]:
        """Source id and label, which name the provision."""
        return self.source.id, self.provision.label


def unsearched(source: Source, provision: Provision, as_of: dt.date, best: Span | None = None) -> Evidence:
    """A provision that no search brought here, with its standing on a date; ``best`` is its first sentence where none
    is given."""
    stands = standing(source, provision, as_of)
    return Evidence(source, provision, stands, 0.0, 0.0, 0.0, best or provision.sentences[0])


@dataclass(frozen=True, slots=True)
class Findings:
    """What was found for a question. ``concepts`` are what it speaks of; ``evidence`` is ranked, best first; ``later``
    are provisions of sources issued only after the date, which prove nothing for it; ``named`` the ids of the sources
    that the question names, ``destinations`` all the glossary has; ``asks`` how much it is worded like a question
    whether something may be done, ``situation`` the facts of the case it tells, ``outside`` how near it comes to the
    topics outside the corpus, ``nearest`` the cosine of what it asks to the passage nearest to it, ``figures`` the
    kinds of figure it asks for, ``covers`` what the corpus covers, in a clause by language; ``glossary`` has the words
    of both languages."""

    question: Question
    snapshot: Snapshot
    concepts: Sequence[Concept]
    evidence: tuple[Evidence, ...]
    later: tuple[Evidence, ...] = ()
    named: frozenset[str] = frozenset()
    destinations: tuple[str, ...] = ()
    asks: float = 0.0
    situation: Situation = UNTOLD
    outside: Outside | None = None
    nearest: float = 0.0
    figures: frozenset[Figure] = frozenset()
    covers: Mapping[str, str] = field(default_factory=dict)
    glossary: Glossary = UNKNOWN

    @property
    def asks_permission(self) -> bool:
        """Whether it is worded like a question whether something may be done."""
        return self.asks > 0

    def spoken_of(self, text: str) -> frozenset[Concept]:
        """The question's concepts that a text speaks of."""
        has = term_set(text)
        return frozenset(each for each in self.concepts if each.within(has))

    def in_provision(self, evidence: Evidence) -> frozenset[Concept]:
        """The question's concepts that a provision speaks of, its label included."""
        has = self.snapshot.terms(*evidence.key)
        return frozenset(each for each in self.concepts if each.within(has))

    def coverage(self, spoken_of: Iterable[Concept]) -> float:
        """The share of the question, by the rarity of its concepts, that some of them make up: 0 to 1."""
        return coverage(self.concepts, spoken_of)
