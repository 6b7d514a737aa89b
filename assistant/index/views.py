"""Which versions a caller sees on a date: groups, dates and selections as columns over all versions at once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Hashable, Sequence
from typing import Any

import numpy as np

from assistant.documents.headers import Header
from assistant.documents.selection import Selection, jurisdiction_of
from assistant.index.records import LiveVersion


class Views:
    """Chooses among the versions of one state, which stand in order of source and number."""

    def __init__(self, versions: Sequence[LiveVersion]) -> None:
        headers = [each.header for each in versions]
        self._ids = [each.id for each in headers]
        # The versions of a source stand side by side: where those of each source begin, and of which its newest is.
        begins = [at for at, each in enumerate(self._ids) if not at or self._ids[at - 1] != each]
        self._begins = np.array(begins, dtype=np.int64)
        self._newest = np.array([*begins[1:], len(self._ids)][: len(begins)], dtype=np.int64) - 1
        holds = [each.holds_from.toordinal() if each.holds_from else 0 for each in versions]
        source = np.repeat(np.arange(len(begins)), np.diff([*begins, len(self._ids)]))
        # By source, then from when their wording holds, then by number.
        self._order = np.lexsort((np.arange(len(holds)), np.array(holds, dtype=np.int64), source))
        self._holds = np.array(holds, dtype=np.int64)[self._order]
        self._groups = _Coded(headers, lambda each: each.groups)
        self._kinds = _Coded(headers, lambda each: each.kind)
        self._jurisdictions = _Coded(headers, jurisdiction_of)

    def chosen(
        self, groups: frozenset[str] | None, on: dt.date, selection: Selection
    ) -> tuple[np.ndarray, frozenset[str]]:
        """The places of the versions that a caller of some groups sees on a date, ascending; and the ids of the sources
        that the caller may not see. What a selection leaves out is in neither."""
        if not len(self._begins):
            return np.zeros(0, dtype=np.int64), frozenset()
        # Of those that begin together the last that was added; before any begins it is the earliest.
        begun = np.add.reduceat(self._holds <= on.toordinal(), self._begins, dtype=np.int64)
        holding = self._order[self._begins + np.maximum(begun - 1, 0)]
        is_open = self._groups.those(lambda kept: groups is None or not kept or not kept.isdisjoint(groups))
        # Who may see a source is what its newest version says; a former one may be kept to fewer.
        visible = is_open[self._newest] & is_open[holding]
        selected = np.ones(len(holding), dtype=bool)
        if selection.kinds:
            selected &= self._kinds.those(selection.kinds.__contains__)[holding]
        if selection.jurisdictions:
            selected &= self._jurisdictions.those(selection.jurisdictions.__contains__)[holding]
        hidden = frozenset(self._ids[place] for place in self._newest[~visible].tolist())
        return np.sort(holding[visible & selected]), hidden


class _Coded:
    """One property of all versions, each of its values once."""

    def __init__(self, headers: Sequence[Header], of: Callable[[Header], Hashable]) -> None:
        self._values: dict[Any, int] = {}
        codes = [self._values.setdefault(of(each), len(self._values)) for each in headers]
        self._codes = np.array(codes, dtype=np.int64)

    def those(self, wanted: Callable[[Any], bool]) -> np.ndarray:
        """Of which versions the value is wanted, as booleans."""
        return np.array([wanted(value) for value in self._values], dtype=bool)[self._codes]
