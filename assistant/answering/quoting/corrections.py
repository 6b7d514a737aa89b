"""What a question takes for granted and the corpus knows better: said first, with the words that show it.

A premise is held against data, the standing of the act it names, its dates and what its list is recorded to leave out,
and corrected only where these contradict it. Where they do not settle it, nothing is said.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assistant.answering.deciding.premises import Premise, Role, premises
from assistant.answering.deciding.rules import is_name, modality
from assistant.answering.model import Quote, Statement, quote_of
from assistant.answering.phrases import Phrases
from assistant.answering.quoting.lists import controlled, items_asked, not_on_the_lists
from assistant.answering.quoting.sentences import best_of
from assistant.answering.quoting.standings import act_name, act_quotes, rule_name
from assistant.answering.verdict import Decision
from assistant.documents.model import EventKind, Provision, Source
from assistant.documents.norms import norms_of
from assistant.documents.validity import State
from assistant.index.lexical import tokens
from assistant.index.passages import plain_text
from assistant.retrieval.concepts import Concept
from assistant.retrieval.evidence import Evidence, Findings, unsearched
from assistant.retrieval.glossary import Facet
from assistant.retrieval.references import SourceNames
from assistant.retrieval.related import dated

_MOST = 3
# A word as rare as this tells one rule from others.
_TELLING = 3.0
_NOT_OF_A_RULE = (Facet.STANDING, Facet.DESTINATIONS, Facet.PLACES)
_OWN_NUMBER = re.compile(r"(?:\d{4} )?No\. (\d+)")
_NUMBER = re.compile(r"(?<!\d)\d{1,3}(?!\d)")
# What an act must have gone through for it to be said to have ended, or to have been suspended.
_EVENTS = {
    State.ENDED: (EventKind.REPEALED, EventKind.EXPIRES),
    State.SUSPENDED: (EventKind.SUSPENDED,),
    State.IN_FORCE: (),
}


@dataclass(frozen=True, slots=True)
class _Act:
    """An act that a premise is about, with the provisions that are it."""

    source: Source
    provisions: tuple[Provision, ...]


@dataclass(frozen=True, slots=True)
class _Denial:
    """The state that an act is in, where it is taken to be in another: how phrases call the ``truth``, its ``values``,
    and the quotes that show it."""

    source: str
    truth: str
    values: tuple[tuple[str, object], ...]
    quotes: tuple[Quote, ...]


def corrections(phrases: Phrases, findings: Findings, decision: Decision) -> list[Statement]:
    """The sentences that correct what the question takes for granted, in its order, each pinned to what shows it."""
    found: dict[str, Statement] = {}
    for premise in premises(findings.question.own):
        for statement in _of(phrases, findings, decision, premise):
            found.setdefault(statement.text, statement)
    return list(found.values())[:_MOST]


def _of(phrases: Phrases, findings: Findings, decision: Decision, premise: Premise) -> Iterator[Statement]:
    if premise.state is not None:
        yield from _states(phrases, findings, decision, premise, premise.state)
    elif premise.role is not None:
        yield from _dates(phrases, findings, premise, premise.role)
    elif premise.lists:
        yield from _lists(phrases, findings, decision, premise)
    elif premise.on_a_list:
        yield from _listed(phrases, findings, premise)


def _acts(findings: Findings, clause: str) -> list[_Act]:
    """The acts of the corpus that a clause names; of a source that holds several those of a number in the clause."""
    sources = findings.snapshot.sources
    named = findings.snapshot.derived(SourceNames.of).within(clause, findings.question.as_of)
    numbers = set(_NUMBER.findall(clause))
    found = []
    for source in (sources[each] for each in sorted(named) if each in sources):
        own = [each for each in source.provisions if not each.is_note]
        numbered = [each for each in own if _OWN_NUMBER.match(each.label)]
        own = [each for each in numbered if (match := _OWN_NUMBER.match(each.label)) and match[1] in numbers] or own
        if source.kind.is_primary and own:
            found.append(_Act(source, tuple(own)))
    return found


def _states(
    phrases: Phrases, findings: Findings, decision: Decision, premise: Premise, state: State
) -> Iterator[Statement]:
    """That an act is not in the state it is taken to be in, or only a part of it is; of rules that are not named, what
    the leading rule is in."""
    acts = _acts(findings, premise.clause) or list(_rule_meant(findings, decision, premise))
    as_of = findings.question.as_of
    evidence = [unsearched(act.source, each, as_of) for act in acts for each in act.provisions]
    if not any(_may_be(each, state, premise, as_of) for each in evidence):
        denials = [_denied(phrases, findings, [each for each in evidence if each.source is act.source]) for act in acts]
        yield from _said(phrases, [each for each in denials if each is not None], state, as_of)
    elif state is State.SUSPENDED and len(acts) == 1:
        yield from _partly(phrases, findings, decision, premise, evidence)


def _rule_meant(findings: Findings, decision: Decision, premise: Premise) -> Iterator[_Act]:
    """The rule that a premise is about where it names no act: the best that speaks of all it tells of a rule, or the
    leading one where it speaks of rules in general, or the duties in force where all is taken to be gone. A leading
    rule that does not apply is said so by the verdict."""
    if premise.of_a_rule:
        told = [
            each
            for each in findings.concepts
            if _within(each, premise.clause) and each.rarity >= _TELLING and each.facet not in _NOT_OF_A_RULE
        ]
        for evidence in findings.evidence if told else ():
            if evidence.source.kind.is_primary and modality(evidence) and set(told) <= findings.in_provision(evidence):
                yield _Act(evidence.source, (evidence.provision,))
                return
    elif premise.of_rules and decision.lead is not None and decision.lead.standing.applies:
        yield _Act(decision.lead.source, (decision.lead.provision,))
    elif premise.of_rules:
        yield from (_Act(each.source, (each.provision,)) for each in controlled(findings) if each.standing.applies)


def _may_be(evidence: Evidence, state: State, premise: Premise, as_of: dt.date) -> bool:
    """Whether a provision is in a state, may be, or was put into it where that is told as past. What had not been
    issued is no premise to correct."""
    found = evidence.standing.state
    if found in (state, State.NOT_ESTABLISHED, State.NOT_ISSUED):
        return True
    happened = premise.past or state is State.ENDED
    return happened and any(
        each.event in _EVENTS[state] and each.date <= as_of and each.scope.match(evidence.provision)
        for each in evidence.source.events
    )


def _denied(phrases: Phrases, findings: Findings, of_act: Sequence[Evidence]) -> _Denial | None:
    """What state an act is in, as its first ruling provision is."""
    first = next((each for each in of_act if norms_of(each.source, each.provision)), of_act[0])
    stands = first.standing
    quotes = act_quotes(findings, first)
    of_one = len(of_act) == 1
    if not quotes and not stands.applies:
        return None
    if of_one or not quotes:
        quotes = (*quotes, best_of(findings, first))
    name = stands.state.value
    if stands.state is State.SUSPENDED and not stands.until:
        name = "suspended_open"
    if stands.state is State.NOT_YET and not stands.until:
        name = "draft"
    unknown = phrases.say("unknown.date")
    values = (
        ("act", act_name(phrases, findings, stands)),
        ("since", stands.since or unknown),
        ("until", stands.until or unknown),
        ("begins", stands.until + dt.timedelta(days=1) if stands.until else unknown),
    )
    source = rule_name(phrases, first) if of_one else phrases.act(first.source, first.provision.label)
    return _Denial(source, name, values, quotes)


def _said(phrases: Phrases, denials: Sequence[_Denial], state: State, day: dt.date) -> Iterator[Statement]:
    """The sentences that acts are not in a state; of those that are in another one by the same act, one for all."""
    alike: dict[object, list[_Denial]] = {}
    for each in denials:
        alike.setdefault((each.truth, each.values), []).append(each)
    for first, *others in alike.values():
        truth, denied = ("truth_of_each", "none") if others else ("truth", "denied")
        text = phrases.say(
            f"premises.{denied}.{state.value}",
            source=[each.source for each in (first, *others)],
            day=day,
            truth=phrases.say(f"premises.{truth}.{first.truth}", **dict(first.values)),
        )
        quotes = dict.fromkeys(quote for each in (first, *others) for quote in each.quotes)
        yield Statement(text, tuple(quotes), spoken=True)


def _partly(
    phrases: Phrases, findings: Findings, decision: Decision, premise: Premise, evidence: Sequence[Evidence]
) -> Iterator[Statement]:
    """That only a part of an act is suspended, where all of it is taken to be or the answer rests on the rest."""
    ruling = [each for each in evidence if norms_of(each.source, each.provision)]
    suspended = next((each for each in ruling if each.standing.state is State.SUSPENDED), None)
    others = [each for each in ruling if each.standing.applies]
    lead = decision.lead.key if decision.lead else None
    rest = next((each for each in others if each.key == lead), others[0] if others and premise.wholly else None)
    quotes = act_quotes(findings, suspended) if suspended else ()
    if suspended is not None and rest is not None and suspended.standing.until and quotes:
        text = phrases.say(
            "premises.partly",
            rule=rule_name(phrases, suspended),
            rest=rule_name(phrases, rest),
            day=findings.question.as_of,
            act=act_name(phrases, findings, suspended.standing),
            since=suspended.standing.since,
            until=suspended.standing.until,
        )
        yield Statement(text, (*quotes, best_of(findings, rest)), spoken=True)


def _dates(phrases: Phrases, findings: Findings, premise: Premise, role: Role) -> Iterator[Statement]:
    """That an act began or was issued on another day than is taken for granted. A day that is anything else to the act
    is no mistake to correct."""
    acts = _acts(findings, premise.clause)
    if len(acts) != 1:
        return
    source = acts[0].source
    days = {each.date for each in (source.effective if role is Role.EFFECTIVE else source.issued) if each.date}
    known = {each.date for each in (*source.effective, *source.issued) if each.date}
    known |= {day for each in source.events for day in (each.date, each.until) if day}
    if len(days) != 1 or {dt.date.fromisoformat(each) for each in premise.days} & known:
        return
    day = days.pop()
    found = dated(unsearched(source, acts[0].provisions[0], findings.question.as_of), day, findings.question.as_of)
    if found is not None:
        text = phrases.say(f"premises.{role.value}", source=source, date=day)
        yield Statement(text, (quote_of(found, found.best),), spoken=True)


def _lists(phrases: Phrases, findings: Findings, decision: Decision, premise: Premise) -> Iterator[Statement]:
    """That a list does not have the items that it is taken to have."""
    items = [each for each in items_asked(findings) if _within(each, premise.clause)]
    named = {act.source.id for act in _acts(findings, premise.clause)} or findings.named
    if not named and decision.lead is not None:
        named = {decision.lead.source.id}
    yield from not_on_the_lists(phrases, findings, items, (findings.snapshot.sources[each] for each in sorted(named)))


def _listed(phrases: Phrases, findings: Findings, premise: Premise) -> Iterator[Statement]:
    """That a party stands on another list than it is taken to: the sentences that list it speak of lists, and of none
    that the question names."""
    taken = [each for each in findings.concepts if each.facet is Facet.LISTS and _within(each, premise.clause)]
    lists = {term for term, facet in findings.glossary.entries.values() if facet is Facet.LISTS}
    parties = (each for each in findings.concepts if is_name(findings, each) and _within(each, premise.clause))
    names = {frozenset(tokens(each.term or each.words)) for each in parties}
    names |= {each for each in findings.question.names if each <= frozenset(tokens(premise.clause))}
    for name in sorted(names, key=sorted) if taken else ():
        listing = [
            quote_of(each, span)
            for each in findings.evidence
            if each.standing.applies and any(one.reach.listed for one in norms_of(each.source, each.provision))
            for span in each.provision.sentences
            if name <= frozenset(tokens(each.source.quote(span)))
        ]
        said = [frozenset(tokens(each.text)) for each in listing]
        others = all(any(frozenset(tokens(term)) <= each for term in lists) for each in said)
        if listing and others and not any(one.within(each) for one in taken for each in said):
            first = listing[0]
            rule = phrases.rule(first.source, first.provision.label)
            yield Statement(phrases.say("premises.listed", rule=rule), (first,), spoken=True)
            yield Statement(phrases.quoted(first, plain_text(first.text)), (first,))


def _within(concept: Concept, clause: str) -> bool:
    return concept.words.lower() in clause.lower()
