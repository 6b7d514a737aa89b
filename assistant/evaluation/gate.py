"""The gate: figures may not fall below thresholds, nor below the baseline by more than a tolerance.

``evals/gate.toml`` holds thresholds and tolerances, ``evals/baseline.json`` the figures and the outcome of every
question when the baseline was made. Both are read by people: the baseline has one line a question, so its diff says
which answers a change touched. Outcomes are figures, never text: the gate half is not read while tuning.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from assistant.errors import EvaluationError
from assistant.evaluation.metrics import BY_NAME, METRICS, Metric

# Not a property of the answers but of the machine; thresholds may name them, the baseline does not hold them.
_OF_THE_MACHINE = {"latency_p50_ms", "latency_p95_ms"}
_EPSILON = 1e-9


class Limits(BaseModel):
    """What evals/gate.toml says: thresholds by metric, and how far a figure may be worse than the baseline's."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    thresholds: dict[str, float] = Field(
        description="The value a metric must reach, or not exceed where lower is better."
    )
    tolerance: dict[str, float] = Field(default={}, description="The metrics held to the baseline, and how closely.")


@dataclass(frozen=True, slots=True)
class Failure:
    """A metric that failed, why, and the questions whose outcome in it changed since the baseline."""

    metric: str
    reason: str
    changed: tuple[str, ...] = ()

    def __str__(self) -> str:
        where = f" Changed: {'; '.join(self.changed)}." if self.changed else ""
        return f"{self.metric}: {self.reason}.{where}"


