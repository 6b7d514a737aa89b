"""What a question is about: the item or the activity that a rule must speak of to decide it."""

from __future__ import annotations

import re

from assistant.retrieval.concepts import Concept
from assistant.retrieval.evidence import Findings
from assistant.retrieval.glossary import TRADES, Facet

_NEARLY_AS_RARE = 0.65
# "Is neodymium oxide on the control list?", "氧化钕在管制清单上吗": from what is asked about to the list.
_ON_A_LIST = re.compile(
    r"\b(?:is|are|does)\b[^?.,;]*?\b(?:on|in|part of|among)\b(?:\s+\S+){0,4}?\s+(?:lists?|catalogues?)\b"
    r"|\b(?:is|are)\b[^?.,;]*\blisted\b|[^，。？?]*(?:在|属于|列入|纳入).{0,12}(?:清单|名录|目录)",
    re.IGNORECASE,
)

_LICENCE = re.compile(r"\b(?:licen[cs]|permi|approv)\w*|许可|批准", re.IGNORECASE)


def subjects_of(findings: Findings) -> frozenset[Concept]:
    """The items and activities that a question is about: of either the rarest it names, and what is nearly as rare."""
    return frozenset().union(
        *(rarest_of(findings, facet) for facet in (Facet.ITEMS, Facet.ACTIVITIES, Facet.KNOWLEDGE))
    )


def rarest_of(findings: Findings, facet: Facet) -> frozenset[Concept]:
    """Of the concepts of one facet the rarest that a question names, and what is nearly as rare; what it names only as
    the purpose of another thing where it names nothing else."""
    apart = findings.situation.purposes if facet is Facet.ITEMS else frozenset()
    named = [each for each in findings.concepts if each.facet is facet and each.weight > 0]
    named = [each for each in named if each not in apart] or named
    named = [each for each in named if each.term not in TRADES] or named
    rarest = max((each.weight for each in named), default=0.0)
    return frozenset(each for each in named if each.weight >= _NEARLY_AS_RARE * rarest)


def asks_if_listed(findings: Findings) -> bool:
    """Whether a question wants to know if an item, and no party, is on a list."""
    match = _ON_A_LIST.search(findings.question.own)
    # Who wants to know if a listed thing needs a licence asks for that.
    if (
        match is None
        or _LICENCE.search(findings.question.own)
        or any(each.facet is Facet.PARTIES for each in findings.concepts)
    ):
        return False
    return any(each.facet is Facet.ITEMS and each.words in match.group() for each in findings.concepts)
