"""The plots of the report's page, as inline SVG that takes its colours from the page's style."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from assistant.evaluation.markup import Markup, joined, tag

_WIDTH, _HEIGHT = 380, 250
_LEFT, _RIGHT, _TOP, _BOTTOM = 46, 12, 12, 44
_INNER_WIDTH = _WIDTH - _LEFT - _RIGHT
_INNER_HEIGHT = _HEIGHT - _TOP - _BOTTOM
_BINS = 20


def bar(estimate: Mapping[str, Any], series: str) -> Markup:
    """A share as a bar with its interval as a line across the end; stretches to its cell."""
    value, low, high = estimate["value"], estimate["low"], estimate["high"]
    if value is None:
        return tag("span", "–", class_="none")
    whisker = None
    if low is not None and high is not None:
        whisker = tag(
            "line", x1=100 * low, x2=100 * high, y1=5, y2=5, class_="whisker", vector_effect="non-scaling-stroke"
        )
    svg = tag(
        "svg",
        tag("rect", x=0, y=0, width=100, height=10, class_="track"),
        tag("rect", x=0, y=0, width=round(100 * value, 2), height=10, class_=series),
        whisker,
        viewBox="0 0 100 10",
        preserveAspectRatio="none",
        class_="bar",
        aria_hidden="true",
    )
    return joined(svg, tag("span", f"{value:.2f}", class_="value"))


def abstention_curve(answers: Sequence[Mapping[str, Any]]) -> Markup:
    """What abstaining below a score of the best evidence would do, at every such score, and what was done.

    Across: the share of the answerable questions that are answered; up: of the unanswerable ones that are refused. A
    point above the curve is an abstention better than any threshold on that score.
    """
    scored = [(each["confidence"], each["gold"]["unanswerable"]) for each in answers if each["confidence"] is not None]
    good = np.array([score for score, unanswerable in scored if not unanswerable])
    bad = np.array([score for score, unanswerable in scored if unanswerable])
    if not len(good) or not len(bad):
        return tag("p", "These questions do not hold both answerable and unanswerable ones.", class_="none")
    cuts = [-np.inf, *sorted({*good.tolist(), *bad.tolist()}), np.inf]
    curve = [(float((good >= cut).mean()), float((bad < cut).mean())) for cut in cuts]
    points = " ".join(f"{_across(x):.1f},{_up(y):.1f}" for x, y in curve)
    answerable = [each for each in answers if not each["gold"]["unanswerable"]]
    unanswerable = [each for each in answers if each["gold"]["unanswerable"]]
    x = sum(not each["got"]["abstained"] for each in answerable) / len(answerable)
    y = sum(each["got"]["abstained"] for each in unanswerable) / len(unanswerable)
    shown = f"answered {x:.2f} of the answerable, refused {y:.2f} of the unanswerable"
    return _figure(
        f"Abstention: {shown}",
        _axes("answerable questions answered", "unanswerable ones refused"),
        tag("polyline", points=points, class_="curve"),
        tag("circle", tag("title", shown), cx=round(_across(x), 1), cy=round(_up(y), 1), r=6, class_="point"),
    )


def latency_histogram(answers: Sequence[Mapping[str, Any]]) -> Markup:
    """How many answers took how long, with the median and the 95th percentile marked; the slowest 1 % last."""
    times = np.array([float(each["ms"]) for each in answers])
    median, slow, end = (float(each) for each in np.percentile(times, [50, 95, 99]))
    end = max(end, 1.0)
    counts, edges = np.histogram(np.minimum(times, end), bins=_BINS, range=(0, end))
    most = max(1, int(counts.max()))
    width = _INNER_WIDTH / _BINS
    bars = [
        tag(
            "rect",
            tag("title", f"{count} answers in {edges[at]:.0f} to {edges[at + 1]:.0f} ms"),
            x=round(_LEFT + at * width + 1, 1),
            y=round(_up(count / most), 1),
            width=round(width - 2, 1),
            height=round(_INNER_HEIGHT * count / most, 1),
            class_="first",
        )
        for at, count in enumerate(counts.tolist())
        if count
    ]
    marks = [
        tag("line", x1=_across(value / end), x2=_across(value / end), y1=_TOP, y2=_TOP + _INNER_HEIGHT, class_="mark")
        for value in (median, min(slow, end))
    ]
    return _figure(
        f"Latency: median {median:.0f} ms, 95th percentile {slow:.0f} ms",
        _axes("milliseconds", "answers", across_end=f"{end:.0f}", up_end=str(most)),
        *bars,
        *marks,
    )


def confusion_table(confusion: Mapping[str, Mapping[str, int]]) -> Markup:
    """Gold verdicts down, given verdicts across; a cell is the darker the larger its share of the row."""
    columns = [*confusion, *sorted({each for row in confusion.values() for each in row} - confusion.keys())]
    head = tag(
        "tr", tag("th", "expected ↓ got →", scope="col"), *(tag("th", _words(each), scope="col") for each in columns)
    )
    rows = []
    for gold, row in confusion.items():
        total = sum(row.values())
        cells = [
            tag(
                "td",
                str(row.get(each, "")),
                class_="right" if each == gold else "wrong",
                style=f"--share:{row.get(each, 0) / total:.3f}",
            )
            for each in columns
        ]
        rows.append(tag("tr", tag("th", _words(gold), scope="row"), *cells))
    return tag("table", tag("thead", head), tag("tbody", *rows), class_="confusion")


def _figure(label: str, *shapes: Markup) -> Markup:
    return tag("svg", tag("title", label), *shapes, viewBox=f"0 0 {_WIDTH} {_HEIGHT}", role="img", class_="plot")


def _axes(across: str, up: str, *, across_end: str = "1", up_end: str = "1") -> Markup:
    bottom, right = _TOP + _INNER_HEIGHT, _LEFT + _INNER_WIDTH
    middle = _TOP + _INNER_HEIGHT / 2
    return joined(
        tag("line", x1=_LEFT, x2=right, y1=bottom, y2=bottom, class_="axis"),
        tag("line", x1=_LEFT, x2=_LEFT, y1=_TOP, y2=bottom, class_="axis"),
        tag("text", "0", x=_LEFT, y=bottom + 16, text_anchor="middle"),
        tag("text", across_end, x=right, y=bottom + 16, text_anchor="end"),
        tag("text", across, x=_LEFT + _INNER_WIDTH / 2, y=bottom + 34, text_anchor="middle"),
        tag("text", up_end, x=_LEFT - 6, y=_TOP + 9, text_anchor="end"),
        tag("text", up, x=0, y=0, text_anchor="middle", transform=f"translate(14 {middle}) rotate(-90)"),
    )


def _across(share: float) -> float:
    return _LEFT + share * _INNER_WIDTH


def _up(share: float) -> float:
    return _TOP + (1 - share) * _INNER_HEIGHT


def _words(verdict: str) -> str:
    return verdict.replace("_", " ")
