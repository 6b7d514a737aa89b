"""The answer's first word, from the norms of the provisions found and their standing on the date.

A rule decides a question only if it speaks of its subject, the item or activity asked about, and where the rule is for
one destination the question must name that. Among the rules that do, the special goes before the general: a ban, a
refusal, a case-by-case rule or an exemption decides over a licence duty where it speaks of something more that was
asked, such as a military use or a listed company.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.answering.model import Verdict
from assistant.answering.subject import rarest_of, subjects_of
from assistant.answering.thresholds import Outside, outside
from assistant.documents.model import Kind, Modality, Reach
from assistant.documents.norms import norms_of
from assistant.documents.validity import State, standing
from assistant.index.lexical import tokens
from assistant.retrieval.concepts import Concept
from assistant.retrieval.evidence import Evidence, Findings
from assistant.retrieval.glossary import Facet
from assistant.retrieval.related import beside

# What a rule in force makes of a question whether something may be done, the strictest first.
_VERDICTS = {
    Modality.FORBIDS: Verdict.PROHIBITED_IN_PRINCIPLE,
    Modality.REFUSES_IN_PRINCIPLE: Verdict.PROHIBITED_IN_PRINCIPLE,
    Modality.CASE_BY_CASE: Verdict.CASE_BY_CASE,
    Modality.EXEMPTS: Verdict.NOT_REQUIRED,
    Modality.REQUIRES_PERMIT: Verdict.PERMIT_REQUIRED,
}
# What is asked about, and what it counts that a rule speaks of it: to repair a machine is another matter than to ship
# it, so the activity counts for more than the thing it is done to.
_WHAT = {Facet.ITEMS: 0.1, Facet.ACTIVITIES: 0.45, Facet.KNOWLEDGE: 0.45}
# What else it is worth as the one that decides: its relevance, and speaking of all that was asked.
_SCORE_WEIGHT, _FIT_WEIGHT = 0.6, 0.5
_NEARLY = 0.6
# A special rule must speak of this share of the question beyond what the general one speaks of.
_SPECIAL = 0.1
_PASSAGES_WITH_A_NAME = 4
_SPECIAL_WORTH = 0.6


@dataclass(frozen=True, slots=True)
class Decision:
    """A verdict and what it rests on: the rule that leads, a second rule that bears on it from the other side of its
    standing, a later act on the subject that was not issued on the date, and the quantity that puts the question
    outside of what the leading rule covers."""

    verdict: Verdict
    lead: Evidence | None = None
    remaining: Evidence | None = None
    later: Evidence | None = None
    outside: Outside | None = None


def decide(findings: Findings) -> Decision:
    """The verdict on a question that asks whether something may be done; `INFORMATIONAL` where it does not ask this or
    no rule fits it."""
    if not findings.asks_permission:
        return Decision(Verdict.INFORMATIONAL)
    subject = subjects_of(findings)
    eligible = _eligible(findings, findings.evidence, subject)
    if not eligible:
        return _without_a_rule(findings, subject)
    lead = eligible[0]
    beyond = outside(findings, lead) if modality(lead) is Modality.REQUIRES_PERMIT else None
    in_force = [each for each in eligible if each.standing.applies]
    if beyond is not None and _special(findings, lead, in_force) is None:
        return Decision(Verdict.NOT_REQUIRED, lead, outside=beyond)
    if lead.standing.applies:
        lead = _special(findings, lead, in_force) or lead
        return Decision(_VERDICTS[modality(lead) or Modality.REQUIRES_PERMIT], lead)
    successor = _successor(findings, lead)
    other = next((each for each in in_force if _rivals(findings, each, lead)), successor)
    if lead.standing.state is State.NOT_ESTABLISHED:
        return Decision(Verdict.UNSETTLED, lead, other)
    if other is not None:
        leads = _special(findings, other, in_force) or other
        return Decision(_VERDICTS[modality(leads) or Modality.REQUIRES_PERMIT], leads, lead)
    return Decision(Verdict.NOT_REQUIRED, lead)


def duty_beside(findings: Findings, lead: Evidence) -> Evidence | None:
    """The provision of the leading rule's own source that lays down the licence duty for what the rule lists, where
    that is another: it names the subject too, and says for whom and to where."""
    if modality(lead) is not Modality.REQUIRES_PERMIT:
        return None
    subject = subjects_of(findings)
    as_of = findings.question.as_of
    siblings = [
        Evidence(lead.source, each, standing(lead.source, each, as_of), 0.0, 0.0, 0.0, each.sentences[0])
        for each in lead.source.provisions
        if each is not lead.provision and not each.is_note
    ]
    duties = [
        each
        for each in siblings
        if modality(each) is Modality.REQUIRES_PERMIT
        and each.standing.applies
        and subject & findings.in_provision(each)
    ]
    return max(duties, key=lambda each: fit(findings, each), default=None)


def modality(evidence: Evidence) -> Modality | None:
    """What a rule does to whoever asks, the strictest of what it does; ``None`` for a provision that neither forbids,
    permits nor frees anything, and for news, which lays nothing down."""
    if evidence.source.kind is Kind.NEWS:
        return None
    does = {norm.modality for norm in norms_of(evidence.source, evidence.provision)}
    return next((each for each in _VERDICTS if each in does), None)


def fit(findings: Findings, evidence: Evidence) -> float:
    """The share of the question's concepts, by rarity, that the provision speaks of: 0 to 1."""
    return findings.coverage(findings.in_provision(evidence))


