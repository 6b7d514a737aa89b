"""A report as one self-contained page: opens offline, asks for nothing from anywhere, escapes every text it shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import Any

from assistant.evaluation import plots
from assistant.evaluation.compare import compared
from assistant.evaluation.markup import Markup, joined, tag
from assistant.evaluation.metrics import BY_NAME, METRICS, Metric
from assistant.evaluation.report import chance, figure
from assistant.evaluation.results import is_wrong
from assistant.evaluation.statistics import Difference

_HEADLINES = (
    "verdict_accuracy",
    "point_coverage",
    "provision_recall",
    "citation_recall",
    "abstention_f1",
    "quotes_verbatim",
    "wrong_date_citations",
    "latency_p95_ms",
)
_SURE = 0.05


def render(report: Mapping[str, Any], baseline: Mapping[str, Any] | None = None) -> str:
    """The page of a report, with the change since a former report where one is given."""
    runs, asked = report["runs"], report["questions"]
    ours = runs[0]
    wrong = [answer for answer in ours["answers"] if is_wrong(answer)]
    partial = [answer for answer in ours["answers"] if answer["why"] and not is_wrong(answer)]
    changes = _changes(ours, baseline)
    title = f"Evaluation of {asked['count']} questions ({asked['from']}, {asked['split']})"
    corpus = report["corpus"]
    body = joined(
        tag("h1", title),
        tag(
            "p",
            f"{report['made']} · {corpus['sources']} sources, {corpus['fingerprint']} · {corpus['encoder']} · "
            f"citations checked by {report['entailment']}",
            class_="facts",
        ),
        tag("section", *(_headline(BY_NAME[name], ours, changes) for name in _HEADLINES), class_="headlines"),
        _section("By type", _by_type(ours)),
        _section("Verdicts", tag("div", plots.confusion_table(ours["confusion"]), class_="scroll")),
        tag(
            "div",
            _section("Abstention", plots.abstention_curve(ours["answers"]), _CURVE),
            _section("Latency", plots.latency_histogram(ours["answers"]), tag("p", "Lines: median, 95th percentile.")),
            class_="pair",
        ),
        _section("All metrics", tag("div", _metrics(runs, changes), class_="scroll")),
        _section(f"Wrong answers ({len(wrong)})", *(_answer(each) for each in wrong)),
        _section(f"Right but incomplete ({len(partial)})", *(_answer(each) for each in partial)),
    )
    head = joined(
        tag("meta", charset="utf-8"),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("title", title),
        tag("style", Markup(files(__package__).joinpath("page.css").read_text(encoding="utf-8"))),
    )
    return f"<!doctype html>\n{tag('html', tag('head', head), tag('body', tag('main', body)), lang='en')}\n"


_CURVE = tag("p", "Line: refusing below a score of the best evidence, at every score. Dot: what was done.")


def _section(title: str, *content: Markup) -> Markup:
    return tag("section", tag("h2", title), *content)


def _changes(ours: Mapping[str, Any], baseline: Mapping[str, Any] | None) -> dict[str, Difference]:
    if baseline is None:
        return {}
    return {metric.name: change for metric, change in compared(baseline["runs"][0], ours).differences}


def _headline(metric: Metric, run: Mapping[str, Any], changes: Mapping[str, Difference]) -> Markup:
    estimate = run["metrics"][metric.name]
    between = ""
    if estimate["low"] is not None:
        between = f"{figure(metric, estimate['low'])} – {figure(metric, estimate['high'])}"
    return tag(
        "div",
        tag("span", metric.title, class_="name"),
        tag("strong", figure(metric, estimate["value"])),
        tag("span", between or f"{estimate['n']} questions", class_="between"),
        _change(metric, changes.get(metric.name)),
        class_="headline",
    )


def _change(metric: Metric, change: Difference | None) -> Markup | None:
    """The change since the baseline, in words as well as colour."""
    if change is None or change.change is None:
        return None
    moved = change.change
    if abs(moved) < 5e-4:
        return tag("span", "as in the baseline", class_="change")
    good = (moved > 0) == (metric.better == "higher")
    sure = "" if change.p is None else f", {chance(change.p)}"
    shown = f"{'+' if moved > 0 else '−'}{figure(metric, abs(moved))}"
    word = "better" if good else "worse"
    faint = change.p is not None and change.p > _SURE
    return tag("span", f"{shown} {word}{sure}", class_=f"change {'faint' if faint else word}")


def _by_type(run: Mapping[str, Any]) -> Markup:
    head = tag(
        "tr", *(tag("th", each, scope="col") for each in ("type", "n", "verdict accuracy", "gold-point coverage"))
    )
    rows = [
        tag(
            "tr",
            tag("th", kind.replace("_", " "), scope="row"),
            tag("td", str(metrics["latency_p50_ms"]["n"]), class_="n"),
            tag("td", plots.bar(metrics["verdict_accuracy"], "first")),
            tag("td", plots.bar(metrics["point_coverage"], "second")),
        )
        for kind, metrics in run["by_type"].items()
    ]
    return tag("table", tag("thead", head), tag("tbody", *rows), class_="types")


def _metrics(runs: Sequence[Mapping[str, Any]], changes: Mapping[str, Difference]) -> Markup:
    titles = [
        "metric",
        runs[0]["name"],
        "95 % interval",
        "n",
        *(["change"] if changes else []),
        *(r["name"] for r in runs[1:]),
    ]
    rows = []
    for metric in METRICS:
        own = runs[0]["metrics"][metric.name]
        between = "" if own["low"] is None else f"{figure(metric, own['low'])} – {figure(metric, own['high'])}"
        rows.append(
            tag(
                "tr",
                tag("th", metric.title, scope="row", title=metric.definition),
                tag("td", figure(metric, own["value"])),
                tag("td", between),
                tag("td", str(own["n"])),
                tag("td", _change(metric, changes.get(metric.name))) if changes else None,
                *(tag("td", figure(metric, run["metrics"][metric.name]["value"])) for run in runs[1:]),
            )
        )
    head = tag("tr", *(tag("th", each, scope="col") for each in titles))
    return tag("table", tag("thead", head), tag("tbody", *rows), class_="metrics")


def _answer(answer: Mapping[str, Any]) -> Markup:
    gold, got = answer["gold"], answer["got"]
    citations = {each["n"]: each for each in got["citations"]}
    said = [
        tag("p", each["text"], " ", *(tag("span", f"[{n}]", class_="pin") for n in each["citations"]))
        for each in got["statements"]
    ]
    turns = [tag("p", f"{turn['role']}: {turn['content']}", class_="turn") for turn in answer["history"]]
    expected = [
        tag("p", tag("strong", _verdict(gold["verdict"]))),
        tag("ul", *(tag("li", point) for point in gold["points"])),
        tag("ul", *(tag("li", _cite(each["doc_id"], each["provision"])) for each in gold["sources"]), class_="cites"),
    ]
    return tag(
        "details",
        tag(
            "summary",
            tag("span", answer["question"], class_="question"),
            tag("span", f"{answer['id']} · {answer['type']} · {answer['as_of']}", class_="facts"),
        ),
        *turns,
        tag("ul", *(tag("li", each) for each in answer["why"]), class_="why"),
        tag(
            "div",
            tag("div", tag("h3", "Expected"), *expected),
            tag("div", tag("h3", "Got"), tag("p", tag("strong", _verdict(got["verdict"]))), *said),
            class_="pair",
        ),
        tag("h3", "Evidence") if citations else None,
        tag("ol", *(_evidence(each) for each in citations.values())) if citations else None,
    )


def _evidence(cited: Mapping[str, Any]) -> Markup:
    return tag(
        "li",
        tag("q", cited["quote"]),
        tag(
            "span",
            f" {_cite(cited['source_id'], cited['provision'])}, {_words(cited['standing']['state'])}",
            class_="facts",
        ),
        value=cited["n"],
    )


def _cite(source_id: str, provision: str | None) -> str:
    return f"{source_id}, {provision}" if provision else source_id


def _verdict(verdict: str | None) -> str:
    return _words(verdict) if verdict else "no single verdict"


def _words(name: str) -> str:
    return name.replace("_", " ")
