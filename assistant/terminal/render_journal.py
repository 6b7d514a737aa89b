"""Entries of the journal for people at a terminal."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.padding import Padding

from assistant.documents.naming import long_date
from assistant.journal import Entry
from assistant.journal.replay import Replay
from assistant.terminal.escaping import escape

_QUESTION = 100


def show_entries(entries: Sequence[Entry], changed: Mapping[str, Sequence[str]] | None = None) -> None:
    """Entries a line or two each, and what was said of them; ``changed`` names, by an entry's id, provisions that it
    cites and that read otherwise now."""
    console = Console(highlight=False)
    if not entries:
        console.print("The journal has no such entry.")
    for each in entries:
        said = "".join(f" · {said.rating.value} ({said.caller})" for said in each.feedback)
        facts = f"{_moment(each.at)} · {each.caller} · {each.channel} · as of {each.as_of} · {each.verdict}{said}"
        console.print(f"[bold]{each.id}[/] [dim]{escape(facts)}[/]", soft_wrap=True)
        console.print(Padding(escape(_shortened(each.question)), (0, 0, 0, 2)))
        if labels := (changed or {}).get(each.id):
            console.print(Padding(f"[yellow]![/] changed since: {escape(', '.join(labels))}", (0, 0, 0, 2)))


def show_entry(entry: Entry) -> None:
    """An entry whole: the answer as it was given, what it rested on, and what was said of it."""
    console = Console(highlight=False)
    answer = entry.answer
    console.print(f"[bold]{entry.id}[/] [dim]{_moment(entry.at)}, {escape(entry.caller)} by {escape(entry.channel)}[/]")
    for turn in entry.history:
        console.print(f"[dim]{turn.role}: {escape(_shortened(turn.content))}[/]")
    console.print(f"\n[bold]{escape(entry.question)}[/]")
    console.print(f"[dim]{entry.verdict}, as of {long_date(entry.as_of)}[/]\n")
    console.print(escape(answer["answer"]))
    for caveat in answer["caveats"]:
        console.print(f"[yellow]![/] {escape(caveat)}")
    if answer["citations"]:
        console.print("\n[bold]Sources[/]")
    for each in answer["citations"]:
        console.print(
            escape(
                f"[{each['n']}] {each['title']} ({each['source_id']}), {each['provision']}: {_stands(each['standing'])}"
            )
        )
        console.print(Padding(f"[italic]{escape(each['quote'])}[/]", (0, 0, 0, 4)))
        console.print(Padding(f"[dim]version {each['version'][:16]}[/]", (0, 0, 0, 4)))
    console.print(f"\n[bold]Evidence[/] [dim]{len(entry.evidence)} provisions, best first[/]")
    for each in entry.evidence:
        line = f"{each['score']:.2f}  {each['source_id']}, {each['provision']}: {_stands(each['standing'])}"
        console.print(f"[dim]{escape(line)}[/]")
    console.print(f"\n[dim]writer {escape(answer['writer'])} · program {entry.program} · corpus {entry.corpus[:16]}[/]")
    for said in entry.feedback:
        console.print(f"{_moment(said.at)} {escape(said.caller)}: {said.rating.value} {escape(said.comment)}")


def show_replay(replay: Replay) -> None:
    """Whether an answer would be the same now, and else what differs and why."""
    console = Console(highlight=False)
    if replay.same:
        console.print(
            f"The same: {len(replay.entry.answer['statements'])} statements, {len(replay.entry.evidence)} evidence."
        )
    for each in replay.differences:
        console.print(f"[bold]{escape(each.part)}[/]")
        for mark, text in (("-", each.before), ("+", each.after)):
            if text is not None:
                console.print(Padding(f"{mark} {escape(text)}", (0, 0, 0, 2)))
    for reason in replay.reasons:
        console.print(escape(reason))


def _moment(at: dt.datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"


def _shortened(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _QUESTION else f"{line[: _QUESTION - 1]}…"


def _stands(standing: Mapping[str, Any]) -> str:
    words = str(standing["state"]).replace("_", " ")
    for name in ("since", "until", "by"):
        if standing[name]:
            words += f" {name} {standing[name]}"
    return words
