"""A provision's life in periods says on every day what its standing on that day says."""

from __future__ import annotations

import datetime as dt
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest
from acts import act
from hypothesis import given
from hypothesis import strategies as st

from assistant.documents.loaders import load
from assistant.documents.model import Source
from assistant.documents.periods import common_periods, periods
from assistant.documents.validity import State, standing
from assistant.settings import packaged


@cache
def _loaded(path: Path) -> Source:
    return load(path)


@pytest.fixture(scope="module")
def suspended() -> Source:
    return load(packaged("corpus") / "mofcom-2025-62.md")


def test_a_life_is_told_in_order(suspended: Source) -> None:
    life = periods(suspended, suspended.provisions[0])
    assert [each.standing.state for each in life] == [
        State.NOT_ISSUED,
        State.IN_FORCE,
        State.SUSPENDED,
        State.NOT_ESTABLISHED,
    ]
    assert life[2].first == dt.date(2025, 11, 7)
    assert life[2].last == dt.date(2026, 11, 10)
    assert life[-1].last is None


def test_periods_follow_one_another_without_a_gap(suspended: Source) -> None:
    life = periods(suspended, suspended.provisions[0])
    for one, next_one in pairwise(life):
        assert one.last is not None
        assert next_one.first == one.last + dt.timedelta(days=1)


@given(st.dates(dt.date(2018, 1, 1), dt.date(2030, 1, 1)))
def test_every_day_of_every_source_has_its_standing(day: dt.date) -> None:
    for path in sorted(packaged("corpus").glob("mofcom-2025-*.md")):
        source = _loaded(path)
        provision = source.provisions[0]
        (period,) = [each for each in periods(source, provision) if each.holds(day)]
        assert period.standing.state is standing(source, provision, day).state


def test_the_common_life_of_a_source_is_that_of_its_law() -> None:
    source = act("an-act", "One may not export it.", "A second rule.")
    assert [each.standing.state for each in common_periods(source)] == [
        State.NOT_ISSUED,
        State.NOT_YET,
        State.IN_FORCE,
    ]
