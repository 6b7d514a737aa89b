"""`assistant eval`: how good the answers are, against a question set, a former run, the gate, or retrieval alone.

`evaluate` is the command group that the command line mounts; without a subcommand's name it runs a question set.
Everything heavy is imported inside the commands.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from assistant.errors import EvaluationError, QuestionError

if TYPE_CHECKING:
    from assistant.evaluation.judges import Judge
    from assistant.evaluation.session import Progress
    from assistant.settings import Settings

_SPLITS = ("dev", "gate", "all")


class _RunByDefault(click.Group):
    """`eval QUESTIONS` means `eval run QUESTIONS`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Puts the default command's name in front of what is not the name of another."""
        if args and args[0] not in self.commands and args[0] not in ctx.help_option_names:
            args = ["run", *args]
        return super().parse_args(ctx, args)


@click.group(cls=_RunByDefault, name="eval", context_settings={"help_option_names": ["-h", "--help"]})
def evaluate() -> None:
    """Measure answers, or retrieval alone.

    \b
    assistant eval evals/questions --split dev --html report.html
    assistant eval QUESTIONS.jsonl --fail-under verdict_accuracy=0.8
    assistant eval --beir DIR --peers
    assistant eval compare A.json B.json
    assistant eval gate
    """


@evaluate.command()
@click.argument("questions", required=False, type=click.Path(path_type=Path))
@click.option(
    "--as-of", metavar="YYYY-MM-DD", help="The date asked about by questions that name none; today if left out."
)
@click.option(
    "--split", metavar="NAME", help="dev, gate or all of a folder of questions (default dev); a split of --beir."
)
@click.option("--json", "json_path", type=click.Path(path_type=Path, dir_okay=False), help="Write the report as JSON.")
@click.option(
    "--html", "html_path", type=click.Path(path_type=Path, dir_okay=False), help="Write the report as one page."
)
@click.option(
    "--fail-under", "bounds", multiple=True, metavar="METRIC=VALUE", help="Exit with 1 where a metric is worse."
)
@click.option("--beir", type=click.Path(path_type=Path), help="Retrieval alone, over a folder in BEIR's format.")
@click.option("--vary", multiple=True, metavar="NAME=V1,V2", help="Run variations side by side.")
@click.option("--peers", is_flag=True, help="Run the plain pipelines of evals/peers beside ours.")
@click.option(
    "--baseline", type=click.Path(path_type=Path), help="A former report; the page shows the change since it."
)
@click.option("--judge", metavar="MODEL", help="A chat model's second opinion, by LangChain's name; needs deepeval.")
def run(
    questions: Path | None,
    as_of: str | None,
    split: str | None,
    json_path: Path | None,
    html_path: Path | None,
    bounds: Sequence[str],
    beir: Path | None,
    vary: Sequence[str],
    peers: bool,
    baseline: Path | None,
    judge: str | None,
) -> None:
    """Run a question set (a file or a folder), or with --beir retrieval alone."""
    if beir is not None:
        if questions or bounds or html_path or as_of or baseline or judge:
            raise click.UsageError("With --beir go --split, --json, --vary and --peers, and nothing else.")
        _run_beir(beir, split, json_path, vary, peers)
        return
    if questions is None:
        raise click.UsageError("Name a file or folder of questions, or a folder with --beir.")
    from assistant.evaluation import gate as gates
    from assistant.evaluation import page, results, session
    from assistant.evaluation.answerers import variations

    chosen = split or ("dev" if questions.is_dir() else "all")
    if chosen not in _SPLITS:
        raise click.UsageError(f"--split of questions is one of {', '.join(_SPLITS)}.")
    limits = [_bound(each) for each in bounds]
    former = results.read(baseline) if baseline else None
    second = _judge(judge) if judge else None
    output = json_path or html_path
    plan = session.Plan(
        questions=questions,
        split=chosen,  # type: ignore[arg-type]  # checked above
        as_of=_date(as_of),
        variations=variations(vary),
        peers=peers,
        keep=output.with_name(f"{output.name}.unfinished.jsonl") if output else None,
    )
    report = _evaluated(plan, _settings())
    if second is not None:
        report["judge"] = _judged(report, second)
    if json_path:
        _write_json(json_path, report)
    if html_path:
        results.write_whole(html_path, page.render(report, former))
    if plan.keep:
        plan.keep.unlink(missing_ok=True)
    _show(report)
    ours = report["runs"][0]
    failed = [gates.under(ours, gates.metric_named(name, "--fail-under"), value) for name, value in limits]
    _exit_on([each for each in failed if each is not None])


@evaluate.command()
@click.argument("a", type=click.Path(path_type=Path))
@click.argument("b", type=click.Path(path_type=Path))
def compare(a: Path, b: Path) -> None:
    """Compare two reports question by question, with a paired test."""
    from rich.console import Console

    from assistant.evaluation import results
    from assistant.evaluation.compare import compared
    from assistant.evaluation.report import show_comparison

    found = compared(results.read(a)["runs"][0], results.read(b)["runs"][0])
    show_comparison(Console(), a.name, b.name, found)


