"""The numbers that Word prints before paragraphs: they stand nowhere in the file and are counted as Word counts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from docx.oxml.ns import qn

from assistant.documents.loaders import numbering

_FORMATS: dict[str, Callable[[int], str]] = {
    "decimal": numbering.decimal,
    "decimalZero": numbering.decimal_two_digits,
    "lowerLetter": numbering.letters_repeated,
    "upperLetter": numbering.upper(numbering.letters_repeated),
    "lowerRoman": numbering.roman,
    "upperRoman": numbering.upper(numbering.roman),
    "chineseCounting": numbering.chinese,
    "chineseCountingThousand": numbering.chinese,
    "ideographDigital": numbering.chinese,
    "japaneseCounting": numbering.chinese,
    "taiwaneseCounting": numbering.chinese,
    "taiwaneseCountingThousand": numbering.chinese,
    "decimalEnclosedCircle": numbering.circled,
    "decimalEnclosedCircleChinese": numbering.circled,
}
_LEVELS = 9


@dataclass(frozen=True, slots=True)
class Number:
    """A paragraph's place in a list: the text printed before it, empty for a bullet, and its depth from 1."""

    text: str
    level: int


@dataclass(frozen=True, slots=True)
class _Level:
    start: int
    style: str
    template: str
    gap: str
    in_digits: bool
    paragraph_style: str | None


@dataclass(slots=True)
class Numbering:
    """Counts through a document's lists; ask for each numbered paragraph once, in order."""

    lists: dict[str, str]
    levels: dict[str, dict[int, _Level]]
    overrides: dict[str, dict[int, int]]
    _counts: dict[str, dict[int, int]] = field(default_factory=dict)
    _restarted: set[tuple[str, int]] = field(default_factory=set)

    @classmethod
    def of(cls, document: Any) -> Numbering:
        """The numbering of a document as python-docx opens it."""
        try:
            root = document.part.numbering_part.element
        except (KeyError, NotImplementedError):
            return cls({}, {}, {})
        levels = {
            each.get(qn("w:abstractNumId")): {
                _number(level.get(qn("w:ilvl"))): _level(level) for level in each.iterchildren(qn("w:lvl"))
            }
            for each in root.iterchildren(qn("w:abstractNum"))
        }
        lists, overrides = {}, {}
        for each in root.iterchildren(qn("w:num")):
            list_id = each.get(qn("w:numId"))
            lists[list_id] = _value(each, "w:abstractNumId") or ""
            overrides[list_id] = {
                _number(override.get(qn("w:ilvl"))): _number(_value(override, "w:startOverride"))
                for override in each.iterchildren(qn("w:lvlOverride"))
                if _value(override, "w:startOverride") is not None
            }
        return cls(lists, levels, overrides)

    def number(self, list_id: str, level: int | None, style_id: str | None) -> Number | None:
        """The next number in a list; ``None`` where the document has no such list. Without a level it is that of the
        paragraph's style."""
        key = self.lists.get(list_id)
        levels = self.levels.get(key or "")
        if key is None or not levels:
            return None
        if level is None:
            level = next((at for at, each in levels.items() if style_id and each.paragraph_style == style_id), 0)
        found = levels.get(level)
        if found is None:
            return None
        counts = self._counts.setdefault(key, {})
        start = self.overrides.get(list_id, {}).get(level)
        if start is not None and (list_id, level) not in self._restarted:
            self._restarted.add((list_id, level))
            counts[level] = start
        else:
            counts[level] = counts[level] + 1 if level in counts else found.start
        for deeper in range(level + 1, _LEVELS):
            counts.pop(deeper, None)
        return Number(self._text(found, levels, counts), level + 1)

    def _text(self, found: _Level, levels: dict[int, _Level], counts: dict[int, int]) -> str:
        if found.style in ("bullet", "none"):
            return "" if found.style == "bullet" or "%" in found.template else found.template
        text = found.template
        for at in range(_LEVELS):
            level = levels.get(at)
            if f"%{at + 1}" in text and level is not None:
                style = _FORMATS.get(level.style, numbering.decimal)
                style = numbering.decimal if found.in_digits else style
                text = text.replace(f"%{at + 1}", style(counts.setdefault(at, level.start)))
        return text + found.gap if text.strip() else ""


def _level(element: Any) -> _Level:
    return _Level(
        start=_number(_value(element, "w:start") or "1"),
        style=_value(element, "w:numFmt") or "decimal",
        template=_value(element, "w:lvlText") or "",
        gap="" if _value(element, "w:suff") == "nothing" else " ",
        in_digits=element.find(qn("w:isLgl")) is not None,
        paragraph_style=_value(element, "w:pStyle"),
    )


def _value(element: Any, tag: str) -> str | None:
    found = element.find(qn(tag))
    return None if found is None else found.get(qn("w:val"))


def _number(text: str | None) -> int:
    return int(text) if text and text.lstrip("-").isdigit() and len(text) < 9 else 0
