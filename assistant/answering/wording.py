"""Verdicts and standings in the words that every surface shows, in the language of the answer, before any markup."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from types import MappingProxyType

from assistant.answering.model import Verdict
from assistant.answering.phrases import Phrasebook, Phrases
from assistant.documents.model import Source
from assistant.documents.validity import Standing, State
from assistant.settings import packaged

PHRASEBOOK = Phrasebook(packaged("prompts"))
"""What the assistant says in its own words, in every language that it speaks."""


def phrases_in(language: str) -> Phrases:
    """The phrases of a language; the English ones where it has none."""
    return PHRASEBOOK.of(language)


def verdict_words(verdict: Verdict, language: str = "en") -> str:
    """A verdict in a word or two; none where the question asked for no yes or no."""
    return phrases_in(language).say(f"verdicts.{verdict.value}")


def state_words(state: State, language: str = "en") -> str:
    """A state in a word or two: "not yet in force"."""
    return phrases_in(language).say(f"states.{state.value}")


def standing_words(
    stands: Standing, source: Source, language: str = "en", known: Mapping[str, Source] = MappingProxyType({})
) -> str:
    """A standing as an officer says it: "suspended from 7 November 2025 until 10 November 2026, by Announcement No. 70
    of 2025". An act that is none of the sources ``known`` is called as the corpus records it."""
    phrases = phrases_in(language)
    if stands.state is State.NOT_ESTABLISHED and stands.lapsed is None:
        return phrases.say("states.no_force")
    if stands.state is State.NOT_YET:
        # Since when it is known to be none yet, nobody asks.
        dates = {"begins": stands.until + dt.timedelta(days=1) if stands.until else None}
    else:
        dates = {"since": stands.since, "until": stands.until}
    words = _with_dates(phrases, stands.state, {name: day for name, day in dates.items() if day})
    by = stands.by if stands.by != source.id else None
    return phrases.say("stands.by", words=words, act=known.get(by, by)) if by else words


def _with_dates(phrases: Phrases, state: State, days: Mapping[str, object]) -> str:
    words = phrases.say(f"states.{state.value}")
    return phrases.say(f"stands.{'_'.join(days)}", state=words, **days) if days else words
