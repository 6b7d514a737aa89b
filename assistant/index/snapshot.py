"""One committed state of the index, and what of it a caller sees on a date."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, TypeVar, overload
from weakref import WeakValueDictionary

import numpy as np

from assistant.documents.headers import Header
from assistant.documents.model import Provision, Source
from assistant.documents.selection import EVERYTHING, Selection
from assistant.index.lexical import LexicalIndex, tokens
from assistant.index.records import LiveVersion, Passage
from assistant.index.segment import Segment
from assistant.index.shelf import Shelf
from assistant.index.views import Views
from assistant.index.wordings import Occurrences, Wordings

# Callers share few sets of groups, and questions few wordings; what a snapshot adds up of a million passages when it
# is made anew takes a fifth of a second and some ten megabytes.
_SNAPSHOTS_KEPT = 16
# Provisions whose terms are kept: those of some hundred questions.
_TERMS_KEPT = 50_000
_Made = TypeVar("_Made")


class Snapshot:
    """What a caller sees of one committed state on a date: of every source open to the caller the wording of that date.

    A passage's row is its place in ``passages`` and in the lexical scores, ``rows`` are the rows of each vector id;
    the rows of one version are side by side and in the order of its text. ``places`` are the passages' rows in the
    whole state. ``headers`` say of all sources what is asked of all; ``sources`` reads one whole when it is asked for.
    ``versions`` are the digests of the sources' versions.
    """

    def __init__(self, whole: Committed, held: np.ndarray, hidden: frozenset[str]) -> None:
        """``held`` are the places of the versions seen, ``hidden`` the ids of the sources that may not be named."""
        self.whole = whole
        self.held = held
        chosen = [whole.versions[place] for place in held.tolist()]
        self.headers: Mapping[str, Header] = {each.header.id: each.header for each in chosen}
        self.versions: Mapping[str, str] = {each.header.id: each.digest for each in chosen}
        self.origins: Mapping[str, str] = {each.header.id: each.origin for each in chosen}
        self.sources: Mapping[str, Source] = _Sources(self.versions, whole.shelf, hidden)
        self.passages: Sequence[Passage] = _Passages(whole, held)
        self.places = whole.places_of(held)
        self.lexical = LexicalIndex.over([each.postings for each in whole.segments], self.places)
        self.provisions: Mapping[tuple[str, str], Provision] = _Provisions(self.versions, whole)
        self._terms: OrderedDict[tuple[str, str], frozenset[str]] = OrderedDict()
        self._made: dict[Callable[..., Any], Any] = {}

    @property
    def generation(self) -> int:
        """The number of the committed state."""
        return self.whole.generation

    @cached_property
    def state(self) -> str:
        """A digest of the sources and their versions: snapshots of one state have one, whatever came between them."""
        lines = (f"{source_id} {version}\n" for source_id, version in sorted(self.versions.items()))
        return hashlib.sha256("".join(lines).encode()).hexdigest()

    @cached_property
    def ascending(self) -> np.ndarray | None:
        """The order in which the places of the passages ascend; ``None`` where they do as they are."""
        return None if np.all(self.places[1:] > self.places[:-1]) else np.argsort(self.places, kind="stable")

    @cached_property
    def rows(self) -> Mapping[str, Sequence[int]]:
        """The rows of each vector id."""
        found: dict[str, list[int]] = {}
        for row, vector_id in enumerate(self.whole.vector_ids_at(self.places)):
            found.setdefault(vector_id, []).append(row)
        return found

    def relating(self) -> Iterator[Source]:
        """The sources that have something to say of others: their norms bend something or stand beside it, or parts of
        them are read with others."""
        return (self.sources[each.id] for each in self.headers.values() if each.relates)

    def derived(self, make: Callable[[Mapping[str, Header]], _Made]) -> _Made:
        """What a function makes of the headers, made once."""
        if make not in self._made:
            self._made[make] = make(self.headers)
        made: _Made = self._made[make]
        return made

    def parts(self, rows: np.ndarray) -> Iterator[tuple[Segment, np.ndarray, np.ndarray]]:
        """The segments that hold the passages in some rows; of each the places of its passages among the rows, and
        their rows in it."""
        places, bases = self.places[rows], self.whole.bases
        of_segment = np.searchsorted(bases, places, side="right") - 1
        for at in np.unique(of_segment).tolist():
            mine = np.flatnonzero(of_segment == at)
            yield self.whole.segments[at], mine, places[mine] - bases[at]

    def column(self, rows: np.ndarray, of: Callable[[Segment], np.ndarray]) -> np.ndarray:
        """What a segment holds of every passage, of those in some rows."""
        parts = [(mine, of(segment)[at]) for segment, mine, at in self.parts(rows)]
        found = np.empty((len(rows), *parts[0][1].shape[1:]), parts[0][1].dtype) if parts else np.empty(0)
        for mine, values in parts:
            found[mine] = values
        return found

    def occurrences(self, rows: np.ndarray, strings: Sequence[str], of: Callable[[Segment], Wordings]) -> Occurrences:
        """Where strings, each given once, stand in the passages in some rows, by the words that ``of`` chooses."""
        none = np.zeros(0, dtype=np.int64)
        found = [Occurrences(none, none, none)]
        for segment, mine, at in self.parts(rows):
            here = of(segment).occurrences(at, strings)
            found.append(replace(here, passage=mine[here.passage]))
        every = [np.concatenate([getattr(each, name) for each in found]) for name in ("passage", "at", "which")]
        order = np.argsort(every[0], kind="stable")
        return Occurrences(*(each[order] for each in every))

    def terms(self, source_id: str, label: str) -> frozenset[str]:
        """The terms of a provision, its label and what it completes, as they are matched; kept, since every question
        asks for many."""
        key = (source_id, label)
        found = self._terms.get(key)
        if found is None:
            provision = self.provisions[key]
            text = self.sources[source_id].in_context(provision)
            found = frozenset(tokens(f"{label} {provision.heading or ''} {text}"))
            self._terms[key] = found
            while len(self._terms) > _TERMS_KEPT:
                self._terms.popitem(last=False)
        return found


@dataclass(frozen=True)
class Committed:
    """One committed state of the index: every version that answers for some date, in order of source and number, and
    the segments that hold the passages of all of them. ``encoder`` is the identity of the model that embedded them,
    ``embedding`` how to open it.

    ``documents`` is where each version's passages are, as a place in ``segments`` and one in that segment's documents.
    Rows are counted through all segments.
    """

    generation: int
    versions: Sequence[LiveVersion]
    segments: Sequence[Segment]
    documents: Sequence[tuple[int, int]]
    shelf: Shelf
    encoder: str = ""
    embedding: str = ""
    lacks_vectors: bool = False
    _seen: OrderedDict[tuple[bytes, frozenset[str]], Snapshot] = field(default_factory=OrderedDict)

    @cached_property
    def bases(self) -> np.ndarray:
        """The first row of each segment, and one beyond the last."""
        return np.cumsum([0, *map(len, self.segments)])

    @cached_property
    def firsts(self) -> np.ndarray:
        """The first row of each version."""
        return np.array(
            [self.bases[at] + self.segments[at].firsts[place] for at, place in self.documents], dtype=np.int64
        )

    @cached_property
    def counts(self) -> np.ndarray:
        """How many passages each version has."""
        return np.array(
            [self.segments[at].firsts[place + 1] - self.segments[at].firsts[place] for at, place in self.documents],
            dtype=np.int64,
        )

    @cached_property
    def vector_ids(self) -> frozenset[str]:
        """The ids of all vectors that the state refers to."""
        return frozenset(self.vector_ids_at(self.places_of(np.arange(len(self.versions)))))

    def vector_ids_at(self, places: np.ndarray) -> list[str]:
        """The vector ids at some rows, in their order."""
        found = np.concatenate([np.zeros((0, 16), dtype=np.uint8), *(each.ids for each in self.segments)])[places]
        text = found.tobytes().hex()
        return [text[at : at + 32] for at in range(0, len(text), 32)]

    def places_of(self, held: np.ndarray) -> np.ndarray:
        """The rows of some versions' passages, one version after the other."""
        counts = self.counts[held]
        before = np.cumsum(counts) - counts
        found: np.ndarray = np.arange(int(counts.sum())) + np.repeat(self.firsts[held] - before, counts)
        return found

    @cached_property
    def views(self) -> Views:
        """What chooses the versions that a caller sees."""
        return Views(self.versions)

    def seen_by(self, groups: frozenset[str] | None, on: dt.date, selection: Selection = EVERYTHING) -> Snapshot:
        """What a caller of some groups sees on a date: the sources open to all and those that carry one of the groups,
        everything for ``None``, the owner; and of each the version whose wording holds on the date.

        Its lexical statistics are of its own passages, and no status event of it names a source that the caller may
        not see. Nothing that is made from it can show what was left out. What a ``selection`` leaves out is no secret:
        events go on naming it.
        """
        held, hidden = self.views.chosen(groups, on, selection)
        key = (held.tobytes(), hidden)
        if key not in self._seen:
            self._seen[key] = Snapshot(self, held, hidden)
            while len(self._seen) > _SNAPSHOTS_KEPT:
                self._seen.popitem(last=False)
        self._seen.move_to_end(key)
        return self._seen[key]


