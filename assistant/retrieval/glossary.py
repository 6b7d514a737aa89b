"""Business words, abbreviations, symbols and Chinese terms → the words of the corpus, by the corpus's own glossary."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from assistant.documents.language import has_chinese
from assistant.errors import SourceError

# The same safe YAML, ten times as fast where libyaml is there.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
# Chinese phrases with more characters are not looked for.
_LONGEST_CHINESE = 16


# Shapes and kinds that say of an item in what form it comes.
FORMS = frozenset({"oxides", "compounds", "mixtures", "alloys", "rare-earth metals", "targets"})
# A whole class of items: beside one of them it does not tell which is meant.
CLASSES = frozenset({"rare earths", "rare-earth items"})
# Forms that are the name of a trade too, "for a ceramics firm": beside another item they do not tell which it is.
TRADES = frozenset({"ceramics", "crystals", "optical-fibre", "hydrogen-storage"})


class Facet(StrEnum):
    """What a phrase is about: a section of the glossary."""

    ITEMS = "items"
    ACTIVITIES = "activities"
    KNOWLEDGE = "knowledge"
    TRADE = "trade"
    PARTIES = "parties"
    ACTS = "acts"
    LISTS = "lists"
    DESTINATIONS = "destinations"
    PLACES = "places"
    USES = "uses"
    PROCEDURE = "procedure"
    STANDING = "standing"
    BREACHES = "breaches"
    MEASURES = "measures"


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    term: str
    also: list[str] = []
    zh: list[str] = []
    kind_of: list[str] = []


_SECTIONS = TypeAdapter(dict[Facet, list[_Entry]])


@dataclass(frozen=True, slots=True)
class Stretch:
    """A piece of a question. ``term`` is the corpus's word for it and ``facet`` what it is about, ``None`` for words
    that the glossary does not have."""

    words: str
    term: str | None = None
    facet: Facet | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Glossary:
    """Which terms of the corpus the phrases of a question stand for. ``words`` are the longer words it is written in,
    ``kinds`` the terms that a more special one is a kind of, and so says more than; ``chinese`` is how Chinese has a
    term, the usual way."""

    entries: dict[str, tuple[str, Facet]]
    pattern: re.Pattern[str] | None
    words: tuple[str, ...] = ()
    kinds: dict[str, frozenset[str]] = field(default_factory=dict)
    chinese: dict[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, path: Path) -> Glossary:
        """The glossary in a YAML file; an empty one where there is no such file.

        Raises SourceError where the file is not sections of entries.
        """
        if not path.is_file():
            return cls({}, None)
        try:
            written = yaml.load(path.read_text(encoding="utf-8"), _LOADER)  # noqa: S506 - a safe one
            sections = _SECTIONS.validate_python(written or {})
        except (yaml.YAMLError, ValidationError, OSError, UnicodeDecodeError) as error:
            raise SourceError(path, f"the glossary cannot be read: {error}.") from None
        entries = {
            _key(phrase): (entry.term, facet)
            for facet, found in sections.items()
            for entry in found
            for phrase in (entry.term, *entry.also, *entry.zh)
        }
        longest_first = sorted(entries, key=len, reverse=True)
        chinese_phrases = [re.escape(phrase) for phrase in longest_first if has_chinese(phrase)]
        others = "|".join(_spelled(phrase) for phrase in longest_first if not has_chinese(phrase))
        # One look for the start of a word before a thousand phrases are tried at it.
        whole_words = [rf"(?<![A-Za-z0-9-])(?:{others})(?![A-Za-z0-9-])"] if others else []
        pattern = "|".join([*chinese_phrases, *whole_words])
        words = {word for phrase in entries for word in re.findall(r"[a-z]{5,}", phrase)}
        kinds = {each.term: frozenset(each.kind_of) for found in sections.values() for each in found if each.kind_of}
        chinese = {each.term: each.zh[0] for found in sections.values() for each in found if each.zh}
        return cls(entries, re.compile(pattern) if pattern else None, tuple(sorted(words)), kinds, chinese)

    def with_symbols(self, question: str) -> str:
        """A question typed without capitals with its symbols as they are written, where what follows tells that they
        are some: "nd + pr oxide", "us navy"."""
        return question if question != question.lower() else _symbols(self).sub(_as_symbol, question)

    def word(self, term: str, language: str) -> str:
        """How a language has a term; as the corpus does where the glossary does not know."""
        return self.chinese.get(term, term) if language == "zh" else term

    @property
    def destinations(self) -> tuple[str, ...]:
        """The corpus's words for the destinations that have rules of their own."""
        return tuple(sorted({term for term, facet in self.entries.values() if facet is Facet.DESTINATIONS}))

    def chinese_terms(self, text: str) -> list[str]:
        """The terms that the Chinese phrases of a text stand for, of phrases in one another the longest."""
        found, at = [], 0
        while at < len(text):
            phrase = next((part for part in _from(text, at) if part in self.entries), text[at])
            if phrase in self.entries:
                found.append(self.entries[phrase][0])
            at += len(phrase)
        return found

    def split(self, question: str) -> tuple[Stretch, ...]:
        """The question in stretches, in order: its phrases that the glossary has, and the text between them."""
        return _stretches(self, question)


