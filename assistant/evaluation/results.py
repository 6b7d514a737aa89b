"""Answers → one report as plain data: what the terminal table, the JSON file, the page, `compare` and the gate read.

    {"format", "made", "entailment", "corpus": {…}, "questions": {"count", "from", "split"},
     "runs": [{"name", "identity", "metrics": {name: estimate}, "by_type": {type: {name: estimate}},
               "confusion": {gold: {got: count}},
               "answers": [{"id", "type", …, "parts": {name: [top, bottom]}, "why"}]}],
     "metrics": those of the first run}

The first run is ours; what stands beside it follows.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from assistant.answering.model import Verdict
from assistant.errors import EvaluationError
from assistant.evaluation.bearing import ENTAILMENT
from assistant.evaluation.metrics import METRICS, Case, Part, is_verbatim, wrong_dates
from assistant.evaluation.questions import names
from assistant.evaluation.statistics import SEED, estimate

FORMAT = 1


def run_report(name: str, identity: str, cases: Sequence[tuple[Case, Mapping[str, Any]]]) -> dict[str, Any]:
    """One run as plain data."""
    answers = [_answer(case, record) for case, record in cases]
    types = sorted({answer["type"] for answer in answers})
    return {
        "name": name,
        "identity": identity,
        "metrics": estimates(answers),
        "by_type": {each: estimates([answer for answer in answers if answer["type"] == each]) for each in types},
        "confusion": _confusion(cases),
        "answers": answers,
    }


def report(
    runs: Sequence[Mapping[str, Any]], *, corpus: Mapping[str, Any], questions: Mapping[str, Any]
) -> dict[str, Any]:
    """Runs over the same questions, ours first, as one report."""
    return {
        "format": FORMAT,
        "made": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        "entailment": ENTAILMENT,
        "seed": SEED,
        "corpus": dict(corpus),
        "questions": dict(questions),
        "metrics": runs[0]["metrics"],
        "runs": list(runs),
    }


def estimates(answers: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, float | int | None]]:
    """Every metric over answers in report form."""
    families = [answer["id"].partition("/")[0] for answer in answers]
    return {
        metric.name: estimate([part(answer, metric.name) for answer in answers], families, metric.kind).as_json()
        for metric in METRICS
    }


def part(answer: Mapping[str, Any], metric: str) -> Part:
    """A metric's part of one answer in report form."""
    found = answer["parts"].get(metric)
    return None if found is None else (float(found[0]), float(found[1]))


def read(path: Path) -> dict[str, Any]:
    """A report from its JSON file.

    Raises EvaluationError where it is none.
    """
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise EvaluationError(f"{path}: the report cannot be read: {error.strerror}.") from None
    except ValueError as error:
        raise EvaluationError(f"{path}: this is not a report: {error}.") from None
    if not isinstance(data, dict) or data.get("format") != FORMAT or not data.get("runs"):
        raise EvaluationError(f"{path}: this is not a report of `assistant eval` in format {FORMAT}.")
    return data


def write_whole(path: Path, text: str) -> None:
    """Writes a file whole or not at all: beside it first, then in its place.

    Raises EvaluationError where it cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, beside = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(text)
            Path(beside).chmod(0o644)
            Path(beside).replace(path)
        except BaseException:
            Path(beside).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise EvaluationError(f"{path}: the file cannot be written: {error.strerror}.") from None


def is_wrong(answer: Mapping[str, Any]) -> bool:
    """Whether an answer is wrong, as against incomplete: its verdict, its silence, a quote, a date, or every point."""
    parts = answer["parts"]
    verdict, points, quotes = parts.get("verdict_accuracy"), parts.get("point_coverage"), parts.get("quotes_verbatim")
    return bool(
        (verdict and not verdict[0])
        or answer["error"]
        or answer["gold"]["unanswerable"] != answer["got"]["abstained"]
        or (quotes and quotes[0] < quotes[1])
        or parts["wrong_date_citations"][0]
        or (points and not points[0])
    )


def _answer(case: Case, record: Mapping[str, Any]) -> dict[str, Any]:
    question = case.question
    parts = {metric.name: metric.of(case) for metric in METRICS}
    answer = record["answer"] or {}
    return {
        "id": question.id,
        "type": question.type,
        "question": question.question,
        "as_of": case.as_of.isoformat(),
        "history": [{"role": turn.role, "content": turn.content} for turn in question.history],
        "gold": {
            "verdict": question.verdict,
            "points": list(question.points),
            "sources": [{"doc_id": each.source_id, "provision": each.provision} for each in question.sources],
            "unanswerable": question.unanswerable,
        },
        "got": {
            "verdict": case.given.verdict,
            "abstained": case.given.abstained,
            "statements": answer.get("statements", []),
            "citations": answer.get("citations", []),
            "caveats": answer.get("caveats", []),
            "writer": answer.get("writer"),
        },
        "ms": case.given.milliseconds,
        "confidence": case.given.confidence,
        "error": case.given.error,
        "parts": {name: list(part) for name, part in parts.items() if part is not None},
        "why": _why(case),
    }


def _why(case: Case) -> list[str]:
    """What is wrong or missing, a phrase for each."""
    question, given = case.question, case.given
    found = [f"failed: {given.error}"] if given.error else []
    if question.verdict is not None and given.verdict != question.verdict:
        found.append(f"verdict: expected {question.verdict.value}, got {given.verdict}")
    if given.abstained != question.unanswerable:
        found.append(
            "answered, though the corpus has no answer"
            if question.unanswerable
            else "abstained, though the corpus answers"
        )
    found += [
        f"point not made: {point!r}; nearest lacks {'; '.join(lack.missing)}"
        for point, lack in case.points
        if not lack.holds
    ]
    pairs = [(case.sources[each.source_id], each.provision) for each in given.pinned if each.source_id in case.sources]
    found += [
        f"not cited: {gold.source_id}" + (f", {gold.provision}" if gold.provision else "")
        for gold in question.sources
        if not any(names(gold, source, label) for source, label in pairs)
    ]
    found += [f"[{each.n}] is not verbatim" for each in given.citations if not is_verbatim(each, case.sources)]
    return [*found, *wrong_dates(case)]


def _confusion(cases: Sequence[tuple[Case, Mapping[str, Any]]]) -> dict[str, dict[str, int]]:
    """How often each gold verdict (rows) got each verdict (columns); rows and columns without a count are left out."""
    counts: dict[str, dict[str, int]] = {}
    for verdict in Verdict:
        row: dict[str, int] = {}
        for case, _ in cases:
            if case.question.verdict is verdict:
                row[case.given.verdict] = row.get(case.given.verdict, 0) + 1
        if row:
            counts[verdict.value] = row
    return counts
