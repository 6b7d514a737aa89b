"""What was read off sources and waits for a person, for people at a terminal and as plain data."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import click
from rich.console import Console
from rich.markup import escape
from rich.padding import Padding

from assistant.curation import Proposal, ProposalKind
from assistant.index.passages import plain_text

_BASIS_MAX = 240


def proposal_json(proposal: Proposal) -> dict[str, Any]:
    """A proposal as plain data."""
    return {**asdict(proposal), "kind": proposal.kind.value}


def show_open(counts: Mapping[str, int], *, as_json: bool) -> None:
    """The sources with something to confirm, and how much."""
    if as_json:
        click.echo(json.dumps({"open": dict(counts)}, ensure_ascii=False, indent=2))
    elif not counts:
        click.echo("Nothing waits to be confirmed.")
    for source_id, count in counts.items() if not as_json else ():
        click.echo(f"{source_id}: {count} to confirm")


def show_proposals(source_id: str, found: Sequence[Proposal]) -> None:
    """Each proposal with its key, what it would record and the words it rests on."""
    console = Console(highlight=False)
    if not found:
        console.print(f"Nothing of {escape(source_id)} waits to be confirmed.")
        return
    for each in found:
        console.print(f"[bold]{escape(each.key)}[/] {escape(_said(each))}", soft_wrap=True)
        words = plain_text(each.basis)
        shown = words if len(words) <= _BASIS_MAX else f"{words[:_BASIS_MAX]}…"
        console.print(Padding(f"[dim]{escape(shown)}[/]", (0, 0, 0, 4)))
    console.print(f"\nConfirm with `assistant confirm {escape(source_id)} KEY…` or --all; --reject drops.")


def _said(proposal: Proposal) -> str:
    match proposal.kind:
        case ProposalKind.FIELD:
            return f"= {proposal.value}"
        case ProposalKind.EVENT:
            until = f" until {proposal.value['until']}" if proposal.value["until"] else ""
            return f"→ {proposal.target} is {proposal.value['event']} from {proposal.value['date']}{until}"
        case ProposalKind.NORM:
            return f"{proposal.label} {proposal.value['modality']}"
