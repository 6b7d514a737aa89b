"""Evidence: a provision found for a question, with its scores and its standing on the date asked about; and findings:
all of it, with the question's terms and the state of the index it was found in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from assistant.documents.model import Provision, Source, Span
from assistant.documents.validity import Standing
from assistant.index.store import Snapshot
from assistant.retrieval.question import Question


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


@dataclass(frozen=True, slots=True)
class Findings:
    """What was found for a question. ``terms`` are its terms, those the glossary adds included, each with its rarity in
    the corpus; ``evidence`` is ranked, best first."""

    question: Question
    snapshot: Snapshot
    terms: Mapping[str, float]
    evidence: tuple[Evidence, ...]
