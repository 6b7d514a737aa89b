"""Where the verdict turns on a fact that the question does not tell: what follows if it is so, and what if not.

A fact is decisive only if a norm makes it so: an exemption for particular circumstances, a list that leaves out a kind
of the item, a ban on particular uses. What the question tells is never asked for again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assistant.answering.deciding.reach import bending, may_reach, written
from assistant.answering.deciding.subject import rarest_of
from assistant.answering.deciding.thresholds import undecided
from assistant.answering.model import Quote, Statement, Verdict, quote_of
from assistant.answering.phrases import Phrases
from assistant.answering.quoting.standings import rule_name, rule_names
from assistant.answering.verdict import VERDICTS, Decision
from assistant.documents.model import Actor, Modality, Norm, Reach
from assistant.documents.norms import norms_of
from assistant.index.lexical import tokens
from assistant.index.passages import plain_text
from assistant.retrieval.evidence import Evidence, Findings, unsearched
from assistant.retrieval.glossary import FORMS, Facet
from assistant.retrieval.related import BANS, read_with
from assistant.retrieval.situation import HOME

# More facts than this make a questionnaire of an answer.
_MOST_STRICTER = 2
_MOST_ENTRIES = 3
_DUTY = Modality.REQUIRES_PERMIT
# The glossary's term for them.
_CHINESE_PERSONS = ("Chinese citizens",)
_WHAT = (Facet.ITEMS, Facet.ACTIVITIES, Facet.KNOWLEDGE)
# What is said to be listed or controlled is so.
_SAID_TO_BE_LISTED = re.compile(r"\b(?:listed|controlled|licensable)\b|管制|列入|所列", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Branch:
    """What follows if a fact is given that the question leaves open: the verdict, the rule it rests on and the words
    that pin it.

    The fact is a clause by language (``condition``), or the glossary's terms for uses; or for an item, where
    ``otherwise`` has the entries that ask for a licence; with ``limits`` it is the values that the words set, with
    ``who`` whom the rule does address. ``decides`` tells that no verdict is due without the fact.
    """

    verdict: Verdict
    rule: Evidence
    quotes: tuple[Quote, ...]
    condition: tuple[tuple[str, str], ...] = ()
    terms: tuple[str, ...] = ()
    otherwise: tuple[Evidence, ...] = ()
    decides: bool = False
    limits: bool = False
    who: str = ""


def branches(findings: Findings, decision: Decision) -> tuple[Branch, ...]:
    """The branches of a licence duty in force, one that frees from it first; none where the question tells all that
    decides."""
    lead = decision.lead
    if lead is None or decision.verdict is not Verdict.PERMIT_REQUIRED or not lead.standing.applies:
        return ()
    freeing = [*_left_out(findings, lead), *_beyond_limits(findings, lead), *_circumstances(findings, lead)]
    stricter = {each.rule.key: each for each in _uses(findings, lead)}
    return (*freeing[:1], *_others(findings, lead), *tuple(stricter.values())[:_MOST_STRICTER])


def with_branches(phrases: Phrases, findings: Findings, decision: Decision, verdict: Statement) -> list[Statement]:
    """The verdict of a rule in force with its branches, a line each. Where a fact decides, the answer says first that
    it depends on that."""
    said = [verdict]
    for each in branches(findings, decision):
        condition = _condition(phrases, findings, each)
        if each.limits:
            said = _within_limits(phrases, findings, each, decision, verdict)
        elif each.decides:
            depends = _line(phrases, each, "depends", condition=condition)
            said = [depends, _line(phrases, each, "if_so"), _otherwise(phrases, findings, each, decision, verdict)]
        elif each.who:
            said.append(_line(phrases, each, f"not_{each.who}"))
        else:
            said.append(_line(phrases, each, each.verdict.value, condition=condition))
    return said


def _line(phrases: Phrases, branch: Branch, name: str, **values: str) -> Statement:
    text = phrases.say(f"branches.{name}", rule=rule_name(phrases, branch.rule), **values)
    return Statement(text, branch.quotes, spoken=True)


def _otherwise(
    phrases: Phrases, findings: Findings, branch: Branch, decision: Decision, verdict: Statement
) -> Statement:
    """What holds if the fact that decides is not given."""
    day = findings.question.as_of
    if branch.otherwise:
        rules = phrases.either(rule_names(phrases, branch.otherwise))
        text = phrases.say("branches.if_listed", rules=rules, day=day)
        return Statement(text, tuple(quote_of(each, each.best) for each in branch.otherwise), spoken=True)
    assert decision.lead is not None  # noqa: S101 - only a rule branches
    text = phrases.say("branches.if_not", rule=rule_name(phrases, decision.lead), day=day)
    return Statement(text, verdict.quotes, spoken=True)


def _within_limits(
    phrases: Phrases, findings: Findings, branch: Branch, decision: Decision, verdict: Statement
) -> list[Statement]:
    """That all depends on values, the words that set them, and what holds within them and beyond."""
    assert decision.lead is not None  # noqa: S101 - only a rule branches
    rule = rule_name(phrases, decision.lead)
    within = phrases.say("branches.if_within", rule=rule, day=findings.question.as_of)
    beyond = phrases.say("branches.if_beyond", rule=rule_name(phrases, branch.rule))
    return [
        _line(phrases, branch, "limits"),
        *(Statement(phrases.quoted(each, plain_text(each.text)), (each,)) for each in branch.quotes),
        Statement(within, verdict.quotes, spoken=True),
        Statement(beyond, branch.quotes, spoken=True),
    ]


def _condition(phrases: Phrases, findings: Findings, branch: Branch) -> str:
    """The fact that a branch hangs on, as a clause."""
    written = dict(branch.condition).get(phrases.language)
    if written is not None:
        return written
    words = phrases.either([findings.glossary.word(each, phrases.language) for each in branch.terms])
    return phrases.say("branches.item" if branch.otherwise else "branches.use", words=words)


def _left_out(findings: Findings, lead: Evidence) -> Iterator[Branch]:
    """The kinds of the item asked about that the leading rule's list is recorded to leave out, where the question does
    not tell which kind it is."""
    asked = {each.term for each in findings.concepts if each.facet is Facet.ITEMS and each.term} - FORMS
    if not asked or _SAID_TO_BE_LISTED.search(findings.question.search):
        return
    for norm in lead.source.norms:
        provision = lead.source.provision(norm.provision)
        if norm.modality is not Modality.LEAVES_OUT or provision is None:
            continue
        evidence = unsearched(lead.source, provision, findings.question.as_of)
        for item in norm.reach.items:
            quotes = _speaking_of(evidence, (item,))[:1]
            entries = tuple(_entries(findings, lead))[:_MOST_ENTRIES]
            of_it = asked <= findings.glossary.kinds.get(item, frozenset()) and not _tells_of(findings, item)
            if of_it and quotes and entries:
                yield Branch(Verdict.NOT_REQUIRED, evidence, quotes, (), (item,), entries, decides=True)


def _beyond_limits(findings: Findings, lead: Evidence) -> Iterator[Branch]:
    """What lies beyond the values that describe the item asked about, where the question does not tell its own."""
    quote = undecided(findings, lead) if not _SAID_TO_BE_LISTED.search(findings.question.search) else None
    if quote is not None:
        evidence = unsearched(lead.source, quote.provision, findings.question.as_of)
        yield Branch(Verdict.NOT_REQUIRED, evidence, (quote,), decides=True, limits=True)


def _tells_of(findings: Findings, item: str) -> bool:
    """Whether a question names, in whatever form, one of the things by which a kind of an item is told from others."""
    asked, kinds = frozenset(tokens(findings.question.search)), findings.glossary.kinds[item]
    parts = (term for term, facet in findings.glossary.entries.values() if facet is Facet.ITEMS and term not in kinds)
    return any(frozenset(tokens(part)) <= asked & frozenset(tokens(item)) for part in parts)


def _entries(findings: Findings, lead: Evidence) -> Iterator[Evidence]:
    """The entries of the leading rule's list that have the item asked about, each with the sentence that names it."""
    item = rarest_of(findings, Facet.ITEMS)
    for norm in lead.source.norms:
        provision = lead.source.provision(norm.provision)
        if norm.modality is not Modality.REQUIRES_PERMIT or provision is None or provision.is_note:
            continue
        for span in provision.sentences:
            if item and item <= findings.spoken_of(lead.source.quote(span)):
                yield unsearched(lead.source, provision, findings.question.as_of, span)
                break


