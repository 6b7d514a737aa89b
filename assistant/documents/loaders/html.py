"""HTML → blocks: headings, paragraphs, list items with their numbers, rows of tables, footnotes.

Nothing is run, fetched or kept as HTML; what is not shown is left out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import lxml.etree
import lxml.html
from lxml.html import HtmlElement

from assistant.documents.blocks import RawDocument, Role, TextBuilder
from assistant.documents.loaders import numbering
from assistant.documents.loaders.encodings import decode
from assistant.documents.loaders.html_content import main_part, strip
from assistant.documents.loaders.html_properties import properties
from assistant.documents.loaders.tables import Table, row_texts
from assistant.errors import SourceError

_CHARSET = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([\w.:-]{1,40})", re.IGNORECASE)
_DECLARATION = re.compile(r"\s*<\?xml[^>]*\?>")
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_BLOCKS = frozenset(
    "address article aside blockquote body center dd details div dl dt fieldset figcaption figure footer form header "
    "hr legend main p section summary table tbody td tr ul ol li pre caption".split()
)
_STYLES: dict[str, Callable[[int], str]] = {
    "1": numbering.decimal,
    "a": numbering.letters,
    "A": numbering.upper(numbering.letters),
    "i": numbering.roman,
    "I": numbering.upper(numbering.roman),
}
_STYLE_NAMES = {
    "decimal": "1", "lower-alpha": "a", "lower-latin": "a", "upper-alpha": "A", "upper-latin": "A", "lower-roman": "i",
    "upper-roman": "I",
}  # fmt: skip
_LIST_STYLE = re.compile(r"list-style(?:-type)?\s*:\s*([\w-]+)", re.IGNORECASE)
# Items that bring their own number: "(a) …", "1. …", "第一条".
_NUMBERED = re.compile(
    r"\s*(?:[(（]?(?:\d{1,3}|[a-zA-Z]{1,2}|[ivxIVX]{1,5}|[一二三四五六七八九十]{1,4})[)）.、．]|第\S{1,6}[条章节款项])"
)
_NOTE_MARK = re.compile(r"[\[(]?(\d{1,3}|[*†‡§]{1,3}|[a-z])[\])]?")
_BACK = "↩↑^⤴︎"
_STRUCK = "Text that is struck through was left out."
_LINE = "\n"


def decoded(where: str, data: bytes, charset: str | None) -> str:
    """A page's text, by the charset that its server or the page itself declares. Raises SourceError."""
    meta = _CHARSET.search(data, 0, 4096)
    return decode(where, data, declared=charset or (meta[1].decode("ascii", "ignore") if meta else None))


def read(where: str, content: str) -> RawDocument:
    """A page as a document: its main part, without navigation and without what is hidden.

    Raises SourceError where there is nothing in it.
    """
    parser = lxml.html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=True)
    try:
        declared = _DECLARATION.match(content)
        body = content[declared.end() :] if declared else content
        root = lxml.html.document_fromstring(body.encode("utf-8", "replace"), parser)
    except (lxml.etree.ParserError, lxml.etree.XMLSyntaxError):
        raise SourceError(where, "the page holds no text to answer from.") from None
    said = properties(root)
    struck = strip(root)
    builder = TextBuilder()
    _Walk(builder, _notes(root)).over(main_part(root))
    return builder.document(where, said, (_STRUCK,) if struck else ())


