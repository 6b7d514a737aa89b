"""The lines of a PDF in reading order → blocks: paragraphs whole over lines, columns and pages, headings, footnotes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from statistics import median

from assistant.documents.blocks import Role
from assistant.documents.loaders.numbering import SUPERSCRIPTS
from assistant.documents.loaders.pdf_layout import Region
from assistant.documents.loaders.pdf_lines import LOWERED, RAISED, Line, is_wide

_HEADING_SIZE = 1.12
_HEADING_MAX = 160
_NOTE_SIZE = 0.93
_LEADING = 1.35
# How much of a line's end is looked at: longer than any word.
_END = 80
_ENDS = re.compile(r"[.!?;:。！？；：…][\"'”’』」）)\]\ue011\d]*$")
_ITEM = re.compile(
    r"[•●▪■◦‣\uf0b7\uf0a7\uf0d8]\s*|[-–—]\s+|"
    r"[(（](?:\d{1,3}|[a-zA-Z]{1,2}|[ivxIVX]{1,5}|[一二三四五六七八九十百]{1,4})[)）]|"
    r"(?:\d{1,3}(?:\.\d{1,3}){0,5}|[a-zA-Z]|[ivx]{1,5})[.)．]\s|\d{1,3}(?:\.\d{1,3}){1,5}\.?\s|"
    r"[一二三四五六七八九十百]{1,4}、|\d{1,3}[、．]|第[一二三四五六七八九十百千\d]{1,6}[条章节编款项]|附件|"
    r"(?:Article|Section|Chapter|Part|Annex|Appendix|Schedule|Art\.|Sec\.|§)\s*[\dIVXA-Z]"
)
# How an item ends that another one follows.
_GOES_ON = re.compile(r"(?:[,，、]|\b(?:and|or|及|和|或|以及|或者))$")
_BULLET = re.compile(r"(?:[•●▪■◦‣\uf0b7\uf0a7\uf0d8]\s*|[-–—]\s+)")
_NOTE_MARK = re.compile(rf"(?:{RAISED})?(\d{{1,3}}|[*†‡]{{1,3}}|\[\d{{1,3}}\])(?:{LOWERED})?[.)]?\s*")
_RAISED_PART = re.compile(f"{RAISED}([^{LOWERED}]*){LOWERED}?")
_WORD_PART = re.compile(r"([^\W\d_]{2,})-$")


@dataclass(slots=True)
class Paragraph:
    """Lines that read as one, with the page of each. ``left`` and ``right`` are the edges of their column."""

    role: Role
    lines: list[tuple[int, Line]]
    left: float
    right: float

    @property
    def last(self) -> Line:
        """Its last line so far."""
        return self.lines[-1][1]

    @property
    def is_finished(self) -> bool:
        """Whether its last line ends as sentences and items do."""
        end = self.last.text.rstrip()[-_END:]
        return bool(_ENDS.search(end)) and not end.endswith("-")


@dataclass(slots=True)
class Grid:
    """A table's rows over all its pages, with the page of each."""

    rows: list[list[str]]
    pages: list[int]


