"""The part of the sources that an answer is asked to rest on."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.documents.headers import Header
from assistant.documents.model import Kind, Source


@dataclass(frozen=True, slots=True)
class Selection:
    """Sources of some kinds and some jurisdictions; an empty set leaves none out."""

    kinds: frozenset[Kind] = frozenset()
    jurisdictions: frozenset[str] = frozenset()

    def includes(self, source: Source | Header) -> bool:
        """Whether the source is selected."""
        return (not self.kinds or source.kind in self.kinds) and (
            not self.jurisdictions or jurisdiction_of(source) in self.jurisdictions
        )

    def __bool__(self) -> bool:
        """Whether anything is left out."""
        return bool(self.kinds or self.jurisdictions)

    def __str__(self) -> str:
        return ", ".join([*sorted(self.kinds), *sorted(self.jurisdictions)])


EVERYTHING = Selection()


def jurisdiction_of(source: Source | Header) -> str:
    """The jurisdiction by its name alone, without what is said of its reach: "PRC" of "PRC, extraterritorial"."""
    return (source.jurisdiction or "").split(",")[0].strip()