@dataclass(slots=True)
class _Walk:
    """Goes over a page in order and gives the builder its blocks. ``notes`` has the marks of footnotes by their ids."""

    builder: TextBuilder
    notes: dict[str, str]
    inline: list[str] = field(default_factory=list)
    number: str = ""

    def over(self, element: HtmlElement, role: Role = Role.PARAGRAPH, level: int = 0) -> None:
        """Adds an element's blocks; text that stands directly in it has the given role."""
        self._add_inline(element.text)
        for child in element:
            if isinstance(child.tag, str):
                self._child(child, role, level)
            self._add_inline(child.tail)
        self._end(role, level)

    def _child(self, child: HtmlElement, role: Role, level: int) -> None:
        if child.get("id") in self.notes:
            self._end(role, level)
            self._footnote(child)
        elif child.tag in _HEADINGS:
            self._end(role, level)
            self._leaf(child, Role.HEADING, _HEADINGS[child.tag])
        elif child.tag in ("ul", "ol"):
            self._end(role, level)
            self._list(child, level + 1 if role is Role.LIST_ITEM else 1)
        elif child.tag == "table":
            self._end(role, level)
            self._table(child, role, level)
        elif child.tag == "pre":
            self._end(role, level)
            for text in _paragraphs(child.text_content()):
                self._add(text, role, level)
        elif child.tag in _BLOCKS:
            self._end(role, level)
            self.over(child, role, level)
        elif any(each.tag in _BLOCKS or each.tag in _HEADINGS for each in child.iterdescendants()):
            self.over(child, role, level)  # an inline element around blocks, as old pages have them
        else:
            self.inline.append(_inline_text(child, self.notes))

    def _add_inline(self, text: str | None) -> None:
        if text:
            self.inline.append(re.sub(r"\s+", " ", text))

    def _end(self, role: Role, level: int) -> None:
        """Ends the run of text under way: a block for each of its lines."""
        text, self.inline = "".join(self.inline), []
        for line in _lines(text):
            self._add(line, role, level)

    def _add(self, text: str, role: Role, level: int = 0) -> None:
        """Adds a block, behind the number of the list item that it begins."""
        if text:
            self.builder.add(self.number + text, role, level=level)
            self.number = ""

    def _leaf(self, element: HtmlElement, role: Role, level: int) -> None:
        self._add(" ".join(_inline_text(element, self.notes).split()), role, level)

    def _footnote(self, element: HtmlElement) -> None:
        mark = self.notes[element.get("id", "")]
        text = " ".join(_inline_text(element, {}).split()).strip(_BACK + " ")
        stripped = re.sub(rf"^[\[(^]?{re.escape(mark)}[\]).:]?\s*", "", text)
        self._add(f"[{mark}] {stripped}", Role.FOOTNOTE)

    def _list(self, element: HtmlElement, level: int) -> None:
        numbers = _numbers(element)
        for child in element:
            if not isinstance(child.tag, str):
                continue
            if child.tag == "li" and child.get("id") in self.notes:
                self._footnote(child)
            elif child.tag == "li":
                number = next(numbers)
                if number and not _NUMBERED.match(child.text_content()):
                    self.number += f"{number}. "
                self.over(child, Role.LIST_ITEM, level)
                self.number = ""
            else:
                self._child(child, Role.LIST_ITEM, level)

    def _table(self, element: HtmlElement, role: Role, level: int) -> None:
        if _is_layout(element):
            for row in element.iter("tr"):
                if next(row.iterancestors("table")) is element:
                    for cell in row.iterchildren("td", "th"):
                        self.over(cell, role, level)
            return
        for caption in element.iterchildren("caption"):
            self._leaf(caption, Role.PARAGRAPH, 0)
        for _, row_text in row_texts(_grid(element, self.notes)):
            self._add(row_text, Role.TABLE_ROW)


def _lines(text: str) -> Iterator[str]:
    """The lines of a run of text; one that runs on in small letters belongs to the line before it."""
    joined: list[str] = []
    for line in (" ".join(each.split()) for each in text.split(_LINE)):
        if line and joined and line[0].islower() and joined[-1][-1] not in ".!?;:。！？；：":
            joined[-1] += f" {line}"
        elif line:
            joined.append(line)
    return iter(joined)


def _paragraphs(text: str) -> Iterator[str]:
    """The paragraphs of text that is set line by line, as gazettes print it: set apart by blank lines or indented."""
    lines: list[str] = []
    for line in text.expandtabs().split("\n"):
        is_indented = line.startswith("  ")
        if lines and (not line.strip() or (is_indented and not lines[-1].startswith("  "))):
            yield " ".join(" ".join(lines).split())
            lines = []
        if line.strip():
            lines.append(line)
    if lines:
        yield " ".join(" ".join(lines).split())