@dataclass(slots=True)
class Assembly:
    """Puts a document's lines together, region by region. ``body`` is the size of most of its text."""

    body: float
    leading: float
    bold_body: bool
    parts: list[Paragraph | Grid] = field(default_factory=list)
    footnotes: list[Paragraph] = field(default_factory=list)

    @classmethod
    def of(cls, pages: Iterable[Sequence[Region]]) -> Assembly:
        """An assembly for the lines of a document, which it does not add yet."""
        sizes: Counter[float] = Counter()
        bold = 0
        gaps: list[float] = []
        for region in (each for page in pages for each in page):
            for line in region.lines:
                sizes[round(line.size, 1)] += len(line.text)
                bold += len(line.text) * line.bold
            for one, two in zip(region.lines, region.lines[1:], strict=False):
                if 0 < two.top - one.top < 3 * one.size:
                    gaps.append((two.top - one.top) / max(one.size, 1))
        body = sizes.most_common(1)[0][0] if sizes else 10.0
        return cls(body, median(gaps) if gaps else 1.2, bold > 0.5 * sum(sizes.values()))

    def add(self, page: int, region: Region) -> None:
        """Adds a region of a page; its footnotes wait until the paragraph they interrupt has ended."""
        lines, notes = self._without_footnotes(region)
        for at, line in enumerate(lines):
            role = Role.HEADING if self._is_heading(line) else Role.PARAGRAPH
            last = self.parts[-1] if self.parts else None
            if isinstance(last, Paragraph) and self._continues(last, line, role, region, fresh=at == 0):
                last.lines.append((page, line))
            else:
                self.end_footnotes()
                if role is Role.PARAGRAPH and _ITEM.match(line.text):
                    role = Role.LIST_ITEM
                self.parts.append(Paragraph(role, [(page, line)], region.left, region.right))
        for line in notes:
            if _NOTE_MARK.match(line.text) or not self.footnotes:
                self.footnotes.append(Paragraph(Role.FOOTNOTE, [], region.left, region.right))
            self.footnotes[-1].lines.append((page, line))

    def add_table(self, page: int, rows: list[list[str]]) -> None:
        """Adds a table of a page; at the top of a page it goes on with the one at the end of the page before."""
        last = self.parts[-1] if self.parts and not self.footnotes else None
        if isinstance(last, Grid) and last.pages[-1] == page - 1 and len(last.rows[-1]) == len(rows[0]):
            rows = rows[1:] if rows[0] == last.rows[0] else rows
        else:
            self.end_footnotes()
            last = Grid([], [])
            self.parts.append(last)
        last.rows += rows
        last.pages += [page] * len(rows)

    def end_footnotes(self) -> None:
        """Puts the footnotes that wait behind what was added last."""
        self.parts += self.footnotes
        self.footnotes = []

    def _without_footnotes(self, region: Region) -> tuple[list[Line], list[Line]]:
        """A region's lines, and the small ones at its end that begin with a mark."""
        start = len(region.lines)
        at = start
        while at > 0 and region.lines[at - 1].size <= _NOTE_SIZE * self.body:
            at -= 1
            if _NOTE_MARK.match(region.lines[at].text):
                start = at
        return (region.lines[:start], region.lines[start:]) if start > 0 else (region.lines, [])

    def _is_heading(self, line: Line) -> bool:
        text = line.text.strip()
        if len(text) > _HEADING_MAX or not any(each.isalpha() for each in text):
            return False
        if line.size >= _HEADING_SIZE * self.body:
            return True
        return line.bold and not self.bold_body and not text.endswith((".", ";", "。", "；", ",", "，"))

    def _continues(self, paragraph: Paragraph, line: Line, role: Role, region: Region, fresh: bool) -> bool:
        """Whether a line goes on with the paragraph before it; ``fresh`` where it begins a column or a page."""
        last = paragraph.last
        if paragraph.role is Role.FOOTNOTE or (paragraph.role is Role.HEADING) != (role is Role.HEADING):
            return False
        if role is Role.HEADING:
            alike = abs(line.size - last.size) < 0.5 and line.bold == last.bold
            close = not fresh and line.top - last.top <= _LEADING * self.leading * last.size
            return alike and close and not _ITEM.match(line.text)
        if _ITEM.match(line.text) and self._begins(paragraph, line, fresh):
            return False
        if fresh:
            return not paragraph.is_finished
        if line.top - last.top > _LEADING * self.leading * last.size or line.top < last.top:
            return False
        if paragraph.is_finished and last.right < region.right - 0.15 * (region.right - region.left):
            return False
        first_of_all = len(paragraph.lines) == 1
        indented = line.left - last.left >= 1.2 * line.size and not (first_of_all and paragraph.role is Role.LIST_ITEM)
        outdented = last.left - line.left >= 1.2 * line.size and not first_of_all
        return not ((indented or outdented) and paragraph.is_finished)

    def _begins(self, paragraph: Paragraph, line: Line, fresh: bool) -> bool:
        """Whether a line that could begin an item does: a sentence may well run over into "Annex I" or 第十二条."""
        last = paragraph.last
        if paragraph.is_finished or _GOES_ON.search(last.text.rstrip()[-_END:]):
            return True
        if last.right < paragraph.right - 0.15 * (paragraph.right - paragraph.left):
            return True
        if fresh:
            return False
        hangs = len(paragraph.lines) == 1 and paragraph.role is Role.LIST_ITEM
        moved = line.left - last.left
        is_apart = line.top - last.top > 1.2 * self.leading * last.size
        return is_apart or moved < -0.8 * line.size or (moved > 0.8 * line.size and not hangs)


class Words:
    """How often words stand in a document, to tell a hyphen at a line's end from one that belongs to the word."""

    def __init__(self, lines: Iterable[Line]) -> None:
        self._seen = Counter(
            word.lower() for line in lines for word in re.findall(r"[^\W\d_]+(?:-[^\W\d_]+)*", line.text)
        )

    def joined(self, paragraph: Paragraph) -> Iterator[tuple[int, str]]:
        """A paragraph's text in pieces, with their pages: lines joined, words that were parted whole again."""
        for at, (page, line) in enumerate(paragraph.lines):
            text = " ".join(line.text.split())
            following = paragraph.lines[at + 1][1].text.strip() if at + 1 < len(paragraph.lines) else ""
            parted = _WORD_PART.search(text[-_END:])
            if parted and re.match(r"[^\W\d_]", following) and following[0].islower():
                rest = re.match(r"[^\W\d_]+", following)
                tail = rest[0] if rest else ""
                kept = self._seen[f"{parted[1]}-{tail}".lower()] > self._seen[f"{parted[1]}{tail}".lower()]
                yield page, text if kept else text[:-1]
            elif not following or text.endswith("-") or (is_wide(text[-1:]) and is_wide(following[:1])):
                yield page, text
            else:
                yield page, f"{text} "


def without_bullet(text: str) -> str:
    """A list item without the sign before it, which is no number."""
    return _BULLET.sub("", text, count=1) if _BULLET.match(text) else text


def note_text(text: str) -> tuple[str, str]:
    """A footnote's mark and its text."""
    match = _NOTE_MARK.match(text)
    if match is None:
        return "", plain(text, frozenset())
    return match[1].strip("[]"), plain(text[match.end() :], frozenset())


def plain(text: str, marks: frozenset[str]) -> str:
    """A text without the signs around raised figures: the marks of footnotes in brackets, powers as such."""

    def shown(match: re.Match[str]) -> str:
        raised = match[1].strip()
        return f"[{raised}]" if raised in marks else raised.translate(SUPERSCRIPTS)

    return _RAISED_PART.sub(shown, text).replace(LOWERED, "")
