"""The lines of a PDF's pages → the order in which they are read: columns one after another, running heads left out."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from statistics import median

from assistant.documents.loaders.pdf_lines import Line

# Where running heads stand: this many lines from the top or bottom, and this share of the page's height.
_HEAD_LINES = 3
_HEAD_ZONE = 0.12
_PAGE_NUMBER_ZONE = 0.1
_PAGE_NUMBER = re.compile(
    r"[\W_]*(?:page|p\.|第)?\s*(?:\d{1,4}|[ivxlc]{1,6})\s*(?:页|頁)?\s*(?:(?:of|/|\||共|，共)\s*\d{1,4}\s*(?:页|頁)?)?[\W_]*",
    re.I,
)
_PROVISION = re.compile(r"\s*(?:art|article|section|sec|chapter|part|annex|appendix|§|第|附件|附录)\b|\s*第", re.I)
# What makes two stretches of text columns and not cells of a row: each has lines enough, and lines long enough.
_COLUMN_LINES = 4
_COLUMN_FILL = 0.45
_COLUMN_SIGNS = 10


@dataclass(frozen=True, slots=True)
class Region:
    """Lines that follow one another, in order, and the left and right edge of the column they stand in."""

    lines: list[Line]
    left: float
    right: float


def without_running_heads(pages: Sequence[Sequence[Line]], heights: Sequence[float]) -> list[list[Line]]:
    """The pages without what is repeated at the same place of many of them, and without page numbers."""
    edges = [_edges(lines, height) for lines, height in zip(pages, heights, strict=True)]
    places: dict[str, list[tuple[int, Line]]] = defaultdict(list)
    for page, lines in enumerate(edges):
        for line in lines:
            places[re.sub(r"\d+", "#", " ".join(line.text.split()))].append((page, line))
    running: set[int] = set()
    for found in places.values():
        top = median(line.top for _, line in found)
        close = [(page, line) for page, line in found if abs(line.top - top) <= 6]
        if len({page for page, _ in close}) >= min(3, max(2, len(pages))) and _is_running(close):
            running |= {id(line) for _, line in close}
    numbers = [_page_numbers(lines, height) for lines, height in zip(edges, heights, strict=True)]
    beside = [_beside(found, lines) for found, lines in zip(numbers, edges, strict=True)]
    running |= {id(each) for found in numbers for each in found}
    if sum(map(bool, beside)) >= 3:  # heads that change by chapter, on the line of the page's number
        running |= {id(each) for found in beside for each in found}
    return [[line for line in lines if id(line) not in running] for lines in pages]


def _page_numbers(edge: Sequence[Line], height: float) -> list[Line]:
    outer = (each for each in edge if min(each.bottom, height - each.top) <= _PAGE_NUMBER_ZONE * height)
    return [each for each in outer if _PAGE_NUMBER.fullmatch(each.text)]


def _beside(numbers: Sequence[Line], edge: Sequence[Line]) -> list[Line]:
    """What stands on the line of a page's number."""
    return [
        each
        for each in edge
        if each not in numbers and any(abs(each.top - number.top) <= 0.5 * number.size for number in numbers)
    ]


def _edges(lines: Sequence[Line], height: float) -> list[Line]:
    """The lines nearest to the top and to the bottom of a page."""
    ordered = sorted(lines, key=lambda line: line.top)
    near = [*ordered[:_HEAD_LINES], *ordered[_HEAD_LINES:][-_HEAD_LINES:]]
    return [each for each in near if each.bottom <= _HEAD_ZONE * height or each.top >= (1 - _HEAD_ZONE) * height]


