"""The Library page: all sources and how they stand on the date, as a picture of the whole regime."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from assistant.answering.model import standing_json
from assistant.documents.model import Source
from assistant.documents.naming import short_name
from assistant.documents.periods import common_periods
from assistant.documents.validity import standing
from assistant.server.caller import Role
from assistant.ui.asked import day_of
from assistant.ui.desk import Desk
from assistant.ui.pages import render
from assistant.ui.standings import Bar, Mark, bar, mark, window, years
from assistant.ui.turns import place
from assistant.ui.wording import LANGUAGES

# What binds comes first, then what may, then what does not.
_ORDER = ("in_force", "not_established", "suspended", "not_yet", "ended", "not_issued", "no_force")


@dataclass(frozen=True, slots=True)
class Row:
    """A source in the list. ``parts_differ`` where some of its provisions stand otherwise than most."""

    name: str
    subject: str
    kind: str
    language: str
    standing: Mark
    parts_differ: bool
    bar: Bar
    checked: str
    cited_in: int
    waiting: int
    data: Markup
    sought: str


def show(desk: Desk, told: Mapping[str, Any]) -> str:
    """The list for a date. ``told`` comes from the browser: ``as_of``."""
    day = day_of(told.get("as_of")) or dt.date.today()
    span = window(day)
    may_change = desk.caller.role.includes(Role.CURATOR)
    waiting = desk.assistant.open_proposals(desk.caller.groups) if may_change else {}
    counts = desk.journal.resting_counts(groups=desk.caller.groups)
    sources = desk.sources()
    dates = [source.checked_until for source in sources]
    usual = max(set(dates), key=dates.count) if dates else None
    rows = [_row(desk, source, day, span, counts.get(source.id, 0), waiting.get(source.id, 0)) for source in sources]
    groups = [(state, [row for row in rows if row.standing.state == state]) for state in _ORDER]
    return render(
        "library.html",
        desk.wording,
        day=day,
        count=len(rows),
        usual=desk.wording.date(usual) if usual else "",
        groups=[(state, found) for state, found in groups if found],
        years=years(span),
        asked=rows[0].bar.asked if rows else 0,
        may_change=may_change,
    )


def _row(desk: Desk, source: Source, day: dt.date, span: tuple[dt.date, dt.date], cited_in: int, waiting: int) -> Row:
    life = common_periods(source)
    now = next((each.standing for each in life if each.holds(day)), None)
    shown = mark(standing_json(now), source.id, desk.wording, desk.name_of) if now else Mark("no_force", "")
    states = {standing(source, each, day).state for each in source.provisions if not each.is_note}
    names = [short_name(source, language) for language in LANGUAGES]
    words = [
        *names,
        source.title,
        source.number or "",
        source.id,
        source.issuer or "",
        desk.wording(f"kind.{source.kind}"),
    ]
    return Row(
        name=short_name(source, desk.wording.language),
        subject=_subject(source),
        kind=source.kind.value,
        language=source.language,
        standing=shown,
        parts_differ=len(states) > 1,
        bar=bar(life, source, day, span, desk.wording, desk.name_of),
        checked=desk.wording.date(source.checked_until),
        cited_in=cited_in,
        waiting=waiting,
        data=place(source.id, "", None, None, day.isoformat()),
        sought=" ".join(words).lower(),
    )


def _subject(source: Source) -> str:
    """What the title says beyond the name."""
    return source.title.removeprefix(short_name(source)).lstrip(" ,:–")