def _circumstances(findings: Findings, lead: Evidence) -> Iterator[Branch]:
    """The exemptions from the leading rule for circumstances of which the question tells nothing. One that speaks of
    something asked that the leading rule does not speak of is what the question is about."""
    for evidence, norm in _bending(findings, lead):
        reach = norm.reach
        if norm.modality is Modality.EXEMPTS and reach.cases and not _told(findings, reach.cases, reach):
            more = findings.in_provision(evidence) - findings.in_provision(lead)
            quotes = _speaking_of(evidence, reach.cases)
            asked_about = any(each.facet in _WHAT and each.weight > 0 for each in more)
            yield Branch(Verdict.NOT_REQUIRED, evidence, quotes, reach.condition, reach.cases, decides=asked_about)


def _others(findings: Findings, lead: Evidence) -> Iterator[Branch]:
    """That a duty of Chinese persons, or of these and of whoever is in China, does not address others, where the
    question tells neither who acts nor where from."""
    situation = findings.situation
    if situation.where is not None or situation.chinese_person or HOME in _terms(findings):
        return
    duties = (each.reach.who for each in norms_of(lead.source, lead.provision) if each.modality is _DUTY)
    addressed = next((who for who in duties if Actor.CHINESE in who), frozenset[Actor]())
    for each in (lead, *read_with(findings.snapshot, lead, findings.question.as_of)) if addressed else ():
        quotes = _speaking_of(each, _CHINESE_PERSONS)[:1]
        if quotes and each.source is lead.source:
            who = "chinese" if addressed == {Actor.CHINESE} else "in_china"
            yield Branch(Verdict.NOT_REQUIRED, lead, quotes, who=who)
            return


