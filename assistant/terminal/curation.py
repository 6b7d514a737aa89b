"""The commands of whoever keeps the sources: history, edit, confirm. What they show is in the modules they import when
they run."""

from __future__ import annotations

import json
from collections.abc import Sequence

import click

from assistant.errors import SourceError

_json_option = click.option("--json", "as_json", is_flag=True, help="One JSON object on standard output, nothing else.")


@click.command()
@click.argument("source_id")
@click.option("--diff", "number", type=int, metavar="N", help="What version N changed, word by word.")
@_json_option
def history(source_id: str, number: int | None, as_json: bool) -> None:
    """Show every version that was kept of a source, also of one that was removed."""
    from assistant.assistant import Assistant
    from assistant.terminal.versions import show_versions, version_json

    versions = Assistant.open().history(source_id)
    pairs = list(zip([None, *versions[:-1]], versions, strict=True))
    if number is not None:
        pairs = [(former, each) for former, each in pairs if each.number == number]
        if not pairs:
            raise SourceError(source_id, f"there is no version {number}; it has {len(versions)}.")
    if as_json:
        told = [version_json(each, former) for former, each in pairs]
        click.echo(json.dumps({"source_id": source_id, "versions": told}, ensure_ascii=False, indent=2))
    else:
        show_versions(pairs, with_words=number is not None)


@click.command()
@click.argument("source_id")
@click.argument("fields", nargs=-1, required=True, metavar="KEY=VALUE...")
def edit(source_id: str, fields: tuple[str, ...]) -> None:
    """Put right what is recorded of a source: fields of front matter, "null" for none, commas in a list.

    An edit stays on top of every file that is added under the id later.
    """
    from assistant.assistant import Assistant

    report = Assistant.open().edit(source_id, fields_of(fields))
    click.echo(f"{'changed' if report.changed else 'unchanged'}: {source_id}")


@click.command()
@click.argument("source_id", required=False)
@click.argument("keys", nargs=-1, metavar="[KEY]...")
@click.option("--all", "everything", is_flag=True, help="All that is proposed.")
@click.option("--reject", is_flag=True, help="Drop the proposals instead.")
@_json_option
def confirm(source_id: str | None, keys: tuple[str, ...], everything: bool, reject: bool, as_json: bool) -> None:
    """Show what was read off the text of a source, and record what you confirm of it: by KEY, or --all.

    Until then nothing of it decides an answer. Without SOURCE_ID: the sources with something to confirm.
    """
    from assistant.assistant import Assistant
    from assistant.terminal.proposals import proposal_json, show_open, show_proposals

    assistant = Assistant.open()
    if source_id is None:
        show_open(assistant.open_proposals(), as_json=as_json)
        return
    found = assistant.proposals(source_id)
    chosen = [each.key for each in found] if everything else list(keys)
    if chosen:
        (assistant.reject if reject else assistant.confirm)(source_id, chosen)
        click.echo(f"{'rejected' if reject else 'confirmed'}: {', '.join(chosen)}", err=as_json)
    elif reject:
        raise SourceError(source_id, "say which proposals to reject, by their keys or with --all.")
    if as_json:
        left = assistant.proposals(source_id)
        click.echo(json.dumps({"proposals": [proposal_json(each) for each in left]}, ensure_ascii=False, indent=2))
    elif not chosen:
        show_proposals(source_id, found)


def fields_of(pairs: Sequence[str]) -> dict[str, str]:
    """Fields from ``key=value`` arguments. Raises SourceError where one is not of this form."""
    fields = {}
    for pair in pairs:
        name, separator, value = pair.partition("=")
        if not separator or not name.strip():
            raise SourceError(pair, "a field is set like issued=2025-10-09.")
        fields[name.strip()] = value
    return fields
