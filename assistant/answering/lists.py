"""Which items are controlled: a question for the whole of it is answered by the duties that name what they cover, not
by what else the corpus says of control."""

from __future__ import annotations

import re
from collections.abc import Iterator

from assistant.answering.model import Quote
from assistant.answering.rules import modality
from assistant.answering.sentences import quote_of, rule_in
from assistant.answering.subject import subjects_of
from assistant.documents.model import Modality
from assistant.documents.norms import says
from assistant.documents.validity import State
from assistant.index.lexical import tokens
from assistant.index.passages import context
from assistant.retrieval.evidence import Evidence, Findings
from assistant.retrieval.related import licence_duties

_ASKS_WHICH = re.compile(
    r"\b(?:which|what)\s+(?:\S+\s+){0,3}?"
    r"(?:rare[- ]earths?|elements?|items?|minerals?|metals?|materials?|goods|products)\b"
    r"(?:\s+\S+){0,3}?\s+(?:controlled|listed|restricted|covered|subject to|under (?:export )?control"
    r"|(?:need|require)s?\b.{0,12}\b(?:licen[cs]e|permit)|on (?:the|China's)\b.{0,30}\blist)"
    r"|(?:哪些|哪几种|什么).{0,8}(?:受.{0,4}管制|被管制|被列管|列入管制|需要.{0,4}许可|受控)",
    re.IGNORECASE,
)
_MOST = 4
_MOST_OF_ONE = 3


def controlled(findings: Findings) -> Iterator[Evidence]:
    """Where the question asks which items are controlled: the duties of the acts issued by the date that are on its
    subject, those in force first; of the acts it names alone where it names any."""
    if not _ASKS_WHICH.search(findings.question.own):
        return
    ways = [each.ways for each in subjects_of(findings)]
    found = [
        each
        for each in licence_duties(findings.snapshot, findings.question.as_of)
        if modality(each) is Modality.REQUIRES_PERMIT and each.standing.state is not State.NOT_ISSUED
    ]
    if findings.named:
        found = [each for each in found if each.source.id in findings.named]
    has = {each.key: frozenset(tokens(context(each.source, each.provision))) for each in found}
    found = [each for each in found if all(any(way <= has[each.key] for way in of_one) for of_one in ways)]
    yield from sorted(found, key=lambda each: not each.standing.applies)[:_MOST]


def named_in(findings: Findings, duty: Evidence) -> list[Quote]:
    """The sentences of a duty that say in so many words what needs a licence."""
    said = [each for each in duty.provision.sentences if says(Modality.REQUIRES_PERMIT, duty.source.quote(each))]
    if len(said) < 2:
        return [rule_in(findings, duty, Modality.REQUIRES_PERMIT)]
    return [quote_of(duty, each) for each in said[:_MOST_OF_ONE]]
