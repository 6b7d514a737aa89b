"""The command line: ask, search, add, remove, sources, source-text, doctor, eval, bench, journal, serve, keys, mcp.

Answers and data go to standard output, progress and errors to standard error. Exit codes: 0 done (also when the corpus
has no answer), 1 an error with a sentence that says what and what to do, 2 wrong use of a command.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from assistant.errors import AssistantError, DamagedIndex, SourceError
from assistant.evaluation.bench_cli import bench
from assistant.evaluation.cli import evaluate
from assistant.serve import keys, mcp, serve
from assistant.terminal.curation import confirm, edit, fields_of, history
from assistant.terminal.journal import journal, record
from assistant.terminal.options import as_of_option, json_option

if TYPE_CHECKING:
    from assistant.assistant import Assistant
    from assistant.index.ingest import Progress
    from assistant.retrieval.question import Turn


class _Sentences(click.Group):
    """Shows this package's errors as a sentence, and takes Ctrl-C for what it is."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except AssistantError as error:
            click.echo(f"Error: {error}", err=True)
            ctx.exit(1)
        except KeyboardInterrupt:
            click.echo(
                "Stopped. Nothing is half done: what was complete still is, and the same command again does the rest.",
                err=True,
            )
            ctx.exit(130)
        except BrokenPipeError:
            raise  # whoever read the output has enough; click knows what to do
        except OSError as error:
            click.echo(
                f"Error: {error.filename or 'The output'} cannot be read or written: {error.strerror}.", err=True
            )
            if not error.filename:
                _give_up_output()
            ctx.exit(1)


def _give_up_output() -> None:
    """Lets go of what is still to be written: tried again at the end, it would fail once more."""
    with suppress(OSError):  # what stands in for the output where commands are called from Python has no number
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@click.group(cls=_Sentences, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="export-control-assistant")
def cli() -> None:
    """Answers questions on export control from documents, for a date, with citations."""


@cli.command()
@click.argument("question")
@as_of_option
@json_option
@click.option("--history", type=click.Path(path_type=Path), help="Earlier turns, one {role, content} object a line.")
def ask(question: str, as_of: dt.date | None, as_json: bool, history: Path | None) -> None:
    """Answer QUESTION."""
    turns = _turns(history) if history else []
    assistant = _open()
    answer = assistant.ask(question, as_of=as_of, history=turns)
    entry = record(answer, assistant, turns)
    if as_json:
        click.echo(json.dumps(answer.as_json(), ensure_ascii=False, indent=2))
    else:
        from assistant.terminal.render import show_answer

        show_answer(answer, entry=entry)


@cli.command()
@click.argument("question")
@click.option("-k", "count", type=click.IntRange(1, 100), default=10, show_default=True, help="How many provisions.")
@as_of_option
@json_option
def search(question: str, count: int, as_of: dt.date | None, as_json: bool) -> None:
    """Show the provisions nearest to QUESTION."""
    from assistant.answering.model import standing_json

    found = _open().search(question, k=count, as_of=as_of)
    if as_json:
        hits = [
            {
                "source_id": each.source.id,
                "provision": each.provision.label,
                "text": each.source.quote(each.provision.span),
                "score": round(each.score, 4),
                "standing": standing_json(each.standing),
            }
            for each in found
        ]
        click.echo(json.dumps({"hits": hits}, ensure_ascii=False, indent=2))
    else:
        from assistant.terminal.render import show_hits

        show_hits(found)


@cli.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH|URL...")
@click.option(
    "--set", "fields", multiple=True, metavar="KEY=VALUE", help="A field of front matter, for every source added."
)
@json_option
@click.pass_context
def add(ctx: click.Context, paths: tuple[str, ...], fields: tuple[str, ...], as_json: bool) -> None:
    """Add files, the files of folders and ZIP archives, or pages of the web (where settings allow) to the index.

    A file that cannot be used is named with its reason and leaves the others alone; the exit code is 1 then.
    """
    from assistant.terminal.adding import bars, show_report

    assistant = _open()
    with bars() as (reading, embedding):
        report = assistant.add(paths, reading=reading, progress=embedding, fields=fields_of(fields))
    if as_json:
        click.echo(json.dumps(report.as_json(), ensure_ascii=False, indent=2))
    else:
        show_report(report)
    if report.failed:
        ctx.exit(1)


@cli.command()
@click.argument("source_id")
def remove(source_id: str) -> None:
    """Take a source out of the index."""
    assistant = _open()
    assistant.remove(source_id)
    click.echo(f"removed: {source_id}")
    click.echo(
        f"No answer rests on it any more. What former answers cited stays on record: `assistant history {source_id}`.",
        err=True,
    )


@cli.command()
@as_of_option
@json_option
def sources(as_of: dt.date | None, as_json: bool) -> None:
    """List the sources."""
    from assistant.terminal.render import show_sources, source_json

    assistant = _open()
    if as_json:
        found = [source_json(each) for each in assistant.headers()]
        click.echo(json.dumps({"sources": found}, ensure_ascii=False, indent=2))
    else:
        show_sources(assistant.sources(), as_of or dt.date.today())


@cli.command("source-text")
@click.argument("source_id")
@click.option("--version", "which", metavar="N|DIGEST", help="A former version, by its number or digest.")
def source_text(source_id: str, which: str | None) -> None:
    """Print the stored text of a source, exactly as citations count its characters."""
    assistant = _open()
    source = assistant.version(source_id, which).source if which else assistant.source(source_id)
    sys.stdout.buffer.write(source.text.encode())
    sys.stdout.buffer.flush()


@cli.command()
@click.option("--rebuild", is_flag=True, help="Build the index anew; a damaged one is set aside first.")
def doctor(rebuild: bool) -> None:
    """Check settings, model, index and corpus, and say what is wrong."""
    from assistant.terminal.doctor import examine, rebuild_index

    if rebuild:
        with _progress() as progress:
            for line in rebuild_index(progress):
                click.echo(line)
    healthy = True
    for finding in examine():
        healthy = healthy and finding.good
        click.echo(f"{'ok ' if finding.good else 'BAD'}  {finding.sentence}")
    if not healthy:
        raise DamagedIndex("Something above needs attention.")


def _open() -> Assistant:
    from assistant.assistant import Assistant

    with _progress() as progress:
        return Assistant.open(progress=progress)


@contextmanager
def _progress() -> Iterator[Progress]:
    """A progress bar on standard error that appears with the first passage to embed."""
    with ExitStack() as shown:
        update: Callable[[int, int], None] | None = None

        def advance(done: int, total: int) -> None:
            nonlocal update
            update = update or shown.enter_context(_bar())
            update(done, total)

        yield advance


@contextmanager
def _bar() -> Iterator[Callable[[int, int], None]]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("Reading sources into the index"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("embed")
        yield lambda done, total: bar.update(task, completed=done, total=total)


def _turns(path: Path) -> list[Turn]:
    from assistant.terminal.history import read_turns

    try:
        return read_turns(path)
    except OSError as error:
        raise SourceError(path, f"the history cannot be read: {error.strerror}.") from None


cli.add_command(evaluate, "eval")
cli.add_command(bench)
cli.add_command(journal)
cli.add_command(history)
cli.add_command(edit)
cli.add_command(confirm)
cli.add_command(serve)
cli.add_command(keys)
cli.add_command(mcp)


def main() -> None:
    """The console script."""
    cli()
