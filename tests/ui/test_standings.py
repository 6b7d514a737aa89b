"""Standings in words and as bars."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.documents.loaders import load
from assistant.documents.model import Source
from assistant.documents.periods import periods
from assistant.settings import packaged
from assistant.ui.standings import bar, mark, own_window, window
from assistant.ui.wording import wording

WORDS = wording("en")


def name_of(source_id: str) -> str:
    return {"no-70": "Announcement No. 70"}.get(source_id, source_id)


@pytest.fixture(scope="module")
def source() -> Source:
    return load(packaged("corpus") / "mofcom-2025-62.md")


@pytest.mark.parametrize(
    ("state", "since", "until", "by", "words"),
    [
        ("suspended", "2025-11-07", "2026-11-10", "no-70", "Suspended until 10 Nov 2026, by Announcement No. 70"),
        ("in_force", "2025-10-09", None, "act", "In force since 9 Oct 2025"),
        ("in_force", "2025-10-09", "2025-12-31", "act", "In force from 9 Oct 2025 until 31 Dec 2025"),
        ("not_yet", "2025-10-09", "2025-11-30", "act", "Not yet in force until 30 Nov 2025"),
        ("ended", "2026-01-01", None, "no-70", "No longer in force since 1 Jan 2026, by Announcement No. 70"),
        ("not_established", "2026-09-28", None, "act", "No legal force of its own"),
        ("not_established", "2026-11-11", None, "no-70", "Not established since 11 Nov 2026, by Announcement No. 70"),
    ],
)
def test_a_standing_in_words(state, since, until, by, words) -> None:
    given_standing = {"state": state, "since": since, "until": until, "by": by}
    assert mark(given_standing, "act", WORDS, name_of).words == words


@given(st.dates(dt.date(1990, 1, 1), dt.date(2099, 12, 31)))
def test_a_bar_is_whole_and_holds_the_asked_date(day: dt.date) -> None:
    source = load(packaged("corpus") / "mofcom-2025-62.md")
    life = periods(source, source.provisions[0])
    for span in (window(day), own_window(life, day)):
        drawn = bar(life, source, day, span, WORDS, name_of)
        assert 0 <= drawn.asked <= 100
        assert drawn.pieces[0].left == 0
        assert abs(sum(piece.width for piece in drawn.pieces) - 100) < 0.1


def test_a_bar_says_in_words_what_it_shows(source: Source) -> None:
    day = dt.date(2026, 3, 15)
    life = periods(source, source.provisions[0])
    drawn = bar(life, source, day, own_window(life, day), WORDS, name_of)
    assert "Suspended until 10 Nov 2026" in drawn.words
    assert "asked date, 15 Mar 2026" in drawn.words
