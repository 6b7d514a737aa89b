"""One committed state of the index, and what of it a caller sees on a date."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from assistant.documents.model import Provision, Source
from assistant.documents.selection import EVERYTHING, Selection
from assistant.documents.versions import Version, holding
from assistant.index.lexical import LexicalIndex, tokens
from assistant.index.records import Passage

# Callers share few sets of groups, and questions few wordings; a snapshot of its own costs a fifth of a second for
# 13,000 passages when it is made anew.
_SNAPSHOTS_KEPT = 16


@dataclass(frozen=True)
class Snapshot:
    """What a caller sees of one committed state on a date: of every source open to the caller the wording of that date.

    A passage's row is its place in ``passages`` and in the lexical scores; ``rows`` are the rows of each vector id,
    ``whole_rows`` the rows of the passages in the whole state. ``versions`` are the digests of the sources' versions.
    """

    whole: Committed
    sources: Mapping[str, Source]
    origins: Mapping[str, str]
    versions: Mapping[str, str]
    passages: Sequence[Passage]
    whole_rows: np.ndarray
    lexical: LexicalIndex
    rows: Mapping[str, Sequence[int]]
    provisions: Mapping[tuple[str, str], Provision]
    _terms: dict[tuple[str, str], frozenset[str]] = field(default_factory=dict)

    @property
    def generation(self) -> int:
        """The number of the committed state."""
        return self.whole.generation

    @cached_property
    def state(self) -> str:
        """A digest of the sources and their versions: snapshots of one state have one, whatever came between them."""
        lines = (f"{source_id} {version}\n" for source_id, version in sorted(self.versions.items()))
        return hashlib.sha256("".join(lines).encode()).hexdigest()

    def terms(self, source_id: str, label: str) -> frozenset[str]:
        """The terms of a provision, its label and what it completes, as they are matched; kept, since every question
        asks for many."""
        key = (source_id, label)
        if key not in self._terms:
            provision = self.provisions[key]
            text = self.sources[source_id].in_context(provision)
            self._terms[key] = frozenset(tokens(f"{label} {provision.heading or ''} {text}"))
        return self._terms[key]


@dataclass(frozen=True)
class Committed:
    """One committed state of the index: by source every version that answers for some date, and the passages of all of
    them. A passage's row is its place in ``passages``. ``encoder`` is the identity of the model that embedded them,
    ``embedding`` how to open it."""

    generation: int
    versions: Mapping[str, Sequence[Version]]
    passages: Sequence[Passage]
    lexical: LexicalIndex
    encoder: str = ""
    embedding: str = ""
    exact: list[np.ndarray] = field(default_factory=list)
    _seen: OrderedDict[tuple[frozenset[tuple[str, str]], frozenset[str]], Snapshot] = field(default_factory=OrderedDict)

    @cached_property
    def vector_ids(self) -> frozenset[str]:
        """The ids of all vectors that the state refers to."""
        return frozenset(each.vector_id for each in self.passages)

    def seen_by(self, groups: frozenset[str] | None, on: dt.date, selection: Selection = EVERYTHING) -> Snapshot:
        """What a caller of some groups sees on a date: the sources open to all and those that carry one of the groups,
        everything for ``None``, the owner; and of each the version whose wording holds on the date.

        Its lexical statistics are of its own passages, and no status event of it names a source that the caller may
        not see. Nothing that is made from it can show what was left out. What a ``selection`` leaves out is no secret:
        events go on naming it.
        """
        held: dict[str, Version] = {}
        unselected = set()
        for source_id, versions in self.versions.items():
            version = holding(versions, on)
            # Who may see a source is what its newest version says; a former one may be kept to fewer.
            if version and versions[-1].source.is_open_to(groups) and version.source.is_open_to(groups):
                if selection.includes(version.source):
                    held[source_id] = version
                else:
                    unselected.add(source_id)
        hidden = frozenset(self.versions.keys() - held.keys() - unselected)
        key = (frozenset((source_id, version.digest) for source_id, version in held.items()), hidden)
        if key not in self._seen:
            self._seen[key] = self._snapshot(held, hidden)
            while len(self._seen) > _SNAPSHOTS_KEPT:
                self._seen.popitem(last=False)
        self._seen.move_to_end(key)
        return self._seen[key]

    def _snapshot(self, held: Mapping[str, Version], hidden: frozenset[str]) -> Snapshot:
        chosen = {source_id: version.digest for source_id, version in held.items()}
        kept = [row for row, each in enumerate(self.passages) if chosen.get(each.source_id) == each.version]
        passages = [self.passages[row] for row in kept]
        rows: dict[str, list[int]] = {}
        for row, passage in enumerate(passages):
            rows.setdefault(passage.vector_id, []).append(row)
        sources = {source_id: _unsaying(version.source, hidden) for source_id, version in held.items()}
        return Snapshot(
            whole=self,
            sources=sources,
            origins={source_id: version.origin for source_id, version in held.items()},
            versions=chosen,
            passages=passages,
            whole_rows=np.array(kept, dtype=np.intp),
            lexical=self.lexical if len(kept) == len(self.passages) else self.lexical.only(kept),
            rows=rows,
            provisions={(source.id, each.label): each for source in sources.values() for each in source.provisions},
        )


def _unsaying(source: Source, hidden: frozenset[str]) -> Source:
    """A source whose events do not say which hidden source brought them about. They stay: a rule that was suspended
    must not look as if it applied."""
    if all(event.by not in hidden for event in source.events):
        return source
    events = (
        replace(event, by=source.id, by_provision=None, note="") if event.by in hidden else event
        for event in source.events
    )
    return replace(source, events=tuple(events))
