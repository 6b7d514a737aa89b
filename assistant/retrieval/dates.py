"""Dates that a question names in words → the day it asks about.

Only what plainly says *when* counts: "on 15 March 2026", "last October", "during the suspension". A date that belongs
to something else ("the announcement of 9 October 2025", "suspended until 10 November") is no day asked about. A month
stands for its middle, and the answer says which day was taken.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from assistant.documents.headers import Header
from assistant.documents.language import simplified
from assistant.retrieval import chinese_dates

MONTHS = (
    "january february march april may june july august september october november december".split()
)  # fmt: skip
_MONTH = "|".join(MONTHS)
_MIDDLE = 15
_WHEN = r"(?:on|as of|as at|as per|from|starting|by)\s+(?:the\s+)?"
_DAY = re.compile(
    rf"\b{_WHEN}(?:(?P<d>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?(?P<m>{_MONTH})(?:,?\s+(?P<y>20\d\d))?"
    rf"|(?P<m2>{_MONTH})\s+(?P<d2>\d{{1,2}})(?:st|nd|rd|th)?(?:,?\s+(?P<y2>20\d\d))?(?!\d)"
    r"|(?P<iso>20\d\d-\d\d-\d\d))",
    re.IGNORECASE,
)
_WRITTEN = re.compile(rf"\b(?P<d>\d{{1,2}})\s+(?P<m>{_MONTH})\s+(?P<y>20\d\d)\b", re.IGNORECASE)
_THAT_DAY = re.compile(
    r"\b(?P<side>before|prior to|until|after|following|on|from|since|as of)\s+(?:that|this)\s+(?:date|day)\b"
    r"|\b(?P<then>before|until|after) (?:that|then)\b(?!\s+\w)",
    re.IGNORECASE,
)
_IN_MONTH = re.compile(
    rf"\b(?:in|during|throughout)\s+(?:early\s+|mid-?\s?|late\s+)?(?P<m>{_MONTH})\s+(?P<y>20\d\d)"
    rf"|\b(?P<which>last|this past|next|this coming)\s+(?P<m2>{_MONTH})",
    re.IGNORECASE,
)
_AGO = re.compile(
    r"\b(?P<n>a|an|one|two|three|four|five|six|\d{1,3})\s+(?P<unit>day|week|month|year)s?\s+ago\b"
    r"|\bin\s+(?P<n2>a|an|one|two|three|four|five|six|\d{1,3})\s+(?P<unit2>day|week|month|year)s?(?:'|’)?(?:\s+time)?\b"
    r"|\b(?P<which>last|next)\s+(?P<unit3>week|month|year)\b|\b(?P<word>yesterday|tomorrow)\b",
    re.IGNORECASE,
)
_PAUSE = r"(?:suspension|pause|truce|moratorium)"
_WINDOW = re.compile(
    rf"\b(?P<side>during|within|throughout|before|prior to|after|following)\s+(?:the\s+)?{_PAUSE}\b"
    rf"|\b(?P<end>when|once|after)\s+(?:the\s+)?{_PAUSE}\s+(?:ends|ended|is over|runs out|expires)\b"
    r"|(?P<zh>暂停(?:实施)?(?:期|措施)?(?P<zh_side>期间|期内|之内|内|之前|以前|前|之后|(?:结束|到期|届满|期满)(?:以|之)?后))",
    re.IGNORECASE,
)
_NUMBERS = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6}


@dataclass(frozen=True, slots=True)
class Named:
    """The day that a question names, and the words it was taken from."""

    day: dt.date
    words: str


def date_named(text: str, today: dt.date, windows: Sequence[tuple[dt.date, dt.date]] = ()) -> Named | None:
    """The day a question asks about, where it names one; ``windows`` are the suspensions it may speak of, the likeliest
    first. Of several days the last counts, since what is asked stands at the end; ``None`` where two are named side by
    side in one sentence, for who compares asks about neither alone."""
    plain = simplified(text)
    found = [
        *_days(plain, today),
        *_months(plain, today),
        *_relative(plain, today),
        *_in_windows(plain, today, windows),
    ]
    found += chinese_dates.days(plain, today)
    found.sort()
    days = {day for _, day, _ in found}
    if not found or len(days) > 1:
        return None
    start, day, words = found[-1]
    return Named(day, text[start : start + len(words)])


def date_meant(text: str, told: Sequence[str]) -> Named | None:
    """The day that a question means by "before that date", "since then": the only day named in the last of the turns
    before it that names any; the day before or after it where the question says so."""
    match = _THAT_DAY.search(text)
    days = [{day for each in _WRITTEN.finditer(turn) if (day := _read(each))} for turn in reversed(told)]
    meant = next((each for each in days if each), set())
    if match is None or len(meant) != 1:
        return None
    side = (match["side"] or match["then"]).lower()
    shift = {"before": -1, "prior to": -1, "until": -1, "after": 1, "following": 1}.get(side, 0)
    return Named(meant.pop() + dt.timedelta(days=shift), match.group())


def suspensions(headers: Iterable[Header], named: frozenset[str]) -> list[tuple[dt.date, dt.date]]:
    """The windows of the suspensions that sources record, of the named ones where any is; the one of most sources
    first."""
    suspended = [each for each in headers if each.suspensions]
    meant = [each for each in suspended if each.id in named] or suspended
    windows = [window for each in meant for window in each.suspensions]
    return sorted(set(windows), key=lambda each: (-windows.count(each), each))


def day_phrases(text: str, today: dt.date) -> list[tuple[int, int]]:
    """Where a text names a day or month to ask about, as stretches of characters."""
    found = [*_days(text, today), *_months(text, today), *_relative(text, today), *chinese_dates.days(text, today)]
    found += ((match.start(), today, match.group()) for match in _WINDOW.finditer(text))
    return sorted((start, start + len(words)) for start, _, words in found)


_Found = tuple[int, dt.date, str]


def _days(text: str, today: dt.date) -> Iterable[_Found]:
    for match in _DAY.finditer(text):
        written = match.groupdict()
        if written["iso"]:
            day = _date(*map(int, written["iso"].split("-")))
        else:
            month = MONTHS.index((written["m"] or written["m2"]).lower()) + 1
            year = written["y"] or written["y2"]
            day = _date(int(year or today.year), month, int(written["d"] or written["d2"]))
        if day:
            yield match.start(), day, match.group()


def _months(text: str, today: dt.date) -> Iterable[_Found]:
    for match in _IN_MONTH.finditer(text):
        month = MONTHS.index((match["m"] or match["m2"]).lower()) + 1
        if match["y"]:
            year = int(match["y"])
        elif match["which"].lower() in ("last", "this past"):
            year = today.year if month < today.month else today.year - 1
        else:
            year = today.year if month > today.month else today.year + 1
        # The month that is running means today, any other its middle.
        running = (year, month) == (today.year, today.month)
        yield match.start(), today if running else dt.date(year, month, _MIDDLE), match.group()


def _relative(text: str, today: dt.date) -> Iterable[_Found]:
    for match in _AGO.finditer(text):
        if match["n"]:
            count, unit = -_number(match["n"]), match["unit"].lower()
        elif match["n2"]:
            count, unit = _number(match["n2"]), match["unit2"].lower()
        elif match["which"]:
            count, unit = (-1 if match["which"].lower() == "last" else 1), match["unit3"].lower()
        else:
            count, unit = (-1 if match["word"].lower() == "yesterday" else 1), "day"
        if day := _moved(today, count, unit):
            yield match.start(), day, match.group()
    for start, count, unit, words in chinese_dates.distances(text):
        if day := _moved(today, count, unit):
            yield start, day, words


def _in_windows(text: str, today: dt.date, windows: Sequence[tuple[dt.date, dt.date]]) -> Iterable[_Found]:
    match = _WINDOW.search(text) if windows else None
    if match is None:
        return
    since, until = windows[0]
    side = (match["side"] or match["zh_side"] or "after").lower()
    if side in ("during", "within", "throughout", "期间", "期内", "之内", "内"):
        day = today if since <= today <= until else since
    elif side in ("before", "prior to", "之前", "以前", "前"):
        day = since - dt.timedelta(days=1)
    else:
        day = until + dt.timedelta(days=1)
    yield match.start(), day, match.group()


def _read(match: re.Match[str]) -> dt.date | None:
    return _date(int(match["y"]), MONTHS.index(match["m"].lower()) + 1, int(match["d"]))


def _number(word: str) -> int:
    return _NUMBERS.get(word.lower()) or int(word)


def _moved(today: dt.date, count: int, unit: str) -> dt.date | None:
    if unit in ("day", "week"):
        return today + dt.timedelta(days=count * (7 if unit == "week" else 1))
    months = today.year * 12 + today.month - 1 + count * (12 if unit == "year" else 1)
    return _date(months // 12, months % 12 + 1, min(today.day, 28))


def _date(year: int, month: int, day: int) -> dt.date | None:
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None
