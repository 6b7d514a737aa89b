"""Days that a Chinese question names in words: 2026年3月15日, 去年10月, 12月1日起, 三个月前.

As in English only what plainly says *when* counts: 2025年10月9日公布的公告 names an act and no day asked about.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator

from assistant.documents.numbering import chinese_value

_MIDDLE = 15
_NUMBER = r"(?:\d{1,2}|[一二两三四五六七八九十]{1,3})"
_YEAR = r"(?P<year>20\d\d|二[〇零○][〇零○一二三四五六七八九]{2})\s*年"
_RELATIVE = {"前年": -2, "去年": -1, "今年": 0, "明年": 1, "后年": 2}
_SAID_OF = rf"(?P<said_of>{'|'.join(_RELATIVE)})(?:的)?"
# What belongs to an act and not to the question.
_NO_ACT = r"(?!\s*[（(]?(?:的|之)?(?:公告|公布|发布|颁布|通过|签署|印发|出台|第|的))"
_DAY = re.compile(
    rf"(?:{_YEAR}|{_SAID_OF})\s*(?P<month>{_NUMBER})\s*月\s*(?P<day>{_NUMBER})\s*[日号]{_NO_ACT}"
    rf"|(?:在|从|自|于|截至)\s*(?P<month2>{_NUMBER})\s*月\s*(?P<day2>{_NUMBER})\s*[日号]{_NO_ACT}"
    rf"|(?P<month3>{_NUMBER})\s*月\s*(?P<day3>{_NUMBER})\s*[日号](?=起|当天|那天|以后|之后|以前|之前|出口|发货|装运|报关)"
)
_MONTH = re.compile(
    rf"{_YEAR}\s*(?P<month>{_NUMBER})\s*月(?!\s*{_NUMBER}\s*[日号])(?=份|时|期间|初|底|末|上旬|中旬|下旬|起|出口|发货|装运|报关){_NO_ACT}份?"
    rf"|{_SAID_OF}\s*(?P<month2>{_NUMBER})\s*月份?(?!\s*{_NUMBER}\s*[日号]){_NO_ACT}"
)
_UNITS = {"天": "day", "日": "day", "周": "week", "星期": "week", "月": "month", "年": "year"}
# A distance from today stands at the start of a clause; elsewhere it is a time limit ("受理45天后").
_OPENS = r"(?<![^，。；,;\s们在于])"
_AGO = re.compile(
    rf"{_OPENS}(?P<count>\d{{1,3}}|[一二两三四五六七八九十]{{1,3}})\s*个?(?P<unit>{'|'.join(_UNITS)})(?:以|之)?(?P<side>前|后)"
    rf"|{_OPENS}(?P<half>半年)(?:以|之)?(?P<half_side>前|后)"
    r"|(?P<word>前天|昨天|明天|后天|上周|下周|上个?月|下个?月"
    rf"|(?:{'|'.join(_RELATIVE)})(?!\s*的?{_NUMBER}\s*月)){_NO_ACT}"
)
_WORDS = {
    "前天": (-2, "day"), "昨天": (-1, "day"), "明天": (1, "day"), "后天": (2, "day"), "上周": (-1, "week"),
    "下周": (1, "week"), "上月": (-1, "month"), "上个月": (-1, "month"), "下月": (1, "month"), "下个月": (1, "month"),
    **{word: (years, "year") for word, years in _RELATIVE.items()},
}  # fmt: skip

Found = tuple[int, dt.date, str]
"""Where the words stand, the day, and the words."""


def days(text: str, today: dt.date) -> Iterator[Found]:
    """The days that a text names by date."""
    for match in _DAY.finditer(text):
        month = match["month"] or match["month2"] or match["month3"]
        day = match["day"] or match["day2"] or match["day3"]
        if found := _date(_year(match, today), chinese_value(month), chinese_value(day)):
            yield match.start(), found, match.group()
    for match in _MONTH.finditer(text):
        if found := _date(_year(match, today), chinese_value(match["month"] or match["month2"]), _MIDDLE):
            yield match.start(), found, match.group()


def distances(text: str) -> Iterator[tuple[int, int, str, str]]:
    """How far from today a text says, each with where it stands: 三个月前 is -3, "month"."""
    for match in _AGO.finditer(text):
        if match["word"]:
            if match["word"] != "今年":
                yield match.start(), *_WORDS[match["word"]], match.group()
            continue
        count, unit = (6, "month") if match["half"] else (chinese_value(match["count"]), _UNITS[match["unit"]])
        before = (match["side"] or match["half_side"]) == "前"
        yield match.start(), -count if before else count, unit, match.group()


def _year(match: re.Match[str], today: dt.date) -> int:
    if match["year"]:
        digits = "".join(
            each if each.isdigit() and each.isascii() else str(chinese_value(each)) for each in match["year"]
        )
        return int(digits)
    return today.year + _RELATIVE.get(match["said_of"] or "", 0)


def _date(year: int, month: int, day: int) -> dt.date | None:
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None
