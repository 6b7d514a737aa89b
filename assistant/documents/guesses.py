"""What a document seems to say of itself: its number, issuer, dates and kind, read off its first and last lines.

Nothing of this is known: anybody can write it. It is kept as a guess until a person confirms it, and what decides over
answers (what the text weighs, from when it applies) waits for that.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator

from assistant.documents.blocks import RawDocument, Role
from assistant.documents.model import Guess, Kind, Span
from assistant.documents.sentences import sentence_spans

_FIRST, _TITLE, _LAST = 1500, 400, 400

_MONTHS = "January February March April May June July August September October November December".split()
DATE = (
    r"(?:(?P<zy>\d{4})\s*年\s*(?P<zm>\d{1,2})\s*月\s*(?P<zd>\d{1,2})\s*日"
    rf"|(?P<dd>\d{{1,2}})\s+(?P<dm>{'|'.join(_MONTHS)})\s+(?P<dy>\d{{4}})"
    rf"|(?P<mm>{'|'.join(_MONTHS)})\s+(?P<md>\d{{1,2}}),?\s+(?P<my>\d{{4}})"
    r"|(?P<iy>\d{4})-(?P<im>\d{2})-(?P<id>\d{2}))"
)
"""A pattern for a day in either language; `day_of` reads its match."""

_DAY = re.compile(DATE)
_ISSUED = re.compile(
    rf"(?:发布|公布|印发|issued|published|dated|date|of)\s*(?:on|日期|时间)?\s*[:：]?\s*{DATE}", re.IGNORECASE
)
# What stands before a day that is not the one of issue.
_OTHER_DAY = re.compile(r"(?:from|until|since|after|before|by|effective|force on|自|至|于)\s*$", re.IGNORECASE)
_ISSUERS = {
    "商务部": "MOFCOM", "海关总署": "GACC", "国务院": "State Council", "工业和信息化部": "MIIT",
    "MOFCOM": "MOFCOM", "Ministry of Commerce": "MOFCOM", "General Administration of Customs": "GACC",
    "State Council": "State Council", "Bureau of Industry and Security": "BIS",
    "European Commission": "European Commission",
}  # fmt: skip
_ISSUER = re.compile("|".join(map(re.escape, _ISSUERS)))
_NAMED = r"(?P<word>Announcement|Notice|Order|Decree)"
_NUMBERS = tuple(
    re.compile(pattern)
    for pattern in (
        r"(?P<word>公告|令|通知)\s*[〔\[（(]?(?P<year>\d{4})[〕\]）)]?\s*年?\s*第\s*(?P<number>\d{1,4})\s*号",
        r"(?P<word>令)\s*第\s*(?P<number>\d{1,4})\s*号",
        rf"{_NAMED}\s+No\.\s*(?P<number>\d{{1,4}})\s+of\s+(?P<year>\d{{4}})",
        rf"{_NAMED}\s+\[?(?P<year>\d{{4}})\]?\s+No\.\s*(?P<number>\d{{1,4}})",
        r"(?P<word>Regulation)\s+\((?:EU|EC|EEC)\)\s+(?:No\s+)?(?P<number>\d{2,4}/\d{1,4})",
    )
)
_WORDS = {"公告": "Announcement", "令": "Order", "通知": "Notice"}
_KINDS = tuple(
    (kind, re.compile(pattern, re.IGNORECASE))
    for kind, pattern in {
        Kind.OFFICIAL_QA: r"答记者问|问答|\bQ&A\b|\bquestions and answers\b|\bfrequently asked",
        Kind.ANNOUNCEMENT: r"公告|通告|\bannouncement\b|\bnotice\b",
        Kind.GUIDANCE: r"指南|指引|\bguid(?:ance|elines?)\b",
        Kind.POLICY: r"\b(?:policy|internal procedure|compliance manual)\b",
        Kind.REGULATION: r"条例|办法|规定$|实施细则|\bregulations?\b|\brules?\b|\border\b|\bdecree\b",
        Kind.LAW: r"法$|法（|\b(?:law|act|code)\b",
    }.items()
)
_SINCE_ISSUED = re.compile(
    r"自(?:公布|发布)之日起"
    r"|(?:takes? effect|enters? into force|effective|applies)\b[^.]{0,40}\b(?:date|day) of (?:its )?"
    r"(?:issue|issuance|publication|promulgation|announcement)|upon (?:its )?(?:publication|issuance)",
    re.IGNORECASE,
)
_SINCE = re.compile(
    rf"自\s*{DATE}\s*起"
    r"|(?:takes? effect|enters? into force|in force|come into force|effective|appl(?:y|ies))\s+(?:from|on|as of)\s+"
    rf"(?P<en>{DATE.replace('?P<', '?P<e')})",
    re.IGNORECASE,
)


def guesses(document: RawDocument, title: str) -> tuple[Guess, ...]:
    """What the document seems to say of itself, one guess a field."""
    start, end = document.text[:_FIRST], document.text[-_LAST:]
    found: dict[str, Guess] = {}
    for guess in (
        *_number(start), *_issuer(start, document), *_issued(start, end, document), *_effective(document.text),
        *_kind(title, start),
    ):  # fmt: skip
        found.setdefault(guess.field, guess)
    if "effective" in found and found["effective"].value == "" and "issued" in found:
        found["effective"] = Guess("effective", found["issued"].value, found["effective"].basis)
    return tuple(guess for guess in found.values() if guess.value)


def day_of(match: re.Match[str], prefix: str = "") -> dt.date | None:
    """The day that a match of `DATE` names; ``None`` where there is no such day. ``prefix`` is that of its groups."""
    groups = match.groupdict()
    for kind in ("z", "d", "m", "i"):
        year, month, day = (groups.get(f"{prefix}{kind}{part}") for part in ("y", "m", "d"))
        if year and month and day:
            number = int(month) if month.isdecimal() else 1 + _MONTHS.index(month.capitalize())
            try:
                return dt.date(int(year), number, int(day))
            except ValueError:
                return None
    return None


def _number(start: str) -> Iterator[Guess]:
    for match in filter(None, (pattern.search(start) for pattern in _NUMBERS)):
        word, year = _WORDS.get(match["word"], match["word"]), match.groupdict().get("year")
        number = match["number"] if "/" in match["number"] else f"No. {match['number']}"
        yield Guess("number", " ".join(filter(None, (word, year, number))), match[0])


def _issuer(start: str, document: RawDocument) -> Iterator[Guess]:
    if match := _ISSUER.search(start):
        yield Guess("issuer", _ISSUERS[match[0]], match[0])
    for value in (document.properties.publisher, document.properties.author):
        if value:
            yield Guess("issuer", value, "the file's properties")


def _issued(start: str, end: str, document: RawDocument) -> Iterator[Guess]:
    """A date by itself in the last lines, which signs an act, else the first in the first lines."""
    for line in reversed(end.splitlines()):
        if (match := _DAY.fullmatch(line.strip(" .。"))) and (day := day_of(match)):
            yield Guess("issued", day.isoformat(), match[0])
    if (match := _ISSUED.search(start)) and (day := day_of(match)):
        yield Guess("issued", day.isoformat(), match[0])
    for match in _DAY.finditer(start[:_TITLE]):
        is_another = _OTHER_DAY.search(start[: match.start()]) or start[match.end() : match.end() + 1] == "起"
        if not is_another and (day := day_of(match)):
            yield Guess("issued", day.isoformat(), match[0])
    if document.properties.published:
        yield Guess("issued", document.properties.published.isoformat(), "the file's properties")


def _effective(text: str) -> Iterator[Guess]:
    for span in sentence_spans(text, Span(max(0, len(text) - 4 * _LAST), len(text))):
        sentence = text[span.start : span.end]
        if match := _SINCE_ISSUED.search(sentence):
            yield Guess("effective", "", match[0])  # the date of issue, whatever that is
        if match := _SINCE.search(sentence):
            day = day_of(match) or day_of(match, "e")
            if day is not None:
                yield Guess("effective", day.isoformat(), match[0])


def _kind(title: str, start: str) -> Iterator[Guess]:
    for text in (title, start.split("\n", 1)[0]):
        for kind, pattern in _KINDS:
            if match := pattern.search(text):
                yield Guess("kind", kind.value, match[0])


def title_of(document: RawDocument) -> tuple[str, str] | None:
    """A title and what it was read off: the file's properties, its first heading."""
    if document.properties.title:
        return document.properties.title, "the file's properties"
    heading = next((document.quote(each.span) for each in document.blocks if each.role is Role.HEADING), None)
    return (heading, "the first heading") if heading else None
