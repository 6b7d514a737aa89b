"""The characters of a PDF page → its lines, with where they stand and how large and bold they are, through PDFium."""

from __future__ import annotations

import ctypes
import math
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pypdfium2.raw as pdfium

RAISED, LOWERED = "\ue010", "\ue011"
"""What stands around raised figures in a line's text, until it is known whether they refer to a footnote."""

# In heights of the line: how far apart two stretches of one line are where they are two, and how far a baseline strays.
_GAP = 1.2
_STRAY = 0.3
_RAISED_STRAY = 0.75
_RAISED_SIZE = 0.82
_BOLD_WEIGHT = 600
_BOLD_NAME = re.compile(rb"bold|black|heavy|semibold|demi", re.IGNORECASE)
_SMALLEST = 1.5
_HYPHENS = "\x02\ufffe\xad"


@dataclass(slots=True)
class Line:
    """A stretch of a line. Distances count in points from the upper left corner of the page as it is read; ``size`` is
    the height of most of its letters' boxes, a fifth or so more than the size of the type."""

    text: str
    left: float
    right: float
    top: float
    bottom: float
    size: float
    bold: bool = False
    turned: bool = False


@dataclass(frozen=True, slots=True)
class PageLines:
    """A page's lines in the order of the file. ``garbled`` is the share of its characters that cannot be told."""

    lines: list[Line]
    frame: Frame
    characters: int
    garbled: float


@dataclass(slots=True)
class _Run:
    """Characters that follow one another on one line."""

    text: list[str] = field(default_factory=list)
    left: float = math.inf
    right: float = -math.inf
    top: float = math.inf
    bottom: float = -math.inf
    base: float = 0.0
    height: float = 0.0
    raised: bool = False
    first: int = 0
    last: int = 0
    heights: Counter[float] = field(default_factory=Counter)
    last_left: float = math.nan

    def takes(self, left: float, base: float, height: float) -> bool:
        """Whether a character goes on with the run."""
        if left == self.last_left:
            return True  # one of several that a single shape shows: fi, ffl
        size = max(self.height, height)
        small = min(self.height, height) <= _RAISED_SIZE * size
        stray = _RAISED_STRAY if small else _STRAY
        return abs(base - self.base) <= stray * size and -0.5 * size <= left - self.right <= _GAP * size

    def put(self, sign: str, box: tuple[float, float, float, float], base: float) -> None:
        """Adds a character with its left, right, top and bottom."""
        left, right, top, bottom = box
        height = bottom - top
        small = height <= _RAISED_SIZE * self.height
        raised = bool(self.text) and small and sign.isalnum() and base < self.base - 0.15 * height
        if raised != self.raised:
            self.text.append(RAISED if raised else LOWERED)
            self.raised = raised
        self.text.append(sign)
        self.heights[round(height, 1)] += 1
        self.left, self.right, self.last_left = min(self.left, left), max(self.right, right), left
        if not raised and height > self.height * 0.9:
            self.base, self.height = base, max(self.height, height)
            self.top, self.bottom = min(self.top, top), max(self.bottom, bottom)


def page_lines(page: Any, text: Any) -> PageLines:
    """The lines of a page: ``page`` and ``text`` are pypdfium2's page and its text page."""
    angles = Counter(_angle(text, at) for at in range(0, text.count_chars(), 7))
    upright = angles.most_common(1)[0][0] if angles else 0
    # Most of the text tells how the page is read; PDFium's boxes know nothing of the page's own rotation.
    turn = -upright % 360 if upright % 90 == 0 else 0
    frame = Frame.of(page, turn)
    lines: list[Line] = []
    characters = garbled = 0
    for run in _runs(text, frame):
        words = "".join(run.text) + (LOWERED if run.raised else "")
        angle = _angle(text, run.first)
        characters += sum(not each.isspace() for each in words)
        garbled += sum(_is_garbled(each) for each in words)
        if not words.strip() or run.bottom - run.top < _SMALLEST or (angle - upright) % 90:
            continue  # too small to be seen, or a watermark across the page
        size = run.heights.most_common(1)[0][0]
        bold = _is_bold(text, run.first) and _is_bold(text, run.last)
        lines.append(Line(words, run.left, run.right, run.top, run.bottom, size, bold, turned=angle != upright))
    return PageLines(lines, frame, characters, garbled / characters if characters else 0.0)


