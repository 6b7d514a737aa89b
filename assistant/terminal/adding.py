"""What `assistant add` shows: bars while it works, and what became of each file."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, Task, TextColumn, TimeRemainingColumn
from rich.text import Text

from assistant.adding import AddReport, Reading
from assistant.index import ingest


class _Rate(ProgressColumn):
    """How many a second."""

    def render(self, task: Task) -> Text:
        return Text(f"{task.speed:,.1f}/s" if task.speed else "", style="progress.data.speed")


@contextmanager
def bars() -> Iterator[tuple[Reading, ingest.Progress]]:
    """Two bars on standard error, with rate and time left: files read, and passages embedded of the step under way."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), _Rate(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as shown:
        files = shown.add_task("Reading files", total=None)
        passages = shown.add_task("Reading passages into the index", total=None, visible=False)
        yield (
            lambda done, total: shown.update(files, completed=done, total=total),
            lambda done, total: shown.update(passages, completed=done, total=total, visible=True),
        )


def show_report(report: AddReport) -> None:
    """What became of each file: sources on standard output, what went wrong on standard error."""
    for word in ("added", "changed", "unchanged"):
        for source_id in getattr(report, word):
            click.echo(f"{word}: {source_id}")
    for each in report.files:
        for notice in each.notices:
            click.echo(f"Note: {each.name}: {notice}", err=True)
    for each in report.files:
        if each.guesses:
            said = ", ".join(f"{guess.field}={guess.value}" for guess in each.guesses)
            click.echo(f"Guessed of {each.source_id}: {said}. See `assistant confirm {each.source_id}`.", err=True)
    for each in report.failed:
        click.echo(f"Error: {each.error}", err=True)
    if report.failed and len(report.files) > 1:
        click.echo(f"{len(report.failed)} of {len(report.files)} files could not be added.", err=True)
