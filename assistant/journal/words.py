"""Text and queries for SQLite's full-text search, which knows words by the spaces between them: Chinese has none, so
each of its characters is made a word, and a Chinese query a phrase of them."""

from __future__ import annotations

import re

_CHINESE = re.compile(r"([㐀-䶿一-鿿豈-﫿𠀀-𯿿])")
_PARTS = re.compile(r'"([^"]*)"|(\S+)')


def storable(text: str) -> str:
    """The text without what no column of text can hold."""
    return text.replace("\0", " ").encode("utf-8", "replace").decode()


def spaced(text: str) -> str:
    """The text with a space around every Chinese character."""
    return _CHINESE.sub(r" \1 ", storable(text))


def query(text: str) -> str:
    """What somebody typed, as a query for all of its words, in quotation marks as a phrase; empty where it has none."""
    parts = (phrase or word for phrase, word in _PARTS.findall(text.replace("“", '"').replace("”", '"')))
    phrases = (" ".join(re.findall(r"\w+", spaced(part))) for part in parts)
    return " ".join(f'"{each}"' for each in phrases if each)
