"""Standing in words: which phrase of prompts/ says it, and the quotes that pin it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from assistant.answering.model import Quote, Statement, quote_of
from assistant.answering.phrases import Phrases
from assistant.documents.model import EventKind
from assistant.documents.naming import issuer_name
from assistant.documents.validity import Standing, State
from assistant.retrieval.evidence import Evidence, Findings
from assistant.retrieval.related import acting


def rule_name(phrases: Phrases, evidence: Evidence) -> str:
    """A provision by its full name: "Announcement No. 62 of 2025, Art. 1(2)"."""
    return phrases.rule(evidence.source, evidence.provision.label)


def rule_names(phrases: Phrases, rules: Sequence[Evidence]) -> list[str]:
    """Several provisions by their names, the act of those that follow on one of the same left out: "Announcement No. 18
    of 2025, Items – 1C904 Terbium", "Items – 1C905 Dysprosium"."""
    names, before = [], ""
    for each in rules:
        act = phrases.act(each.source, each.provision.label)
        name = rule_name(phrases, each)
        names.append(name.removeprefix(act).lstrip(" ,") if act == before else name)
        before = act
    return names


def act_name(phrases: Phrases, findings: Findings, standing: Standing) -> str:
    """What brought a standing about, by its short name, or as the corpus calls it where it is no source of its own."""
    source = findings.snapshot.sources.get(standing.by or "")
    return phrases.name(source) if source else standing.by or phrases.say("unknown.act")


def act_quotes(findings: Findings, evidence: Evidence) -> tuple[Quote, ...]:
    """The sentences that say what the standing of a piece of evidence rests on."""
    return tuple(quote_of(each, each.best) for each in acting(findings.snapshot, evidence, findings.question.as_of))


def not_in_force(phrases: Phrases, findings: Findings, evidence: Evidence, pins: tuple[Quote, ...]) -> Statement:
    """That a rule asks for nothing on the date, and why."""
    stands = evidence.standing
    values = _values(phrases, findings, evidence)
    match stands.state:
        case State.SUSPENDED:
            name = "suspended" if stands.until else "suspended_open"
        case State.NOT_YET:
            name = "not_yet" if stands.until else "draft"
        case _:
            name = "ended"
    return Statement(phrases.say(f"not_in_force.{name}", **values), pins, spoken=True)


def unsettled(phrases: Phrases, findings: Findings, evidence: Evidence, pins: tuple[Quote, ...]) -> Statement:
    """That it is not established whether a rule applies, and why."""
    lapsed = evidence.standing.lapsed
    name = "unsettled" if lapsed and lapsed.event is EventKind.SUSPENDED else "unsettled_ended"
    return Statement(phrases.say(name, **_values(phrases, findings, evidence)), pins, spoken=True)


def claims(phrases: Phrases, findings: Findings, evidence: Evidence) -> list[Statement]:
    """Who stated that a window runs on, each pinned to their words."""
    statements = []
    by_source = {quote.source.id: quote for quote in act_quotes(findings, evidence)}
    for claim in evidence.standing.claims:
        quote = by_source.get(claim.by)
        if quote and claim.until:
            text = phrases.say(
                "claimed",
                claimant=issuer_name(quote.source, phrases.language),
                stated=claim.date,
                claimed=claim.until,
            )
            statements.append(Statement(text, (quote,), spoken=True))
    return statements


def standing_statement(phrases: Phrases, findings: Findings, evidence: Evidence) -> Statement | None:
    """How a provision stands on the date where it does not plainly apply; ``None`` where it does, or where nothing in
    the corpus could pin the sentence."""
    stands = evidence.standing
    pins = act_quotes(findings, evidence)
    if stands.applies or not pins or not evidence.source.kind.is_primary:
        return None
    name = _standing_phrase(stands)
    return Statement(phrases.say(f"standing.{name}", **_values(phrases, findings, evidence)), pins, spoken=True)


def standings_of(
    phrases: Phrases, findings: Findings, evidence: Iterable[Evidence], said: Iterable[Statement]
) -> list[Statement]:
    """How those of the evidence stand that a statement rests on and that do not plainly apply on the date, once for
    each act behind it. No rule that does not apply is spoken of without this."""
    said = tuple(said)
    quoted = {(quote.source.id, quote.provision.label) for each in said for quote in each.quotes if not each.spoken}
    spoken = {quote.key for each in said if each.spoken for quote in each.quotes}
    silent = [each for each in evidence if each.key in quoted]
    return [each for each in together(phrases, findings, silent) if not {quote.key for quote in each.quotes} <= spoken]


def together(phrases: Phrases, findings: Findings, evidence: Iterable[Evidence]) -> list[Statement]:
    """How those of the evidence stand that do not plainly apply, in one statement what one act brought about."""
    alike: dict[tuple[object, ...], list[Evidence]] = {}
    for each in evidence:
        if standing_statement(phrases, findings, each) is not None:
            stands = each.standing
            by = stands.by if stands.by != each.source.id else None
            alike.setdefault((stands.state, stands.since, stands.until, by), []).append(each)
    return [_of_all(phrases, findings, each) for each in alike.values()]


def _of_all(phrases: Phrases, findings: Findings, alike: Sequence[Evidence]) -> Statement:
    """How several provisions stand that stand alike, by the acts they belong to."""
    names = list(dict.fromkeys(phrases.act(each.source, each.provision.label) for each in alike))
    values = {**_values(phrases, findings, alike[0]), "source": names}
    pins = {quote.key: quote for each in alike for quote in act_quotes(findings, each)}
    name = f"{'standing' if len(names) == 1 else 'standings'}.{_standing_phrase(alike[0].standing)}"
    return Statement(phrases.say(name, **values), tuple(pins.values()), spoken=True)


def _standing_phrase(stands: Standing) -> str:
    return "suspended_open" if stands.state is State.SUSPENDED and not stands.until else stands.state.value


def _values(phrases: Phrases, findings: Findings, evidence: Evidence) -> dict[str, object]:
    stands = evidence.standing
    last = stands.lapsed.until or stands.lapsed.date if stands.lapsed else stands.until
    unknown = phrases.say("unknown.date")
    return {
        "rule": rule_name(phrases, evidence),
        "source": phrases.act(evidence.source, evidence.provision.label),
        "act": act_name(phrases, findings, stands),
        "day": findings.question.as_of,
        "since": stands.since or unknown,
        "until": last or unknown,
        "begins": stands.until + dt.timedelta(days=1) if stands.until else unknown,
    }
