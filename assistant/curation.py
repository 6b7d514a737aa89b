"""What a curator does with the sources in the index: look at their versions, put right what is recorded of them."""

from __future__ import annotations

from assistant.documents.versions import Version
from assistant.errors import SourceError, UnknownSource
from assistant.index.store import Index

_SHORTEST_DIGEST = 6


def history(index: Index, source_id: str, groups: frozenset[str] | None = None) -> list[Version]:
    """Every version that was kept of a source and that a caller of some groups may see, the oldest first; also of a
    source that was removed.

    Raises UnknownSource where there is none.
    """
    versions = index.catalogue.versions(source_id)
    # Who may see a source is what its newest version says; a former one may be kept to fewer.
    if not versions or not versions[-1].source.is_open_to(groups):
        raise UnknownSource(source_id)
    return [each for each in versions if each.source.is_open_to(groups)]


def version(index: Index, source_id: str, which: int | str, groups: frozenset[str] | None = None) -> Version:
    """One version of a source, by its number, or by its digest or six or more of its first characters.

    Raises UnknownSource, or SourceError where the source has no such version.
    """
    found = [each for each in history(index, source_id, groups) if _is(each, which)]
    if not found:
        raise SourceError(
            source_id, f"there is no version {which} of this source; `assistant history {source_id}` lists them."
        )
    return found[-1]


def _is(version: Version, which: int | str) -> bool:
    if isinstance(which, int) or (which.isdecimal() and len(which) < _SHORTEST_DIGEST):
        return version.number == int(which)
    return len(which) >= _SHORTEST_DIGEST and version.digest.startswith(which.lower())