def _eligible(findings: Findings, found: Sequence[Evidence], subject: frozenset[Concept]) -> list[Evidence]:
    """The rules that may decide the question, best first: those that speak of its subject, or of a use or party in
    it."""
    rules = [
        each
        for each in found
        if modality(each) is not None
        and (not subject or subject & findings.in_provision(each) or _about_the_party(findings, each))
        and _reaches(findings, each)
        # A licence duty stays, to say that it does not reach this; another rule that does not has nothing to say.
        and (modality(each) is Modality.REQUIRES_PERMIT or outside(findings, each) is None)
    ]
    return sorted(rules, key=lambda each: -_worth(findings, each))


def _worth(findings: Findings, rule: Evidence) -> float:
    spoken_of = findings.in_provision(rule)
    what = sum(weight for facet, weight in _WHAT.items() if rarest_of(findings, facet) & spoken_of)
    return _SCORE_WEIGHT * rule.score + _FIT_WEIGHT * findings.coverage(spoken_of) + what


def _rivals(findings: Findings, rule: Evidence, lead: Evidence) -> bool:
    """Whether a rule fits the question nearly as well as the one that fits it best."""
    return _worth(findings, rule) >= _NEARLY * _worth(findings, lead)


def _about_the_party(findings: Findings, evidence: Evidence) -> bool:
    """Whether a rule that is not a licence duty speaks of a use or a party that the question names."""
    if modality(evidence) is Modality.REQUIRES_PERMIT:
        return False
    spoken_of = findings.in_provision(evidence)
    return any(each.facet is Facet.USES or _is_name(findings, each) for each in spoken_of)


def _names_a_party(findings: Findings, evidence: Evidence) -> bool:
    """Whether a rule names a party that the question names, by a name the glossary has."""
    return any(each.facet is Facet.PARTIES and _is_name(findings, each) for each in findings.in_provision(evidence))


def _is_name(findings: Findings, concept: Concept) -> bool:
    """Whether a concept is as rare as a name: the glossary's parties and words outside it that hardly any passage
    has."""
    rare = math.log1p(len(findings.snapshot.passages) / (_PASSAGES_WITH_A_NAME + 1))
    return concept.facet in (None, Facet.PARTIES) and concept.weight >= rare


def _reaches(findings: Findings, evidence: Evidence) -> bool:
    """Whether a rule may reach the case at all: it addresses who acts and is about what is meant, and where it is for
    particular destinations, uses or listed parties the question names one."""
    rule = modality(evidence)
    reach = next((each.reach for each in norms_of(evidence.source, evidence.provision) if each.modality is rule), None)
    spoken_of = findings.in_provision(evidence)
    named = any(_is_name(findings, each) for each in spoken_of)
    if reach is None or reach == Reach():
        return named or _for_the_destination(findings, evidence, spoken_of)
    terms = {each.term for each in findings.concepts if each.term}
    if findings.situation.excludes(reach):
        return False
    if reach.listed:
        return named or any(each.facet is Facet.LISTS for each in findings.concepts)
    if reach.uses and not terms & set(reach.uses):
        return False
    return not reach.to or bool(terms & set(reach.to))


def _for_the_destination(findings: Findings, evidence: Evidence, spoken_of: frozenset[Concept]) -> bool:
    """Whether a rule whose reach is not recorded, and that speaks of particular destinations, is for one that the
    question names."""
    if any(each.facet is Facet.DESTINATIONS for each in spoken_of):
        return True
    has = findings.snapshot.terms(*evidence.key)
    return not any(frozenset(tokens(place)) <= has for place in findings.destinations)


def _special(findings: Findings, general: Evidence, rules: Sequence[Evidence]) -> Evidence | None:
    """The strictest rule in force that goes before the general one: it bends it, or is about a use or party in the
    question, and speaks of more of the question than the general one does."""
    known = findings.in_provision(general)
    special = [
        each
        for each in rules
        if modality(each) is not Modality.REQUIRES_PERMIT
        and (_bends(each, general) or _about_the_party(findings, each))
        and findings.coverage(findings.in_provision(each) - known) >= _SPECIAL
        and (_names_a_party(findings, each) or _worth(findings, each) >= _SPECIAL_WORTH * _worth(findings, general))
    ]
    order = list(_VERDICTS)
    return min(special, key=lambda each: order.index(modality(each) or Modality.REQUIRES_PERMIT), default=None)


def _bends(rule: Evidence, general: Evidence) -> bool:
    return any(general.key in norm.bends for norm in norms_of(rule.source, rule.provision))


def _successor(findings: Findings, lead: Evidence) -> Evidence | None:
    """The rule that took the place of one that ended: the provision that ended it, where that lays down a rule
    itself."""
    stands = lead.standing
    source = findings.snapshot.sources.get(stands.by or "")
    provision = source.provision(stands.by_provision) if source and stands.by_provision else None
    if stands.state is not State.ENDED or source is None or provision is None:
        return None
    found = Evidence(
        source, provision, standing(source, provision, findings.question.as_of), 0.0, 0.0, 0.0, provision.sentences[0]
    )
    return found if found.standing.applies and modality(found) is not None else None


def _without_a_rule(findings: Findings, subject: frozenset[Concept]) -> Decision:
    """No rule that was issued by the date speaks of the subject. Where a later one does, the corpus knows the subject
    and had no rule on it then."""
    later = _eligible(findings, findings.later, subject)
    if subject and later and findings.evidence:
        # A rule that stands beside the later one on its own may already have applied: then no plain "no" is due.
        alone = not beside(findings.snapshot, later[0], findings.question.as_of)
        return Decision(Verdict.NOT_REQUIRED if alone else Verdict.INFORMATIONAL, later=later[0])
    return Decision(Verdict.INFORMATIONAL)
