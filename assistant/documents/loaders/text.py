"""Plain text as found: no front matter, no headings; cited by paragraph. Its stored text is the file's, verbatim."""

from __future__ import annotations

from assistant.documents.blocks import Block, RawDocument, Role
from assistant.documents.model import Span
from assistant.documents.structure import paragraph_sections


def read(where: str, content: str) -> RawDocument:
    """A text as a document of paragraphs."""
    paragraphs = paragraph_sections(content, Span(0, len(content)))
    return RawDocument(where, content, tuple(Block(Role.PARAGRAPH, each.span) for each in paragraphs))
