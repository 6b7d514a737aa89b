"""Two runs over the same questions: what changed, how sure that is, and which answers it was."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assistant.errors import EvaluationError
from assistant.evaluation.metrics import METRICS, Metric
from assistant.evaluation.results import is_wrong, part
from assistant.evaluation.statistics import Difference, difference


@dataclass(frozen=True, slots=True)
class Comparison:
    """Of every metric its difference, and the ids whose answers went wrong or right; over the questions both have."""

    differences: tuple[tuple[Metric, Difference], ...]
    worse: tuple[str, ...]
    better: tuple[str, ...]
    shared: int
    only_a: int
    only_b: int


def compared(a: Mapping[str, Any], b: Mapping[str, Any]) -> Comparison:
    """Run B against run A, both in report form.

    Raises EvaluationError where they share no question.
    """
    by_id_a, by_id_b = _by_question(a["answers"]), _by_question(b["answers"])
    shared = [each for each in by_id_a if each in by_id_b]
    if not shared:
        raise EvaluationError("The two reports share no question, so there is nothing to compare.")
    first, second = [by_id_a[each] for each in shared], [by_id_b[each] for each in shared]
    families = [answer["id"].partition("/")[0] for answer in first]
    differences = tuple(
        (
            metric,
            difference(
                [part(each, metric.name) for each in first],
                [part(each, metric.name) for each in second],
                families,
                metric.kind,
            ),
        )
        for metric in METRICS
    )
    wrong = [(x["id"], is_wrong(x), is_wrong(y)) for x, y in zip(first, second, strict=True)]
    return Comparison(
        differences,
        worse=tuple(each for each, before, now in wrong if now and not before),
        better=tuple(each for each, before, now in wrong if before and not now),
        shared=len(shared),
        only_a=len(by_id_a) - len(shared),
        only_b=len(by_id_b) - len(shared),
    )


def _by_question(answers: Sequence[Mapping[str, Any]]) -> dict[tuple[str, str, str], Mapping[str, Any]]:
    """Answers by id, question and date: a question that was reworded under its id is another one."""
    return {(each["id"], each["question"], each["as_of"]): each for each in answers}
