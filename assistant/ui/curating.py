"""What a curator records of a source, in the pane: fields put right, guesses and proposals confirmed or dismissed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assistant.curation import Proposal, ProposalKind
from assistant.documents.model import PartDate, Source
from assistant.ui.changes import only_curators
from assistant.ui.desk import Desk
from assistant.ui.pages import render

_FIELDS = (
    "title",
    "kind",
    "issuer",
    "number",
    "issued",
    "effective",
    "language",
    "jurisdiction",
    "url",
    "checked_until",
    "groups",
)
_DATES = frozenset({"issued", "effective", "checked_until"})
_LONGEST = 2_000


@dataclass(frozen=True, slots=True)
class FieldView:
    """A field to be put right; ``fixed`` where parts of the source have dates of their own, which no one line says."""

    name: str
    value: str
    is_date: bool
    fixed: bool


@dataclass(frozen=True, slots=True)
class ProposalView:
    """Something read off the text that a person decides on: what, and the words it was read off."""

    key: str
    what: str
    basis: str
    label: str


def details(desk: Desk, told: Mapping[str, Any]) -> str:
    """The fields of a source and what waits to be decided. ``told`` comes from the browser: ``source``, ``on``."""
    only_curators(desk)
    return _details(desk, str(told.get("source") or ""), str(told.get("on") or ""))


def edit(desk: Desk, told: Mapping[str, Any]) -> str:
    """Records fields. ``told``: ``source``, ``on``, ``fields`` by name; what is as it was is left alone."""
    only_curators(desk)
    source = desk.assistant.source(str(told.get("source") or ""), desk.caller.groups)
    given = told.get("fields")
    asked = given if isinstance(given, Mapping) else {}
    before = {each.name: each.value for each in _fields(source) if not each.fixed}
    changes = {
        name: str(asked[name]).strip()[:_LONGEST] or "null"
        for name in before
        if name in asked and str(asked[name]).strip() != before[name]
    }
    if changes:
        desk.context.changes.submit(lambda: desk.assistant.edit(source.id, changes)).result()
    said = desk.wording("library.saved", title=changes.get("title", source.title))
    return _details(desk, source.id, str(told.get("on") or ""), said=said)


def decide(desk: Desk, told: Mapping[str, Any]) -> str:
    """Confirms or dismisses a proposal. ``told``: ``source``, ``on``, ``key``, ``confirm``."""
    only_curators(desk)
    source_id, keys = str(told.get("source") or ""), [str(told.get("key") or "")]
    change = desk.assistant.confirm if told.get("confirm") else desk.assistant.reject
    desk.context.changes.submit(lambda: change(source_id, keys, desk.caller.groups)).result()
    return _details(desk, source_id, str(told.get("on") or ""), said=desk.wording("library.decided"))


def _details(desk: Desk, source_id: str, on: str, *, said: str = "") -> str:
    source = desk.assistant.source(source_id, desk.caller.groups)
    waiting = desk.assistant.proposals(source_id, desk.caller.groups)
    return render(
        "details.html",
        desk.wording,
        source_id=source.id,
        title=source.title,
        fields=_fields(source),
        proposals=_views(desk, waiting),
        guessed={each.field for each in source.guesses},
        on=on,
        said=said,
    )


def _fields(source: Source) -> list[FieldView]:
    views = []
    for name in _FIELDS:
        value = getattr(source, name)
        fixed = False
        if name in ("issued", "effective"):
            fixed, value = len(value) > 1, _date(value)
        elif name == "groups":
            value = ", ".join(sorted(value))
        views.append(FieldView(name, str(value or ""), name in _DATES, fixed))
    return views


def _date(parts: Sequence[PartDate]) -> str:
    return parts[0].date.isoformat() if parts and parts[0].date else ""


def _views(desk: Desk, waiting: Sequence[Proposal]) -> list[ProposalView]:
    return [ProposalView(each.key, _what(desk, each), each.basis, each.label or "") for each in waiting]


def _what(desk: Desk, proposal: Proposal) -> str:
    words, value = desk.wording, proposal.value
    match proposal.kind:
        case ProposalKind.EVENT:
            event = words(f"event.{value['event']}")
            day, until = value["date"], value.get("until")
            text = (
                words("event.window", event=event, date=words.date(day), until=words.date(until))
                if until
                else words("event.dated", event=event, date=words.date(day))
            )
            return f"{desk.name_of(proposal.target)} · {text}"
        case ProposalKind.NORM:
            return words(f"norm.{value['modality']}")
        case _:
            shown = words(f"kind.{value}") if proposal.field == "kind" and words.has(f"kind.{value}") else value
            return f"{words('field.' + proposal.field)}: {shown}"
