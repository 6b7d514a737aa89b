"""A document as read → a source: its id, title and provisions."""

from __future__ import annotations

from assistant.documents.blocks import RawDocument, Role
from assistant.documents.language import guess_language
from assistant.documents.model import Kind, PartDate, Source
from assistant.documents.naming import id_from_name, title_from_text
from assistant.documents.structure import numbered_sections, provisions


def source_of(document: RawDocument) -> Source:
    """A source of unknown date.

    A document's own properties are hints that anybody can write, so it weighs as news, the least, until a person says
    what it is: primary text is never outranked by mistake.
    """
    source_id = id_from_name(document.name)
    return Source(
        id=source_id,
        title=_title(document) or source_id,
        kind=Kind.NEWS,
        text=document.text,
        provisions=provisions(source_id, document.text, numbered_sections(document.text, document.blocks)),
        issued=(PartDate(None),),
        effective=(PartDate(None),),
        language=guess_language(document.text),
        url=document.properties.url,
        pages=document.pages,
    )


def _title(document: RawDocument) -> str | None:
    heading = next((document.quote(b.span) for b in document.blocks if b.role is Role.HEADING), None)
    return document.properties.title or heading or title_from_text(document.text)
