"""What a curator does with the sources in the index: look at their versions, put right what is recorded of them, and
decide on what was read off their texts.

Nothing that a text says of itself or of another act changes what answers rest on before a person has confirmed it.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from assistant.documents import edits, norms, stated
from assistant.documents.announced import Announced, announced
from assistant.documents.edits import edited
from assistant.documents.model import Basis, Kind, Source, StatusEvent
from assistant.documents.versions import Version
from assistant.errors import SourceError, UnknownSource
from assistant.index.ingest import Report
from assistant.index.records import StoredSource
from assistant.index.snapshot import Snapshot
from assistant.index.store import Index
from assistant.retrieval.references import SourceNames

_SHORTEST_DIGEST = 6
# Guesses that count until they are rejected; the others wait, or every source must have one.
_DROPPED = frozenset({"issued", "issuer", "number"})


def history(index: Index, source_id: str, groups: frozenset[str] | None = None) -> list[Version]:
    """Every version that was kept of a source and that a caller of some groups may see, the oldest first; also of a
    source that was removed.

    Raises UnknownSource where there is none.
    """
    versions = index.catalogue.versions(source_id)
    # Who may see a source is what its newest version says; a former one may be kept to fewer.
    if not versions or not versions[-1].source.is_open_to(groups):
        raise UnknownSource(source_id)
    return [each for each in versions if each.source.is_open_to(groups)]


def version(index: Index, source_id: str, which: int | str, groups: frozenset[str] | None = None) -> Version:
    """One version of a source, by its number, or by its digest or six or more of its first characters.

    Raises UnknownSource, or SourceError where the source has no such version.
    """
    found = [each for each in history(index, source_id, groups) if _is(each, which)]
    if not found:
        raise SourceError(
            source_id, f"there is no version {which} of this source; `assistant history {source_id}` lists them."
        )
    return found[-1]


def _is(version: Version, which: int | str) -> bool:
    if isinstance(which, int) or (which.isdecimal() and len(which) < _SHORTEST_DIGEST):
        return version.number == int(which)
    return len(which) >= _SHORTEST_DIGEST and version.digest.startswith(which.lower())


def edit(index: Index, source_id: str, changes: Mapping[str, str]) -> Report:
    """Puts fields of a source right, each given as it is typed in front matter; "null" for none, commas in a list.

    The edit is a new version of the source and stays on top of every file that is added under its id later.
    Raises UnknownSource, SourceError where a field is unknown or has a value it cannot have; nothing is changed then.
    """
    fields = stated.parsed(source_id, changes)
    return _edited(index, {source_id: fields})


def _edited(index: Index, changes: Mapping[str, Mapping[str, Any]]) -> Report:
    """Writes edits of several sources, and the sources with them on top, in one commit."""
    with index.writing() as writer:
        newest = {each: _newest(index, each) for each in changes}
        written = {
            each: {name: json.dumps(value, ensure_ascii=False) for name, value in fields.items()}
            for each, fields in changes.items()
        }
        put = [
            StoredSource(edited(newest[each].source, written[each]), newest[each].origin) for each in sorted(changes)
        ]
        return writer.put(put, edits=written)


def _newest(index: Index, source_id: str) -> Version:
    alive = [each for each in index.catalogue.versions(source_id) if each.retired is None]
    if not alive:
        raise UnknownSource(source_id)
    return alive[-1]


class ProposalKind(StrEnum):
    """What a proposal is about."""

    FIELD = "field"
    EVENT = "event"
    NORM = "norm"


@dataclass(frozen=True, slots=True)
class Proposal:
    """Something that was read off a source's text, for a person to confirm or reject.

    ``key`` names it among the source's proposals. ``target`` is the source that it changes, another one for what an
    act does to it; ``field`` and ``value`` what would be recorded there, ``value`` in front matter's form. ``basis``
    are the words it was read off, in the provision ``label`` where they stand in one.
    """

    key: str
    kind: ProposalKind
    source_id: str
    target: str
    field: str
    value: Any
    basis: str
    label: str | None = None


def proposals(index: Index, source_id: str, groups: frozenset[str] | None = None) -> list[Proposal]:
    """What was read off a source and nobody has decided on: fields, then what it does to other acts, then norms.

    Raises UnknownSource.
    """
    snapshot = index.snapshot(groups)
    source = snapshot.sources.get(source_id)
    if source is None:
        raise UnknownSource(source_id)
    rejected = set(json.loads(index.catalogue.edits().get(source_id, {}).get(edits.REJECTED, "[]")))
    found = [*_fields(source), *_events(source, snapshot), *_norms(source)]
    return [each for each in found if each.key not in rejected]


def open_proposals(index: Index, groups: frozenset[str] | None = None) -> dict[str, int]:
    """How many proposals are open, by source, of the sources that people added; those that come with the program are
    described by their editors."""
    snapshot = index.snapshot(groups)
    added = [each.id for each in snapshot.headers.values() if each.is_added]
    counted = {each: len(proposals(index, each, groups)) for each in added}
    return {each: count for each, count in counted.items() if count}


def decide(
    index: Index, source_id: str, keys: Collection[str], *, confirm: bool, groups: frozenset[str] | None = None
) -> Report:
    """Confirms proposals of a source, or rejects them, in one commit.

    Raises UnknownSource, SourceError where a key is of no open proposal; nothing is changed then.
    """
    known = {each.key: each for each in proposals(index, source_id, groups)}
    unknown = sorted(set(keys) - known.keys())
    if unknown:
        raise SourceError(source_id, f"there is no open proposal {unknown[0]!r}; `assistant confirm` lists them.")
    kept = index.catalogue.edits()
    changes: dict[str, dict[str, Any]] = {}
    for key in keys:
        each = known[key]
        if each.kind is ProposalKind.NORM:
            decisions = _kept(changes, kept, source_id, edits.NORMS, {})
            decisions[each.label] = {**each.value, "accepted": confirm}
        elif not confirm and each.field in _DROPPED:
            changes.setdefault(source_id, {})[each.field] = None  # it counted as a guess, and does no longer
        elif not confirm:
            rejected = _kept(changes, kept, source_id, edits.REJECTED, [])
            rejected.append(key)
        elif each.kind is ProposalKind.EVENT:
            events = _kept(changes, kept, each.target, edits.EVENTS, [])
            events.append(each.value)
        else:
            changes.setdefault(source_id, {})[each.field] = each.value
    return _edited(index, changes)


def _kept(
    changes: dict[str, dict[str, Any]], kept: Mapping[str, Mapping[str, str]], source_id: str, field: str, empty: Any
) -> Any:
    """A field of edits that grows: what was recorded in it, to be added to."""
    fields = changes.setdefault(source_id, {})
    if field not in fields:
        known = kept.get(source_id, {}).get(field)
        fields[field] = json.loads(known) if known else empty
    return fields[field]


def _fields(source: Source) -> Iterator[Proposal]:
    for guess in source.guesses:
        yield Proposal(guess.field, ProposalKind.FIELD, source.id, source.id, guess.field, guess.value, guess.basis)


def _norms(source: Source) -> Iterator[Proposal]:
    """The norms that the wording suggests, of a source that has none of its own."""
    if any(not norm.proposed for norm in source.norms) and not any(norm.proposed for norm in source.norms):
        return
    for provision in source.provisions:
        for norm in norms.norms_of(source, provision):
            if norm.proposed:
                words = edits.words_digest(source, provision)
                value = {"modality": norm.modality.value, "words": words}
                basis = source.in_context(provision)
                yield Proposal(
                    f"norm:{provision.label}", ProposalKind.NORM, source.id, source.id, "norms", value, basis,
                    provision.label,
                )  # fmt: skip


def _events(source: Source, snapshot: Snapshot) -> Iterator[Proposal]:
    """What a source says it does to other acts of the corpus, where that is not recorded of them."""
    for said in announced(source):
        words = source.quote(said.sentence)
        for target in sorted(snapshot.derived(SourceNames.of).within(words) - {source.id}):
            event = _event(source, said)
            recorded = snapshot.sources[target].events
            if event is not None and not any(_same(event, each) for each in recorded):
                yield Proposal(
                    f"{said.event.value}:{target}:{event.date}", ProposalKind.EVENT, source.id, target,
                    "status_events", edits.event_json(event), words, said.provision,
                )  # fmt: skip


def _event(source: Source, said: Announced) -> StatusEvent | None:
    """The status event that a sentence announces, dated by itself or by its source; ``None`` without any date."""
    dates = [said.since, *(each.date for each in (*source.effective, *source.issued))]
    guessed = [dt.date.fromisoformat(each.value) for each in source.guesses if each.field in ("effective", "issued")]
    day = next((each for each in (*dates, *guessed) if each is not None), None)
    if day is None or (said.until is not None and said.until < day):
        return None
    kinds = [source.kind, *(Kind(each.value) for each in source.guesses if each.field == "kind")]
    basis = Basis.INSTRUMENT if any(kind.is_primary for kind in kinds) else Basis.STATEMENT
    return StatusEvent(day, said.event, source.id, basis, until=said.until, by_provision=said.provision)


def _same(one: StatusEvent, other: StatusEvent) -> bool:
    return (one.event, one.by) == (other.event, other.by) and one.until == other.until