class _Passages(Sequence[Passage]):
    """The passages of some versions, made when they are asked for."""

    def __init__(self, whole: Committed, held: np.ndarray) -> None:
        self._whole = whole
        self._held = held
        self._ends = np.cumsum(whole.counts[held])

    def __len__(self) -> int:
        return int(self._ends[-1]) if len(self._ends) else 0

    @overload
    def __getitem__(self, row: int) -> Passage: ...
    @overload
    def __getitem__(self, row: slice) -> list[Passage]: ...
    def __getitem__(self, row: int | slice) -> Passage | list[Passage]:
        if isinstance(row, slice):
            return [self._at(each) for each in range(*row.indices(len(self)))]
        if not -len(self) <= row < len(self):
            raise IndexError(row)
        return self._at(row % len(self))

    def _at(self, row: int) -> Passage:
        at = int(np.searchsorted(self._ends, row, side="right"))
        place = int(self._held[at])
        segment, document = self._whole.documents[place]
        before = int(self._ends[at] - self._whole.counts[place])
        found = self._whole.segments[segment]
        return found.passage(int(found.firsts[document]) + row - before, document)


class _Sources(Mapping[str, Source]):
    """Sources as a caller sees them. As long as somebody holds one, everybody is given the same object."""

    def __init__(self, versions: Mapping[str, str], shelf: Shelf, hidden: frozenset[str]) -> None:
        self._versions = versions
        self._shelf = shelf
        self._hidden = hidden
        self._unsaying: WeakValueDictionary[str, Source] = WeakValueDictionary()

    def __getitem__(self, source_id: str) -> Source:
        source = self._shelf[self._versions[source_id]].source
        if all(event.by not in self._hidden for event in source.events):
            return source
        said = self._unsaying.get(source_id)
        return self._unsaying.setdefault(source_id, _unsaying(source, self._hidden)) if said is None else said

    def __contains__(self, source_id: object) -> bool:
        return source_id in self._versions

    def __iter__(self) -> Iterator[str]:
        return iter(self._versions)

    def __len__(self) -> int:
        return len(self._versions)


class _Provisions(Mapping[tuple[str, str], Provision]):
    """Provisions by source id and label."""

    def __init__(self, versions: Mapping[str, str], whole: Committed) -> None:
        self._versions = versions
        self._shelf = whole.shelf

    def __getitem__(self, key: tuple[str, str]) -> Provision:
        source_id, label = key
        return self._shelf[self._versions[source_id]].provisions[label]

    def __iter__(self) -> Iterator[tuple[str, str]]:
        for source_id, version in self._versions.items():
            yield from ((source_id, label) for label in self._shelf[version].provisions)

    def __len__(self) -> int:
        return sum(1 for _ in self)


def _unsaying(source: Source, hidden: frozenset[str]) -> Source:
    """A source whose events do not say which hidden source brought them about. They stay: a rule that was suspended
    must not look as if it applied."""
    events = (
        replace(event, by=source.id, by_provision=None, note="") if event.by in hidden else event
        for event in source.events
    )
    return replace(source, events=tuple(events))
