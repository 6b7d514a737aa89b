"""Ordinary English words, as the packaged model's vocabulary has them: what stands there is no slip of the pen."""

from __future__ import annotations

import json
import re
from functools import lru_cache

from assistant.index.model_choice import PACKAGED

_ENDING = re.compile(r"(?:ing|ers?|ed|es|s|ly)$")


def is_a_word(word: str) -> bool:
    """Whether a word, or what is left of it without its ending, is an ordinary one: "polishing" is, "galium" is not."""
    known = _words()
    lowered = word.lower()
    return lowered in known or _ENDING.sub("", lowered) in known


@lru_cache(maxsize=1)
def _words() -> frozenset[str]:
    file = PACKAGED / "tokenizer.json"
    written = json.loads(file.read_text(encoding="utf-8"))["model"]["vocab"] if file.is_file() else {}
    return frozenset(each for each in written if each.isalpha())
