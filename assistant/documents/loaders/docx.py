"""Word (.docx) → blocks, through python-docx: what a reader would see with all changes accepted and no comments."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import docx
from docx.oxml import parse_xml
from docx.oxml.ns import qn

from assistant.documents.blocks import Properties, RawDocument, Role, TextBuilder
from assistant.documents.loaders.archive import check_package
from assistant.documents.loaders.docx_numbering import Number, Numbering
from assistant.documents.loaders.numbering import SUPERSCRIPTS, roman
from assistant.documents.loaders.tables import Table, row_texts
from assistant.settings import ReadingSettings

_STRUCK = "Text that is struck through was left out."
_LEFT_OUT = frozenset(map(qn, ("w:del", "w:moveFrom", "w:pPr", "w:rPr", "w:instrText", "w:delText")))
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_MARKS: dict[str, Callable[[int], str]] = {"footnote": str, "endnote": roman}
_HEADING_MAX = 120


def read(where: str, data: bytes, limits: ReadingSettings) -> RawDocument:
    """A Word file as a document.

    Raises SourceError where it would be too large unpacked, and whatever python-docx does where it is damaged.
    """
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        check_package(where, package, limits)
    document = docx.Document(io.BytesIO(data))
    walk = _Walk(document, TextBuilder())
    walk.over(document.element.body)
    return walk.builder.document(where, _properties(document), (_STRUCK,) if walk.struck else ())


def _properties(document: Any) -> Properties:
    said = document.core_properties
    modified = said.modified
    return Properties(
        title=" ".join(said.title.split()) or None,
        author=" ".join(said.author.split()) or None,
        modified=modified.date() if isinstance(modified, dt.datetime) else None,
        language=said.language[:2].lower() or None,
    )


@dataclass(slots=True)
class _Walk:
    """Goes over a document's body in order and gives the builder its blocks."""

    document: Any
    builder: TextBuilder
    struck: bool = False
    numbering: Numbering = field(init=False)
    has_title: bool = False
    styles: dict[str, Any] = field(init=False)
    waiting: list[tuple[str, str]] = field(default_factory=list)
    referred: dict[str, int] = field(default_factory=dict)
    notes: dict[tuple[str, str], Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.numbering = Numbering.of(self.document)
        self.styles = {each.style_id: each.element for each in self.document.styles}
        for relation in self.document.part.rels.values():
            kind = relation.reltype.rsplit("/", 1)[-1].removesuffix("s")
            if kind in _MARKS and not relation.is_external:
                for note in parse_xml(relation.target_part.blob).iterchildren(qn(f"w:{kind}")):
                    if note.get(qn("w:type")) in (None, "normal"):
                        self.notes[kind, note.get(qn("w:id"))] = note

    def over(self, element: Any) -> None:
        """Adds the blocks of an element that holds paragraphs and tables."""
        for child in element:
            if child.tag == qn("w:p"):
                self._paragraph(child)
            elif child.tag == qn("w:tbl"):
                self._table(child)
            elif child.tag not in _LEFT_OUT and child.tag != _FALLBACK and len(child):
                self.over(child)  # a content control, a tracked insertion
            self._footnotes()

    def _paragraph(self, element: Any) -> None:
        style_id, lineage = self._style(element)
        name = _style_name(lineage)
        if name.startswith("toc "):
            return  # says again what the headings say
        number = self._number(element, style_id, lineage)
        text = " ".join(self._text(element).split())
        level = _heading_level(element, lineage)
        if not text:
            return
        if name == "title":
            self.has_title = True
            self.builder.add(text, Role.HEADING, level=1)
        elif level is not None:
            self.builder.add((number.text if number else "") + text, Role.HEADING, level=level + self.has_title)
        elif number is not None:
            self.builder.add(number.text + text, Role.LIST_ITEM, level=number.level)
        elif len(text) <= _HEADING_MAX and text[-1] not in ".;:,。；：，" and _is_bold(element):
            self.builder.add(text, Role.HEADING, level=9)
        else:
            self.builder.add(text)
        for box in element.iter(qn("w:txbxContent")):
            if not any(each.tag == _FALLBACK for each in box.iterancestors()):
                self.over(box)

    def _style(self, element: Any) -> tuple[str | None, list[Any]]:
        """A paragraph's style id, and its style with those it is based on."""
        properties = element.find(qn("w:pPr"))
        style_id = None if properties is None else _value(properties, "w:pStyle")
        lineage: list[Any] = []
        at = style_id
        while at in self.styles and self.styles[at] not in lineage:
            lineage.append(self.styles[at])
            at = _value(self.styles[at], "w:basedOn")
        return style_id, lineage

    def _number(self, element: Any, style_id: str | None, lineage: list[Any]) -> Number | None:
        for holder in (element, *lineage):
            properties = holder.find(qn("w:pPr"))
            listed = None if properties is None else properties.find(qn("w:numPr"))
            if listed is not None:
                level = _value(listed, "w:ilvl")
                at = int(level) if level and level.isdigit() else (0 if holder is element else None)
                return self.numbering.number(_value(listed, "w:numId") or "", at, style_id)
        return None

    def _text(self, element: Any) -> str:
        """What stands in a paragraph; footnotes it refers to wait for its end."""
        parts = []
        for child in element:
            if child.tag in _LEFT_OUT or child.tag in (_FALLBACK, qn("w:txbxContent")):
                continue
            if child.tag == qn("w:r"):
                parts.append(self._run(child))
            elif child.tag == qn("w:t"):
                parts.append(child.text or "")
            elif child.tag in (qn("w:tab"), qn("w:br"), qn("w:cr"), qn("w:ptab")):
                parts.append(" ")
            elif child.tag == qn("w:noBreakHyphen"):
                parts.append("-")
            elif child.tag in (qn("w:footnoteReference"), qn("w:endnoteReference")):
                parts.append(self._reference(child))
            elif len(child):
                parts.append(self._text(child))
        return "".join(parts)

    def _run(self, run: Any) -> str:
        properties = run.find(qn("w:rPr"))
        if properties is not None:
            if _is_on(properties, "w:vanish") or _is_on(properties, "w:webHidden"):
                return ""
            if _is_on(properties, "w:strike") or _is_on(properties, "w:dstrike"):
                self.struck = self.struck or bool(self._text(run).strip())
                return ""
            if _value(properties, "w:vertAlign") == "superscript" and run.find(qn("w:footnoteReference")) is None:
                return self._text(run).translate(SUPERSCRIPTS)
        return self._text(run)

    def _reference(self, element: Any) -> str:
        kind = "footnote" if element.tag == qn("w:footnoteReference") else "endnote"
        key = (kind, element.get(qn("w:id")))
        if key not in self.notes:
            return ""
        self.referred[kind] = self.referred.get(kind, 0) + 1
        mark = _MARKS[kind](self.referred[kind])
        paragraphs = self.notes.pop(key).iter(qn("w:p"))
        self.waiting.append((mark, " ".join(" ".join(self._text(each).split()) for each in paragraphs)))
        return f"[{mark}]"

    def _footnotes(self) -> None:
        waiting, self.waiting = self.waiting, []
        for mark, text in waiting:
            if text.strip():
                self.builder.add(f"[{mark}] {text}", Role.FOOTNOTE)

    def _table(self, element: Any) -> None:
        rows = [list(_cells(row)) for row in _rows(element)]
        if len(rows) < 2 or max(map(len, rows), default=0) < 2:  # it only places things
            for row in rows:
                for cell, _ in row:
                    self.over(cell)
            return
        grid: list[list[str]] = []
        for row in rows:
            texts: list[str] = []
            for cell, width in row:
                text = self._cell(cell)
                if _continues(cell) and grid and len(texts) < len(grid[-1]):
                    text = grid[-1][len(texts)]
                texts += [text] * width
            grid.append(texts)
        for _, text in row_texts(Table(grid, _header_rows(element))):
            self.builder.add(text, Role.TABLE_ROW)

    def _cell(self, cell: Any) -> str:
        parts = []
        for paragraph in cell.iter(qn("w:p")):
            style_id, lineage = self._style(paragraph)
            number = self._number(paragraph, style_id, lineage)
            text = " ".join(self._text(paragraph).split())
            parts.append((number.text if number and text else "") + text)
        return " ".join(part for part in parts if part)


def _rows(table: Any) -> Iterator[Any]:
    for row in table.iter(qn("w:tr")):
        properties = row.find(qn("w:trPr"))
        own = next(row.iterancestors(qn("w:tbl"))) is table
        if own and (properties is None or properties.find(qn("w:del")) is None):
            yield row


def _cells(row: Any) -> Iterator[tuple[Any, int]]:
    """A row's cells with how many columns each takes."""
    for cell in row.iter(qn("w:tc")):
        if next(cell.iterancestors(qn("w:tr"))) is row:
            properties = cell.find(qn("w:tcPr"))
            span = None if properties is None else _value(properties, "w:gridSpan")
            yield cell, min(int(span), 63) if span and span.isdigit() and int(span) else 1


def _continues(cell: Any) -> bool:
    """Whether a cell is the lower part of one that spans rows."""
    properties = cell.find(qn("w:tcPr"))
    merge = None if properties is None else properties.find(qn("w:vMerge"))
    return merge is not None and merge.get(qn("w:val")) in (None, "continue")


def _header_rows(table: Any) -> int:
    count = 0
    for row in _rows(table):
        properties = row.find(qn("w:trPr"))
        if properties is None or not _is_on(properties, "w:tblHeader"):
            break
        count += 1
    return count


def _style_name(lineage: list[Any]) -> str:
    return (_value(lineage[0], "w:name") or "").lower() if lineage else ""


def _heading_level(element: Any, lineage: list[Any]) -> int | None:
    """A heading's level from 1: as its style is named, or as its outline level says."""
    for holder in (element, *lineage):
        name = (_value(holder, "w:name") or "").lower()
        if name.startswith("heading ") and name[8:].isdigit():
            return int(name[8:])
        properties = holder.find(qn("w:pPr"))
        outline = None if properties is None else _value(properties, "w:outlineLvl")
        if outline and outline.isdigit() and int(outline) < 9:
            return int(outline) + 1
    return None


def _is_bold(paragraph: Any) -> bool:
    runs = [run for run in paragraph.iter(qn("w:r")) if any((each.text or "").strip() for each in run.iter(qn("w:t")))]
    properties = [run.find(qn("w:rPr")) for run in runs]
    return bool(runs) and all(each is not None and _is_on(each, "w:b") for each in properties)


def _is_on(properties: Any, tag: str) -> bool:
    found = properties.find(qn(tag))
    return found is not None and found.get(qn("w:val")) not in ("0", "false", "off")


def _value(element: Any, tag: str) -> str | None:
    found = element.find(qn(tag))
    return None if found is None else found.get(qn("w:val"))
