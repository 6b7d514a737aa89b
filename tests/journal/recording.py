"""Answers to record, made by hand."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

from acts import MAGNETS, act

from assistant.answering.model import Answer, Citation, Quote, Statement, Timings, Verdict
from assistant.documents.validity import standing
from assistant.journal import Journal
from assistant.retrieval.evidence import Evidence
from assistant.settings import Settings

DAY = dt.date(2025, 10, 20)


def answer(question: str = "Do magnets need a licence?", *, source_id: str = "magnets", groups=(), articles=MAGNETS):
    """An answer that quotes the first article of a small act."""
    source = replace(act(source_id, *articles), groups=frozenset(groups))
    provision = source.provisions[0]
    quote = Quote(source, provision, provision.span, standing(source, provision, DAY))
    evidence = tuple(
        Evidence(source, each, standing(source, each, DAY), 0.5, 0.4, 0.3, each.span) for each in source.provisions
    )
    return Answer(
        question=question,
        as_of=DAY,
        verdict=Verdict.PERMIT_REQUIRED,
        statements=(Statement(quote.text, (quote,)),),
        citations=(Citation(1, quote),),
        caveats=(),
        writer="extractive",
        timings=Timings(1, 2, 3, 6),
        evidence=evidence,
        corpus="",
        versions={source_id: "v1"},
    )


def record_many(folder: Path, settings: Settings, count: int) -> None:
    """Records answers, as another process does."""
    journal = Journal(folder)
    for n in range(count):
        journal.record(answer(f"Question {n}?"), caller="p", channel="cli", settings=settings)
    journal.close()
