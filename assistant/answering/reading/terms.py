"""Key terms of a sentence: stems of the words that carry meaning.

The index has a tokeniser of its own. This one stands apart on purpose: tuning what is measured must not move the
measure.
"""

from __future__ import annotations

import re
from functools import lru_cache

import Stemmer

_WORD = re.compile(r"[A-Za-zÀ-ɏ]+(?:['’][a-z]+)?|[\u4e00-\u9fff]+")
_STOP_WORDS = (
    "a an and are as at be been but by can could did do does for from had has have how i if in into is it its me my of "
    "on or our shall should so such than that the their them then there these they this those to was we were what when "
    "where which who whom whose why will with would you your yes"
)
# Negation is looked at by itself.
NEGATORS = frozenset({"not", "no", "never", "without", "nor", "neither", "cannot", "nobody", "none", "nothing"})
# What a number or a date says already, and words that add nothing beside them.
_IDLE_WORDS = (
    "announcement announcements article articles paragraph paragraphs para under within also only still already ran "
    "run written say says said state states stated statement etc since until"
)
_EMPTY = NEGATORS.union(_STOP_WORDS.split(), _IDLE_WORDS.split())
_stem = lru_cache(maxsize=50_000)(Stemmer.Stemmer("english").stemWord)
# Words with one meaning in this trade; each stem of the right becomes the left.
_SYNONYMS = {
    _stem(word): root
    for root, words in {
        "licenc": ("licence", "license", "licensing", "permit", "permission", "authorisation", "authorization"),
        "prohibit": ("prohibit", "forbid", "forbidden", "ban", "banned"),
        "china": ("china", "chinese", "prc"),
        "foreign": ("foreign", "overseas", "abroad"),
        "start": ("start", "begin", "commence", "apply", "force", "effect", "effective"),
        "suspend": ("suspend", "suspension"),
        "extend": ("extend", "extension"),
        "list": ("list", "cover"),
        "decid": ("decide", "decision"),
        "mofcom": ("mofcom", "ministry"),
    }.items()
    for word in words
}


def key_terms(text: str) -> list[str]:
    """The stems of a text's words in order, synonyms of the trade made one, empty words left out. A hyphenated word is
    its parts; Chinese goes by pairs of characters."""
    found: list[str] = []
    for match in _WORD.finditer(text):
        word = match.group().lower().replace("’", "'").removesuffix("'s")
        if "\u4e00" <= word[0] <= "\u9fff":
            found.extend(word[at : at + 2] for at in range(max(1, len(word) - 1)))
        elif word not in _EMPTY:
            stem = _stem(word)
            found.append(_SYNONYMS.get(stem, stem))
    return found