def read_limits(path: Path) -> Limits:
    """The gate's file.

    Raises EvaluationError where it cannot be read or names a metric there is not.
    """
    try:
        limits = Limits.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise EvaluationError(f"{path}: the gate's file cannot be read: {error.strerror}.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise EvaluationError(f"{path}: this is not TOML: {error}.") from None
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise EvaluationError(f"{path}: {'.'.join(map(str, first['loc']))}: {first['msg']}.") from None
    for name in (*limits.thresholds, *limits.tolerance):
        metric_named(name, str(path))
    return limits


def metric_named(name: str, place: str) -> Metric:
    """The metric of a name. Raises EvaluationError, naming the place, where there is none."""
    if name not in BY_NAME:
        raise EvaluationError(f"{place}: there is no metric {name!r}; there are {', '.join(BY_NAME)}.")
    return BY_NAME[name]


def failures(run: Mapping[str, Any], limits: Limits, baseline: Mapping[str, Any] | None) -> list[Failure]:
    """What of a run, in report form, fails the thresholds or falls behind the baseline; empty where nothing does."""
    found = [
        failure
        for name, threshold in limits.thresholds.items()
        if (failure := under(run, BY_NAME[name], threshold, baseline)) is not None
    ]
    for name, tolerance in limits.tolerance.items():
        before = baseline["metrics"].get(name) if baseline else None
        now = run["metrics"][name]["value"]
        if before is None:
            continue
        if now is None or _worse_by(BY_NAME[name], before, now) > tolerance + _EPSILON:
            shown = "has no value" if now is None else f"is {now:.4f}"
            reason = f"{shown}, the baseline is {before:.4f} and the tolerance {tolerance:g}"
            found.append(Failure(name, reason, _changed(run, name, baseline)))
    return found


def under(
    run: Mapping[str, Any], metric: Metric, threshold: float, baseline: Mapping[str, Any] | None = None
) -> Failure | None:
    """The failure where a metric does not reach a threshold, or exceeds it where lower is better, or has no value."""
    value = run["metrics"][metric.name]["value"]
    if value is not None and _worse_by(metric, threshold, value) <= _EPSILON:
        return None
    shown = "has no value on these questions" if value is None else f"is {value:.4f}"
    bound = "at least" if metric.better == "higher" else "at most"
    return Failure(metric.name, f"{shown} and must be {bound} {threshold:g}", _changed(run, metric.name, baseline))


def baseline_of(report: Mapping[str, Any]) -> dict[str, Any]:
    """A report's first run as a baseline."""
    run = report["runs"][0]
    return {
        "entailment": report["entailment"],
        "corpus": report["corpus"]["fingerprint"],
        "metrics": {
            metric.name: _rounded(run["metrics"][metric.name]["value"])
            for metric in METRICS
            if metric.name not in _OF_THE_MACHINE
        },
        "questions": {answer["id"]: _outcome(answer) for answer in sorted(run["answers"], key=lambda each: each["id"])},
    }


def read_baseline(path: Path) -> dict[str, Any] | None:
    """The baseline; ``None`` where none was made yet.

    Raises EvaluationError where the file is there and is none.
    """
    if not path.exists():
        return None
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise EvaluationError(f"{path}: the baseline cannot be read: {error}.") from None
    if not isinstance(data, dict) or not {"metrics", "questions"} <= data.keys():
        raise EvaluationError(f"{path}: this is not a baseline; `assistant eval baseline` makes one.")
    return data


def as_text(baseline: Mapping[str, Any]) -> str:
    """A baseline as JSON with one line a metric and one a question."""

    def lines(items: Mapping[str, Any]) -> str:
        return ",\n".join(
            f"    {json.dumps(key)}: {json.dumps(value, ensure_ascii=False)}" for key, value in items.items()
        )

    head = "".join(f"  {json.dumps(key)}: {json.dumps(baseline[key])},\n" for key in ("entailment", "corpus"))
    return (
        f'{{\n{head}  "metrics": {{\n{lines(baseline["metrics"])}\n  }},\n'
        f'  "questions": {{\n{lines(baseline["questions"])}\n  }}\n}}\n'
    )


def changes(before: Mapping[str, Any] | None, now: Mapping[str, Any]) -> list[str]:
    """What a new baseline changes, a line each: figures first, then questions."""
    if before is None:
        return [f"A first baseline of {len(now['questions'])} questions."]
    found = [
        f"{name}: {before['metrics'].get(name)} → {value}"
        for name, value in now["metrics"].items()
        if before["metrics"].get(name) != value
    ]
    for each in sorted(before["questions"].keys() | now["questions"].keys()):
        old, new = before["questions"].get(each), now["questions"].get(each)
        if old != new:
            found.append(f"{each}: {_shown(old)} → {_shown(new)}")
    return found


def _worse_by(metric: Metric, reference: float, value: float) -> float:
    return reference - value if metric.better == "higher" else value - reference


def _outcome(answer: Mapping[str, Any]) -> dict[str, Any]:
    """What became of a question: its verdict and its part in every metric about the answer's content."""
    skipped = {*_OF_THE_MACHINE, "answer_words"}
    parts = {name: _share(*part) for name, part in answer["parts"].items() if name not in skipped}
    return {"verdict": answer["got"]["verdict"], **parts}


def _changed(run: Mapping[str, Any], metric: str, baseline: Mapping[str, Any] | None) -> tuple[str, ...]:
    if baseline is None:
        return ()
    found = []
    for answer in run["answers"]:
        old, new = baseline["questions"].get(answer["id"]), _outcome(answer)
        if old is None:
            found.append(f"{answer['id']} (new)")
        elif old.get(metric) != new.get(metric):
            found.append(f"{answer['id']} ({old.get(metric)} → {new.get(metric)})")
    return tuple(found)


def _shown(outcome: Mapping[str, Any] | None) -> str:
    return "none" if outcome is None else ", ".join(f"{key} {value}" for key, value in outcome.items())


def _share(top: float, bottom: float) -> str:
    return _plain(top) if bottom in (0, 1) else f"{_plain(top)}/{_plain(bottom)}"


def _plain(number: float) -> str:
    return f"{number:.3f}".rstrip("0").rstrip(".")


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
