"""A chat model's reply → claims, each as soon as it is complete.

Asked for one JSON object, models also write a fenced one, a list, one object a line, or talk around it. So any object
that has a statement counts, wherever it stands; everything around it is passed over.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from typing import Any

_DECODER = json.JSONDecoder(strict=False)
_TRAILING_COMMA = re.compile(r",\s*([}\]])")
_EMPTY = re.compile(r"\[\s*\]")
_STATEMENT = ("statement", "sentence", "claim")
_QUOTES = ("quotes", "quote", "citations", "evidence")
_KEY = ("key", "id", "source")
_WORDS = ("words", "quote", "text")
_MOST_CHARACTERS = 40_000
# A reply may be made to be slow to read; beyond this much trying nothing more of it is.
_MOST_ATTEMPTS, _MOST_CLOSING = 3_000, 20
_BEGINS = re.compile(
    rf'\{{\s*"(?:{"|".join((*_STATEMENT, *_QUOTES, *_KEY, "translation"))})"'
)  # of a claim, whichever of its fields stands first
_CLOSES = re.compile(r"\}")


@dataclass(frozen=True, slots=True)
class QuotedWords:
    """What a claim is said to rest on: words, and the key of the provision they are said to stand in."""

    key: str
    words: str


@dataclass(frozen=True, slots=True)
class Claim:
    """A statement as the model made it, and its translation where it made one; nothing of it is checked."""

    text: str
    quotes: tuple[QuotedWords, ...]
    translation: str = ""

    def as_data(self) -> dict[str, Any]:
        """The claim in the form that the model was asked for."""
        quotes = [{"key": each.key, "words": each.words} for each in self.quotes]
        return {"statement": self.text, "translation": self.translation, "quotes": quotes}


class ReplyReader:
    """Reads one reply as it comes in. What goes beyond any sensible length is not read."""

    def __init__(self) -> None:
        self.text = ""
        self.claims = 0
        self._read_to = 0
        self._attempts = 0

    @property
    def is_empty_list(self) -> bool:
        """Whether the reply says in the agreed form that there is nothing to say."""
        return _EMPTY.search(self.text) is not None

    def feed(self, piece: str) -> Iterator[Claim]:
        """The claims that are complete with this piece and were not before."""
        if len(self.text) >= _MOST_CHARACTERS:
            return
        self.text += piece
        # Only a closing bracket can complete an object.
        if "}" not in piece:
            return
        begins = _BEGINS.search(self.text, self._read_to)
        while begins and self._attempts < _MOST_ATTEMPTS:
            self._attempts += 1
            found, end = _object_at(self.text, begins.start())
            claim = _claim(found)
            if claim is not None:
                self.claims += 1
                self._read_to = end
                yield claim
            begins = _BEGINS.search(self.text, begins.start() + 1 if claim is None else end)


def _object_at(text: str, at: int) -> tuple[Any, int]:
    """The JSON object that begins at a place and where it ends; ``None`` where none does, or it is not complete."""
    with suppress(ValueError, RecursionError):
        return _DECODER.raw_decode(text, at)
    for match in islice(_CLOSES.finditer(text, at), _MOST_CLOSING):
        with suppress(ValueError, RecursionError):
            return json.loads(_TRAILING_COMMA.sub(r"\1", text[at : match.end()]), strict=False), match.end()
    return None, at


def _claim(found: Any) -> Claim | None:
    if not isinstance(found, dict):
        return None
    text = _first(found, _STATEMENT)
    quotes = next((found[name] for name in _QUOTES if name in found), None)
    if not isinstance(text, str) or not text.strip():
        return None
    if isinstance(quotes, dict):
        quotes = [quotes]
    elif isinstance(quotes, str) or quotes is None:
        quotes = [found]  # key and words beside the statement
    if not isinstance(quotes, list):
        return None
    translation = found.get("translation")
    return Claim(
        text.strip(),
        tuple(quote for each in quotes if (quote := _quoted(each)) is not None),
        translation.strip() if isinstance(translation, str) else "",
    )


def _quoted(found: Any) -> QuotedWords | None:
    if not isinstance(found, dict):
        return None
    key, words = _first(found, _KEY), _first(found, _WORDS)
    return QuotedWords(key.strip(" []"), words) if isinstance(key, str) and isinstance(words, str) else None


def _first(found: dict[str, Any], names: tuple[str, ...]) -> Any:
    return next((found[name] for name in names if name in found), None)
