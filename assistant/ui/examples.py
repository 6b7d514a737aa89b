"""Example questions: those of the corpus folder whose sources the reader may see."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from assistant.ui.desk import Desk

_SHOWN = 6


@dataclass(frozen=True, slots=True)
class Example:
    """A question to try, and the date to ask it for where it is not today."""

    question: str
    as_of: str | None
    sources: frozenset[str]


def read(desk: Desk) -> list[Example]:
    """The examples in the reader's language, as far as the sources they need can be seen."""
    if not desk.ready:
        return []
    found = _of(desk.context.settings.corpus_dir / "examples.yaml", desk.wording.language)
    return [each for each in found if each.sources <= desk.headers.keys()][:_SHOWN]


@cache
def _of(path: Path, language: str) -> tuple[Example, ...]:
    if not path.is_file():
        return ()
    listed = yaml.safe_load(path.read_text(encoding="utf-8"))[language]
    return tuple(
        Example(each["question"], str(each["as_of"]) if "as_of" in each else None, frozenset(each["sources"]))
        for each in listed
    )
