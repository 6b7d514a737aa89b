"""Who says it, put before a chat model's words by our own code: that a rule does not apply on the date, that a
statement is only news, that a sentence is an editor's remark. So no such statement can be read without it."""

from __future__ import annotations

from dataclasses import replace

from assistant.answering.model import Quote, Statement
from assistant.answering.phrases import Phrases
from assistant.retrieval.evidence import Findings


def attributed(phrases: Phrases, findings: Findings, statement: Statement) -> Statement:
    """The statement with what a reader must know of its sources in front."""
    text = statement.text
    if statement.translation:
        text = phrases.say("model.translated", translation=statement.translation, sentence=text)
    lapsed = [each for each in statement.quotes if each.source.kind.is_primary and not each.standing.applies]
    if lapsed:
        text = _of_rule(phrases, findings, lapsed[0], text)
    elif not any(each.source.kind.is_primary for each in statement.quotes):
        text = phrases.say("model.according", source=statement.quotes[0].source, sentence=text)
    if any(each.provision.is_note for each in statement.quotes):
        text = phrases.say("remark", sentence=text)
    return replace(statement, text=text)


def _of_rule(phrases: Phrases, findings: Findings, quote: Quote, sentence: str) -> str:
    standing = phrases.say(f"model.standings.{quote.standing.state.value}")
    rule = phrases.rule(quote.source, quote.provision.label)
    return phrases.say("model.under", rule=rule, standing=standing, day=findings.question.as_of, sentence=sentence)
