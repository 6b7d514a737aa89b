"""Verdicts and standings in the words that every surface shows, before any markup."""

from __future__ import annotations

from assistant.answering.model import Verdict
from assistant.documents.model import Source
from assistant.documents.naming import long_date
from assistant.documents.validity import Standing, State

VERDICTS = {
    Verdict.PERMIT_REQUIRED: "Licence needed",
    Verdict.PROHIBITED_IN_PRINCIPLE: "Refused or forbidden in principle",
    Verdict.CASE_BY_CASE: "Decided case by case",
    Verdict.NOT_REQUIRED: "No licence needed under the rules found",
    Verdict.INFORMATIONAL: "",
    Verdict.UNSETTLED: "Not settled",
    Verdict.NOT_COVERED: "Not covered by the corpus",
}
"""A verdict's words; none where the question asked for no yes or no."""

STATES = {
    State.NOT_ISSUED: "not issued",
    State.NOT_YET: "not yet in force",
    State.IN_FORCE: "in force",
    State.SUSPENDED: "suspended",
    State.ENDED: "ended",
    State.NOT_ESTABLISHED: "not established",
}


def standing_words(stands: Standing, source: Source) -> str:
    """A standing as an officer says it: "suspended from 7 November 2025 until 10 November 2026, by mofcom-2025-70"."""
    if stands.state is State.NOT_ESTABLISHED and stands.lapsed is None:
        return "of no legal force of its own"
    words = STATES[stands.state]
    if stands.since:
        words += f" {'from' if stands.until else 'since'} {long_date(stands.since)}"
    if stands.until and stands.state is not State.NOT_YET:
        words += f" until {long_date(stands.until)}"
    if stands.by and stands.by != source.id:
        words += f", by {stands.by}"
    return words
