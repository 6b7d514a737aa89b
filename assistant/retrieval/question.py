"""A question as it was asked → what is searched for, for which date, and what kind of answer it wants."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from assistant.errors import QuestionError

MAX_CHARACTERS = 8_000
_EARLIEST, _LATEST = date(1949, 10, 1), date(2199, 12, 31)

# What asks whether something may be done, or needs a licence, in the words of business as well as of the law.
_PERMISSION = re.compile(
    r"\b(?:licen[cs]\w*|permi\w+|approv\w+|authori[sz]\w+|clearance|consent|sign-?off|green light|go-?ahead|paperwork|"
    r"allow\w*|prohibit\w*|forbid\w*|forbidden|ban(?:ned)?|blocked|refus\w+|controlled|restricted|legal(?:ly)?|lawful\w*|exempt\w*|"
    r"may (?:we|i|they|a|an|the|our)|can (?:we|i|they|a|an|the|our)|ok(?:ay)? to|free to)\b"
    r"|许可|批准|审批|允许|禁止|管制|可以|能否|能不能|需要申请",
    re.IGNORECASE,
)
_WH = re.compile(
    r"^\W*(?:(?:and|but|so|then|also|ok|please|well|now),?\s+)*(?:(?:for|to|by|in|under|on|at|of|from|within|until|since)\s+)?"
    r"(?:what|which|who|whom|whose|when|where|why|how|until when|since when|compare|explain|list|name|describe|define|"
    r"summari[sz]e|tell me)\b|什么|哪|谁|何时|多少|多久|如何|怎么|为什么|几",
    re.IGNORECASE,
)
_FOLLOW_UP = re.compile(
    r"^\W*(?:and|but|or|so|then|also|what about|how about|what if|same|until when|since when|why|那|还有|如果)\b"
    r"|\b(?:it|they|them|those|these|that|this|there|then|instead|same)\b|那么|这个|那个",
    re.IGNORECASE,
)
_SHORT = 8
# Characters that show nothing and can hide words from a reader: zero-width, direction marks, tags, controls.
_INVISIBLE = {"Cf", "Cc", "Co", "Cs"}


@dataclass(frozen=True, slots=True)
class Turn:
    """One earlier turn of the conversation."""

    role: Literal["user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True)
class Question:
    """A question ready to be searched. ``asked`` is what the user wrote, cleaned of invisible characters; ``search``
    the same as a question that stands alone; ``asks_permission`` whether it wants to know if something may be done."""

    asked: str
    search: str
    as_of: date
    asks_permission: bool


def understand(text: str, as_of: date, history: Sequence[Turn] = ()) -> Question:
    """Reads a question in the light of the turns before it.

    Raises QuestionError where it is empty or too long, or the date is out of any corpus's range.
    """
    asked = visible(text).strip()
    if not any(character.isalnum() for character in asked):
        raise QuestionError("The question is empty; ask one in words, in quotation marks.")
    if len(text) > MAX_CHARACTERS:
        raise QuestionError(
            f"The question has {len(text):,} characters; at most {MAX_CHARACTERS:,} are read. Shorten it to what you want to know."
        )
    if not _EARLIEST <= as_of <= _LATEST:
        raise QuestionError(f"The date {as_of} lies outside {_EARLIEST} to {_LATEST}; name a date in that range.")
    before = next((visible(turn.content).strip() for turn in reversed(history) if turn.role == "user"), "")
    follows = bool(before) and (len(asked.split()) <= _SHORT or bool(_FOLLOW_UP.search(asked)))
    asks = _asks_permission(asked) or (follows and not _WH.search(asked) and _asks_permission(before))
    return Question(asked, f"{before} {asked}" if follows else asked, as_of, asks)


def visible(text: str) -> str:
    """The text as a reader sees it: compatibility forms unified, invisible characters gone, white space plain."""
    normal = unicodedata.normalize("NFKC", text)
    return "".join(
        character if unicodedata.category(character) not in _INVISIBLE else " " if character.isspace() else ""
        for character in normal
    )


def _asks_permission(text: str) -> bool:
    """Whether a sentence that asks, or the whole where none does, is about permission and not about what, who or when."""
    sentences = re.findall(r"[^.?!。？！]+[.?!。？！]*", text)  # noqa: RUF001
    asking = [each for each in sentences if each.rstrip().endswith(("?", "？"))] or [text]  # noqa: RUF001
    return any(_PERMISSION.search(each) and not _WH.search(each.strip()) for each in asking)
