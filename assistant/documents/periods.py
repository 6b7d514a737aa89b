"""A provision's life: its standing on every date, as periods that follow one another without a gap."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from assistant.documents.model import Provision, Source
from assistant.documents.validity import Standing, standing

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Period:
    """A stretch of days with one standing; ``first`` is ``None`` in the earliest, ``last`` in the latest period."""

    first: date | None
    last: date | None
    standing: Standing

    def holds(self, day: date) -> bool:
        """Whether the day lies in the period."""
        return (self.first is None or self.first <= day) and (self.last is None or day <= self.last)


def periods(source: Source, provision: Provision) -> tuple[Period, ...]:
    """The whole life of a provision, oldest period first.

    A standing can only change on a date that the source's record names or on the day after it, so these are asked.
    """
    named = sorted(set(_named_dates(source)))
    turns = sorted({*named, *(day + _DAY for day in named if day < date.max)})
    before = turns[0] - _DAY if turns and turns[0] > date.min else date.min
    lives = [Period(None, None, standing(source, provision, before))]
    for day in turns:
        now = standing(source, provision, day)
        if _differ(lives[-1].standing, now):
            last = lives.pop()
            lives += [Period(last.first, day - _DAY, last.standing), Period(day, None, now)]
    return tuple(lives)


def common_periods(source: Source) -> tuple[Period, ...]:
    """The life that most provisions of a source share; editors' remarks do not count where there is law."""
    lives: dict[tuple[Period, ...], int] = {}
    law = [each for each in source.provisions if not each.is_note] or list(source.provisions)
    for provision in law:
        life = periods(source, provision)
        lives[life] = lives.get(life, 0) + 1
    return max(lives, key=lives.__getitem__) if lives else ()


def _named_dates(source: Source) -> Iterator[date]:
    for part in (*source.issued, *source.effective):
        if part.date:
            yield part.date
    for event in source.events:
        yield event.date
        if event.until:
            yield event.until


def _differ(one: Standing, other: Standing) -> bool:
    """Whether two standings are different periods: what a single day adds to a standing does not part them."""
    return (one.state, one.since, one.until, one.by) != (other.state, other.since, other.until, other.by)
