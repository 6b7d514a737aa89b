"""The commands of whoever keeps the sources: history. What they show is in the modules they import when they run."""

from __future__ import annotations

import json

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
