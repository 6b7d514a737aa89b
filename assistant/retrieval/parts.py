"""What part a thing plays in a question: it moves, or is only what that is for; a use is given, or denied."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from assistant.retrieval.concepts import Concept
from assistant.retrieval.glossary import Facet

_CLAUSE_END = re.compile(r"[,;.?!，。；？！]")
# "A motor maker", "电机厂": whoever makes a thing gets something else.
_WHOSE = re.compile(
    r"^[-\s]+(?:makers?|manufacturers?|producers?|builders?|works|firms?|compan(?:y|ies)|factor(?:y|ies)|plants?|shops?"
    r"|industry|labs?|laborator(?:y|ies)|business|start-?ups?)\b|^(?:厂|企业|公司|制造商|生产商|行业)",
    re.IGNORECASE,
)
_MAKES = re.compile(r"\b(?:who|that|which)\s+(?:builds?|makes?|produces?)\s+(?:[\w-]+\s+){0,2}$", re.IGNORECASE)
# "Magnets for civil gear motors": the magnets move. "A licence for motors" speaks of the motors.
_FOR = re.compile(r"\b(?:for|to make)\s+(?:[\w-]+\s+){0,3}$|用于.{0,6}$|用来(?:做|制造|生产)$", re.IGNORECASE)
_ASKED = re.compile(
    r"\b(?:licen[cs]\w*|lic|permits?|permission|approvals?|paper\w*|apply|file|ask|need\w*)\W*$", re.IGNORECASE
)
_DENIES = re.compile(
    r"(?:\b(?:not|never|no|nor|neither|nothing|non)\b|n['’]t\b|不是|不用于|不会用于|并非|非|没有|不涉及)(?P<between>.{0,32})$",
    re.IGNORECASE,
)
# What may not be sent to somebody is meant for them all the same.
_SENT = re.compile(r"\b(?:export|ship|sell|sold|send|sent|deliver|suppl|provid|give|go)\w*|出口|卖|提供", re.IGNORECASE)


def denied(text: str, concepts: Sequence[Concept]) -> frozenset[Concept]:
    """The uses that a question names only to say that they are not given: "not for the military"."""
    return _playing(text, [each for each in concepts if each.facet is Facet.USES], _is_denied)


def purposes(text: str, concepts: Sequence[Concept]) -> frozenset[Concept]:
    """The items that a question names only as what another one is for, or what somebody makes: the motors of "magnets
    for gear motors", the phosphors of "a phosphor maker"."""
    items = [each for each in concepts if each.facet is Facet.ITEMS]
    words = [each.words.lower() for each in items]

    def is_purpose(before: str, after: str) -> bool:
        if _WHOSE.match(after) or _MAKES.search(before):
            return True
        use = _FOR.search(before)
        thing = before[: use.start()].lower() if use else ""
        return any(each in thing for each in words) and _ASKED.search(thing) is None

    return _playing(text, items, is_purpose)


def _is_denied(before: str, _: str) -> bool:
    match = _DENIES.search(before)
    return match is not None and _SENT.search(match["between"]) is None


def _playing(text: str, concepts: Sequence[Concept], plays: Callable[[str, str], bool]) -> frozenset[Concept]:
    """The concepts that play a part wherever a text names them, told from the words before and behind them in their
    clause."""
    found = set()
    for concept in concepts:
        places = [match.span() for match in re.finditer(re.escape(concept.words), text, re.IGNORECASE)]
        if places and all(
            plays(_CLAUSE_END.split(text[:start])[-1], _CLAUSE_END.split(text[end:], maxsplit=1)[0])
            for start, end in places
        ):
            found.add(concept)
    return frozenset(found)
