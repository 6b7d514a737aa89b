"""Which rules may decide a question, and how well each fits the case.

A rule that another provision makes whole is taken with it: the rule on foreign exporters with the annex that lists
their goods.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from assistant.answering.deciding.reach import reaches, to_its_destinations
from assistant.answering.deciding.rules import RULING, Rule, is_special, modality, names_a_party
from assistant.answering.deciding.subject import subjects_of
from assistant.documents.model import Kind, Modality
from assistant.documents.norms import norms_of
from assistant.documents.validity import State
from assistant.index.lexical import term_set
from assistant.retrieval.concepts import Concept, coverage
from assistant.retrieval.evidence import Evidence, Findings
from assistant.retrieval.glossary import Facet
from assistant.retrieval.linear import packaged
from assistant.retrieval.related import (
    BANS,
    banning_uses,
    exceptions,
    leaving_out,
    listing,
    provisions_of,
    read_with,
    readers,
)

# What leads to a rule without naming it: evidence that the rule is read with, a rule that it bends.
_FROM_EVIDENCE = 12
_PASSED_ON = 0.9
_BEST = 2
_WHAT = (Facet.ITEMS, Facet.ACTIVITIES, Facet.KNOWLEDGE)


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
        "for_the_destination": bool(reach.to) and to_its_destinations(findings, reach),
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


def listings(findings: Findings) -> list[Rule]:
    """The rules in force for listed parties whose list names a party that the question names."""
    if not findings.question.names:
        return []
    found = [rule for each in listing(findings.snapshot, findings.question.as_of) for rule in _rules_of(findings, each)]
    named = [each for each in found if each.reach.listed and each.applies and names_a_party(findings, each)]
    return list({each.evidence.key: each for each in reversed(named)}.values())[::-1]


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
    # What a list leaves out, or a ban is for, counts whatever was searched.
    _add(known, None, (*leaving_out(findings.snapshot.relating(), as_of), *banning_uses(findings.snapshot, as_of)))
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
