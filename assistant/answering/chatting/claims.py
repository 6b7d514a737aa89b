"""A chat model's claim → a statement pinned to verbatim words, or what is wrong with it.

Nothing is taken on the model's word. Its keys must be of the sheet it was given, its words must stand in the provision
of that key, and the sentences around those words must bear out what it says.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.answering.chatting.pins import pinned
from assistant.answering.chatting.reply import Claim
from assistant.answering.chatting.sheet import Sheet
from assistant.answering.model import Quote, Statement
from assistant.answering.reading.entailment import faults
from assistant.answering.reading.terms import key_terms
from assistant.answering.reading.translation import agrees
from assistant.documents.validity import State
from assistant.retrieval.question import visible

_MOST_CHARACTERS = 500
_MOST_QUOTES = 4
_REPEATED = 0.9
_MARKUP = re.compile(
    r"https?:|www\.|[a-z0-9-]+\.(?:com|org|net|cn|io|test|example)\b|<[^>]*>|\]\(|!\[|```|[<>{}|\\]|^#|\*\*|__",
    re.IGNORECASE,
)
_BRACKETED = re.compile(r"\s*[\[【]\s*(?:[a-z]{4}|\d{1,2})(?:\s*[,;]\s*(?:[a-z]{4}|\d{1,2}))*\s*[\]】]")
_TO_THE_READER = re.compile(r"\b(?:you|your|yours|we|our|ours|us|i|my)\b|您|你|我们|贵司|贵公司", re.IGNORECASE)
_A_VERDICT = re.compile(
    r"^\W*(?:yes|no|sure|certainly|correct|in short|therefore|so)\b\s*[,.:;!–—-]"
    r"|^\W*(?:是的?|不是|否|对|可以|不可以|不能|需要|不需要|无需|不用)[,，。:：;；!！]",
    re.IGNORECASE,
)
REPEATED = "it repeats what has already been said"


def statement_of(claim: Claim, sheet: Sheet, said: Sequence[Statement]) -> tuple[Statement | None, str]:
    """The statement that a claim makes; ``None`` and why in a clause, for the model to read, where it makes none."""
    text = _BRACKETED.sub("", visible(claim.text)).strip()
    if reason := _form(text):
        return None, reason
    quotes: dict[tuple[str, int, int], Quote] = {}
    if not claim.quotes or len(claim.quotes) > _MOST_QUOTES:
        return None, f"it must name one to {_MOST_QUOTES} quotes"
    for each in claim.quotes:
        evidence = sheet.evidence.get(each.key)
        if evidence is None:
            return None, f"there is no evidence with the key {each.key[:20]!r}"
        quote = pinned(each.words, evidence)
        if quote is None:
            return None, f"the words quoted under {each.key} do not stand there exactly, or in more than one place"
        if quote.standing.state is State.NOT_ISSUED:
            return None, f"the provision of {each.key} was not issued on the date"
        quotes[quote.key] = quote
    statement = Statement(text, tuple(quotes.values()), worded=text, translation=_translation(claim, text))
    if found := faults(text, statement.quotes):
        return None, "; ".join(found)
    if repeats(statement, said):
        return None, REPEATED
    return statement, ""


def _translation(claim: Claim, text: str) -> str:
    """The claim's translation where it has one that says the same; a bad one costs only itself."""
    translation = _BRACKETED.sub("", visible(claim.translation)).strip()
    if not translation or translation == text or _form(translation) or not agrees(translation, text):
        return ""
    return translation


def repeats(statement: Statement, said: Sequence[Statement]) -> bool:
    """Whether hardly a word of a statement is new beside what was said on the same sentences."""
    terms = set(key_terms(statement.text))
    pins = {quote.key for quote in statement.quotes}
    same = [each for each in said if pins & {quote.key for quote in each.quotes}]
    return any(len(terms & set(key_terms(each.text))) >= _REPEATED * len(terms) for each in same)


def _form(text: str) -> str:
    if not text or len(text) > _MOST_CHARACTERS:
        return f"it must be one sentence of at most {_MOST_CHARACTERS} characters"
    if _MARKUP.search(text):
        return "it must be plain text, without links or markup"
    if _TO_THE_READER.search(text):
        return "it must say what the provision says and not address the reader"
    if _A_VERDICT.search(text):
        return "it must not give a verdict"
    return ""
