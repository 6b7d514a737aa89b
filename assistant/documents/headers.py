"""What is asked of all sources at once, without their texts: what they are called, who may see them, whether they have
anything to say of others."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

from assistant.documents.model import EventKind, Kind, Names, Original, PartDate, Source, named_in, open_to


@dataclass(frozen=True, slots=True)
class Header:
    """A source without its text.

    ``provisions`` is how many it has, ``suspensions`` are the windows of those that have both ends. ``relates`` says
    that a norm of it bends, leaves or stands beside something, or that parts of it are read with others; ``is_added``
    that nobody has described it, or that something read off its text waits for a person. ``guessed`` are the fields
    that count though they were only read off the document.
    """

    id: str
    title: str
    kind: Kind
    issued: tuple[PartDate, ...] = ()
    effective: tuple[PartDate, ...] = ()
    language: str = ""
    issuer: str | None = None
    number: str | None = None
    url: str | None = None
    checked_until: dt.date | None = None
    jurisdiction: str | None = None
    groups: frozenset[str] = frozenset()
    names: tuple[Names, ...] = ()
    original: Original | None = None
    provisions: int = 0
    suspensions: tuple[tuple[dt.date, dt.date], ...] = ()
    relates: bool = False
    is_added: bool = False
    guessed: tuple[str, ...] = ()

    def is_open_to(self, groups: frozenset[str] | None) -> bool:
        """See `Source.is_open_to`."""
        return open_to(self.groups, groups)

    def named(self, language: str) -> Names | None:
        """See `Source.named`; the names of its provisions are left out."""
        return named_in(self.names, language)


def header_of(source: Source) -> Header:
    """The header of a source."""
    return Header(
        id=source.id,
        title=source.title,
        kind=source.kind,
        issued=source.issued,
        effective=source.effective,
        language=source.language,
        issuer=source.issuer,
        number=source.number,
        url=source.url,
        checked_until=source.checked_until,
        jurisdiction=source.jurisdiction,
        groups=source.groups,
        names=tuple(replace(each, labels=()) for each in source.names),
        original=source.original,
        provisions=len(source.provisions),
        suspensions=tuple(
            (each.date, each.until) for each in source.events if each.event is EventKind.SUSPENDED and each.until
        ),
        relates=bool(source.read_with) or any(each.bends or each.beside or each.leaves for each in source.norms),
        is_added=bool(source.guesses) or source.confidence is None,
        guessed=tuple(sorted(guess.field for guess in source.guesses if not guess.waits)),
    )
