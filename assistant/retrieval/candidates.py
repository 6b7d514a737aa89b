"""A question → the passages that a search reached, each with what both searches say of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from assistant.index.lexical import tokens
from assistant.index.snapshot import Snapshot
from assistant.index.store import Index
from assistant.retrieval.concepts import Concept, named_in
from assistant.retrieval.question import Question
from assistant.retrieval.relevance import features as features_of
from assistant.retrieval.relevance import relevances

# Each search contributes its best 100; of ObliQA's relevant passages 87 % are among them, and 88 % among 150.
_DEPTH = 100


@dataclass(frozen=True, slots=True)
class Candidates:
    """The passages that a search reached, each array one value a passage, (n,).

    ``rows`` ascend; ``cosines`` and ``lexical``, the share of the best BM25 score, are of the sentence of the question
    that fits best; ``relevance`` is the logit that the passage answers. ``nearest`` is the best cosine of what the
    question asks, without the story it is told in."""

    rows: np.ndarray
    cosines: np.ndarray
    lexical: np.ndarray
    relevance: np.ndarray
    nearest: float

    @property
    def best_first(self) -> list[int]:
        """The places of the candidates in these arrays, the most relevant first, equal ones as in the text."""
        order: list[int] = np.argsort(-self.relevance, kind="stable").tolist()
        return order


def candidates(index: Index, snapshot: Snapshot, question: Question, concepts: Sequence[Concept]) -> Candidates:
    """The passages that a search reached for a question, with how relevant each is."""
    rows, features = described(index, snapshot, question, concepts)
    cosines = features["cosine"]
    if question.asking == question.search or not len(rows):
        nearest = float(cosines.max(initial=0.0))
    else:
        asking = in_our_words(question, question.asking, named_in(question.asking, concepts))
        nearest = float((index.vectors(snapshot, rows) @ index.encoder_of(snapshot).embed_queries([asking]).T).max())
    return Candidates(rows, cosines, features["lexical"], relevances(features), nearest)


def described(
    index: Index, snapshot: Snapshot, question: Question, concepts: Sequence[Concept]
) -> tuple[np.ndarray, Mapping[str, np.ndarray]]:
    """The rows, (n,), that a search reached, and the features of their passages, each (n,).

    Both searches go over all passages, each reaching its best 100. Of a long question every sentence is searched as
    well as the whole, and a passage counts by the one it fits best.
    """
    added = [term for each in concepts for term in sorted(each.terms)]
    asked = [[*tokens(question.search), *added], *map(tokens, question.parts)]
    bm25 = np.max([snapshot.lexical.scores(terms) for terms in asked], axis=0)
    wordings = (in_our_words(question, question.search, concepts), *question.parts)
    encoder = index.encoder_of(snapshot)
    vectors = encoder.embed_queries(wordings)
    near = [row for found in index.nearest_to_each(snapshot, vectors, _DEPTH) for row, _ in found]
    rows = np.union1d(_best(bm25), np.array(near, dtype=np.intp))
    cosines = (index.vectors(snapshot, rows) @ vectors.T).max(axis=1)
    lexical = bm25[rows] / max(float(bm25.max(initial=0)), 1e-9)
    if question.is_chinese and not encoder.reads_chinese and len(rows):
        # The packaged encoder reads no Chinese: how near such a text is, its words alone tell.
        unread = snapshot.column(rows, lambda segment: segment.are_chinese)
        cosines = np.where(unread, lexical * cosines.max(), cosines).astype(np.float32)
    return rows, features_of(wordings[0], snapshot, rows, cosines, lexical)


def _best(bm25: np.ndarray) -> np.ndarray:
    """The rows of the best BM25 scores, none of them 0."""
    found = np.flatnonzero(bm25 > 0)
    if len(found) <= _DEPTH:
        return found
    return np.asarray(found[bm25[found] >= np.partition(bm25[found], -_DEPTH)[-_DEPTH]])


def in_our_words(question: Question, text: str, concepts: Sequence[Concept]) -> str:
    """What a question says, with the corpus's own words for what it speaks of."""
    meant = " ".join(each.term for each in concepts if each.term and each.term.lower() != each.words.lower())
    if not meant:
        return text
    # The encoder reads no Chinese: the corpus's own words for what is asked say more than the question does.
    return meant if question.is_chinese else f"{text} ({meant})"