def _is_running(found: Sequence[tuple[int, Line]]) -> bool:
    """Whether lines alike but for their figures are one head: the same throughout, or counting with the pages. A
    heading such as "Article 3" may well stand at the top of page 3."""
    if len({line.text for _, line in found}) == 1:
        return True
    if any(_PROVISION.match(line.text) for _, line in found):
        return False
    figures = [[int(each) - page for each in re.findall(r"\d{1,9}", line.text)] for page, line in found]
    return any(len({each[at] for each in figures}) <= max(1, len(figures) // 5) for at in range(len(figures[0])))


def regions(lines: Sequence[Line]) -> list[Region]:
    """The lines in reading order: as columns where the page has them, each line whole."""
    upright = [each for each in lines if not each.turned]
    found = _ordered(upright) if upright else []
    turned = [each for each in lines if each.turned]
    return [*found, *([Region(turned, 0.0, max(each.right for each in turned))] if turned else [])]


def _ordered(lines: Sequence[Line]) -> list[Region]:
    gutter = _gutter(lines)
    if gutter is None:
        left, right = min(each.left for each in lines), max(each.right for each in lines)
        return [Region(_whole_lines(lines), left, right)]
    found: list[Region] = []
    band: list[Line] = []
    # Lines over both columns part them: what stands above such a line is read before it, columns and all.
    for line in sorted(lines, key=lambda each: each.top):
        if line.left < gutter < line.right:
            found += _columns(band, gutter)
            band = []
            if found and found[-1].left <= line.left + 1 and found[-1].right >= gutter:
                found[-1].lines.append(line)
            else:
                found.append(Region([line], line.left, max(line.right, gutter)))
        else:
            band.append(line)
    found += _columns(band, gutter)
    return found


def _columns(band: Sequence[Line], gutter: float) -> list[Region]:
    sides = [[each for each in band if each.right <= gutter], [each for each in band if each.left >= gutter]]
    return [region for side in sides if side for region in _ordered(side)]


def _gutter(lines: Sequence[Line]) -> float | None:
    """Where an empty strip parts two columns of text; ``None`` where there is none."""
    if len(lines) < 2 * _COLUMN_LINES:
        return None
    left, right = min(each.left for each in lines), max(each.right for each in lines)
    width = right - left
    best: tuple[int, float] | None = None
    for edge in sorted({each.left for each in lines}):
        if not left + 0.15 * width < edge < right - 0.15 * width:
            continue
        at = edge - 1
        crossing = sum(each.left < at < each.right for each in lines)
        if crossing <= 0.2 * len(lines) and (best is None or crossing < best[0]):
            sides = [[each for each in lines if each.right <= at], [each for each in lines if each.left >= at]]
            widths = (at - left, right - at)
            if all(_is_column(side, wide) for side, wide in zip(sides, widths, strict=True)):
                best = (crossing, at)
    return best[1] if best else None


def _is_column(lines: Sequence[Line], width: float) -> bool:
    if len(lines) < _COLUMN_LINES:
        return False
    filled = median((each.right - each.left) / width for each in lines)
    return filled >= _COLUMN_FILL and median(len(each.text) for each in lines) >= _COLUMN_SIGNS


def _whole_lines(lines: Iterable[Line]) -> list[Line]:
    """Stretches of one line joined, from left to right; lines from top to bottom."""
    rows: list[list[Line]] = []
    for line in sorted(lines, key=lambda each: (each.top + each.bottom) / 2):
        middle = (line.top + line.bottom) / 2
        row = rows[-1] if rows else []
        if row and row[0].top < middle < row[0].bottom and not any(_overlap(line, each) for each in row):
            row.append(line)
        else:
            rows.append([line])
    return [_joined(sorted(row, key=lambda each: each.left)) for row in rows]


def _overlap(one: Line, other: Line) -> bool:
    return min(one.right, other.right) - max(one.left, other.left) > 0.3 * min(one.size, other.size)


def _joined(row: Sequence[Line]) -> Line:
    first = row[0]
    if len(row) == 1:
        return first
    return replace(
        first,
        text=" ".join(each.text for each in row),
        right=max(each.right for each in row),
        top=min(each.top for each in row),
        bottom=max(each.bottom for each in row),
        bold=all(each.bold for each in row),
    )