@dataclass(frozen=True, slots=True)
class Frame:
    """Where a page's edges are in the file's own coordinates, and how far, with the clock, it is turned to be read."""

    left: float
    bottom: float
    right: float
    top: float
    turn: int

    @classmethod
    def of(cls, page: Any, turn: int) -> Frame:
        """The frame of a page of pypdfium2's."""
        left, bottom, right, top = page.get_mediabox()
        return cls(min(left, right), min(bottom, top), max(left, right), max(bottom, top), turn)

    @property
    def height(self) -> float:
        """The height of the page as it is read."""
        return self.right - self.left if self.turn % 180 else self.top - self.bottom

    def place(self, x: float, y: float) -> tuple[float, float]:
        """A point of the file's own coordinates as distances from the left and from the top."""
        match self.turn:
            case 90:
                return y - self.bottom, x - self.left
            case 180:
                return self.right - x, y - self.bottom
            case 270:
                return self.top - y, self.right - x
            case _:
                return x - self.left, self.top - y

    def origin(self, across: float, down: float) -> tuple[float, float]:
        """The same the other way round."""
        match self.turn:
            case 90:
                return down + self.left, across + self.bottom
            case 180:
                return self.right - across, down + self.bottom
            case 270:
                return self.right - down, self.top - across
            case _:
                return across + self.left, self.top - down


def _runs(text: Any, frame: Frame) -> Iterator[_Run]:
    """The page's characters in runs. Spaces that PDFium puts between words are kept, its line ends end runs."""
    raw = text.raw
    box, x, y = pdfium.FS_RECTF(), ctypes.c_double(), ctypes.c_double()
    run, space = _Run(), False
    for at in range(text.count_chars()):
        code = pdfium.FPDFText_GetUnicode(raw, at)
        sign = chr(code) if code <= 0x10FFFF and not 0xD800 <= code <= 0xDFFF else "\ufffd"
        if sign in "\r\n":
            if run.text:
                yield run
            run, space = _Run(), False
            continue
        if sign.isspace() or sign == "\0":
            space = bool(run.text)
            continue
        if sign in _HYPHENS:
            sign = "-"
        pdfium.FPDFText_GetLooseCharBox(raw, at, box)
        pdfium.FPDFText_GetCharOrigin(raw, at, x, y)
        one, two = frame.place(box.left, box.top), frame.place(box.right, box.bottom)
        left, right = sorted((one[0], two[0]))
        top, bottom = sorted((one[1], two[1]))
        base = frame.place(x.value, y.value)[1]
        if run.text and not run.takes(left, base, bottom - top):
            yield run
            run, space = _Run(), False
        if not run.text:
            run.first, run.base, run.height = at, base, bottom - top
        elif space:
            run.text.append(" ")
        space = False
        run.last = at
        run.put(sign, (left, right, top, bottom), base)
    if run.text:
        yield run


def _angle(text: Any, at: int) -> int:
    """The direction of a character in whole degrees, with the clock."""
    return round(math.degrees(pdfium.FPDFText_GetCharAngle(text.raw, at))) % 360


def _is_garbled(sign: str) -> bool:
    """Whether a sign stands for no character, its font not saying which; the bullets of symbol fonts are well known."""
    is_private = "\ue000" <= sign <= "\uf8ff" and not "\uf000" <= sign <= "\uf0ff"
    return sign == "\ufffd" or (is_private and sign not in (RAISED, LOWERED))


def _is_bold(text: Any, at: int) -> bool:
    if pdfium.FPDFText_GetFontWeight(text.raw, at) >= _BOLD_WEIGHT:
        return True
    name, flags = ctypes.create_string_buffer(128), ctypes.c_int()
    pdfium.FPDFText_GetFontInfo(text.raw, at, name, 128, flags)
    return bool(_BOLD_NAME.search(name.value))


def text_within(text: Any, frame: Frame, box: tuple[float, float, float, float]) -> str:
    """What stands in a box of the page (left, top, right, bottom) as one line; Chinese lines join without a space."""
    one, two = frame.origin(box[0], box[1]), frame.origin(box[2], box[3])
    (left, right), (bottom, top) = sorted((one[0], two[0])), sorted((one[1], two[1]))
    found = text.get_text_bounded(left=left, bottom=bottom, right=right, top=top).replace("\r", "")
    joined = ""
    for line in re.sub(f"[{_HYPHENS}]\n", "", found).split("\n"):
        line = re.sub(f"[{_HYPHENS}]", "-", line).strip()
        joined += line if not joined or (is_wide(joined[-1]) and is_wide(line[:1])) else f" {line}"
    return joined.strip()


def is_wide(sign: str) -> bool:
    """Whether a sign is of Chinese writing, which has no spaces between words."""
    return "\u2e80" <= sign <= "\u9fff" or "\uff00" <= sign <= "\uff60" or "\uf900" <= sign <= "\ufaff"
