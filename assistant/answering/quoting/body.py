"""What else the evidence says to a question, after the verdict and its rule: the words that are quoted, and the
provisions that are only named."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from assistant.answering.deciding.rules import RULING
from assistant.answering.deciding.subject import asks_if_listed
from assistant.answering.model import Quote, Statement
from assistant.answering.phrases import Phrases
from assistant.answering.quoting.background import remarked
from assistant.answering.quoting.bands import within_the_band
from assistant.answering.quoting.lists import asks_what_acts_do, controlled, parties_on
from assistant.answering.quoting.saying import apart
from assistant.answering.quoting.sentences import (
    Candidate,
    about_the_subject,
    answer_first,
    best_of,
    candidates,
    spread,
    to_the_point,
    with_whole_lists,
    without_idle_news,
)
from assistant.answering.quoting.steps import asked_steps
from assistant.answering.quoting.tangents import without_repetitions, without_tangents
from assistant.answering.verdict import Decision
from assistant.documents.model import Modality, Norm
from assistant.documents.norms import norms_of
from assistant.retrieval.concepts import Concept
from assistant.retrieval.evidence import Findings

# How many sentences of the best provision, of the second and so on an answer chooses from.
_SHARES = (8, 3, 2, 2, 1, 1)
_SHARES_BESIDE_A_RULE = (3, 2, 1, 1, 1)
_SHARES_WITHOUT_A_RULE = (1, 1)
_MOST_NAMED = 2


@dataclass(frozen=True, slots=True)
class Body:
    """The words that are quoted, in their order, and those of which only the provision is named, the likeliest
    first."""

    quotes: tuple[Quote, ...]
    named: tuple[Quote, ...]


def body(findings: Findings, decision: Decision, opening: Sequence[Statement]) -> Body:
    """What follows an opening: of the best provisions several sentences, of others one."""
    pool = _pool(findings, decision, opening)
    found = _chosen(findings, decision, pool, opening)
    said, named = apart(findings, found, decision.lead)
    said = with_whole_lists(findings, said, pool)
    if decision.lead is None and said:
        said = answer_first(findings, said)
    quotes = (quote for each in said for quote in (each.quote, *remarked(findings, each.quote)))
    return Body(tuple(quotes), tuple(each.quote for each in named))


def choices(findings: Findings, decision: Decision, opening: Sequence[Statement]) -> list[Candidate]:
    """The sentences that may follow an opening."""
    return _chosen(findings, decision, _pool(findings, decision, opening), opening)


def _pool(findings: Findings, decision: Decision, opening: Sequence[Statement]) -> list[Candidate]:
    """The sentences of the evidence that are to the point and have not been said."""
    said_before = {quote.key for statement in opening for quote in statement.quotes}
    pool = [each for each in candidates(findings) if each.quote.key not in said_before]
    if not findings.question.asks_about_news or any(controlled(findings)):
        pool = without_idle_news(findings, pool)
    pool = to_the_point(findings, pool)
    if decision.lead is not None:
        pool = about_the_subject(findings, pool, decision.lead)
    return without_tangents(findings, within_the_band(findings, pool))


def _chosen(
    findings: Findings, decision: Decision, pool: Sequence[Candidate], opening: Sequence[Statement]
) -> list[Candidate]:
    """Of the pool, the sentences of the best provisions, each for what it adds."""
    said: frozenset[Concept] = frozenset()
    if decision.lead is not None:
        said = findings.spoken_of(best_of(findings, decision.lead).text)
    shares: tuple[int, ...] = _SHARES_BESIDE_A_RULE if decision.lead is not None else _SHARES
    answered = (asks_if_listed(findings) and bool(opening)) or (decision.lead is None and _is_told(findings, opening))
    if decision.later is not None or any(controlled(findings)) or answered:
        shares = () if asks_what_acts_do(findings) else _SHARES_WITHOUT_A_RULE
    return without_repetitions(spread(findings, pool, shares, said), opening)


def _is_told(findings: Findings, opening: Sequence[Statement]) -> bool:
    """Whether an opening without a rule has told what was asked: a list, or a step by other words than those of the
    provision that answers best, which has more to say of it."""
    said = {(quote.source.id, quote.provision.label) for each in opening for quote in each.quotes}
    steps = bool(asked_steps(findings)) and bool(said) and findings.evidence[0].key not in said
    return steps or any(parties_on(findings))


def see_also(phrases: Phrases, named: Iterable[Quote], said: Iterable[Statement]) -> Iterator[Statement]:
    """A line for each of the provisions of these words, but for remarks and those quoted before, with its standing
    where it does not plainly apply."""
    known = {(quote.source.id, quote.provision.label) for each in said for quote in each.quotes}
    found: dict[tuple[str, str], Quote] = {}
    for quote in named:
        key = quote.source.id, quote.provision.label
        if key not in known and not quote.provision.is_note and len(found) < _MOST_NAMED:
            found.setdefault(key, quote)
    for quote in found.values():
        yield Statement(phrases.say("see_also.this", rule=_named(phrases, quote)), (quote,), spoken=True)


def _named(phrases: Phrases, quote: Quote) -> str:
    """A provision by its full name, with what it does and its standing where it does not plainly apply."""
    rule, norms = phrases.rule(quote.source, quote.provision.label), norms_of(quote.source, quote.provision)
    told = [phrases.say(f"see_also.does.{_strictest(norms)}")] if norms else []
    if quote.source.kind.is_primary and not quote.standing.applies:
        told.append(phrases.say(f"states.{quote.standing.state.value}"))
    if not told:
        return rule
    return phrases.say("see_also.told", rule=rule, told=phrases.say("list.parts").join(told))


def _strictest(norms: Sequence[Norm]) -> Modality:
    """What a provision does: of rules the strictest, else the first thing that it is recorded to do."""
    does = [norm.modality for norm in norms]
    return next((each for each in RULING if each in does), does[0])
