"""The Quality page: how well the answers were at the latest evaluation."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from assistant.errors import EvaluationError
from assistant.evaluation.metrics import BY_NAME
from assistant.evaluation.report import figure
from assistant.server.caller import Role
from assistant.ui.changes import NotAllowed, received
from assistant.ui.desk import Desk
from assistant.ui.pages import render

_SHOWN = (
    "verdict_accuracy",
    "point_coverage",
    "provision_recall",
    "source_recall",
    "abstention_precision",
    "abstention_recall",
    "quotes_verbatim",
    "wrong_date_citations",
    "latency_p95_ms",
)


@dataclass(frozen=True, slots=True)
class Measure:
    """A figure of a report, as people read it."""

    title: str
    value: str
    between: str


def show(desk: Desk, told: Mapping[str, Any]) -> str:
    """The latest report, and what runs now."""
    del told
    runs = desk.context.evaluations.list()
    latest = next((each for each in runs if each["state"] == "done"), None)
    going = next((each for each in runs if each["state"] in ("waiting", "running")), None)
    failed = runs[0] if runs and runs[0]["state"] == "failed" else None
    return render(
        "quality.html",
        desk.wording,
        latest=latest,
        measures=_measures(latest["report"]) if latest else [],
        going=going,
        failed=failed,
        may_run=desk.caller.role.includes(Role.ADMIN),
    )


def run(desk: Desk, told: Mapping[str, Any]) -> str:
    """Starts a run over an uploaded set of questions. ``told``: ``file`` with its ``name`` and ``path``."""
    if not desk.caller.role.includes(Role.ADMIN):
        raise NotAllowed(desk.wording("library.may_not"))
    name, path = received(told.get("file"))
    try:
        lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    except ValueError:
        raise EvaluationError(f"{name} is no set of questions: one JSON object a line is expected.") from None
    finally:
        path.unlink(missing_ok=True)
    if not lines or not all(isinstance(each, dict) for each in lines):
        raise EvaluationError(f"{name} is no set of questions: one JSON object a line is expected.")
    desk.context.evaluations.start(desk.assistant, lines, None)
    return show(desk, {})


def _measures(report: Mapping[str, Any]) -> list[Measure]:
    found = []
    for name in _SHOWN:
        estimate = report["runs"][0]["metrics"].get(name)
        if estimate is None:
            continue
        metric = BY_NAME[name]
        between = ""
        if estimate["low"] is not None:
            between = f"{figure(metric, estimate['low'])} – {figure(metric, estimate['high'])}"
        found.append(Measure(metric.title, figure(metric, estimate["value"]), between))
    return found
