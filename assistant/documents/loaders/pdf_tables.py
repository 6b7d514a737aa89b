"""Tables with ruled lines on a PDF page, through pdfplumber: what no reading of lines in order would keep together."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pdfplumber
import pypdfium2.raw as pdfium

from assistant.documents.loaders.pdf_lines import Line

# A frame around a paragraph or a line under a heading makes no table.
_LEAST_RULES = 4
# Drawings have thousands of strokes and no rows; looking for cells among them takes for ever.
_MOST_RULES = 3_000


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

    def of(self, page: Any, number: int) -> list[PageTable]:
        """The tables of a page of pypdfium2's, whose number counts from 0."""
        if not _LEAST_RULES <= _rules(page) <= _MOST_RULES:
            return []
        try:
            if self._opened is None:
                self._opened = pdfplumber.open(io.BytesIO(self._data))
            plumbed = self._opened.pages[number]
            found = list(_tables(plumbed))
            plumbed.close()
        except (MemoryError, RecursionError):
            raise
        except Exception:  # noqa: BLE001 - it can raise anything on a page that PDFium reads; its lines are read then
            return []
        return found


def _tables(page: Any) -> Iterator[PageTable]:
    for found in page.find_tables():
        rows = [[_cell(cell) for cell in row] for row in found.extract()]
        rows = [row for row in rows if any(row)]
        if rows and max(map(len, rows)) >= 2:
            left, top, right, bottom = found.bbox
            yield PageTable(left, top, right, bottom, rows)


def _cell(text: str | None) -> str:
    """A cell's lines as one; Chinese lines are joined without a space."""
    joined = ""
    for line in (text or "").split("\n"):
        gap = "" if not joined or (_is_wide(joined[-1]) and _is_wide(line[:1])) else " "
        joined += gap + line.strip()
    return joined.strip()


def _is_wide(sign: str) -> bool:
    return "\u2e80" <= sign <= "\u9fff" or "\uff00" <= sign <= "\uff60"


def _rules(page: Any) -> int:
    """How many lines and frames are drawn on the page, counted up to a little more than the most that matter."""
    count = 0
    for at in range(pdfium.FPDFPage_CountObjects(page.raw)):
        if pdfium.FPDFPageObj_GetType(pdfium.FPDFPage_GetObject(page.raw, at)) == pdfium.FPDF_PAGEOBJ_PATH:
            count += 1
            if count > _MOST_RULES:
                break
    return count