# What a question is read for asks for the same stretches several times.
@lru_cache(maxsize=256)
def _stretches(glossary: Glossary, question: str) -> tuple[Stretch, ...]:
    found, at = [], 0
    for match in glossary.pattern.finditer(question) if glossary.pattern else ():
        found.append(Stretch(question[at : match.start()]))
        found.append(Stretch(match.group(), *glossary.entries[_key(match.group())]))
        at = match.end()
    return (*found, Stretch(question[at:]))


_FORM = r"(?:met|oxid|alloy|powd|ingot|targ|mag|comp|chlor|carb|nitr|fluor|wire|foil|rod|sheet|disc)"
_SOMEBODY = r"(?:nav|arm|milit|air\s?f|defen|dod\b|custom|buyer|compan|firm|fab|lab|uni|entit|market)"


@lru_cache(maxsize=4)
def _symbols(glossary: Glossary) -> re.Pattern[str]:
    """Where a text has a symbol of the glossary in small letters: an item's before a form it comes in, a destination's
    before somebody who is there."""
    by_facet = {
        facet: "|".join(
            key.lower() for key, (_, of) in glossary.entries.items() if key.isalpha() and len(key) == 2 and of is facet
        )
        for facet in (Facet.ITEMS, Facet.DESTINATIONS)
    }
    items, places = by_facet[Facet.ITEMS] or "(?!)", by_facet[Facet.DESTINATIONS] or "(?!)"
    return re.compile(
        rf"(?<!\w)(?:(?P<item>{items})(?=(?:\s*[+/&,]\s*(?:{items}))*\s+{_FORM})|(?P<place>{places})(?=\s+{_SOMEBODY}))"
    )


def _as_symbol(match: re.Match[str]) -> str:
    return match.group().capitalize() if match["item"] else match.group().upper()


UNKNOWN = Glossary({}, None)
"""A glossary that knows nothing."""


def _from(text: str, at: int) -> Iterator[str]:
    """The stretches of Chinese that begin at a place, the longest first."""
    end = at
    while end < len(text) and end - at < _LONGEST_CHINESE and has_chinese(text[end]):
        end += 1
    return (text[at:stop] for stop in range(end, at, -1))


def _is_symbol(phrase: str) -> bool:
    """Whether letter case tells the phrase from an ordinary word: Dy, EU, US."""
    return len(phrase) <= 2


def _key(phrase: str) -> str:
    return phrase if _is_symbol(phrase) else phrase.lower()


def _spelled(phrase: str) -> str:
    """A pattern for the phrase: exact for symbols, else in any case."""
    return re.escape(phrase) if _is_symbol(phrase) else f"(?i:{re.escape(phrase)})"
