"""Versions of a source: which one an answer for a date rests on, and what differs between two.

A file that is added under an id already in use is a new version of that source. From when its wording holds is asked in
this order:

1. the date that the document itself or whoever adds it names (``wording_from``);
2. the date of a new ``amended`` event: the text was amended in place, and until then the former wording held;
3. the date of effect, where both it and the date of issue are later than the former version's: the act was issued anew;
4. otherwise the new version is a *correction* of the record: a restatement that was wrong, a field put right. It takes
   the former version's place for every date.

So an answer as of an earlier date cites the wording of that date, and never one that was found to be wrong.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

from assistant.documents.model import EventKind, PartDate, Source


class Retired(StrEnum):
    """Why a version answers for no date any more."""

    CORRECTED = "corrected"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Version:
    """A version of a source as it was kept. ``number`` counts the source's versions from 1, ``digest`` names it by
    content.

    ``added`` and ``retired`` are moments in UTC, the former ``None`` where the version is older than the keeping of
    versions. ``holds_from`` is the day from which its wording holds, ``None`` for all days before the next version's.
    """

    source: Source
    origin: str
    number: int
    digest: str
    added: dt.datetime | None = None
    holds_from: dt.date | None = None
    retired: dt.datetime | None = None
    reason: Retired | None = None


def wording_from(new: Source, former: Source | None) -> dt.date | None:
    """The day from which a new version's wording holds; ``None`` for a correction. See the rule above."""
    if new.wording_from is not None or former is None:
        return new.wording_from
    known = {(event.date, event.scope) for event in former.events if event.event is EventKind.AMENDED}
    amended = [
        event.date
        for event in new.events
        if event.event is EventKind.AMENDED and (event.date, event.scope) not in known
    ]
    if amended and new.text != former.text:
        return max(amended)
    issued, effective = _first(new.issued), _first(new.effective)
    before, applied = _first(former.issued), _first(former.effective)
    if issued and effective and before and applied and issued > before and effective > applied:
        return effective
    return None


def holding(versions: Iterable[Version], on: dt.date) -> Version | None:
    """Of a source's versions that still answer, the one whose wording holds on a date: the last to begin by then, of
    those that begin together the last that was added. Before any begins it is the earliest."""
    alive = sorted(
        (each for each in versions if each.retired is None),
        key=lambda each: (each.holds_from or dt.date.min, each.number),
    )
    begun = [each for each in alive if (each.holds_from or dt.date.min) <= on]
    return begun[-1] if begun else alive[0] if alive else None


class Change(StrEnum):
    """What became of a provision from one version to the next."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    RENAMED = "renamed"


@dataclass(frozen=True, slots=True)
class Difference:
    """What became of one provision, or of a field where ``label`` names one. ``before`` and ``after`` are its words,
    ``None`` where it did not exist; of a renamed provision its labels."""

    label: str
    change: Change
    before: str | None
    after: str | None


_FIELDS = (
    "title", "kind", "issuer", "number", "issued", "effective", "language", "jurisdiction", "url", "checked_until",
    "confidence", "wording_from", "events", "norms", "read_with", "steps", "claims", "groups",
)  # fmt: skip


def fields_changed(former: Source, new: Source) -> tuple[str, ...]:
    """The names of the fields that differ, other than the text and what is made of it."""
    return tuple(name for name in _FIELDS if getattr(former, name) != getattr(new, name))


def differences(former: Source, new: Source) -> Iterator[Difference]:
    """What became of each provision, in the order of the new text, what is gone where it stood."""
    before = [(each.label, former.quote(each.span)) for each in former.provisions]
    after = [(each.label, new.quote(each.span)) for each in new.provisions]
    matcher = SequenceMatcher(None, [label for label, _ in before], [label for label, _ in after], autojunk=False)
    for tag, start, end, new_start, new_end in matcher.get_opcodes():
        if tag == "equal":
            pairs = zip(before[start:end], after[new_start:new_end], strict=True)
            yield from (
                Difference(label, Change.CHANGED, old, text) for (label, old), (_, text) in pairs if old != text
            )
        else:
            yield from _replaced(before[start:end], after[new_start:new_end])


def _replaced(gone: Sequence[tuple[str, str]], come: Sequence[tuple[str, str]]) -> Iterator[Difference]:
    """Provisions whose labels differ: the same words under another label are renamed, the rest gone or new."""
    renamed = {text: label for label, text in gone}
    came = {text for _, text in come}
    yield from (Difference(label, Change.REMOVED, text, None) for label, text in gone if text not in came)
    for label, text in come:
        if text in renamed:
            yield Difference(label, Change.RENAMED, renamed[text], label)
        else:
            yield Difference(label, Change.ADDED, None, text)


def _first(dates: Sequence[PartDate]) -> dt.date | None:
    return dates[0].date if dates else None
