"""What belongs beside a rule so that it can be acted on: the provisions it is read with, the act that leaves it
untouched, and of an act that was not issued yet that this is so."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from assistant.answering.model import Quote, Statement
from assistant.answering.phrases import Phrases
from assistant.answering.rules import modality
from assistant.answering.sentences import quote_of, rule_in
from assistant.retrieval.evidence import Evidence, Findings
from assistant.retrieval.related import dated, read_with, untouched

_MOST_COMPANIONS = 3


def companions(findings: Findings, evidence: Evidence) -> Iterator[Quote]:
    """The telling sentence of each provision that a piece of evidence is read with."""
    found = read_with(findings.snapshot, evidence, findings.question.as_of)
    for each in found[:_MOST_COMPANIONS]:
        yield rule_in(findings, each, modality(each))


def leaves_untouched(findings: Findings, evidence: Evidence) -> Iterator[Quote]:
    """The sentence of an act in force that shows that it leaves the source of a rule in force untouched."""
    if evidence.standing.applies:
        for each in untouched(findings.snapshot, evidence, findings.question.as_of)[:1]:
            yield quote_of(each, each.best)


def not_issued(phrases: Phrases, findings: Findings, later: Evidence) -> Statement | None:
    """That an act on the subject did not exist on the date, pinned to the sentence that dates it; ``None`` where its
    own text has none."""
    issued = (later.standing.until or findings.question.as_of) + dt.timedelta(days=1)
    found = dated(later, issued, findings.question.as_of)
    if found is None:
        return None
    text = phrases.say("not_issued", source=later.source, day=findings.question.as_of, issued=issued)
    return Statement(text, (quote_of(found, found.best),), spoken=True)
