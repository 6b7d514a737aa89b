"""BM25, cosine and their fusion over a collection: what hard negatives are drawn from and what is measured."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from assistant.evaluation import ranking
from assistant.evaluation.statistics import estimate
from assistant.index.lexical import LexicalIndex, tokens
from tuning.data import Collection

Scores = npt.NDArray[np.float32]

LEXICAL, DENSE = 0.4, 0.6  # as the retriever weighs them
POOL = 100  # what each of the two brings to the fusion
CUT = 10


def lexical_scores(collection: Collection) -> Scores:
    """BM25 of every passage for every question, (questions, passages), each row divided by its maximum."""
    index = LexicalIndex(collection.passages)
    rows = np.stack([index.scores(tokens(question)) for question in collection.questions])
    highest = rows.max(axis=1, keepdims=True)
    scaled: Scores = (rows / np.where(highest > 0, highest, 1)).astype(np.float32)
    return scaled


def fused(lexical: Scores, dense: Scores) -> Scores:
    """0.4 · BM25 + 0.6 · cosine, each for its best 100 passages of a question and zero for others."""
    return LEXICAL * _best(lexical) + DENSE * _best(dense)


def figures(scores: Scores, gold: Sequence[frozenset[int]], families: Sequence[str]) -> dict[str, tuple[float, ...]]:
    """Recall@10 and MAP@10 of rankings by these scores, each with its 95 % interval."""
    wanted = [{str(row): 1 for row in rows} for rows in gold]
    ranked = [[str(row) for row in rows] for rows in np.argsort(-scores, axis=1, kind="stable")[:, :CUT]]
    found: dict[str, tuple[float, ...]] = {}
    for name, score in (("Recall@10", ranking.recall), ("MAP@10", ranking.average_precision)):
        parts = [(score(rows, each, CUT), 1.0) for rows, each in zip(ranked, wanted, strict=True)]
        figure = estimate(parts, families, "share")
        found[name] = (figure.value or 0.0, figure.low or 0.0, figure.high or 0.0)
    return found


def _best(scores: Scores) -> Scores:
    if scores.shape[1] <= POOL:
        return scores
    lowest = np.partition(scores, -POOL, axis=1)[:, -POOL, None]
    return np.where(scores >= lowest, scores, 0).astype(np.float32)
