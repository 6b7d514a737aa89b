"""Ranking metrics at a cut-off, as trec_eval defines them; see docs/evaluation.md for sources.

All take the ids ranked, best first, and the gains of the relevant ones (greater than 0).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence


def recall(ranked: Sequence[str], gains: Mapping[str, int], cut: int) -> float:
    """Share of the relevant that are among the first ``cut``."""
    return len(set(ranked[:cut]) & gains.keys()) / len(gains)


def average_precision(ranked: Sequence[str], gains: Mapping[str, int], cut: int) -> float:
    """Sum of the precisions at the ranks of relevant ids up to ``cut``, divided by the number of *all* relevant ids:
    trec_eval's ``map_cut``, which ObliQA's published figures use. Dividing by min(cut, relevant) would be higher."""
    hits, total = 0, 0.0
    for rank, each in enumerate(ranked[:cut], start=1):
        if each in gains:
            hits += 1
            total += hits / rank
    return total / len(gains)


def ndcg(ranked: Sequence[str], gains: Mapping[str, int], cut: int) -> float:
    """Discounted cumulative gain, gain / log2(rank + 1), as a share of the best possible one."""
    gained = sum(gains.get(each, 0) / math.log2(rank + 1) for rank, each in enumerate(ranked[:cut], start=1))
    ideal = sorted(gains.values(), reverse=True)[:cut]
    return gained / sum(gain / math.log2(rank + 1) for rank, gain in enumerate(ideal, start=1))


def reciprocal_rank(ranked: Sequence[str], gains: Mapping[str, int], cut: int) -> float:
    """One by the rank of the first relevant id, 0 where none is among the first ``cut``."""
    return next((1 / rank for rank, each in enumerate(ranked[:cut], start=1) if each in gains), 0.0)