def _inline_text(element: HtmlElement, notes: dict[str, str]) -> str:
    """The text in an element, line breaks kept, references to footnotes in brackets, powers as such."""
    if element.tag == "br":
        return _LINE
    target = element.get("href", "")
    if element.tag == "a" and target.startswith("#") and target[1:] in notes:
        return f"[{notes[target[1:]]}]"
    parts = [re.sub(r"\s+", " ", element.text)] if element.text else []
    for child in element:
        if isinstance(child.tag, str):
            parts.append(_inline_text(child, notes))
        if child.tail:
            parts.append(re.sub(r"\s+", " ", child.tail))
    text = "".join(parts)
    if element.tag == "sup" and text.strip() and not set(text.strip()) - set("0123456789+-−()n"):
        return text.strip().translate(numbering.SUPERSCRIPTS)
    return f" {text} " if element.tag in _BLOCKS else text


def _notes(root: HtmlElement) -> dict[str, str]:
    """The ids of the footnotes: what a raised link, or one that calls itself a reference to a note, leads to."""
    notes: dict[str, str] = {}
    for link in root.iter("a"):
        target = link.get("href", "")
        raised = any(each.tag == "sup" for each in (*link.iterancestors("sup"), *link.iter("sup")))
        mark = _NOTE_MARK.fullmatch(link.text_content().strip())
        if target.startswith("#") and len(target) > 1 and mark and (raised or link.get("role") == "doc-noteref"):
            notes.setdefault(target[1:], mark[1])
    return notes


def _numbers(element: HtmlElement) -> Iterator[str]:
    """The numbers of a list's items in order; empty for a list without numbers."""
    style = _list_style(element)
    items = list(element.iterchildren("li"))
    number = _integer(element.get("start"), len(items) if element.get("reversed") is not None else 1)
    step = -1 if element.get("reversed") is not None else 1
    for item in items:
        number = _integer(item.get("value"), number)
        yield _STYLES[style](number) if style else ""
        number += step


def _list_style(element: HtmlElement) -> str | None:
    named = _LIST_STYLE.search(element.get("style", ""))
    if named and named[1].lower() in ("none", "disc", "circle", "square"):
        return None
    if named and named[1].lower() in _STYLE_NAMES:
        return _STYLE_NAMES[named[1].lower()]
    kind = element.get("type", "1")
    return (kind if kind in _STYLES else "1") if element.tag == "ol" else None


def _integer(text: str | None, otherwise: int) -> int:
    return int(text) if text and re.fullmatch(r"-?\d{1,6}", text) else otherwise


def _is_layout(table: HtmlElement) -> bool:
    """Whether a table only places things: it holds another one, or has no two rows, or no two columns."""
    if next(table.iterdescendants("table"), None) is not None:
        return True
    rows = list(table.iter("tr"))
    return len(rows) < 2 or max((len(list(row.iterchildren("td", "th"))) for row in rows), default=0) < 2


def _grid(table: HtmlElement, notes: dict[str, str]) -> Table:
    """The table's cells, those that span rows or columns repeated in each."""
    rows: list[list[str]] = []
    headers, still_header = 0, True
    below: dict[int, tuple[int, str]] = {}  # by column: for how many more rows a cell reaches down, and its text
    for element in table.iter("tr"):
        row: list[str] = []
        cells = iter(list(element.iterchildren("td", "th")))
        while True:
            reaching, text = below.get(len(row), (0, ""))
            if reaching:
                below[len(row)] = (reaching - 1, text)
                row.append(text)
                continue
            cell = next(cells, None)
            if cell is None:
                break
            text = " ".join(_inline_text(cell, notes).split())
            down = min(_integer(cell.get("rowspan"), 1), 1000) - 1
            for _ in range(max(1, min(_integer(cell.get("colspan"), 1), 50))):
                below[len(row)] = (max(down, 0), text)
                row.append(text)
        rows.append(row)
        in_head = element.getparent() is not None and element.getparent().tag == "thead"
        all_named = bool(row) and all(cell.tag == "th" for cell in element.iterchildren("td", "th"))
        still_header = still_header and (in_head or all_named)
        headers += still_header
    return Table(rows, headers)
