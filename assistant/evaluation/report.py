"""Reports in the terminal: tables that fit a screen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from assistant.evaluation.beir import SCORES
from assistant.evaluation.compare import Comparison
from assistant.evaluation.judges import METRICS as JUDGED
from assistant.evaluation.metrics import BY_NAME, METRICS, Metric
from assistant.evaluation.results import is_wrong

# What a table by type has room for, under shorter titles.
_BY_TYPE = {
    "verdict_accuracy": "verdict",
    "point_coverage": "points",
    "provision_recall": "provisions",
    "citation_recall": "citations",
    "abstention_recall": "abstained",
}
_SHOWN_IDS = 40
_SPEEDS = {
    "ingest, s": "ingest_seconds",
    "ingest, passages/s": "passages_per_second",
    "query p50, ms": "query_p50_ms",
    "query p95, ms": "query_p95_ms",
}


def figure(metric: Metric, value: float | None) -> str:
    """A metric's value as people read it; a dash where it has none."""
    if value is None:
        return "–"
    if metric.kind == "count":
        return f"{value:.0f}"
    return f"{value:.1f}" if metric.kind in ("p50", "p95") or metric.name == "answer_words" else f"{value:.3f}"


def chance(p: float) -> str:
    """A p-value as people read it."""
    return "p < 0.001" if p < 0.001 else f"p = {p:.3f}"


def show_report(console: Console, report: Mapping[str, Any]) -> None:
    """Every metric, ours with its interval and whatever stood beside it; then ours by type; then what is wrong."""
    runs = report["runs"]
    asked = report["questions"]
    console.print(_metrics_table(runs, f"{asked['count']} questions ({escape(asked['from'])}, {asked['split']})"))
    console.print(_types_table(runs[0]))
    wrong = [answer["id"] for answer in runs[0]["answers"] if is_wrong(answer)]
    if wrong:
        console.print(f"{len(wrong)} wrong: {_ids(wrong)}", highlight=False)
    if judge := report.get("judge"):
        scores = ", ".join(f"{name.replace('_', ' ')} {judge[name]['value'] or 0:.3f}" for name in JUDGED)
        console.print(
            f"{escape(judge['model'])} as judge: {scores}; {judge['unread']} replies unread.", highlight=False
        )
    console.print(f"Citation recall and precision by the check {report['entailment']}.", highlight=False)


def show_beir(console: Console, name: str, runs: Sequence[Mapping[str, Any]]) -> None:
    """Retrieval figures, a column a ranker."""
    table = Table(title=escape(name), title_justify="left")
    table.add_column("", no_wrap=True)
    for run in runs:
        table.add_column(escape(run["name"]), justify="right")
    for score in SCORES:
        table.add_row(score, *(f"{run[score]:.4f}" for run in runs))
    for title, speed in _SPEEDS.items():
        table.add_row(title, *(f"{run[speed]:.1f}" for run in runs))
    console.print(table)


def show_comparison(console: Console, a: str, b: str, found: Comparison) -> None:
    """What changed from A to B over the questions both have."""
    table = Table(title=f"{found.shared} questions in both", title_justify="left")
    for column in ("", escape(a), escape(b), "change", ""):
        table.add_column(column, justify="right" if column else "left")
    for metric, change in found.differences:
        moved = "–" if change.change is None else f"{change.change:+.3f}"
        shown = (
            figure(metric, change.a),
            figure(metric, change.b),
            moved,
            "" if change.p is None else chance(change.p),
        )
        table.add_row(metric.title, *shown)
    console.print(table)
    for word, ids in (("worse", found.worse), ("better", found.better)):
        if ids:
            console.print(f"{len(ids)} {word}: {_ids(ids)}", highlight=False)
    if found.only_a or found.only_b:
        console.print(f"Left out: {found.only_a} questions only in A, {found.only_b} only in B.", highlight=False)


def _metrics_table(runs: Sequence[Mapping[str, Any]], title: str) -> Table:
    table = Table(title=title, title_justify="left")
    table.add_column("")
    table.add_column(escape(runs[0]["name"]), justify="right")
    table.add_column("95 % interval", justify="right")
    table.add_column("n", justify="right")
    for run in runs[1:]:
        table.add_column(escape(run["name"]), justify="right")
    for metric in METRICS:
        own = runs[0]["metrics"][metric.name]
        between = "" if own["low"] is None else f"{figure(metric, own['low'])} – {figure(metric, own['high'])}"
        others = [figure(metric, run["metrics"][metric.name]["value"]) for run in runs[1:]]
        table.add_row(metric.title, figure(metric, own["value"]), between, str(own["n"]), *others)
    return table


def _types_table(run: Mapping[str, Any]) -> Table:
    table = Table(title="By type", title_justify="left")
    table.add_column("", no_wrap=True)
    table.add_column("n", justify="right")
    for title in _BY_TYPE.values():
        table.add_column(title, justify="right")
    for kind, metrics in run["by_type"].items():
        count = metrics["latency_p50_ms"]["n"]
        table.add_row(escape(kind), str(count), *(figure(BY_NAME[name], metrics[name]["value"]) for name in _BY_TYPE))
    return table


def _ids(ids: Sequence[str]) -> str:
    shown = ", ".join(escape(each) for each in ids[:_SHOWN_IDS])
    return shown if len(ids) <= _SHOWN_IDS else f"{shown} and {len(ids) - _SHOWN_IDS} more"
