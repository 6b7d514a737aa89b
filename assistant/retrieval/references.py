"""Which sources a question names: by number, by title, by abbreviation of the title."""

from __future__ import annotations

import re
from collections.abc import Iterable

from assistant.documents.model import Source
from assistant.documents.naming import short_name

# "No. 62", "Nos. 55 and 56", "Announcement 62/2025", 2025年第62号; a year may stand before or behind.
_NUMBERED = re.compile(
    r"(?:(?P<before>20\d\d|19\d\d)\s*(?:年|/)?\s*)?"
    r"(?:\b(?:no|nos|number|announcement|order|decree|notice)s?\b\.?\s*|第\s*|#)"
    r"(?P<numbers>\d{1,3}(?:\s*(?:,|and|&|to|/|、|和|至|or|-|–)\s*(?:nos?\.?\s*)?\d{1,3}(?!\d|\s*%))*)\s*号?"
    r"(?:\s*(?:of|/|\()\s*(?P<after>20\d\d|19\d\d))?",
    re.IGNORECASE,
)

# What stands before or behind the number of an act where the question is what that act says.
_ASKS_BEFORE = re.compile(
    r"(?:\b(?:does|do|did|will|would|is|are|under|by|per|within|of)\s+(?:the\s+)?(?:MOFCOM(?:'s)?\s+)?|按照?|根据|依据?|按)"
    r"(?:Announcements?\s*)?$",
    re.IGNORECASE,
)
_ASKS_AFTER = re.compile(
    r"\s*(?:of\s+20\d\d\s*)?(?:公告)?[\s,]*(?:ask|oblig|requir|demand|cover|appl|reach|control|catch|list|bind|bite|help"
    r"|适用|要求|管)",
    re.IGNORECASE,
)


def named_sources(question: str, sources: Iterable[Source]) -> frozenset[str]:
    """The ids of the sources that a question names. A number without a year names every source of that number."""
    mentions = list(_mentions(question))
    lowered = question.lower()
    return frozenset(
        source.id
        for source in sources
        if any(_is(source, number, year) for number, year in mentions) or _by_title(source, lowered)
    )


def asks_of_acts(question: str) -> bool:
    """Whether a question that names an act asks what that act says: "does No. 62 ask …", "under Announcement 55"."""
    return any(
        _ASKS_BEFORE.search(question[: match.start()]) or _ASKS_AFTER.match(question[match.end() :])
        for match in _NUMBERED.finditer(question)
    )


def _mentions(question: str) -> Iterable[tuple[int, str | None]]:
    for match in _NUMBERED.finditer(question):
        year = match["before"] or match["after"]
        numbers = [int(each) for each in re.findall(r"\d+", match["numbers"])]
        if re.search(r"to|至|-|–", match["numbers"]) and len(numbers) == 2:
            numbers = list(range(numbers[0], min(numbers[1], numbers[0] + 20) + 1))
        yield from ((number, year) for number in numbers)


def _is(source: Source, number: int, year: str | None) -> bool:
    """Whether one of the source's own numbers is this one."""
    return any(own == number and year in (None, own_year) for own_year, own in _own_numbers(source))


def _own_numbers(source: Source) -> Iterable[tuple[str, int]]:
    """Year and number of each announcement or order that the source's ``number`` lists, "Announcements 2026 Nos. 11,
    12"; the year of issue where it names none."""
    written = source.number or ""
    issued = next((str(each.date.year) for each in source.issued if each.date), "")
    for match in re.finditer(r"(?:(\d{4}) )?(?:Nos?\.) ((?:\d+(?:, | and )?)+)", written):
        yield from ((match[1] or issued, int(each)) for each in re.findall(r"\d+", match[2]))


def _by_title(source: Source, question: str) -> bool:
    name = re.sub(r" of the people's republic of china|,.*", "", short_name(source).lower()).strip()
    return len(name) > 8 and "announcement" not in name and name in question
