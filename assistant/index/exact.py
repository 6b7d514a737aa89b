"""Exact search: the similarity of every passage that is seen to a question, whatever part of all that is."""

from __future__ import annotations

import numpy as np

from assistant.index.snapshot import Snapshot

# A stretch of passages of its own costs as much as so many rows more in one that is read anyway.
_STRETCH = 100


def nearest(snapshot: Snapshot, vector: np.ndarray, count: int) -> list[tuple[int, float]]:
    """The rows of the passages nearest to a vector (float32), with cosine similarity, best first; of equals the first
    row first."""
    found = similarities(snapshot, vector)
    if count < len(found):
        least = np.partition(found, len(found) - count)[len(found) - count]
        rows = np.flatnonzero(found >= least)
    else:
        rows = np.arange(len(found))
    best = rows[np.argsort(-found[rows], kind="stable")][:count]
    return [(int(row), float(found[row])) for row in best]


def vectors(snapshot: Snapshot, rows: np.ndarray, dimension: int) -> np.ndarray:
    """The vectors of the passages in some rows, float32, (len(rows), dimension)."""
    found = np.empty((len(rows), dimension), dtype=np.float32)
    places, bases = snapshot.places[rows], np.asarray(snapshot.whole.bases)
    of_segment = np.searchsorted(bases, places, side="right") - 1
    for at in np.unique(of_segment).tolist():
        mine = of_segment == at
        found[mine] = snapshot.whole.segments[at].vectors[places[mine] - bases[at]]
    return found


def similarities(snapshot: Snapshot, vector: np.ndarray) -> np.ndarray:
    """The cosine similarity of every passage seen, float32, by row. Vectors of what is not seen are read only where it
    costs less than to leave them out."""
    found = np.empty(len(snapshot.places), dtype=np.float32)
    bases = snapshot.whole.bases
    order = snapshot.ascending
    places = snapshot.places if order is None else snapshot.places[order]
    cuts = np.searchsorted(places, bases)
    for at, segment in enumerate(snapshot.whole.segments):
        first, last = int(cuts[at]), int(cuts[at + 1])
        if first == last:
            continue
        rows = places[first:last] - bases[at]
        values = _of_segment(segment.vectors, rows, vector)
        found[slice(first, last) if order is None else order[first:last]] = values
    return found


def _of_segment(vectors: np.ndarray, rows: np.ndarray, vector: np.ndarray) -> np.ndarray:
    begins = np.flatnonzero(np.diff(rows, prepend=-2) != 1)
    if len(rows) + _STRETCH * len(begins) >= len(vectors):
        seen: np.ndarray = (vectors @ vector)[rows]
        return seen
    found = np.empty(len(rows), dtype=np.float32)
    for begin, end in zip(begins.tolist(), [*begins[1:].tolist(), len(rows)], strict=True):
        start = int(rows[begin])
        np.matmul(vectors[start : start + end - begin], vector, out=found[begin:end])
    return found
