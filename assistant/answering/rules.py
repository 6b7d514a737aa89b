"""Which rules may decide a question, and how well each fits the case.

A rule is a provision that forbids, permits or frees something. One that another makes whole is taken with it: the rule
on foreign exporters with the annex that lists their goods. A rule that plainly does not reach the case, because it
addresses somebody else or is for another destination, use or party, decides nothing.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from assistant.answering.subject import asks_if_listed, subjects_of
from assistant.documents.language import has_chinese
from assistant.documents.model import Kind, Modality, Norm, Reach
from assistant.documents.norms import norms_of
from assistant.documents.validity import State
from assistant.index.lexical import term_set
from assistant.retrieval.concepts import Concept, coverage
from assistant.retrieval.evidence import Evidence, Findings
from assistant.retrieval.glossary import CLASSES, FORMS, Facet
from assistant.retrieval.linear import packaged
from assistant.retrieval.related import BENDING, exceptions, leaving_out, listing, provisions_of, read_with, readers
from assistant.retrieval.situation import HOME

# What a rule does to whoever asks, the strictest first.
RULING = (
    Modality.FORBIDS,
    Modality.REFUSES_IN_PRINCIPLE,
    Modality.CASE_BY_CASE,
    Modality.EXEMPTS,
    Modality.LEAVES_OUT,
    Modality.REQUIRES_PERMIT,
)
# What leads to a rule without naming it: evidence that the rule is read with, a rule that it bends.
_FROM_EVIDENCE = 12
_PASSED_ON = 0.9
_BEST = 2
BANS = (Modality.FORBIDS, Modality.REFUSES_IN_PRINCIPLE)
_PASSAGES_WITH_A_NAME = 4
_WHAT = (Facet.ITEMS, Facet.ACTIVITIES, Facet.KNOWLEDGE)


@dataclass(frozen=True, slots=True)
class Rule:
    """A provision as a rule for the case: what it does, whom it reaches, and which of the question's concepts it speaks
    of, together with what it is read with. ``whole`` names these provisions, its own among them; ``fits`` is how well
    it fits the case, 0 to 1."""

    evidence: Evidence
    modality: Modality
    reach: Reach
    spoken_of: frozenset[Concept]
    whole: frozenset[tuple[str, str]] = frozenset()
    fits: float = 0.0

    @property
    def applies(self) -> bool:
        """Whether the rule is in force on the date asked about."""
        return self.evidence.standing.applies

    def bends(self, other: Rule) -> bool:
        """Whether the rule changes the effect of the other, or of a duty the other is read with: its exemption, its
        refusal."""
        norms = norms_of(self.evidence.source, self.evidence.provision)
        return any(not other.whole.isdisjoint(norm.bends) for norm in norms)


def modality(evidence: Evidence) -> Modality | None:
    """What a provision does to whoever asks, the strictest of what it does; ``None`` where it neither forbids, permits
    nor frees anything, and for news, which lays nothing down."""
    if evidence.source.kind is Kind.NEWS:
        return None
    does = {norm.modality for norm in norms_of(evidence.source, evidence.provision)}
    return next((each for each in RULING if each in does), None)


def rules_for(findings: Findings, found: Sequence[Evidence]) -> list[Rule]:
    """The rules that may decide the case, of the evidence, of what is read with it and of what bends either; the one
    that fits best first."""
    model = packaged("rules")
    scored = [replace(each, fits=model.probability(features(findings, each))) for each in candidates(findings, found)]
    return sorted(scored, key=lambda each: -each.fits)


def candidates(findings: Findings, found: Sequence[Evidence]) -> list[Rule]:
    """The rules that reach the case and speak of its subject, or of a party or use in it; what frees from one of these
    or refuses what it allows; and the bans among the provisions that answer best, whatever they speak of."""
    subject = subjects_of(findings)
    first = {each.key for each in found[:_BEST]}
    rules = [rule for each in _with_related(findings, found) for rule in _rules_of(findings, each)]
    rules = [each for each in rules if reaches(findings, each)]
    plain = [
        each for each in rules if not subject or _on_subject(findings, each, subject) or is_special(findings, each)
    ]
    return [
        each
        for each in rules
        if each in plain
        or (each.modality in BANS and each.evidence.key in first)
        or (each.modality is not Modality.REQUIRES_PERMIT and any(each.bends(other) for other in plain))
    ]


def _on_subject(findings: Findings, rule: Rule, subject: frozenset[Concept]) -> bool:
    """Whether a rule speaks of what a question is about, or of the kind of thing that this is."""
    has = findings.snapshot.terms(*rule.evidence.key)
    kinds = (kind for each in subject for kind in each.kind_of)
    return bool(subject & rule.spoken_of) or any(term_set(kind) <= has for kind in kinds)


def is_special(findings: Findings, rule: Rule) -> bool:
    """Whether a rule that is no plain licence duty speaks of a use or a party that the question names, or bans what is
    done with a breach that it tells of."""
    if rule.modality is Modality.REQUIRES_PERMIT:
        return False
    facets = {each.facet for each in rule.spoken_of}
    of_a_breach = rule.modality is Modality.FORBIDS and Facet.BREACHES in facets
    return Facet.USES in facets or of_a_breach or names_a_party(findings, rule)


def features(findings: Findings, rule: Rule) -> Mapping[str, float]:
    """How a rule fits a case, as named features."""
    evidence, reach = rule.evidence, rule.reach
    terms = {each.term for each in findings.concepts if each.term}
    meant = [each for each in findings.concepts if each not in findings.situation.purposes]
    values: dict[str, float] = {
        "score": evidence.score,
        "covers_all": coverage(meant, rule.spoken_of.intersection(meant)),
        "named": evidence.source.id in findings.named,
        "another_named": bool(findings.named) and evidence.source.id not in findings.named,
        "general": evidence.source.kind in (Kind.LAW, Kind.REGULATION),
        "guidance": not evidence.source.kind.is_primary,
        "for_who_acts": bool(reach.who) and findings.situation.addressed_by(reach),
        "for_the_destination": bool(reach.to) and _to_its_destinations(findings, reach),
        "for_the_use": bool(terms & set(reach.uses)),
        "names_the_party": names_a_party(findings, rule),
        "listed": reach.listed,
    }
    values |= {f"does_{each}": rule.modality is each for each in RULING}
    for facet in _WHAT:
        asked = [each for each in meant if each.facet is facet and each.weight > 0]
        if asked:
            rarest = max(asked, key=lambda each: each.weight)
            total = sum(each.weight for each in asked)
            values[f"covers_{facet}"] = sum(each.weight for each in asked if each in rule.spoken_of) / total
            values[f"misses_rarest_{facet}"] = rarest not in rule.spoken_of
            values[f"misses_all_{facet}"] = not rule.spoken_of.intersection(asked)
    others = [each for each in findings.concepts if each.facet not in _WHAT and each.facet is not None]
    total = sum(each.weight for each in others)
    if total:
        values["covers_other"] = sum(each.weight for each in others if each in rule.spoken_of) / total
    return {name: float(value) for name, value in values.items()}


def reaches(findings: Findings, rule: Rule) -> bool:
    """Whether a rule may reach the case at all: it addresses who acts and is about what is meant, and where it is for
    particular destinations, uses or listed parties the question names one."""
    reach = rule.reach
    if reach == Reach():
        return names_a_party(findings, rule) or _for_the_destination(findings, rule)
    apart = findings.situation.denied | findings.situation.purposes
    terms = {each.term for each in findings.concepts if each.term and each not in apart}
    if findings.situation.excludes(reach):
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
    return _to_its_destinations(findings, reach)


def written(phrase: str, text: str) -> bool:
    """Whether a text has a phrase, as whole words where it is written in such."""
    bound = "" if has_chinese(phrase) else r"\b"
    return re.search(f"{bound}{re.escape(phrase)}{bound}", text, re.IGNORECASE) is not None


def may_reach(findings: Findings, reach: Reach) -> bool:
    """Whether a rule of a reach may be for whoever acts, what is asked about and where it goes, whatever use or
    circumstance it is for."""
    of_this = _of_its_items(findings, reach) and _to_its_destinations(findings, reach)
    return of_this and not findings.situation.excludes(reach)


def bending(findings: Findings, lead: Evidence) -> Iterator[tuple[Evidence, Norm]]:
    """The norms that bend a rule, each with its provision, but for those that plainly do not reach the case."""
    found = exceptions(findings.snapshot, lead, findings.question.as_of)
    for evidence in dict.fromkeys(each for each, _ in found):
        for norm in norms_of(evidence.source, evidence.provision):
            if norm.modality in BENDING and lead.key in norm.bends and may_reach(findings, norm.reach):
                yield evidence, norm


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


def _to_its_destinations(findings: Findings, reach: Reach) -> bool:
    """Whether a rule for particular destinations is for one in the question; of what is for China itself, whether what
    moves stays there."""
    if HOME in reach.to:
        return findings.situation.stays
    return not reach.to or bool({each.term for each in findings.concepts} & set(reach.to))


def listings(findings: Findings) -> list[Rule]:
    """The rules in force for listed parties whose list names a party that the question names."""
    if not findings.question.names:
        return []
    found = [rule for each in listing(findings.snapshot, findings.question.as_of) for rule in _rules_of(findings, each)]
    named = [each for each in found if each.reach.listed and each.applies and names_a_party(findings, each)]
    return list({each.evidence.key: each for each in reversed(named)}.values())[::-1]


def names_a_party(findings: Findings, rule: Rule) -> bool:
    """Whether a rule names a party that the question names: the whole of its name, in one sentence."""
    rare = {term for each in rule.spoken_of if is_name(findings, each) for term in each.terms}
    if not rare:
        return False
    whole = [name for name in findings.question.names if name & rare] or [frozenset({term}) for term in rare]
    if not rule.reach.listed:
        return True
    as_of = findings.question.as_of
    said_in = (rule.evidence, *read_with(findings.snapshot, rule.evidence, as_of))
    sentences = (
        term_set(each.source.quote(span))
        for each in said_in
        if each.source is rule.evidence.source
        for span in each.provision.sentences
    )
    return any(name <= sentence for sentence in sentences for name in whole)


def is_name(findings: Findings, concept: Concept) -> bool:
    """Whether a concept is a party's name: one of the glossary's, or a word outside it that is written like a name and
    that hardly any passage has."""
    rare = math.log1p(len(findings.snapshot.passages) / (_PASSAGES_WITH_A_NAME + 1))
    if concept.rarity < rare:
        return False
    written_so = concept.facet is None and any(concept.terms & name for name in findings.question.names)
    return concept.facet is Facet.PARTIES or written_so


def _rules_of(findings: Findings, evidence: Evidence) -> Iterator[Rule]:
    """The rules that a provision lays down, each thing that it does by itself; none for news."""
    if evidence.source.kind is Kind.NEWS:
        return
    whole = (evidence, *read_with(findings.snapshot, evidence, findings.question.as_of))
    spoken_of = frozenset[Concept]().union(
        *(findings.in_provision(each) for each in whole if each.source is evidence.source)
    )
    keys = frozenset(each.key for each in whole if each.source is evidence.source)
    for norm in norms_of(evidence.source, evidence.provision):
        if norm.modality in RULING:
            yield Rule(evidence, norm.modality, norm.reach, spoken_of, keys)


def _with_related(findings: Findings, found: Sequence[Evidence]) -> list[Evidence]:
    """The evidence, then the provisions that are read with the best of it, then what bends any of these; each once."""
    as_of = findings.question.as_of
    known = {each.key: each for each in found}
    # Of an act that is asked about every rule counts, however little of the question it repeats.
    _add(known, None, (each for named in sorted(findings.named) for each in provisions_of(findings, named)))
    _add(known, None, leaving_out(findings.snapshot, as_of))
    for each in found[:_FROM_EVIDENCE]:
        _add(known, each, readers(findings.snapshot, each, as_of))
    for each in list(known.values()):
        if modality(each) is not None:
            _add(known, each, (other for other, _ in exceptions(findings.snapshot, each, as_of)))
    return list(known.values())


def _add(known: dict[tuple[str, str], Evidence], source: Evidence | None, related: Iterable[Evidence]) -> None:
    for each in related:
        if each.key not in known and each.standing.state is not State.NOT_ISSUED:
            known[each.key] = replace(each, score=_PASSED_ON * source.score, cosine=source.cosine) if source else each


def _for_the_destination(findings: Findings, rule: Rule) -> bool:
    """Whether a rule whose reach is not recorded, and that speaks of particular destinations, is for one that the
    question names."""
    if any(each.facet is Facet.DESTINATIONS for each in rule.spoken_of):
        return True
    has = findings.snapshot.terms(*rule.evidence.key)
    return not any(term_set(place) <= has for place in findings.destinations)