@evaluate.command()
@click.option("--json", "json_path", type=click.Path(path_type=Path, dir_okay=False), help="Write the report as JSON.")
def gate(json_path: Path | None) -> None:
    """Run the gate half of evals/questions and exit with 1 where it falls behind evals/gate.toml."""
    from assistant.evaluation import gate as gates

    folder = _evals()
    limits = gates.read_limits(folder / "gate.toml")
    baseline = gates.read_baseline(folder / "baseline.json")
    report = _gate_report(folder)
    _show(report)
    if json_path:
        _write_json(json_path, report)
    _exit_on(gates.failures(report["runs"][0], limits, baseline))
    click.echo("The gate is passed.")


@evaluate.command()
def baseline() -> None:
    """Run the gate half and write its outcome as the new evals/baseline.json."""
    from assistant.evaluation import gate as gates
    from assistant.evaluation.results import write_whole

    path = _evals() / "baseline.json"
    before = gates.read_baseline(path)
    now = gates.baseline_of(_gate_report(path.parent))
    for line in gates.changes(before, now):
        click.echo(line)
    write_whole(path, gates.as_text(now))
    click.echo(f"{path} is written; commit it with the change that explains it.")


def _run_beir(folder: Path, split: str | None, json_path: Path | None, vary: Sequence[str], peers: bool) -> None:
    from rich.console import Console

    from assistant.evaluation import beir
    from assistant.evaluation.rankers import ranked
    from assistant.evaluation.report import show_beir

    collection = beir.load(folder, split)
    with progress_bars() as progress:
        runs = ranked(collection, _settings(), vary=vary, with_peers=peers, progress=progress)
    if json_path:
        ours = {key: value for key, value in runs[0].items() if key != "queries"}
        _write_json(json_path, {"collection": collection.name, **ours, "runs": runs})
    show_beir(Console(), collection.name, runs)


def _judge(name: str) -> Judge:
    """The judge of a name that LangChain knows, such as ``openai:gpt-…`` or ``ollama:…``."""
    from assistant.evaluation.judges import Judge

    try:
        from langchain.chat_models import init_chat_model

        return Judge(init_chat_model(name), name)
    except (ImportError, ValueError) as error:
        raise EvaluationError(f"The judge {name!r} cannot be opened: {error}.") from None


def _judged(report: Mapping[str, Any], judge: Judge) -> dict[str, Any]:
    from assistant.evaluation.judges import judged

    with progress_bars() as progress:
        return judged(report["runs"][0], judge, lambda done, total: progress("judging", done, total))


def _gate_report(folder: Path) -> dict[str, Any]:
    """The gate half over the built-in corpus alone, in an index of its own: what a user added does not move it."""
    from assistant.evaluation.session import Plan

    settings = _settings()
    own = settings.model_copy(update={"data_dir": settings.data_dir / "evaluation" / "gate"})
    return _evaluated(Plan(folder / "questions", split="gate"), own)


def _evaluated(plan: Any, settings: Settings) -> dict[str, Any]:
    from assistant.evaluation.session import evaluate as evaluated

    try:
        with progress_bars() as progress:
            return evaluated(plan, settings, progress)
    except KeyboardInterrupt:
        if plan.keep is not None and plan.keep.exists():
            click.echo("Stopped; the same command goes on where this one did.", err=True)
        raise


def _settings() -> Settings:
    from assistant.settings import Settings

    return Settings.load()


def _evals() -> Path:
    from assistant.settings import packaged

    folder = packaged("evals")
    if not (folder / "questions").is_dir():
        raise EvaluationError(f"{folder} holds no question sets; run from a checkout of the repository.")
    return folder


def _show(report: Mapping[str, Any]) -> None:
    from rich.console import Console

    from assistant.evaluation.report import show_report

    show_report(Console(), report)


def _write_json(path: Path, data: Mapping[str, Any]) -> None:
    from assistant.evaluation.results import write_whole

    write_whole(path, json.dumps(data, ensure_ascii=False, indent=1, allow_nan=False) + "\n")


def _exit_on(failed: Sequence[object]) -> None:
    if failed:
        for each in failed:
            click.echo(f"FAILED {each}", err=True)
        raise click.exceptions.Exit(1)


def _bound(text: str) -> tuple[str, float]:
    from assistant.evaluation.gate import metric_named

    name, _, value = text.partition("=")
    metric_named(name, f"--fail-under {text}")
    try:
        return name, float(value)
    except ValueError:
        raise EvaluationError(f"--fail-under {text}: {value!r} is not a number.") from None


def _date(text: str | None) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text) if text else None
    except ValueError:
        raise QuestionError(f"{text!r} is not a date; write one like 2026-03-15.") from None


@contextmanager
def progress_bars() -> Iterator[Progress]:
    """A bar on standard error for each thing that is done, in turn."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    tasks: dict[str, Any] = {}
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:

        def advance(doing: str, done: int, total: int) -> None:
            if doing not in tasks:
                tasks[doing] = bar.add_task(doing, total=total)
            bar.update(tasks[doing], completed=done, total=total)

        yield advance
