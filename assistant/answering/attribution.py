"""Who says it, put before a chat model's words by our own code: that a rule does not apply on the date, that a
statement is only news, that a sentence is an editor's remark. So no such statement can be read without it."""

from __future__ import annotations

from dataclasses import replace

from assistant.answering.model import Quote, Statement
from assistant.answering.phrases import Phrases
from assistant.documents.naming import long_date, short_name
from assistant.retrieval.evidence import Findings


def attributed(phrases: Phrases, findings: Findings, statement: Statement) -> Statement:
    """The statement with what a reader must know of its sources in front."""
    for quote in statement.quotes:
        if quote.provision.is_note:
            return replace(statement, text=phrases.say("remark", sentence=statement.text))
    for quote in statement.quotes:
        if quote.source.kind.is_primary and not quote.standing.applies:
            return replace(statement, text=_of_rule(phrases, findings, quote, statement.text))
    if not any(quote.source.kind.is_primary for quote in statement.quotes):
        source = short_name(statement.quotes[0].source)
        return replace(statement, text=phrases.say("model.according", source=source, sentence=statement.text))
    return statement


def _of_rule(phrases: Phrases, findings: Findings, quote: Quote, sentence: str) -> str:
    standing = phrases.say(f"model.standings.{quote.standing.state.value}")
    rule = f"{short_name(quote.source)}, {quote.provision.label}"
    day = long_date(findings.question.as_of)
    return phrases.say("model.under", rule=rule, standing=standing, day=day, sentence=sentence)
