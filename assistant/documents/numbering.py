"""How legal texts number their parts: the marker at the start of a line, read as steps of a hierarchy.

"Article 12", "Section 4(b)(ii)", "1.1.1.(a)", "§ 734.13", "(iv)"; 第十二条, 一、, （一）, 附件1. A marker may be read
in several ways ("(i)" is a letter or a Roman number); which one holds is for `outline` to see from what stands before.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache


class Rank(IntEnum):
    """How high a step stands. Items, below articles, nest by the order in which their styles first appear."""

    ANNEX = 0
    BOOK = 1
    PART = 2
    CHAPTER = 3
    SECTION = 4
    SUBSECTION = 5
    ARTICLE = 6
    ITEM = 7


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a marker.

    ``style`` tells ways of counting apart: "(a)" from "a." and "(1)". ``ordinal`` is its place, from 1; a decimal's is
    its last number. ``label`` is how it is cited, ``printed`` as it stands in the text, ``numbers`` a decimal's parts.
    """

    rank: Rank
    style: str
    ordinal: int
    label: str
    printed: str
    numbers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Marker:
    """The number at the start of a line, and where the words after it begin in that line."""

    steps: tuple[Step, ...]
    end: int


# A marker, and what follows it that tells it from a mention, are no longer.
_PREFIX = 200
_ROMAN = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}
_ROMAN_SHAPE = re.compile(r"(?=[ivxlc])(?:c{0,3})(?:xc|xl|l?x{0,3})(?:ix|iv|v?i{0,3})")
_CHINESE = {digit: value for value, digit in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2, "○": 0}
_UNITS = {"十": 10, "百": 100, "千": 1000}
_HAN = "一二三四五六七八九十百千零〇○两"
_NUMBER = rf"[0-9０-９]{{1,4}}|[{_HAN}]{{1,7}}"

_DIVISION = re.compile(
    r"(?P<word>book|part|title|subtitle|subpart|division|chapter|subchapter|section|subsection)\s+"
    r"(?P<number>\d{1,3}[A-Za-z]?|[IVXLC]{1,7}|[A-Z])\b",
    re.IGNORECASE,
)
_DIVISION_RANKS = {
    "book": Rank.BOOK, "part": Rank.PART, "title": Rank.PART, "subtitle": Rank.CHAPTER, "subpart": Rank.CHAPTER,
    "division": Rank.CHAPTER, "chapter": Rank.CHAPTER, "subchapter": Rank.SECTION, "section": Rank.SECTION,
    "subsection": Rank.SUBSECTION,
}  # fmt: skip
_ANNEX = re.compile(
    r"(?P<word>annex|appendix|app(?=\.?\s?\d)|schedule|attachment|supplement)(?![a-z])(?:\.?\s*(?:no\.\s*)?(?P<number>\d{1,3}[A-Za-z]?|[IVXLC]{1,7}|[A-Z]))?(?![\w.]*\w)",
    re.IGNORECASE,
)
# A number as long as those of codes of regulations: § 734.13. What follows must not make it a mention in a sentence.
_ARTICLE = re.compile(
    r"(?P<word>articles?|art\.|section|sec\.|§{1,2}|rule|regulation|clause|paragraph|para\.)\s*"
    r"(?P<number>\d{1,4}(?:[.-]\d{1,4})*(?:\s?(?:bis|ter|quater))?[A-Za-z]?|[IVXLC]{1,7})\b(?P<more>(?:\([0-9A-Za-z]{1,5}\)){0,6})",
    re.IGNORECASE,
)
_ARTICLE_NAMES = {
    "article": "Art.", "articles": "Art.", "art.": "Art.", "section": "Section", "sec.": "Section", "§": "§",
    "§§": "§§", "rule": "Rule", "regulation": "Reg.", "clause": "Clause", "paragraph": "Para.", "para.": "Para.",
}  # fmt: skip
# Words after an article's number that make it a mention: "Article 12 of the Law", "Section 4 applies".
_MENTION = re.compile(r"\s*(?:[a-z,;)/]|\(\w{1,4}\))")
_DECIMAL = re.compile(
    r"(?P<number>[A-Z]?\d{1,3}[A-Z]?(?:\.\d{1,3}[A-Z]?){1,8})\.?(?P<more>(?:\(\w{1,5}\)){0,6})(?=[\s(（]|$)"
)
_BRACKETED = re.compile(r"[(（](?P<mark>\d{1,3}|[ivxlc]{1,7}|[A-Za-z]{1,2}|[IVXLC]{1,6})[)）]")
_CLOSED = re.compile(
    r"(?P<mark>\d{1,3}|[ivxlc]{1,7}|[A-Za-z])(?P<sign>[.)．、])(?P<more>(?:\(\w{1,5}\)){0,6})(?=\s|$|[(（\u4e00-\u9fff])"
)

