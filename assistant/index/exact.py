"""Exact search: the similarity of every passage that is seen to a question, whatever part of all that is."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np

from assistant.index.snapshot import Snapshot

# A stretch of passages of its own costs as much as so many rows more in one that is read anyway.
_STRETCH = 100
# One reads memory while the other reckons; more share the same memory.
_THREADS = 2
# Fewer passages are searched before a thread has begun.
_WORTH_THREADS = 50_000
# Rows that stay in the processor's cache from one vector to the next.
_BLOCK = 512


def nearest(snapshot: Snapshot, vectors: np.ndarray, count: int) -> list[list[tuple[int, float]]]:
    """Of each vector (float32, a row each) the rows of the passages nearest to it, with cosine similarity, best first;
    of equals the first row first."""
    return [_best(each, count) for each in similarities(snapshot, vectors)]


def _best(cosines: np.ndarray, count: int) -> list[tuple[int, float]]:
    if count < len(cosines):
        least = np.partition(cosines, len(cosines) - count)[len(cosines) - count]
        rows = np.flatnonzero(cosines >= least)
    else:
        rows = np.arange(len(cosines))
    best = rows[np.argsort(-cosines[rows], kind="stable")][:count]
    return list(zip(best.tolist(), cosines[best].tolist(), strict=True))


def similarities(snapshot: Snapshot, vectors: np.ndarray) -> np.ndarray:
    """The cosine similarity of every passage seen to each vector, float32, (vectors, passages). Vectors of what is not
    seen are read only where it costs less than to leave them out."""
    found = np.empty((len(vectors), len(snapshot.places)), dtype=np.float32)
    bases = snapshot.whole.bases
    order = snapshot.ascending
    places = snapshot.places if order is None else snapshot.places[order]
    cuts = np.searchsorted(places, bases)

    def search(at: int) -> None:
        first, last = int(cuts[at]), int(cuts[at + 1])
        if first < last:
            values = _of_segment(snapshot.whole.segments[at].vectors, places[first:last] - bases[at], vectors)
            found[:, slice(first, last) if order is None else order[first:last]] = values

    segments = range(len(snapshot.whole.segments))
    if len(places) < _WORTH_THREADS:
        list(map(search, segments))
    else:
        with ThreadPoolExecutor(_THREADS, thread_name_prefix="exact") as pool:
            list(pool.map(search, segments))
    return found


def _of_segment(held: np.ndarray, rows: np.ndarray, vectors: np.ndarray) -> np.ndarray:
    begins = np.flatnonzero(np.diff(rows, prepend=-2) != 1)
    if len(rows) + _STRETCH * len(begins) >= len(held):
        every = _products(held, vectors)
        return every if len(rows) == len(held) else every[:, rows]
    found = np.empty((len(vectors), len(rows)), dtype=np.float32)
    for begin, end in zip(begins.tolist(), [*begins[1:].tolist(), len(rows)], strict=True):
        start = int(rows[begin])
        found[:, begin:end] = _products(held[start : start + end - begin], vectors)
    return found


def _products(held: np.ndarray, vectors: np.ndarray) -> np.ndarray:
    """The product of each held vector with each of some vectors, (vectors, held): block by block and vector by vector,
    so that what is held is read from memory once. As one product of matrices it takes four times as long."""
    found = np.empty((len(vectors), len(held)), dtype=np.float32)
    for start in range(0, len(held), _BLOCK):
        block = held[start : start + _BLOCK]
        for vector, products in zip(vectors, found[:, start : start + _BLOCK], strict=True):
            np.matmul(block, vector, out=products)
    return found
