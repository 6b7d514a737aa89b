"""Standings in words and as bars of time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from assistant.answering.model import standing_json
from assistant.documents.model import Source
from assistant.documents.periods import Period
from assistant.ui.wording import Wording

NameOf = Callable[[str], str]
"""The short name of a source by its id; the id itself where it is not known."""
LabelOf = Callable[[str, str], str]
"""What a provision is called, by the id of its source and its label; the label itself where no other name is known."""


def as_it_stands(_: str, label: str) -> str:
    """A provision by its label."""
    return label


_TICK_ROOM = 20
"""How much of a bar's width a date under it takes, in per cent."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A standing to be shown: the state that picks shape and colour, and its words."""

    state: str
    words: str


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a bar, in per cent of its width."""

    state: str
    left: float
    width: float
    words: str


@dataclass(frozen=True, slots=True)
class Tick:
    """A date under a bar, in per cent of its width."""

    left: float
    words: str


@dataclass(frozen=True, slots=True)
class Bar:
    """A life as a picture between two days, with the asked date at ``asked`` per cent; ``words`` say the same. Past
    ``checked`` per cent nobody has checked it."""

    pieces: tuple[Piece, ...]
    asked: float
    words: str
    ticks: tuple[Tick, ...] = ()
    checked: float | None = None


def mark(standing: Mapping[str, str | None], source_id: str, wording: Wording, name_of: NameOf) -> Mark:
    """A standing, as an answer's JSON gives it, in words: "Suspended until 10 Nov 2026, by Announcement No. 70"."""
    state, by = standing["state"] or "not_established", standing["by"]
    since, until = standing["since"], standing["until"]
    if state == "not_established" and by == source_id:
        return Mark("no_force", wording("standing.no_force"))
    words = wording(f"standing.{state}")
    if state in ("not_issued", "not_yet"):
        since = None
    if since and until and state != "suspended":
        words = wording("standing.since_until", state=words, since=wording.date(since), until=wording.date(until))
    elif until:
        words = wording("standing.until", state=words, until=wording.date(until))
    elif since:
        words = wording("standing.since", state=words, since=wording.date(since))
    if by and by != source_id:
        words = wording("standing.by", text=words, act=name_of(by))
    return Mark(state, words)


def window(day: dt.date) -> tuple[dt.date, dt.date]:
    """The days that the picture of the whole regime spans: the two years before the asked one, and the one after."""
    return dt.date(max(day.year - 2, 1), 1, 1), dt.date(min(day.year + 1, 9999), 12, 31)


def own_window(life: Iterable[Period], day: dt.date) -> tuple[dt.date, dt.date]:
    """The days that the picture of one life spans: all its turns and the asked date, with room on both sides."""
    turns = [period.first for period in life if period.first] + [day]
    first, last = min(turns), max(turns)
    room = dt.timedelta(days=max(90, (last - first).days // 6))
    return _moved(first, -room), _moved(last, room)


def bar(
    life: tuple[Period, ...],
    source: Source,
    day: dt.date,
    span: tuple[dt.date, dt.date],
    wording: Wording,
    name_of: NameOf,
    *,
    ticks: bool = False,
) -> Bar:
    """A life within a span of days."""
    first, last = span
    pieces, marks = [], []
    for period in life:
        begin, end = max(period.first or first, first), min(period.last or last, last)
        if begin > end:
            continue
        shown = mark(standing_json(period.standing), source.id, wording, name_of)
        left, right = _percent(begin, span), _percent(end, span, whole_day=True)
        pieces.append(Piece(shown.state, left, round(right - left, 2), shown.words))
        if ticks and period.first and period.first >= first:
            marks.append(Tick(left, wording.date(period.first)))
    asked = _percent(day, span)
    words = "; ".join(piece.words for piece in pieces)
    words = f"{words}; {wording('source.asked_date', date=wording.date(day))}"
    checked = _percent(source.checked_until, span, whole_day=True) if source.checked_until else None
    return Bar(tuple(pieces), asked, words, _apart(marks), checked if checked is None or checked < 100 else None)


def years(span: tuple[dt.date, dt.date]) -> list[Tick]:
    """The first days of the years in a span."""
    first, last = span
    return [Tick(_percent(dt.date(year, 1, 1), span), str(year)) for year in range(first.year, last.year + 1)]


def _percent(day: dt.date, span: tuple[dt.date, dt.date], *, whole_day: bool = False) -> float:
    first, last = span
    days = (day - first).days + (1 if whole_day else 0)
    return round(min(100.0, max(0.0, 100 * days / ((last - first).days + 1))), 2)


def _apart(ticks: list[Tick]) -> tuple[Tick, ...]:
    """As many dates as fit beside one another, the first and the last before those between."""
    kept: list[Tick] = []
    for tick in [*ticks[:1], *reversed(ticks[1:])]:
        if all(abs(tick.left - other.left) >= _TICK_ROOM for other in kept):
            kept.append(tick)
    return tuple(kept)


def _moved(day: dt.date, by: dt.timedelta) -> dt.date:
    try:
        return day + by
    except OverflowError:
        return dt.date.min if by < dt.timedelta() else dt.date.max
