"""What people have put right or confirmed of a source, kept as JSON by field, put on top of what its file says."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Mapping
from typing import Any

from assistant.documents import front_matter, norms, stated
from assistant.documents.model import Modality, Norm, Provision, Source, StatusEvent

EVENTS, NORMS, REJECTED = "status_events", "norms", "rejected"
_OWN = frozenset({EVENTS, NORMS, REJECTED})


def edited(source: Source, edits: Mapping[str, str]) -> Source:
    """A source as its file says, with the edits on top: fields in place of its own, confirmed events beside its own,
    norms that were decided on."""
    data = {name: json.loads(value) for name, value in edits.items()}
    source = stated.applied(source, {name: value for name, value in data.items() if name not in _OWN})
    if EVENTS in data:
        more = [event_of(each) for each in data[EVENTS]]
        events = sorted({*source.events, *more}, key=lambda event: (event.date, event.event, event.by))
        # A file that says by now what was confirmed before stays in its own order.
        source = source if set(more) <= set(source.events) else dataclasses.replace(source, events=tuple(events))
    if data.get(NORMS) and (source.norms_reviewed or not source.norms):
        source = dataclasses.replace(source, norms=_decided(source, data[NORMS]), norms_reviewed=True)
    return source


def _decided(source: Source, decisions: Mapping[str, Mapping[str, Any]]) -> tuple[Norm, ...]:
    """The norms that were confirmed, and the proposals on which nobody has decided yet. A decision holds for the words
    it was made on."""
    found: list[Norm] = []
    for provision in source.provisions:
        if provision.is_note:
            continue
        decision = decisions.get(provision.label)
        if decision is None or decision["words"] != words_digest(source, provision):
            found += norms.proposed(source, provision)
        elif decision["accepted"]:
            found.append(Norm(provision.label, Modality(decision["modality"])))
    return tuple(found)


def words_digest(source: Source, provision: Provision) -> str:
    """A digest of the words that a norm was read off."""
    return hashlib.sha256(source.in_context(provision).encode()).hexdigest()[:16]


def event_json(event: StatusEvent) -> dict[str, Any]:
    """A status event as front matter has it."""
    return {
        "date": event.date.isoformat(),
        "event": event.event.value,
        "by": event.by,
        "basis": event.basis.value,
        "scope": list(event.scope.labels) or "all",
        "until": event.until.isoformat() if event.until else None,
        "by_provision": event.by_provision,
        "note": event.note,
    }


def event_of(data: Mapping[str, Any]) -> StatusEvent:
    """A status event from front matter's form. Raises SourceError."""
    return front_matter.events(stated.status_events([dict(data)]))[0]
