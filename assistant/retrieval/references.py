"""Which sources a question names: by number, by title, by abbreviation of the title, by the month of issue."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping

from assistant.documents.headers import Header
from assistant.documents.model import Kind, Source
from assistant.documents.naming import short_name
from assistant.documents.numbering import chinese_value
from assistant.retrieval.dates import MONTHS

# "No. 62", "Nos. 55 and 56", "Announcement 62/2025", 2025年第62号; a year may stand before or behind.
_NUMBERED = re.compile(
    r"(?:(?P<before>20\d\d|19\d\d)\s*(?:年|/)?\s*)?"
    r"(?:\b(?:no|nos|number|announcement|order|decree|notice)s?\b\.?\s*|第\s*|#|(?=\d{1,3}\s*号(?:公告|令)))"
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
_SO = re.compile(r"[,;.，；。]\s*(?:so\b|therefore\b|hence\b|thus\b|所以|因此|那么?)", re.IGNORECASE)
_ASKS_AFTER = re.compile(
    r"\s*(?:of\s+20\d\d\s*)?(?:公告)?[\s,]*(?:ask|oblig|requir|demand|cover|appl|reach|control|catch|list|bind|bite|help"
    r"|适用|要求|管)",
    re.IGNORECASE,
)

# "the October rules", "the April 2025 rare-earth controls", 10月的公告: acts as the press and companies speak of them.
_OF_A_MONTH = re.compile(
    rf"\b(?P<month>{'|'.join(MONTHS)})(?:['’]s)?(?:\s+(?:of\s+)?(?P<year>20\d\d))?\s+"
    r"(?:(?:new|export|control|rare|earth|rare-earth|technology|overseas|magnet|battery|licensing|element|mineral|paused"
    r"|suspended|Chinese|MOFCOM)\s+){0,3}"
    r"(?:rules?|announcements?|measures?|controls?|regulations?|restrictions?|package|list)\b"
    r"|(?:(?P<zh_year>20\d\d)\s*年\s*)?(?P<zh_month>\d{1,2}|[一二三四五六七八九十]{1,2})\s*月份?(?:\d{1,2}[日号])?(?:发布|公布|出台)?的?"
    r"(?:[一二三四五六七八九十几\d]+[个项份]|这些|那些|那批)?(?:稀土|出口|管制|技术|新)*(?:公告|规定|措施|新规|管制)",
    re.IGNORECASE,
)
_BINDING = frozenset({Kind.LAW, Kind.REGULATION, Kind.ANNOUNCEMENT})


class SourceNames:
    """What sources are called, put so that a question is read once, however many there are."""

    def __init__(self, sources: Iterable[Source | Header]) -> None:
        self._by_number: dict[int, list[tuple[str, str]]] = {}
        self._by_name: dict[str, list[str]] = {}
        self._by_title: dict[str, list[str]] = {}
        self._issued: list[tuple[dt.date, str]] = []
        for source in sources:
            for year, number in _own_numbers(source):
                self._by_number.setdefault(number, []).append((year, source.id))
            if name := _name_in_text(source):
                self._by_name.setdefault(name, []).append(source.id)
            self._by_title.setdefault(_chinese_name(source.title), []).append(source.id)
            if source.kind in _BINDING:
                self._issued += [(each.date, source.id) for each in source.issued if each.date]

    @classmethod
    def of(cls, headers: Mapping[str, Header]) -> SourceNames:
        """The names of the sources that a snapshot has; see `Snapshot.derived`."""
        return cls(headers.values())

    def within(self, question: str, on: dt.date | None = None) -> frozenset[str]:
        """The ids of the sources that a question names. A number without a year names every source of that number, a
        month without one is the last before the day ``on``; without such a day no month names anything."""
        found = {
            source_id
            for number, year in _mentions(question)
            for own_year, source_id in self._by_number.get(number, ())
            if year in (None, own_year)
        }
        lowered = question.lower()
        for name, ids in self._by_name.items():
            if name in lowered:
                found.update(ids)
        if on is not None:
            found.update(*self._of_months(question, on))
        return frozenset(found)

    def _of_months(self, question: str, on: dt.date) -> Iterator[set[str]]:
        for match in _OF_A_MONTH.finditer(question):
            name = match["month"]
            month = MONTHS.index(name.lower()) + 1 if name else chinese_value(match["zh_month"])
            year = match["year"] or match["zh_year"]
            issued = [(day, source_id) for day, source_id in self._issued if day.month == month and day <= on]
            last = int(year) if year else max((day.year for day, _ in issued), default=0)
            yield {source_id for day, source_id in issued if day.year == last}

    def titled(self, name: str) -> frozenset[str]:
        """The ids of the acts whose title is this Chinese name, the country's name left out or not."""
        short = _chinese_name(name)
        return frozenset(self._by_title.get(short, ())) if short else frozenset()


def named_sources(question: str, sources: Iterable[Source | Header], on: dt.date | None = None) -> frozenset[str]:
    """The ids of those of the sources that a question names; see `SourceNames.within`."""
    return SourceNames(sources).within(question, on)


def act_phrases(text: str) -> list[tuple[int, int]]:
    """Where a text names acts by number, as stretches of characters."""
    return [(match.start(), match.start() + len(match.group().rstrip())) for match in _NUMBERED.finditer(text)]


def asks_of_acts(question: str) -> bool:
    """Whether a question that names an act asks what that act says: "does No. 62 ask …", "under Announcement 55". What
    it concludes from the act ("…, so may we …?") it asks of all of them."""
    asked = _SO.split(question)[-1]
    return any(
        _ASKS_BEFORE.search(asked[: match.start()]) or _ASKS_AFTER.match(asked[match.end() :])
        for match in _NUMBERED.finditer(asked)
    )


def _mentions(question: str) -> Iterable[tuple[int, str | None]]:
    for match in _NUMBERED.finditer(question):
        year = match["before"] or match["after"]
        numbers = [int(each) for each in re.findall(r"\d+", match["numbers"])]
        if re.search(r"to|至|-|–", match["numbers"]) and len(numbers) == 2:
            numbers = list(range(numbers[0], min(numbers[1], numbers[0] + 20) + 1))
        yield from ((number, year) for number in numbers)


def _own_numbers(source: Source | Header) -> Iterable[tuple[str, int]]:
    """Year and number of each announcement or order that the source's ``number`` lists, "Announcements 2026 Nos. 11,
    12"; the year of issue where it names none."""
    written = source.number or ""
    issued = next((str(each.date.year) for each in source.issued if each.date), "")
    for match in re.finditer(r"(?:(\d{4}) )?(?:Nos?\.) ((?:\d+(?:, | and )?)+)", written):
        yield from ((match[1] or issued, int(each)) for each in re.findall(r"\d+", match[2]))


def _name_in_text(source: Source | Header) -> str:
    """The name of a source as a question has it, in lower case; empty where it would be taken for other words."""
    name = re.sub(r" of the people's republic of china|,.*", "", short_name(source).lower()).strip()
    return name if len(name) > 8 and "announcement" not in name else ""


def _chinese_name(title: str) -> str:
    return re.sub(r"^中华人民共和国|[（(].*", "", title).strip()
