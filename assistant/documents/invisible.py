"""Characters that show nothing: zero-width ones, direction marks, tags, terminal escapes. They can hide words from a
reader, or turn them round, and are part of a stored text but never of what is searched or shown."""

from __future__ import annotations

import unicodedata

_SHOW_NOTHING = {"Cf", "Cc", "Co", "Cs"}


def seen(text: str) -> str:
    """The text as a reader sees it: characters that show nothing gone, white space plain."""
    if text.isprintable():
        return text
    hidden = (each for each in set(text) if shows_nothing(each))
    return text.translate({ord(each): " " if each.isspace() else "" for each in hidden})


def shows_nothing(character: str) -> bool:
    """Whether a character leaves no mark of its own."""
    return unicodedata.category(character) in _SHOW_NOTHING