_ZH_DIVISION = re.compile(rf"第(?P<number>{_NUMBER})(?P<word>[编篇部章节])(?:分)?(?![之第]|的)")
_ZH_RANKS = {"编": Rank.BOOK, "篇": Rank.BOOK, "部": Rank.PART, "章": Rank.CHAPTER, "节": Rank.SECTION}
_ZH_ARTICLE = re.compile(rf"第(?P<number>{_NUMBER})条(?:之(?P<bis>{_NUMBER}))?")
_ZH_MENTION = re.compile(r"\s*(?:规定|所|第|的|、|和|或|及|至|，|,|中|款|项)")
_ZH_ANNEX = re.compile(rf"(?:附件|附录|附表|附)\s*(?P<number>{_NUMBER})?\s*(?=[:：\s]|$|[^\u4e00-\u9fff])")
_ZH_ITEM = re.compile(rf"(?P<number>[{_HAN}]{{1,5}})、")
_ZH_BRACKETED = re.compile(rf"[（(](?P<number>[{_HAN}]{{1,5}})[）)]")
_CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"


def markers(text: str, *, is_heading: bool = False) -> Iterator[Marker]:
    """The ways to read the marker at the start of a text, the likeliest first; none where it has none.

    ``is_heading`` says that the text is a heading, which may number itself without a point: "3 Scope".
    """
    yield from _read(text[:_PREFIX], is_heading)


@lru_cache(maxsize=4096)  # a line is looked at from the lines before it too
def _read(text: str, is_heading: bool) -> tuple[Marker, ...]:
    start = len(text) - len(text.lstrip(" \t\u3000>*#"))
    return tuple(Marker(steps, _words_from(text, end)) for steps, end in _readings(text, start, is_heading))


def _readings(text: str, at: int, is_heading: bool) -> Iterator[tuple[tuple[Step, ...], int]]:
    yield from _annexes(text, at)
    yield from _divisions(text, at)
    yield from _articles(text, at)
    yield from _items(text, at)
    if is_heading and (match := re.compile(r"(\d{1,3})\s+(?=[A-Z\u4e00-\u9fff])").match(text, at)):
        yield (_item("1.", int(match[1]), match[1], match[0].strip()),), match.end()


def _annexes(text: str, at: int) -> Iterator[tuple[tuple[Step, ...], int]]:
    if (match := _ANNEX.match(text, at)) and not re.compile(r"\s+[a-z]|,").match(text, match.end()):
        number, word = match["number"] or "", match["word"].lower()
        if word == "app" and not number:
            return
        label = f"{'App.' if word == 'app' else word.capitalize()} {number}".strip()
        yield (Step(Rank.ANNEX, "annex", _ordinal(number) or 1, label, match[0]),), match.end()
    if (match := _ZH_ANNEX.match(text, at)) and (match["number"] or not text[match.end() :].strip(" \t\u3000:：")):
        label = re.sub(r"\s", "", match[0])
        yield (Step(Rank.ANNEX, "annex", chinese_value(match["number"] or "一"), label, match[0]),), match.end()


def _divisions(text: str, at: int) -> Iterator[tuple[tuple[Step, ...], int]]:
    if (match := _DIVISION.match(text, at)) and not _MENTION.match(text, match.end()):
        word = match["word"].lower()
        label = f"{word.capitalize()} {match['number']}"
        yield (Step(_DIVISION_RANKS[word], word, _ordinal(match["number"]) or 1, label, match[0]),), match.end()
    if match := _ZH_DIVISION.match(text, at):
        word = match["word"]
        yield (Step(_ZH_RANKS[word], word, chinese_value(match["number"]), match[0], match[0]),), match.end()


def _articles(text: str, at: int) -> Iterator[tuple[tuple[Step, ...], int]]:
    if (match := _ARTICLE.match(text, at)) and not _MENTION.match(text, match.end()):
        word = match["word"].lower()
        number = re.sub(r"\s", "", match["number"])
        label = f"{_ARTICLE_NAMES[word]} {number}"
        style = f"article {_ARTICLE_NAMES[word]}"
        article = Step(Rank.ARTICLE, style, _ordinal(number) or 1, label, match[0], tuple(number.split(".")))
        yield (article, *_bracket_steps(match["more"])), match.end()
    if (match := _ZH_ARTICLE.match(text, at)) and not _ZH_MENTION.match(text, match.end()):
        yield (Step(Rank.ARTICLE, "条", chinese_value(match["number"]), match[0], match[0]),), match.end()


