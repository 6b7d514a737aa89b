"""Which cases a rule reaches. One that addresses somebody else, or is for another destination, item, use, circumstance
or party than the question tells, decides nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator

from assistant.answering.deciding.rules import Rule, names_a_party
from assistant.answering.deciding.subject import asks_if_listed
from assistant.documents.language import has_chinese
from assistant.documents.model import Actor, Norm, Reach
from assistant.documents.norms import norms_of
from assistant.index.lexical import term_set
from assistant.retrieval.evidence import Evidence, Findings
from assistant.retrieval.glossary import CLASSES, FORMS, Facet
from assistant.retrieval.related import BENDING, exceptions
from assistant.retrieval.situation import HOME


def reaches(findings: Findings, rule: Rule) -> bool:
    """Whether a rule may reach the case at all: it addresses who acts and is about what is meant, and where it is for
    particular destinations, uses or listed parties the question names one."""
    reach = rule.reach
    if reach == Reach():
        return names_a_party(findings, rule) or _for_the_destination(findings, rule)
    apart = findings.situation.denied | findings.situation.purposes
    terms = {each.term for each in findings.concepts if each.term and each not in apart}
    # Who asks about an act by its name, and not where anybody is, asks about those whom it addresses.
    of_its_act = rule.evidence.source.id in findings.named and findings.situation.where is None
    if findings.situation.excludes(reach) and not (of_its_act and reach.who == {Actor.ABROAD}):
        return False
    # What is asked now may tell that the case is not given; a use that is told besides is given all the same.
    if not reach.uses and any(written(each, findings.question.own) for each in reach.against):
        return False
    if reach.uses and not terms & set(reach.uses):
        return False
    if reach.cases and not terms & set(reach.cases):
        return False
    if not _of_its_items(findings, reach):
        return False
    if reach.listed:
        lists = any(each.facet is Facet.LISTS for each in findings.concepts) and not asks_if_listed(findings)
        return names_a_party(findings, rule) or lists
    return to_its_destinations(findings, reach)


def may_reach(findings: Findings, reach: Reach) -> bool:
    """Whether a rule of a reach may be for whoever acts, what is asked about and where it goes, whatever use or
    circumstance it is for."""
    of_this = _of_its_items(findings, reach) and to_its_destinations(findings, reach)
    return of_this and not findings.situation.excludes(reach)


def bending(findings: Findings, lead: Evidence) -> Iterator[tuple[Evidence, Norm]]:
    """The norms that bend a rule, each with its provision, but for those that plainly do not reach the case."""
    found = exceptions(findings.snapshot, lead, findings.question.as_of)
    for evidence in dict.fromkeys(each for each, _ in found):
        for norm in norms_of(evidence.source, evidence.provision):
            if norm.modality in BENDING and lead.key in norm.bends and may_reach(findings, norm.reach):
                yield evidence, norm


def written(phrase: str, text: str) -> bool:
    """Whether a text has a phrase, as whole words where it is written in such."""
    bound = "" if has_chinese(phrase) else r"\b"
    return re.search(f"{bound}{re.escape(phrase)}{bound}", text, re.IGNORECASE) is not None


def _of_its_items(findings: Findings, reach: Reach) -> bool:
    """Whether a rule for particular items is for all that the question asks about now: what the question before was
    about is another matter, and so is what something is only for."""
    if not reach.items:
        return True
    asked = (each for each in findings.concepts if each.facet is Facet.ITEMS and each.weight == each.rarity)
    apart = findings.situation.purposes
    named = [each for each in asked if each not in apart and each.term not in FORMS | CLASSES]
    broader = frozenset().union(*(each.kind_of for each in named))
    items = {each.term for each in named} - broader
    return bool(items) and items <= set(reach.items)


def to_its_destinations(findings: Findings, reach: Reach) -> bool:
    """Whether a rule for particular destinations is for one in the question; of what is for China itself, whether what
    moves stays there."""
    if HOME in reach.to:
        return findings.situation.stays
    return not reach.to or bool({each.term for each in findings.concepts} & set(reach.to))


def _for_the_destination(findings: Findings, rule: Rule) -> bool:
    """Whether a rule whose reach is not recorded, and that speaks of particular destinations, is for one that the
    question names."""
    if any(each.facet is Facet.DESTINATIONS for each in rule.spoken_of):
        return True
    has = findings.snapshot.terms(*rule.evidence.key)
    return not any(term_set(place) <= has for place in findings.destinations)
