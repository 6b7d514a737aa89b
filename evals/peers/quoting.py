"""Stretches of sources → an answer: how a pipeline without a model, norms or dates answers.

It quotes what it found, never abstains, and takes everything for being in force, since nothing in it knows of dates.
Its verdict is read off the wording of the first provision it quotes.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Sequence

from assistant.answering.model import Answer, Citation, Quote, Statement, Timings, Verdict
from assistant.documents.model import Source, Span
from assistant.documents.validity import Standing, State
from assistant.index.passages import plain_text

# As many sentences as our own answers have at most.
_MOST = 8
_WORDINGS = (
    (
        Verdict.PROHIBITED_IN_PRINCIPLE,
        r"\bprohibit|\bforbid|\bbann?\b|in principle (?:not|refused)|\bmay not\b(?!.*without)",
    ),
    (Verdict.CASE_BY_CASE, r"case[- ]by[- ]case"),
    (Verdict.NOT_REQUIRED, r"\bno licen[cs]e|\bexempt"),
    (Verdict.PERMIT_REQUIRED, r"\blicen[cs]e|\bpermi[ts]"),
)
_ASKS_WHETHER = re.compile(r"\b(?:need|may|can|must|allowed|licen[cs]e|permit)\b|可以|许可", re.IGNORECASE)


def answer(name: str, question: str, as_of: dt.date, found: Iterable[tuple[Source, Span]]) -> Answer:
    """Quotes the whole sentences of the stretches found, best first."""
    quotes = list(dict.fromkeys(quote for source, span in found for quote in _quotes(source, span)))[:_MOST]
    statements = tuple(Statement(plain_text(quote.text), (quote,)) for quote in quotes)
    return Answer(
        question=question,
        as_of=as_of,
        verdict=_verdict(question, quotes),
        statements=statements,
        citations=tuple(Citation(n, quote) for n, quote in enumerate(quotes, start=1)),
        caveats=(),
        writer=name,
        timings=Timings(0.0, 0.0, 0.0, 0.0),
    )


def _quotes(source: Source, span: Span) -> Iterator[Quote]:
    for provision in source.provisions:
        for sentence in provision.sentences:
            if span.start <= sentence.start and sentence.end <= span.end:
                yield Quote(source, provision, sentence, Standing(State.IN_FORCE))


def _verdict(question: str, quotes: Sequence[Quote]) -> Verdict:
    if not quotes or not _ASKS_WHETHER.search(question):
        return Verdict.INFORMATIONAL
    text = quotes[0].source.quote(quotes[0].provision.span)
    fitting = (verdict for verdict, wording in _WORDINGS if re.search(wording, text, re.IGNORECASE))
    return next(fitting, Verdict.INFORMATIONAL)