def _items(text: str, at: int) -> Iterator[tuple[tuple[Step, ...], int]]:
    if match := _DECIMAL.match(text, at):
        numbers = tuple(match["number"].split("."))
        step = Step(Rank.ITEM, "decimal", _ordinal(numbers[-1]) or 1, match["number"], match["number"], numbers)
        yield (step, *_bracket_steps(match["more"])), match.end()
        return
    if match := _ZH_ITEM.match(text, at):
        yield (_item("一、", chinese_value(match["number"]), match[0], match[0]),), match.end()
    if match := _ZH_BRACKETED.match(text, at):
        label = f"（{match['number']}）"
        yield (_item("（一）", chinese_value(match["number"]), label, match[0]),), match.end()
    if text[at : at + 1] and text[at] in _CIRCLED:
        yield (_item("①", _CIRCLED.index(text[at]) + 1, text[at], text[at]),), at + 1
    if match := _BRACKETED.match(text, at):
        for style, ordinal in _alphabets(match["mark"]):
            yield (_item(f"({style})", ordinal, f"({match['mark']})", match[0]),), match.end()
    elif match := _CLOSED.match(text, at):
        for style, ordinal in _alphabets(match["mark"]):
            if match["sign"] == "、" and style != "1":
                continue
            step = _item(f"{style}{match['sign']}", ordinal, match["mark"], match["mark"] + match["sign"])
            yield (step, *_bracket_steps(match["more"])), match.end()


def _item(style: str, ordinal: int, label: str, printed: str) -> Step:
    return Step(Rank.ITEM, style, ordinal, label, printed)


def _bracket_steps(text: str) -> tuple[Step, ...]:
    """The steps of "(b)(ii)", each in its likeliest reading: a Roman number where it follows a letter."""
    steps: list[Step] = []
    for match in _BRACKETED.finditer(text):
        readings = dict(_alphabets(match["mark"]))
        style = "i" if "i" in readings and steps and steps[-1].style == "(a)" else next(iter(readings), "a")
        steps.append(_item(f"({style})", readings.get(style, 1), match[0], match[0]))
    return tuple(steps)


def _alphabets(mark: str) -> Iterator[tuple[str, int]]:
    """The ways of counting that a mark can belong to, with its place in each: letters before Roman numbers."""
    if mark.isdecimal():
        yield "1", int(mark)
        return
    case = "a" if mark.islower() else "A"
    if len(mark) == 1 or mark[0] == mark[-1]:
        place = ord(mark[0].lower()) - ord("a") + 1 + 26 * (len(mark) - 1)
        yield case, place
    if mark.islower() and (value := roman(mark)):
        yield "i", value
    if mark.isupper() and (value := roman(mark.lower())):
        yield "I", value


def roman(mark: str) -> int:
    """The value of a Roman number in lower case, 0 where it is none."""
    if not _ROMAN_SHAPE.fullmatch(mark):
        return 0
    values = [_ROMAN[letter] for letter in mark]
    return sum(-each if each < after else each for each, after in zip(values, [*values[1:], 0], strict=True))


def _ordinal(number: str) -> int:
    """The place that a number stands for: of "12a" 12, of "IV" 4, of "B" 2; 0 for none."""
    digits = re.match(r"\d+", number.rsplit(".", 1)[-1])
    if digits:
        return int(digits[0])
    if value := roman(number.lower()):
        return value
    return ord(number.lower()) - ord("a") + 1 if len(number) == 1 and number.isalpha() else 0


def chinese_value(number: str) -> int:
    """The value of a number in Chinese or other digits."""
    if number.isdecimal():
        return int(number)
    total = digit = 0
    for character in number:
        if character in _UNITS:
            total += (digit or 1) * _UNITS[character]
            digit = 0
        else:
            digit = 10 * digit + _CHINESE[character] if digit else _CHINESE[character]
    return total + digit


def _words_from(text: str, at: int) -> int:
    """Where the words after a marker begin: past white space and the point, colon or dash that closes it."""
    match = re.compile(r"[\s\u3000]*(?:[.:：、．–—-](?=\s|$|[\u4e00-\u9fff]))?[\s\u3000]*").match(text, at)
    return match.end() if match else at
