"""Plain text as found: no front matter, no headings; cited by paragraph."""

from __future__ import annotations

import re
import unicodedata
from pathlib import PurePath

from assistant.documents.language import guess_language
from assistant.documents.model import Kind, PartDate, Source, Span
from assistant.documents.structure import paragraph_sections, provisions

_TITLE_MAX = 120


def load(where: str, content: str) -> Source:
    """A text file as a source of unknown date.

    Nothing in a bare text says what it is, so it weighs as news, the least: primary text is never outranked by mistake.
    Its id comes from the file's name, its title from the first line that reads like one.
    """
    source_id = id_from_name(where)
    found = provisions(source_id, content, paragraph_sections(content, Span(0, len(content))))
    return Source(
        id=source_id,
        title=title_from_text(content) or source_id,
        kind=Kind.NEWS,
        text=content,
        provisions=found,
        issued=(PartDate(None),),
        effective=(PartDate(None),),
        language=guess_language(content),
    )


def id_from_name(where: str) -> str:
    """An id from a file's name: lower case, hyphens for whatever is not a letter or digit."""
    plain = unicodedata.normalize("NFKD", PurePath(where).stem).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:100].strip("-") or "untitled"


def title_from_text(content: str) -> str | None:
    """The first line of four words or more (so not "top of page"), cut at a sentence end or at 120 characters."""
    for line in content.splitlines():
        words = line.split()
        if len(words) >= 4 or (len(line.strip()) >= 12 and not line.isascii()):
            first = re.split(r"(?<=[.!?。])\s", " ".join(words), maxsplit=1)[0]
            return first if len(first) <= _TITLE_MAX else first[: _TITLE_MAX - 1].rsplit(" ", 1)[0] + "…"
    return None
