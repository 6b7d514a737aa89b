"""What exactly a question asks for, as far as its wording shows: the thing it wants named or counted, and the acts it
names."""

from __future__ import annotations

import re
from collections.abc import Iterator

from assistant.index.lexical import tokens
from assistant.retrieval.question import asking_part

_WANTED = re.compile(r"\b(?:which|what|whose|how many|how much)\s+(?P<rest>.*)", re.IGNORECASE)
# "What is the melting point of …" wants the melting point.
_IS_THE = re.compile(r"(?:is|are|was|were|would be|will be)\s+(?:the|an?|our|his|its)\s+", re.IGNORECASE)
_ENDS = re.compile(
    r"\b(?:does|do|did|is|are|was|were|has|have|had|can|may|must|should|will|would|could|shall|of|for|in|to|that|who"
    r"|from|on|at|with|go|goes|apply|applies|we|our|you|i)\b|[,.?;:(]",
    re.IGNORECASE,
)
_ACT = re.compile(
    r"(?P<name>(?:[A-Z][\w’'&/-]*(?:\s+(?:and|on|of|for|the)\s+|\s+)){1,6})"
    r"(?P<kind>Laws?|Acts?|Regulations?|Codes?|Convention|Directive|Lists?|Program(?:me)?|Agreement|Treaty|list)\b"
)
# What is wanted in full: "which documents", "what are the eight things", "what sort of wrongdoing", 哪些情形.
_ALL = re.compile(
    r"\b(?:which|what)\s+(?:are\s+)?(?:the\s+)?(?:[\w-]+\s+){0,3}?(?!is\b|was\b|has\b|does\b|this\b)[\w-]*[a-rt-z]s\b"
    r"|\bwhat (?:sort|kind|type)\b|\bin (?:which|what) cases\b|\b(?:list|name|give me|tell me) (?:all|the|every)\b"
    r"|哪些|哪几|有什么(?:条件|材料|情形|因素)|什么材料",
    re.IGNORECASE,
)
# What opens a question or tells only whose act it is.
_NO_NAME = frozenset(
    "and on of for the does do is are under which what may must can has how when by china chinese prc".split()
)


def wanted(question: str) -> frozenset[str]:
    """The stem of the noun that a question wants named, counted or explained, "which visa", "how many licences", "what
    is the melting point"; empty where it asks for nothing of the kind."""
    found = _WANTED.search(asking_part(question))
    if found is None:
        return frozenset()
    phrase = _ENDS.split(_IS_THE.sub("", found["rest"], count=1), maxsplit=1)[0]
    words = re.findall(r"[\w’'-]+", phrase)
    return frozenset(tokens(words[-1])) if words else frozenset()


def wants_all(question: str) -> bool:
    """Whether a question wants several things named, all of them, and not one or a yes."""
    return _ALL.search(asking_part(question)) is not None


def acts_named(question: str) -> Iterator[frozenset[str]]:
    """The stems of each act, list or programme that a question names with capitals: "the Anti-Monopoly Law"."""
    for match in _ACT.finditer(question):
        named = re.sub(r"['’]s\b", "", match["name"])
        words = [each for each in re.findall(r"[\w-]+", named) if each.lower() not in _NO_NAME]
        if words:
            yield frozenset(tokens(" ".join([*words, match["kind"]])))
