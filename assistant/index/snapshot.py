"""One committed state of the index, and what of it a caller may see."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from assistant.documents.model import Provision, Source
from assistant.index.catalogue import Passage, version_of
from assistant.index.lexical import LexicalIndex, tokens

# Callers share few sets of groups; a view costs a fifth of a second for 13,000 passages when it is made anew.
_VIEWS_KEPT = 16


@dataclass(frozen=True)
class Snapshot:
    """One committed state of the index, or the part of it that a caller may see.

    A passage's row is its place in ``passages`` and in the lexical scores; ``rows`` are the rows of each vector id.
    ``whole`` is the state that a part was taken from, ``whole_rows`` the rows of its passages there.
    """

    generation: int
    sources: Mapping[str, Source]
    origins: Mapping[str, str]
    passages: Sequence[Passage]
    lexical: LexicalIndex
    rows: Mapping[str, Sequence[int]]
    provisions: Mapping[tuple[str, str], Provision]
    whole: Snapshot | None = None
    whole_rows: np.ndarray | None = None
    _exact: list[np.ndarray] = field(default_factory=list)
    _terms: dict[tuple[str, str], frozenset[str]] = field(default_factory=dict)
    _views: OrderedDict[frozenset[str], Snapshot] = field(default_factory=OrderedDict)

    @classmethod
    def of(
        cls, generation: int, sources: Mapping[str, Source], origins: Mapping[str, str], passages: Sequence[Passage],
        lexical: LexicalIndex, whole: Snapshot | None = None, whole_rows: np.ndarray | None = None,
    ) -> Snapshot:  # fmt: skip
        """A snapshot of some sources and their passages."""
        rows: dict[str, list[int]] = {}
        for row, passage in enumerate(passages):
            rows.setdefault(passage.vector_id, []).append(row)
        provisions = {(source.id, each.label): each for source in sources.values() for each in source.provisions}
        return cls(generation, sources, origins, passages, lexical, rows, provisions, whole, whole_rows)

    @cached_property
    def versions(self) -> Mapping[str, str]:
        """Of every source, by its id, the version that this state holds; see `catalogue.version_of`."""
        if self.whole is not None:
            return {each: self.whole.versions[each] for each in self.sources}
        return {each: version_of(source) for each, source in self.sources.items()}

    @cached_property
    def state(self) -> str:
        """A digest of the sources and their versions: snapshots of one state have one, whatever came between them."""
        lines = (f"{source_id} {version}\n" for source_id, version in sorted(self.versions.items()))
        return hashlib.sha256("".join(lines).encode()).hexdigest()

    def terms(self, source_id: str, label: str) -> frozenset[str]:
        """The terms of a provision and its label, as they are matched; kept, since every question asks for many."""
        key = (source_id, label)
        if key not in self._terms:
            text = self.sources[source_id].quote(self.provisions[key].span)
            self._terms[key] = frozenset(tokens(f"{label} {text}"))
        return self._terms[key]

    def open_to(self, groups: frozenset[str] | None) -> Snapshot:
        """What a caller of these groups may see: the sources open to all and those that carry one of the groups;
        everything for ``None``, the owner.

        A part is a snapshot like any other: its lexical statistics are of its own passages, and no status event of it
        names a source outside it. Nothing that is made from it can show what was left out.
        """
        hidden = frozenset(each for each, source in self.sources.items() if not source.is_open_to(groups))
        if not hidden:
            return self
        view = self._views.get(hidden)
        if view is None:
            view = self._views[hidden] = self._without(hidden)
            while len(self._views) > _VIEWS_KEPT:
                self._views.popitem(last=False)
        self._views.move_to_end(hidden)
        return view

    def _without(self, hidden: frozenset[str]) -> Snapshot:
        kept = [row for row, passage in enumerate(self.passages) if passage.source_id not in hidden]
        return Snapshot.of(
            self.generation,
            {each: _unsaying(source, hidden) for each, source in self.sources.items() if each not in hidden},
            {each: origin for each, origin in self.origins.items() if each not in hidden},
            [self.passages[row] for row in kept],
            self.lexical.only(kept),
            whole=self,
            whole_rows=np.array(kept, dtype=np.intp),
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
