"""What a loader makes of a file before anybody looks for articles in it: text, its blocks in order, pages, properties.

A loader turns bytes into a `RawDocument` (built with a `TextBuilder`); `sources.source_of` turns that into a source.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from assistant.documents.model import Page, Span

BLOCK_END = "\n\n"
"""What stands between two blocks in the stored text, so that a blank line always ends a sentence."""

_BREAKS = re.compile(r"\s*[\r\n\v\f\x1c-\x1e\x85\u2028\u2029]\s*")


class Role(StrEnum):
    """What a block is in its document."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    LIST_ITEM = "list-item"
    TABLE_ROW = "table-row"
    FOOTNOTE = "footnote"


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch of the stored text that reads as one: a paragraph, a heading, a row.

    ``level`` is 1 for the highest heading or the outermost list and counts down from there; 0 for what has no level. A
    list item's text begins with its number as printed ("(b) "), a footnote's with its mark; a table row names each
    cell's column ("Item: magnets | Code: 1C902"). No block is empty or has white space at its ends.
    """

    role: Role
    span: Span
    level: int = 0


@dataclass(frozen=True, slots=True)
class Properties:
    """What a file says about itself, as found and unchecked: a hint, never proof."""

    title: str | None = None
    author: str | None = None
    publisher: str | None = None
    published: dt.date | None = None
    modified: dt.date | None = None
    url: str | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True)
class RawDocument:
    """A file as read. ``name`` is its path or address; ``text`` becomes the stored text that all spans count.

    Blocks stand in the order of the text and do not overlap; between them is white space alone. ``pages`` are empty
    where the format has none. ``notices`` are sentences for whoever adds the file: what could not be read of it.
    """

    name: str
    text: str
    blocks: tuple[Block, ...]
    pages: tuple[Page, ...] = ()
    properties: Properties = Properties()
    notices: tuple[str, ...] = ()

    def quote(self, span: Span) -> str:
        """The exact words at a span of the text."""
        return self.text[span.start : span.end]


@dataclass(slots=True)
class TextBuilder:
    """Joins blocks into one text, and notes where each block and each page stands in it."""

    _parts: list[str] = field(default_factory=list)
    _blocks: list[Block] = field(default_factory=list)
    _pages: list[Page] = field(default_factory=list)
    _at: int = 0

    def add(self, text: str, role: Role = Role.PARAGRAPH, *, level: int = 0, page: int | None = None) -> None:
        """Adds a block; its line breaks become spaces. Text of white space alone adds nothing."""
        self.add_across(((page, text),), role, level=level)

    def add_across(
        self, pieces: Iterable[tuple[int | None, str]], role: Role = Role.PARAGRAPH, *, level: int = 0
    ) -> None:
        """Adds a block whose pieces stand on different pages; pieces are joined as they are."""
        whole = [(page, _BREAKS.sub(" ", text)) for page, text in pieces]
        whole = _stripped(whole)
        if not whole:
            return
        if self._parts:
            self._put(BLOCK_END)
        start = self._at
        for page, text in whole:
            began = self._at
            self._put(text)
            if page is not None:
                self._note_page(page, began)
        self._blocks.append(Block(role, Span(start, self._at), level))

    def _put(self, text: str) -> None:
        self._parts.append(text)
        self._at += len(text)

    def _note_page(self, number: int, began: int) -> None:
        if self._pages and self._pages[-1].number == number:
            began = self._pages.pop().span.start
        self._pages.append(Page(number, Span(began, self._at)))

    def document(self, name: str, properties: Properties | None = None, notices: Iterable[str] = ()) -> RawDocument:
        """The document of all blocks so far."""
        return RawDocument(
            name=name,
            text="".join(self._parts),
            blocks=tuple(self._blocks),
            pages=tuple(self._pages),
            properties=properties or Properties(),
            notices=tuple(notices),
        )


def _stripped(pieces: list[tuple[int | None, str]]) -> list[tuple[int | None, str]]:
    """The pieces without white space at the ends of the whole, and without those that are left empty."""
    while pieces and not pieces[0][1].strip():
        del pieces[0]
    while pieces and not pieces[-1][1].strip():
        del pieces[-1]
    if pieces:
        pieces[0] = (pieces[0][0], pieces[0][1].lstrip())
        pieces[-1] = (pieces[-1][0], pieces[-1][1].rstrip())
    return [piece for piece in pieces if piece[1]]
