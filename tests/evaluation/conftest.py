"""A corpus of three sources, the real assistant over it, and questions whose right answers are known."""

# ruff: noqa: E501 - a sentence of a source stands on one line

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from assistant.answering.model import Verdict
from assistant.assistant import Assistant
from assistant.evaluation.questions import GoldQuestion, GoldSource
from assistant.settings import Settings

HEAD = """---
id: {id}
title: {title}
kind: {kind}
issuer: Ministry
number: {number}
issued: {issued}
effective: {issued}
language: en
jurisdiction: Somewhere
url: null
checked_until: 2026-12-31
confidence: high
status_events: {events}
norms: {norms}
---
"""
MAGNETS = (
    HEAD.format(
        id="magnets",
        title="Announcement No. 5 of 2025 on permanent magnets",
        kind="announcement",
        number="Announcement 2025 No. 5",
        issued="2025-02-01",
        events="\n  - {date: 2025-06-01, event: suspended, until: 2026-05-31, by: pause, by_provision: Art. 1,"
        " basis: instrument, scope: all}",
        norms="\n  - {provision: Art. 1, modality: requires_permit}",
    )
    + """# Announcement No. 5 of 2025: permanent magnets

## Art. 1

Under Announcement No. 5 of 2025, dysprosium permanent magnets of code 1C905.b need a ministry licence before export to any country.
"""
)
PAUSE = (
    HEAD.format(
        id="pause",
        title="Announcement No. 9 of 2025 suspending Announcement No. 5",
        kind="announcement",
        number="Announcement 2025 No. 9",
        issued="2025-06-01",
        events="[]",
        norms="\n  - {provision: Art. 1, modality: suspends}",
    )
    + """# Announcement No. 9 of 2025

## Art. 1

Announcement No. 9 of 2025 suspends Announcement No. 5 of 2025 on dysprosium permanent magnets until 31 May 2026.
"""
)
LATHES = (
    HEAD.format(
        id="lathes",
        title="Machine Tool Export Act",
        kind="law",
        number="null",
        issued="2020-01-01",
        events="[]",
        norms="\n  - {provision: Art. 1, modality: requires_permit}\n  - {provision: Art. 2, modality: penalty}",
    )
    + """# Machine Tool Export Act

## Art. 1

Under the Machine Tool Export Act, five-axis lathes with a spindle speed of 12,000 rpm or more need a licence before export.

## Art. 2

Whoever exports five-axis lathes without a licence pays a fine of CNY 500,000 to 5,000,000 under the Machine Tool Export Act.

## Art. 3

Exporters of five-axis lathes keep the contracts and shipping papers for at least 5 years.
"""
)


def gold(id_: str, question: str, as_of: str, verdict: Verdict | None, points=(), sources=(), **more) -> GoldQuestion:
    return GoldQuestion(
        id=id_,
        question=question,
        place="here",
        as_of=dt.date.fromisoformat(as_of),
        verdict=verdict,
        points=tuple(points),
        sources=tuple(GoldSource(*each) for each in sources),
        **more,
    )


QUESTIONS = (
    gold(
        "magnets/2025-03-01",
        "Do dysprosium permanent magnets need an export licence?",
        "2025-03-01",
        Verdict.PERMIT_REQUIRED,
        ["dysprosium permanent magnets are listed under 1C905.b"],
        [("magnets", "Art. 1")],
    ),
    gold(
        "magnets/2025-08-01",
        "Do dysprosium permanent magnets need an export licence?",
        "2025-08-01",
        Verdict.NOT_REQUIRED,
        ["No. 5 is suspended until 31 May 2026 by No. 9"],
        [("magnets", "Art. 1"), ("pause", "Art. 1")],
    ),
    gold(
        "lathes",
        "Do five-axis lathes need an export licence?",
        "2025-08-01",
        Verdict.PERMIT_REQUIRED,
        ["five-axis lathes of 12000 rpm or more need a licence"],
        [("lathes", "Art. 1")],
    ),
    gold(
        "fine",
        "What fine does whoever exports five-axis lathes without a licence pay?",
        "2025-08-01",
        Verdict.INFORMATIONAL,
        ["fine of CNY 500 000 to 5 million"],
        [("lathes", "Art. 2")],
    ),
    gold(
        "bananas",
        "How much do ripe bananas cost at the market in Oslo?",
        "2025-08-01",
        Verdict.NOT_COVERED,
        unanswerable=True,
    ),
    gold("weather", "Will it rain on Saturday in Lisbon?", "2025-08-01", Verdict.NOT_COVERED, unanswerable=True),
)


@pytest.fixture(scope="session")
def corpus_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("corpus")
    for name, text in (("magnets", MAGNETS), ("pause", PAUSE), ("lathes", LATHES)):
        (folder / f"{name}.md").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def assistant(corpus_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    return Assistant.open(Settings(data_dir=tmp_path_factory.mktemp("data"), corpus_dir=corpus_dir))


@pytest.fixture(scope="session")
def sources(assistant: Assistant):
    return assistant.index.snapshot().sources


@pytest.fixture(scope="session")
def questions() -> tuple[GoldQuestion, ...]:
    return QUESTIONS
