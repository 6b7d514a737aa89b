"""Business words, abbreviations, symbols and Chinese terms → the words of the corpus, by the corpus's own glossary."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from assistant.errors import SourceError


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    term: str
    also: list[str] = []
    zh: list[str] = []


_ENTRIES = TypeAdapter(list[_Entry])


@dataclass(frozen=True, slots=True)
class Glossary:
    """Which terms of the corpus a phrase of a question stands for."""

    terms: dict[str, str]
    pattern: re.Pattern[str] | None

    @classmethod
    def read(cls, path: Path) -> Glossary:
        """The glossary in a YAML file; an empty one where there is no such file.

        Raises SourceError where the file is not a list of entries.
        """
        if not path.is_file():
            return cls({}, None)
        try:
            entries = _ENTRIES.validate_python(yaml.safe_load(path.read_text(encoding="utf-8")) or [])
        except (yaml.YAMLError, ValidationError, OSError, UnicodeDecodeError) as error:
            raise SourceError(path, f"the glossary cannot be read: {error}.") from None
        terms = {_key(phrase): entry.term for entry in entries for phrase in (*entry.also, *entry.zh)}
        longest_first = sorted(terms, key=len, reverse=True)
        pattern = "|".join(
            re.escape(phrase) if _is_chinese(phrase) else rf"(?<![A-Za-z0-9-]){_spelled(phrase)}(?![A-Za-z0-9-])" for phrase in longest_first
        )
        return cls(terms, re.compile(pattern) if pattern else None)

    def split(self, question: str) -> Iterator[tuple[str, list[str]]]:
        """The question in stretches, in order, each with the corpus's terms for it: none for the text between phrases."""
        at = 0
        for match in self.pattern.finditer(question) if self.pattern else ():
            yield question[at : match.start()], []
            yield match.group(), [self.terms[_key(match.group())]]
            at = match.end()
        yield question[at:], []


def _is_symbol(phrase: str) -> bool:
    """Whether letter case tells the phrase from an ordinary word: Dy, EU, FDPR."""
    return len(phrase) <= 2 or phrase.isupper()


def _key(phrase: str) -> str:
    return phrase if _is_symbol(phrase) else phrase.lower()


def _spelled(phrase: str) -> str:
    """A pattern for the phrase: exact for symbols, else in any case."""
    return re.escape(phrase) if _is_symbol(phrase) else f"(?i:{re.escape(phrase)})"


def _is_chinese(phrase: str) -> bool:
    return any("\u4e00" <= character <= "\u9fff" for character in phrase)
