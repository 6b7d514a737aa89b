"""One evaluation from question set to report: ours, its variations and the peers over the same questions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from assistant.assistant import Assistant
from assistant.evaluation import peers, questions, results
from assistant.evaluation.answerers import AssistantAnswerer, Variation
from assistant.evaluation.questions import Split
from assistant.evaluation.runner import Answerer, Kept, fingerprint, run
from assistant.settings import Settings

Progress = Callable[[str, int, int], None]
"""Called with what is being done, how much of it is done and how much there is."""


@dataclass(frozen=True)
class Plan:
    """What to evaluate. ``keep`` is the file that answers are kept in until the run is finished."""

    questions: Path
    split: Split = "all"
    as_of: dt.date | None = None
    variations: Sequence[Variation] = field(default_factory=lambda: [Variation()])
    peers: bool = False
    keep: Path | None = None


def evaluate(
    plan: Plan, settings: Settings, progress: Progress, *, assistant: Assistant | None = None
) -> dict[str, Any]:
    """Runs a plan and gives its report; with an assistant that is open already where one is given.

    Raises EvaluationError where the question set cannot be used: then nothing has been asked.
    """
    assistant = assistant or _opened(settings, progress)
    snapshot = assistant.index.snapshot()
    asked = questions.load(plan.questions, snapshot.sources, split=plan.split)
    answerers: list[Answerer] = [_varied(assistant, each, progress) for each in plan.variations]
    if plan.peers:
        found = peers.load(assistant.index.encoder)
        for peer in found:
            progress(f"{peer.name}: reading", 0, 1)
            peer.read(snapshot.sources)
        answerers.extend(found)
    kept = Kept(plan.keep)
    runs = []
    for answerer in answerers:
        name = answerer.name
        cases = run(
            asked, answerer, snapshot.sources, as_of=plan.as_of, kept=kept,
            progress=lambda done, total, name=name: progress(name, done, total),  # type: ignore[misc]
        )  # fmt: skip
        runs.append(results.run_report(name, answerer.identity, cases))
    return results.report(
        runs,
        corpus={
            "fingerprint": fingerprint(snapshot.sources),
            "generation": snapshot.generation,
            "sources": len(snapshot.sources),
            "encoder": assistant.index.encoder.identity,
        },
        questions={"from": plan.questions.name, "split": plan.split, "count": len(asked)},
    )


def _opened(settings: Settings, progress: Progress) -> Assistant:
    return Assistant.open(settings, progress=lambda done, total: progress("reading sources", done, total))


def _varied(assistant: Assistant, variation: Variation, progress: Progress) -> AssistantAnswerer:
    settings = variation.settings(assistant.settings)
    same = settings is assistant.settings
    return AssistantAnswerer(assistant if same else _opened(settings, progress), variation)
