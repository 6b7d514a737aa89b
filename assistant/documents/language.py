"""What language a text is in, as far as the corpus tells languages apart."""

from __future__ import annotations


def guess_language(content: str) -> str:
    """``zh`` where Chinese characters make up a fifth of the letters or more, else ``en``."""
    letters = [character for character in content if character.isalpha()]
    chinese = sum("\u4e00" <= character <= "\u9fff" for character in letters)
    return "zh" if letters and chinese / len(letters) >= 0.2 else "en"


def has_chinese(text: str) -> bool:
    """Whether a text has any Chinese character."""
    return any("\u4e00" <= character <= "\u9fff" for character in text)
