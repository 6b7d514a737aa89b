"""What a careful colleague would add: what is not established, how far the corpus was checked, what only news says."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from assistant.answering.model import Statement
from assistant.answering.phrases import Phrases
from assistant.answering.quoting.standings import rule_name
from assistant.answering.verdict import Decision
from assistant.documents.model import Confidence, Source
from assistant.documents.validity import State
from assistant.retrieval.evidence import Findings
from assistant.retrieval.related import beside


def caveats_for(
    phrases: Phrases, findings: Findings, decision: Decision, statements: Sequence[Statement]
) -> tuple[str, ...]:
    """The caveats of an answer, each once, the weightiest first."""
    as_of = findings.question.as_of
    quotes = [quote for statement in statements for quote in statement.quotes]
    sources = {quote.source.id: quote.source for quote in quotes}
    found: list[str] = []
    if decision.later is not None:
        issued = (decision.later.standing.until or as_of) + dt.timedelta(days=1)
        found.append(phrases.say("caveats.later", source=decision.later.source, issued=issued, day=as_of))
    rule = decision.lead or decision.later
    if rule is not None and (others := beside(findings.snapshot, rule, as_of)):
        found.append(phrases.say("caveats.beside", rule=rule_name(phrases, others[0]), day=as_of))
    open_now = [q for q in quotes if q.standing.state is State.NOT_ESTABLISHED and q.source.kind.is_primary]
    if open_now:
        names = list(dict.fromkeys(phrases.name(quote.source) for quote in open_now))
        found.append(phrases.say("caveats.not_established", sources=names, day=as_of))
    if any(quote.standing.claims for quote in open_now):
        found.append(phrases.say("caveats.claimed"))
    if any(quote.standing.on_last_day for quote in quotes):
        found.append(phrases.say("caveats.last_day", day=as_of))
    if sources and not any(source.kind.is_primary for source in sources.values()):
        found.append(phrases.say("caveats.only_news"))
    found += [
        phrases.say("caveats.guessed", source=source)
        for source in sources.values()
        if any(guess.field == "issued" for guess in source.guesses) and not _undated(source)
    ]
    found += [phrases.say("caveats.undated", source=source) for source in sources.values() if _undated(source)]
    found += [
        phrases.say("caveats.low_confidence", source=source)
        for source in sources.values()
        if source.confidence is Confidence.LOW
    ]
    checked = [source.checked_until for source in sources.values() if source.checked_until]
    if checked and as_of > min(checked):
        found.append(phrases.say("caveats.checked", checked=min(checked), day=as_of))
    if any(phrases.restates(quote) for quote in quotes):
        found.append(phrases.say("caveats.restated"))
    if any(quote.provision.is_note for each in statements if each.quoted for quote in each.quotes):
        found.append(phrases.say("caveats.remark"))
    return tuple(dict.fromkeys(found))


def _undated(source: Source) -> bool:
    return all(each.date is None for each in source.issued)
