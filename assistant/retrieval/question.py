"""A question as it was asked → what is searched for, for which date, and what kind of answer it wants."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from assistant.documents.invisible import seen
from assistant.documents.language import asked_in, has_chinese, in_another_language, simplified
from assistant.documents.model import Span
from assistant.documents.selection import EVERYTHING, Selection
from assistant.documents.sentences import sentence_spans
from assistant.errors import QuestionError
from assistant.index.lexical import tokens
from assistant.retrieval.follow_up import Carried, carried_over
from assistant.retrieval.glossary import UNKNOWN, Glossary

MAX_CHARACTERS = 8_000
_EARLIEST, _LATEST = date(1949, 10, 1), date(2199, 12, 31)

_NEWS = re.compile(
    r"\b(?:articles?|press|news\w*|report(?:s|ed|ing|edly)?|media|blogs?|journal\w*|read|heard|claims?|claimed|says?|said|"
    r"according to|white house|rumou?rs?|observers?|analysts?)\b|报道|新闻|媒体|据说|文章|白宫",
    re.IGNORECASE,
)
# Who wants the answer in another language than the question says so.
_ANSWER_IN = {
    language: re.compile(
        rf"用(?:简体)?(?:{chinese})(?:来)?(?:回答|作答|答复)"
        rf"|\b(?:answer|reply|respond)\b[^.?!]{{0,20}}\bin {english}\b|\bin {english},? please\b",
        re.IGNORECASE,
    )
    for language, chinese, english in (("zh", "中文|汉语", "chinese"), ("en", "英文|英语", "english"))
}
# Words with a capital, one behind the other: "Hitachi Advanced Systems", "Wrocław University of Science".
_NAME = re.compile(r"[A-Z][A-Za-zÀ-ž0-9&.'-]*(?:\s(?:of\s(?=[A-Z]))?[A-Z&][A-Za-zÀ-ž0-9&.'-]*)*")
# What opens a question with a capital and is no part of the name behind it, and what companies are by law.
_OPENERS = frozenset(
    """a am an and are but can could did do does had has have how if in is it may might must or our please shall should
    so the to was we were what when where which who whose why will would""".split()
)
_LEGAL_FORMS = frozenset(
    """ab ag as bv co company corp corporation gmbh inc incorporated kg kk limited llc llp ltd nv oy oyj plc pte pty sa
    sarl se spa srl""".split()
)
_LONG, _TELLING, _MOST_PARTS = 30, 4, 8
_CLAUSE = re.compile(
    r"[;:]\s|[，；]|,?\s(?=(?:and|or|but)\s)|,\s(?=(?:what|which|who|where|when|how|why|if|may|can|do|does|is|are)\s)"
)


@dataclass(frozen=True, slots=True)
class Turn:
    """One earlier turn of the conversation."""

    role: Literal["user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True)
class Question:
    """A question ready to be searched. ``asked`` is what the user wrote, cleaned of invisible characters; ``search``
    the same as a question that stands alone; ``parts`` its sentences where it is long; ``carried`` what it takes over
    from the questions before it; ``groups`` the groups of who asks, ``None`` for the owner, who sees everything;
    ``selection`` the part of the sources that the answer may rest on; ``taken_from`` the words of the question that its
    date was taken from, empty where it was given."""

    asked: str
    search: str
    as_of: date
    parts: tuple[str, ...] = ()
    carried: Carried | None = None
    groups: frozenset[str] | None = None
    selection: Selection = EVERYTHING
    taken_from: str = ""

    @property
    def before(self) -> str:
        """What stays of the question before, where this follows on it."""
        return self.carried.context if self.carried else ""

    @property
    def asks_about_news(self) -> bool:
        """Whether it speaks of what the press or somebody says, and not only of the law."""
        return _NEWS.search(self.search) is not None

    @property
    def asking(self) -> str:
        """What of it asks, without the story it is told in but for the sentence before, which often tells what it is
        about; the whole where it follows on another question."""
        return self.search if self.before else asking_part(self.asked, before=1)

    @property
    def wordings(self) -> tuple[str, ...]:
        """The whole, its sentences, and the clauses of what asks, so far as each says something: who asks for two
        things in one sentence asks two questions."""
        sentences = [each for each in _sentences(self.search) if _words(each) >= _TELLING][-_MOST_PARTS:]
        clauses = [each for each in _CLAUSE.split(self.asking) if _words(each) >= _TELLING][-_MOST_PARTS:]
        return tuple(dict.fromkeys([self.search, *sentences, *clauses]))

    @property
    def names(self) -> frozenset[frozenset[str]]:
        """What is written like a name, each as the terms of its words without its legal form: words with a capital
        inside a sentence, one behind the other; every word where the question has no capitals at all."""
        if self.search == self.search.lower():
            return frozenset(frozenset({term}) for term in tokens(self.search))
        found = []
        for sentence in _sentences(self.search):
            for match in _NAME.finditer(sentence):
                first, *more = match.group().split()
                opens = not sentence[: match.start()].strip(" \"'(")
                # The capital that opens a sentence says nothing of its word.
                alone = first[1:] == first[1:].lower() and not more
                words = more if opens and (alone or first.lower() in _OPENERS) else [first, *more]
                told = [each for each in words if each.lower().strip(".,&").replace(".", "") not in _LEGAL_FORMS]
                found.append(frozenset(tokens(" ".join(told))))
        return frozenset(each for each in found if each)

    @property
    def own(self) -> str:
        """What was asked, without the question before, as it is matched: Traditional characters as Simplified ones."""
        return simplified(self.asked)

    @property
    def language(self) -> str:
        """The language that it is answered in: the one it asks for, else the one it is asked in; of a bare symbol or
        name that of the question before."""
        wanted = (language for language, pattern in _ANSWER_IN.items() if pattern.search(self.own))
        return next(wanted, None) or asked_in(self.asked) or asked_in(self.before) or "en"

    @property
    def in_another_language(self) -> bool:
        """Whether it seems to be asked in neither English nor Chinese."""
        return in_another_language(self.asked)

    @property
    def is_chinese(self) -> bool:
        """Whether it is asked in Chinese."""
        return (asked_in(self.asked) or asked_in(self.before)) == "zh"


def understand(
    text: str,
    as_of: date,
    history: Sequence[Turn] = (),
    *,
    groups: frozenset[str] | None = None,
    glossary: Glossary = UNKNOWN,
) -> Question:
    """Reads a question in the light of the turns before it. The ``glossary`` tells which facts of the turns before a
    new one takes the place of.

    Raises QuestionError where it is empty or too long, or the date is out of any corpus's range.
    """
    asked = visible(text).strip()
    if not any(character.isalnum() for character in asked):
        raise QuestionError("The question is empty; ask one in words, in quotation marks.")
    if len(text) > MAX_CHARACTERS:
        raise QuestionError(
            f"The question has {len(text):,} characters; at most {MAX_CHARACTERS:,} are read. "
            "Shorten it to what you want to know."
        )
    if not _EARLIEST <= as_of <= _LATEST:
        raise QuestionError(f"The date {as_of} lies outside {_EARLIEST} to {_LATEST}; name a date in that range.")
    plain = simplified(asked)
    before = [told for turn in history if turn.role == "user" and (told := simplified(visible(turn.content).strip()))]
    answer = next((visible(turn.content) for turn in reversed(history) if turn.role == "assistant"), "")
    carried = carried_over(plain, before, answer, as_of, glossary)
    search = (carried.whole or f"{carried.context} {plain}") if carried else plain
    return Question(asked, search, as_of, _parts(search), carried, groups)


def visible(text: str) -> str:
    """The text as a reader sees it: compatibility forms unified, invisible characters gone, white space plain."""
    return seen(unicodedata.normalize("NFKC", text))


def _parts(text: str) -> tuple[str, ...]:
    """The sentences of a long question that are long enough to say something, at most the last eight: what is asked
    stands at the end."""
    if len(text.split()) < _LONG:
        return ()
    return tuple(each for each in _sentences(text) if len(each.split()) >= _TELLING)[-_MOST_PARTS:]


def _words(text: str) -> int:
    """How many words a text has, two Chinese characters counting as one."""
    return len(text.split()) + sum(map(has_chinese, text)) // 2


def _sentences(text: str) -> list[str]:
    return [text[span.start : span.end] for span in sentence_spans(text, Span(0, len(text)))]


def asking_part(text: str, *, before: int = 0) -> str:
    """The sentences of a text that ask, each with so many ``before`` it, the whole where none does. A bare "Correct?"
    asks about the one before it."""
    sentences = _sentences(text)
    asking = {
        place
        for at, each in enumerate(sentences)
        if each.endswith(("?", "？"))
        for place in range(max(0, at - max(before, len(each.split()) < _TELLING)), at + 1)
    }
    return " ".join(sentences[at] for at in sorted(asking)) or text