def _uses(findings: Findings, lead: Evidence) -> Iterator[Branch]:
    """The bans, refusals and reviews for particular uses, of the destination asked about or of the leading rule, where
    the question tells no use."""
    if any(each.facet is Facet.USES for each in findings.concepts):
        return
    bans = (each for each in _for_the_destination(findings) if each[1].modality in BANS)
    bending = (each for each in _bending(findings, lead) if each[1].modality is not Modality.EXEMPTS)
    for evidence, norm in (*bans, *bending):
        reach = norm.reach
        if reach.uses and not reach.listed and not _told(findings, reach.uses, reach):
            quotes = _speaking_of(evidence, reach.uses)
            terms = tuple(each for each in reach.uses if any(_has(quote, each) for quote in quotes))
            if quotes and norm.modality in VERDICTS:
                yield Branch(VERDICTS[norm.modality], evidence, quotes, reach.condition, terms)


def _bending(findings: Findings, lead: Evidence) -> Iterator[tuple[Evidence, Norm]]:
    """The norms in force that bend the leading rule, but for those that plainly do not reach the case."""
    return ((evidence, norm) for evidence, norm in bending(findings, lead) if evidence.standing.applies)


def _for_the_destination(findings: Findings) -> Iterator[tuple[Evidence, Norm]]:
    """The norms in force among the evidence that are for a destination asked about."""
    for evidence in findings.evidence:
        for norm in norms_of(evidence.source, evidence.provision):
            if norm.reach.to and evidence.standing.applies and may_reach(findings, norm.reach):
                yield evidence, norm


def _told(findings: Findings, terms: Sequence[str], reach: Reach) -> bool:
    """Whether a question tells that one of the terms is the case, or that none is."""
    return bool(_terms(findings) & set(terms)) or any(written(each, findings.question.search) for each in reach.against)


def _terms(findings: Findings) -> frozenset[str]:
    return frozenset(each.term for each in findings.concepts if each.term)


def _speaking_of(evidence: Evidence, terms: Sequence[str]) -> tuple[Quote, ...]:
    """The sentences of a provision that speak of one of the terms."""
    quotes = (quote_of(evidence, span) for span in evidence.provision.sentences)
    return tuple(quote for quote in quotes if any(_has(quote, each) for each in terms))


def _has(quote: Quote, term: str) -> bool:
    return frozenset(tokens(term)) <= frozenset(tokens(quote.text))
