"""Standing: what a provision is on a date, since when, until when and by which source.

The rules, in the order they are asked:

1. Before its date of issue a provision is *not issued*.
2. The last event at or before the date that concerns the provision decides. A suspension holds through its last day;
   once it has run out and nothing recorded says what followed, the standing is *not established*. An act that expired
   by its own terms has *ended*, unless somebody stated that it runs on over the date: then that is not established
   either, because a statement does not change an act.
3. Where no event decides, the provision is *in force* from its effective date and *not yet* in force before. A source
   that never takes effect of itself is *not yet* in force if it is a legal text (a draft), *not established* otherwise
   (a news article lays nothing down).

Because only the last event decides, an event outside a window cannot change a standing inside another.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from assistant.documents.model import Basis, EventKind, PartDate, Provision, Source, StatusEvent

_DAY = timedelta(days=1)
_DECIDING = frozenset(EventKind) - {EventKind.AMENDED, EventKind.STATED_EXTENSION}


class State(StrEnum):
    """The six states of a provision on a date."""

    NOT_ISSUED = "not_issued"
    NOT_YET = "not_yet"
    IN_FORCE = "in_force"
    SUSPENDED = "suspended"
    ENDED = "ended"
    NOT_ESTABLISHED = "not_established"


@dataclass(frozen=True, slots=True)
class Standing:
    """A provision's state on a date.

    ``since`` is the first day of the state and ``until`` its last, ``None`` where no such day is known. ``by`` is the
    source that brought the state about. ``basis`` says whether by an act or a statement. ``lapsed`` is the event whose
    window ran out where the state is not established, ``claims`` the statements that say the window runs on.
    ``checked`` is false where the date lies after the one to which the source's standing was checked.
    """

    state: State
    since: date | None = None
    until: date | None = None
    by: str | None = None
    by_provision: str | None = None
    basis: Basis = Basis.INSTRUMENT
    never_commenced: bool = False
    on_last_day: bool = False
    lapsed: StatusEvent | None = None
    claims: tuple[StatusEvent, ...] = ()
    checked: bool = True

    @property
    def applies(self) -> bool:
        """Whether the provision applies on the date, as far as is known."""
        return self.state is State.IN_FORCE


def standing(source: Source, provision: Provision, on: date) -> Standing:
    """What ``provision`` of ``source`` is on a date. Total: every date has exactly one standing."""
    checked = source.checked_until is None or on <= source.checked_until
    issued = _date_for(source.issued, provision)
    if issued is not None and on < issued:
        return Standing(State.NOT_ISSUED, until=issued - _DAY, by=source.id, checked=checked)
    effective = _date_for(source.effective, provision)
    past = [event for event in source.events if event.date <= on and event.scope.match(provision)]
    last = _last_deciding(past, on)
    if last is None:
        return _by_its_own_terms(source, issued, effective, on, checked)
    never_commenced = effective is None or effective > last.date
    claims = tuple(
        event for event in past if event.event is EventKind.STATED_EXTENSION and (event.until or date.max) >= on
    )
    match last.event:
        case EventKind.SUSPENDED if last.until is None or on <= last.until:
            return Standing(
                State.SUSPENDED, last.date, last.until, last.by, last.by_provision, last.basis,
                never_commenced=never_commenced, on_last_day=on == last.until, checked=checked,
            )  # fmt: skip
        case EventKind.IN_FORCE | EventKind.RESUMED if last.until is None or on <= last.until:
            if effective is not None and on < effective:
                return Standing(State.NOT_YET, issued, effective - _DAY, source.id, checked=checked)
            since = max(last.date, effective or last.date)
            return Standing(
                State.IN_FORCE, since, last.until, last.by, last.by_provision, last.basis,
                on_last_day=on == last.until, checked=checked,
            )  # fmt: skip
        case EventKind.REPEALED | EventKind.EXPIRES if last.event is EventKind.REPEALED or not claims:
            return Standing(
                State.ENDED, _first_day(last), None, last.by, last.by_provision, last.basis, checked=checked
            )
        case _:
            return Standing(
                State.NOT_ESTABLISHED, _day_after(last), None, last.by, last.by_provision, last.basis,
                never_commenced=never_commenced, lapsed=last, claims=claims, checked=checked,
            )  # fmt: skip


def begins(source: Source, provision: Provision) -> date | None:
    """The day that a provision takes effect by its own terms; ``None`` where it names none."""
    return _date_for(source.effective, provision)


def _by_its_own_terms(source: Source, issued: date | None, effective: date | None, on: date, checked: bool) -> Standing:
    if effective is None:
        state = State.NOT_YET if source.kind.is_primary else State.NOT_ESTABLISHED
        return Standing(state, since=issued, by=source.id, checked=checked)
    if on < effective:
        return Standing(State.NOT_YET, since=issued, until=effective - _DAY, by=source.id, checked=checked)
    return Standing(State.IN_FORCE, since=effective, by=source.id, checked=checked)


def _date_for(dates: Iterable[PartDate], provision: Provision) -> date | None:
    """The date whose scope names the provision most closely; of equally close ones the later in the list."""
    best, closest = None, 0
    for each in dates:
        nearness = each.scope.match(provision)
        if nearness and nearness >= closest:
            best, closest = each.date, nearness
    return best


def _first_day(event: StatusEvent) -> date:
    """The first day of what an event brings about: the last day of an act that expires still belongs to it."""
    return event.date + _DAY if event.event is EventKind.EXPIRES else event.date


def _day_after(event: StatusEvent) -> date:
    """The first day on which a window that ran out, or an act that expired, leaves open what applies."""
    return _first_day(event) if event.event is EventKind.EXPIRES else (event.until or event.date) + _DAY


def _last_deciding(events: Iterable[StatusEvent], on: date) -> StatusEvent | None:
    """The event that decides on the date: the last by first day; of one day's events the later recorded."""
    deciding = [event for event in events if event.event in _DECIDING and _first_day(event) <= on]
    return max(enumerate(deciding), key=lambda pair: (_first_day(pair[1]), pair[0]))[1] if deciding else None
