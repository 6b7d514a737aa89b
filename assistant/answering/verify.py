"""Every statement against its quotes, before anyone sees it; what is not borne out goes."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator

from assistant.answering.entailment import faults
from assistant.answering.model import Quote, Statement
from assistant.answering.translation import agrees
from assistant.documents.naming import long_date
from assistant.documents.validity import Standing
from assistant.index.passages import plain_text

_FIGURE = re.compile(r"\d+(?:[.,]\d+)*")


def borne_out(statement: Statement, as_of: dt.date, asked: str = "") -> bool:
    """Whether every quote stands verbatim inside its provision, and the statement says no more than its quotes.

    A quotation is their words and nothing else. A chat model's words must be borne out by them (entailment.py). A
    sentence of our own names no figure, and so no date, number or code, but those of the question, of the date asked
    about, and those that its quotes, their labels, their sources' names or their standings have.
    """
    if not all(_inside(quote) for quote in statement.quotes):
        return False
    if statement.quoted:
        return all(plain_text(quote.text) in statement.text for quote in statement.quotes)
    if statement.worded and not _holds(statement):
        return False
    ours = statement.text.replace(statement.worded, "").replace(statement.translation, "")
    grounds = (*_grounds(statement, as_of), asked)
    known = {figure for text in grounds for figure in _FIGURE.findall(text)}
    return set(_FIGURE.findall(ours)) <= known


def _holds(statement: Statement) -> bool:
    """Whether a chat model's words, and their translation, say no more than the quotes."""
    parts = [part for part in (statement.worded, statement.translation) if part]
    if not all(part in statement.text for part in parts) or faults(statement.worded, statement.quotes):
        return False
    return not statement.translation or agrees(statement.translation, statement.worded)


def _inside(quote: Quote) -> bool:
    whole = quote.provision.span
    return whole.start <= quote.span.start < quote.span.end <= whole.end and bool(quote.text.strip())


def _grounds(statement: Statement, as_of: dt.date) -> Iterator[str]:
    """Every text that may lend a figure to a sentence of our own."""
    yield long_date(as_of)
    for quote in statement.quotes:
        yield from (quote.text, quote.provision.label, quote.source.title, quote.source.number or "")
        yield from map(long_date, _days(quote.standing))


def _days(standing: Standing) -> Iterator[dt.date]:
    lapsed = standing.lapsed
    window = (lapsed.date, lapsed.until) if lapsed else ()
    claimed = [day for claim in standing.claims for day in (claim.date, claim.until)]
    for day in (standing.since, standing.until, *window, *claimed):
        if day is not None:
            yield day
            # An act "not yet in force until the 7th" is said to apply from the 8th.
            yield day + dt.timedelta(days=1)
