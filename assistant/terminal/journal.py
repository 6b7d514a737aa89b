"""`assistant journal`: what was asked and answered, for people at a terminal. Everything heavy is imported inside the
commands."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from assistant.errors import DamagedJournal, JournalError
from assistant.terminal.options import Date, json_option

if TYPE_CHECKING:
    from assistant.answering.model import Answer
    from assistant.assistant import Assistant
    from assistant.journal import Filter, Journal
    from assistant.retrieval.question import Turn

_HEAD = re.compile(r"(\d+):([0-9a-f]{64})")


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def journal() -> None:
    """Read, verify and replay what was asked and answered."""


def filters(command: Callable[..., None]) -> Callable[..., None]:
    """The options that say which entries are meant."""
    options = (
        click.option("--caller", help="Only what this caller asked."),
        click.option("--channel", help="Only what was asked this way: cli, rest, slack, …"),
        click.option("--verdict", help="Only answers of this verdict."),
        click.option("--rating", type=click.Choice(["helpful", "not_helpful"]), help="Only answers rated so."),
        click.option(
            "--since", type=Date(), metavar="YYYY-MM-DD", help="Only what was asked on this day (UTC) or later."
        ),
        click.option("--until", type=Date(), metavar="YYYY-MM-DD", help="Only what was asked up to this day (UTC)."),
    )
    for option in reversed(options):
        command = option(command)
    return command


count_option = click.option("-n", "count", type=click.IntRange(1, 10_000), default=20, show_default=True)


@journal.command("list")
@filters
@count_option
@json_option
def list_entries(count: int, as_json: bool, **chosen: Any) -> None:
    """List the newest entries."""
    _show_list(_wanted("", chosen), count, as_json)


@journal.command()
@click.argument("words")
@filters
@count_option
@json_option
def search(words: str, count: int, as_json: bool, **chosen: Any) -> None:
    """Find entries that have all of WORDS; in quotation marks they are a phrase."""
    _show_list(_wanted(words, chosen), count, as_json)


@journal.command()
@click.argument("entry_id", metavar="ID")
@json_option
def show(entry_id: str, as_json: bool) -> None:
    """Show an entry as it was answered. The first six characters of ID do."""
    entry = _journal().entry(entry_id)
    if as_json:
        _echo(entry.as_json())
    else:
        from assistant.terminal.render_journal import show_entry

        show_entry(entry)


@journal.command()
@filters
@click.option(
    "--format", "form", type=click.Choice(["jsonl", "csv", "chain"]), default="jsonl", show_default=True,
    help="jsonl for programs, csv for spreadsheets, chain to verify without this program.",
)  # fmt: skip
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="A file; default: standard output.")
def export(form: str, output: Path | None, **chosen: Any) -> None:
    """Write the entries out, oldest first."""
    from assistant.journal import Filter
    from assistant.journal.export import Format
    from assistant.journal.export import export as lines_of

    wanted = _wanted("", chosen)
    if form == Format.CHAIN and wanted != Filter():
        raise JournalError("The chain is exported whole; leave out what chooses among entries.")
    lines = lines_of(_journal(), Format(form), wanted)
    if output is None:
        for line in lines:
            click.echo(line, nl=False)
        return
    with output.open("w", encoding="utf-8", newline="") as file:
        file.writelines(lines)
    click.echo(f"written: {output}", err=True)


@journal.command()
@click.option("--head", metavar="NUMBER:HASH", help="A head that you noted down; it must still be part of the journal.")
@json_option
def verify(head: str | None, as_json: bool) -> None:
    """Check that nothing was altered, added or taken away, and print the head to note down."""
    checked = _journal().verify(noted=_noted(head))
    if as_json:
        _echo(
            {
                "sound": checked.sound,
                "records": checked.records,
                "head": str(checked.head),
                "problem": checked.problem,
                "deleted": checked.deleted or None,
            }
        )
    elif checked.sound:
        click.echo(f"Sound: {checked.records} records.")
        if checked.deleted:
            click.echo(checked.deleted)
        click.echo(f"Head: {checked.head}")
    if checked.problem:
        raise DamagedJournal(f"The journal is not what was written. {checked.problem}")


@journal.command()
@click.argument("entry_id", metavar="ID")
@json_option
def replay(entry_id: str, as_json: bool) -> None:
    """Ask the question of an entry again and say what differs and why."""
    opened = _journal()
    opened.entry(entry_id)
    again = opened.replay(entry_id, _assistant())
    if as_json:
        _echo(again.as_json())
    else:
        from assistant.terminal.render_journal import show_replay

        show_replay(again)


@journal.command("resting-on")
@click.argument("source_id")
@click.argument("provision", required=False)
@json_option
def resting_on(source_id: str, provision: str | None, as_json: bool) -> None:
    """List the entries whose answers rest on a source, or on one PROVISION of it, and which of the provisions they cite
    read otherwise now: whom to tell when it changes."""
    from assistant.errors import UnknownSource
    from assistant.journal.entry import changed_since

    entries = _journal().resting_on(source_id, provision)
    try:
        now = _assistant().source(source_id) if entries else None
    except UnknownSource:
        now = None
    changed = {each.id: changed_since(each, source_id, now) for each in entries}
    if as_json:
        _echo({"entries": [{**each.as_json(), "changed": list(changed[each.id])} for each in entries]})
    else:
        from assistant.terminal.render_journal import show_entries

        show_entries(entries, changed)


@journal.command()
@click.argument("entry_id", metavar="ID")
@click.argument("rating", type=click.Choice(["helpful", "not_helpful"]))
@click.option("--comment", default="", help="What there is to say.")
def feedback(entry_id: str, rating: str, comment: str) -> None:
    """Record what you think of an answer."""
    from assistant.journal import Rating

    _journal().feedback(entry_id, Rating(rating), caller=caller(), channel="cli", comment=comment)
    click.echo(f"recorded: {rating}")


def record(answer: Answer, assistant: Assistant, history: list[Turn]) -> str | None:
    """Records an answer given at a terminal, and returns its entry's id; None where the journal is switched off."""
    from assistant.journal import Journal

    if not assistant.settings.journal.enabled:
        return None
    kept = Journal(assistant.settings.data_dir)
    try:
        return kept.record(answer, caller=caller(), channel="cli", settings=assistant.settings, history=history)
    finally:
        kept.close()


