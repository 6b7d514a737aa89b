"""What a question is about: the item or the activity that a rule must speak of to decide it."""

from __future__ import annotations

from assistant.retrieval.concepts import Concept
from assistant.retrieval.evidence import Findings
from assistant.retrieval.glossary import TRADES, Facet

_NEARLY_AS_RARE = 0.65


def subjects_of(findings: Findings) -> frozenset[Concept]:
    """The items and activities that a question is about: of either the rarest it names, and what is nearly as rare."""
    return frozenset().union(
        *(rarest_of(findings, facet) for facet in (Facet.ITEMS, Facet.ACTIVITIES, Facet.KNOWLEDGE))
    )


def rarest_of(findings: Findings, facet: Facet) -> frozenset[Concept]:
    """Of the concepts of one facet the rarest that a question names, and what is nearly as rare."""
    named = [each for each in findings.concepts if each.facet is facet and each.weight > 0]
    named = [each for each in named if each.term not in TRADES] or named
    rarest = max((each.weight for each in named), default=0.0)
    return frozenset(each for each in named if each.weight >= _NEARLY_AS_RARE * rarest)
