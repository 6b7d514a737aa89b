"""A document as read → a source: its id, title and provisions, and what it seems to say of itself."""

from __future__ import annotations

import datetime as dt

from assistant.documents.blocks import RawDocument
from assistant.documents.guesses import guesses, title_of
from assistant.documents.language import guess_language
from assistant.documents.model import Guess, Kind, PartDate, Source
from assistant.documents.naming import id_from_name, title_from_text
from assistant.documents.structure import numbered_sections, provisions


def source_of(document: RawDocument) -> Source:
    """A source with what its document seems to say of itself, as guesses.

    A document's own words are hints that anybody can write, so it weighs as news, the least, and applies on no date,
    until a person confirms what it is: primary text is never outranked by mistake.
    """
    source_id = id_from_name(document.name)
    title, basis = title_of(document) or (title_from_text(document.text) or source_id, "the first line")
    found = {guess.field: guess for guess in guesses(document, title)}
    issued = dt.date.fromisoformat(found["issued"].value) if "issued" in found else None
    return Source(
        id=source_id,
        title=title,
        kind=Kind.NEWS,
        text=document.text,
        provisions=provisions(source_id, document.text, numbered_sections(document.text, document.blocks)),
        issued=(PartDate(issued),),
        effective=(PartDate(None),),
        language=guess_language(document.text),
        issuer=found["issuer"].value if "issuer" in found else None,
        number=found["number"].value if "number" in found else None,
        url=document.properties.url,
        pages=document.pages,
        guesses=(Guess("title", title, basis), *found.values()),
    )
