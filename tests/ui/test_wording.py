"""The interface says the same in every language."""

from __future__ import annotations

import string

import pytest

from assistant.answering.model import Verdict
from assistant.documents.model import EventKind, Kind
from assistant.documents.validity import State
from assistant.ui.wording import LANGUAGES, wording


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_every_text(language: str) -> None:
    assert wording(language).texts().keys() == wording("en").texts().keys()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_fills_in_the_same(language: str) -> None:
    english = wording("en").texts()
    for key, text in wording(language).texts().items():
        assert _names(text) <= _names(english[key]), key


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_verdict_state_kind_and_event_has_its_words(language: str) -> None:
    words = wording(language)
    needed = [f"verdict.{each}" for each in Verdict] + [f"standing.{each}" for each in State]
    needed += [f"kind.{each}" for each in Kind] + [f"event.{each}" for each in EventKind]
    assert [key for key in needed if not words.has(key)] == []


def test_dates_are_written_as_the_language_writes_them() -> None:
    assert wording("en").date("2026-11-22") == "22 Nov 2026"
    assert wording("zh").date("2026-11-22") == "2026年11月22日"


def _names(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}
