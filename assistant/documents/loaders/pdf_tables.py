"""Tables with ruled lines on a PDF page, through pdfplumber: what no reading of lines in order would keep together."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pdfplumber
import pypdfium2.raw as pdfium

from assistant.documents.loaders.pdf_lines import Frame, Line, text_within

# A frame around a paragraph or a line under a heading makes no table.
_LEAST_RULES = 4
# Drawings have thousands of strokes and no rows; looking for cells among them takes for ever.
_MOST_RULES = 3_000
# It remarks on every font that is not as it should be.
logging.getLogger("pdfminer").setLevel(logging.CRITICAL)


@dataclass(frozen=True, slots=True)
class PageTable:
    """A table with the edges of its frame on the page, counted from the upper left corner."""

    left: float
    top: float
    right: float
    bottom: float
    rows: list[list[str]]

    def holds(self, line: Line) -> bool:
        """Whether a line of the page stands in the table."""
        across, down = (line.left + line.right) / 2, (line.top + line.bottom) / 2
        return self.left - 1 <= across <= self.right + 1 and self.top - 1 <= down <= self.bottom + 1


class Tables:
    """The tables of one file. Its pages are parsed a second time, so only those with ruled lines are."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._opened: Any = None

    def of(self, page: Any, text: Any, number: int, frame: Frame) -> list[PageTable]:
        """The tables of a page, which is given as pypdfium2's page and text page, its number from 0, and its frame.

        Where cells are pdfplumber tells; what stands in them PDFium does, as for the rest of the page.
        """
        if not _LEAST_RULES <= _rules(page) <= _MOST_RULES or page.get_rotation() != frame.turn:
            return []
        try:
            if self._opened is None:
                self._opened = pdfplumber.open(io.BytesIO(self._data))
            plumbed = self._opened.pages[number]
            found = list(_tables(plumbed, text, frame))
            plumbed.close()
        except (MemoryError, RecursionError):
            raise
        except Exception:  # noqa: BLE001 - it can raise anything on a page that PDFium reads; its lines are read then
            return []
        return found


def _tables(page: Any, text: Any, frame: Frame) -> Iterator[PageTable]:
    for found in page.find_tables():
        rows = [row for row in _rows(found, text, frame) if any(row)]
        if rows and max(map(len, rows)) >= 2:
            left, top, right, bottom = found.bbox
            yield PageTable(left, top, right, bottom, rows)


def _rows(table: Any, text: Any, frame: Frame) -> Iterator[list[str]]:
    """A table's texts, row by row; a cell that spans others is repeated in each of them."""
    texts = {box: text_within(text, frame, box) for box in table.cells}
    width = max(len(row.cells) for row in table.rows)
    columns = [
        min((row.cells[at] for row in table.rows if row.cells[at]), key=lambda box: box[2] - box[0], default=None)
        for at in range(width)
    ]
    for row in table.rows:
        middle = (row.bbox[1] + row.bbox[3]) / 2
        line = []
        for at, box in enumerate(row.cells):
            column = columns[at]
            if box is None and column is not None:
                across = (column[0] + column[2]) / 2
                box = next((b for b in texts if b[0] <= across <= b[2] and b[1] <= middle <= b[3]), None)
            line.append(texts.get(box, ""))
        yield line


def _rules(page: Any) -> int:
    """How many lines and frames are drawn on the page, counted up to a little more than the most that matter."""
    count = 0
    for at in range(pdfium.FPDFPage_CountObjects(page.raw)):
        if pdfium.FPDFPageObj_GetType(pdfium.FPDFPage_GetObject(page.raw, at)) == pdfium.FPDF_PAGEOBJ_PATH:
            count += 1
            if count > _MOST_RULES:
                break
    return count
