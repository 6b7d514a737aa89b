"""The interface's own words, one file a language in words/."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

_FOLDER = Path(__file__).parent / "words"
LANGUAGES = ("en", "zh")


class Wording:
    """What the interface says in one language: ``wording("ask.send")``."""

    def __init__(self, language: str, texts: Mapping[str, Any]) -> None:
        self.language = language
        self._texts = dict(_flat(texts))
        self._months: list[str] = texts["months"]

    def __call__(self, key: str, /, **values: object) -> str:
        """The text of a key, its {names} filled in. Raises KeyError for a key or a name that is not there."""
        return self._texts[key].format(**values)

    def has(self, key: str) -> bool:
        """Whether there is a text of this key."""
        return key in self._texts

    def texts(self) -> Mapping[str, str]:
        """All texts by key, before anything is filled in."""
        return self._texts

    def under(self, prefix: str) -> dict[str, str]:
        """The texts under a heading, by the last part of their keys."""
        start = f"{prefix}."
        return {key.removeprefix(start): text for key, text in self._texts.items() if key.startswith(start)}

    def date(self, day: dt.date | str | None) -> str:
        """A date as this language writes it; a dash for none."""
        if not day:
            return "–"
        if isinstance(day, str):
            day = dt.date.fromisoformat(day[:10])
        return self("date", day=day.day, month=self._months[day.month - 1], year=day.year)


@cache
def wording(language: str) -> Wording:
    """The texts of a language, one of `LANGUAGES`."""
    return Wording(language, yaml.safe_load((_FOLDER / f"{language}.yaml").read_text(encoding="utf-8")))


def _flat(texts: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, str]]:
    for key, text in texts.items():
        if isinstance(text, Mapping):
            yield from _flat(text, f"{above}{key}.")
        elif isinstance(text, str):
            yield f"{above}{key}", text
