"""Every statement against its quotes, before anyone sees it; what is not borne out goes."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator

from assistant.answering.model import Quote, Statement
from assistant.answering.reading.entailment import faults
from assistant.answering.reading.quantities import take_dates
from assistant.answering.reading.translation import agrees
from assistant.documents.chinese import in_digits
from assistant.documents.validity import Standing
from assistant.index.passages import plain_text

_FIGURE = re.compile(r"\d+(?:[.,]\d+)*")


def borne_out(statement: Statement, as_of: dt.date, asked: str = "") -> bool:
    """Whether every quote stands verbatim inside its provision, and the statement says no more than its quotes.

    A quotation is their words and nothing else. A chat model's words must be borne out by them (entailment.py). A
    sentence of our own names no date and no other figure, so no number or code, but those of the question, of the date
    asked about, and those that its quotes, their labels, their sources' names or their standings have. That holds in
    every language: 2025年10月9日 is 9 October 2025, and 第十七条 is Art. 17.
    """
    if not all(_inside(quote) for quote in statement.quotes):
        return False
    if statement.quoted:
        return all(plain_text(quote.text) in statement.text for quote in statement.quotes)
    if statement.worded and not _holds(statement):
        return False
    ours = statement.text.replace(statement.worded, "").replace(statement.translation, "")
    grounds = (*_grounds(statement), asked)
    told = [take_dates(in_digits(text)) for text in grounds]
    days = {as_of.isoformat(), *(day.isoformat() for quote in statement.quotes for day in _days(quote.standing))}
    days = days.union(*(dates for _, dates in told))
    # The year of a date may number an act; its day and month are no figures by themselves.
    known = {figure for rest, _ in told for figure in _FIGURE.findall(rest)} | {day[:4] for day in days}
    rest, named = take_dates(in_digits(ours))
    return named <= days and set(_FIGURE.findall(rest)) <= known


def _holds(statement: Statement) -> bool:
    """Whether a chat model's words, and their translation, say no more than the quotes."""
    parts = [part for part in (statement.worded, statement.translation) if part]
    if not all(part in statement.text for part in parts) or faults(statement.worded, statement.quotes):
        return False
    return not statement.translation or agrees(statement.translation, statement.worded)


def _inside(quote: Quote) -> bool:
    whole = quote.provision.span
    return whole.start <= quote.span.start < quote.span.end <= whole.end and bool(quote.text.strip())


def _grounds(statement: Statement) -> Iterator[str]:
    """Every text that may lend a figure or a date to a sentence of our own."""
    for quote in statement.quotes:
        source = quote.source
        yield from (quote.text, quote.provision.label, source.title, source.number or "")
        yield from (each.source for each in source.names)


def _days(standing: Standing) -> Iterator[dt.date]:
    lapsed = standing.lapsed
    window = (lapsed.date, lapsed.until) if lapsed else ()
    claimed = [day for claim in standing.claims for day in (claim.date, claim.until)]
    for day in (standing.since, standing.until, *window, *claimed):
        if day is not None:
            yield day
            # An act "not yet in force until the 7th" is said to apply from the 8th.
            yield day + dt.timedelta(days=1)
