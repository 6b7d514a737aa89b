"""What a text says it does to another act: suspends, amends, repeals it, until when. Proposals, never events by
themselves."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass

from assistant.documents.guesses import DATE, day_of
from assistant.documents.model import EventKind, Source, Span

_PHRASES = {
    EventKind.SUSPENDED: r"\bsuspend(?:s|ed)?\b|\bis not (?:applied|implemented)\b|暂停|中止(?:实施|执行)",
    EventKind.RESUMED: r"\bresum(?:es|ed)\b|\bappl(?:y|ies) again\b|恢复(?:实施|执行)",
    EventKind.REPEALED: r"\brepeal(?:s|ed)?\b|\brevoke[sd]?\b|\bceases? to (?:have effect|apply|be in force)|废止|失效",
    EventKind.AMENDED: r"\bamend(?:s|ed)\b|\bis replaced by\b|修改|修订",
}
_WORDINGS = tuple((kind, re.compile(phrase, re.IGNORECASE)) for kind, phrase in _PHRASES.items())
# What only speaks of such acts in general, or says that one may come.
_NOT_DONE = re.compile(
    r"\b(?:may|might|could|can|if|unless|request(?:ed|s)?|propos\w+|plan\w*)\b|可以|可能|拟|如果|建议|申请",
    re.IGNORECASE,
)
_UNTIL = re.compile(
    rf"(?:\b(?:until|till|through|up to|to)\s+(?:and including\s+)?|至|截至|到)\s*{DATE}", re.IGNORECASE
)
_FROM = re.compile(rf"(?:\b(?:from|as of|with effect from|on|since)\s+|自|从)?\s*{DATE}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Announced:
    """A sentence of a source that says it does something to another act. ``since`` is the first day it names, ``until``
    the last day of a window."""

    provision: str
    sentence: Span
    event: EventKind
    since: dt.date | None
    until: dt.date | None


def announced(source: Source) -> Iterator[Announced]:
    """The sentences that say so, in order; none of editor's remarks."""
    for provision in source.provisions:
        for sentence in () if provision.is_note else provision.sentences:
            text = source.quote(sentence)
            event = next((kind for kind, pattern in _WORDINGS if pattern.search(text)), None)
            if event is not None and not _NOT_DONE.search(text):
                until = _UNTIL.search(text)
                since = _FROM.search(text[: until.start()] if until else text)
                yield Announced(
                    provision.label, sentence, event, day_of(since) if since else None, day_of(until) if until else None
                )