def caller() -> str:
    """Who sits at the terminal, as the operating system knows them."""
    import getpass

    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):  # a user without a name, as in some containers
        return "owner"


def _show_list(wanted: Filter, count: int, as_json: bool) -> None:
    entries = _journal().search(wanted, limit=count)
    if as_json:
        _echo({"entries": [each.as_json() for each in entries]})
    else:
        from assistant.terminal.render_journal import show_entries

        show_entries(entries)


def _wanted(words: str, chosen: dict[str, Any]) -> Filter:
    from assistant.answering.model import Verdict
    from assistant.journal import Filter, Rating

    since: dt.date | None = chosen["since"]
    verdict, rating = chosen["verdict"], chosen["rating"]
    if verdict and verdict not in [each.value for each in Verdict]:
        raise JournalError(f"{verdict!r} is no verdict; they are {', '.join(Verdict)}.")
    return Filter(
        words=words,
        caller=chosen["caller"],
        channel=chosen["channel"],
        verdict=Verdict(verdict) if verdict else None,
        rating=Rating(rating) if rating else None,
        since=since,
        until=chosen["until"],
    )


def _noted(head: str | None) -> Any:
    from assistant.journal import Head

    if head is None:
        return None
    match = _HEAD.fullmatch(head.strip())
    if match is None:
        raise JournalError(f"{head!r} is no head; `assistant journal verify` prints one like 17:3f0c….")
    return Head(int(match[1]), match[2])


def _journal() -> Journal:
    from assistant.journal import Journal
    from assistant.settings import Settings

    return Journal(Settings.load().data_dir)


def _assistant() -> Assistant:
    from assistant.assistant import Assistant

    return Assistant.open()


def _echo(data: dict[str, Any]) -> None:
    click.echo(json.dumps(data, ensure_ascii=False, indent=2))
