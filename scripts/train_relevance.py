"""Learns the weights of assistant/retrieval/weights/relevance.json from passages that were judged for questions, and
says how well it does on questions that it did not learn from.

    python scripts/train_relevance.py BEIR_DIR [--split NAME] [--held-out]

Of each question the relevant passages shall have all of the softmax of the weighted sums, under an L2 penalty. Many
passages are relevant to several questions, and memory is no skill: *disjoint* folds share no relevant passage, neither
directly nor by way of other questions; *documents* folds keep questions about one document together. The cosines of the
packaged encoder are better on questions that it has learned from than on any new one: with --held-out only those are
learned from that `scripts/tune_encoder.py --hold-out` held out.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from scipy.optimize import minimize
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from tuning import data

from assistant.evaluation import beir
from assistant.evaluation.rankers import IndexRanker
from assistant.index.encoders import open_encoder
from assistant.index.model_choice import ModelChoice
from assistant.retrieval import candidates
from assistant.retrieval.question import understand
from assistant.settings import Settings

_WEIGHTS = Path(__file__).parent.parent / "assistant" / "retrieval" / "weights" / "relevance.json"
_FOLDS = 5
_PENALTY = 5.0
_LEARNED_FROM = 50  # candidates further down teach nothing, and cost most of the time
_DRAWS = 2000
_REACH = 100  # what plain fusion takes of each search


@dataclass(frozen=True)
class Judged:
    """The candidates of all questions, one behind the other: their features, and which are relevant; where each
    question's begin; and how many relevant passages each has, found or not."""

    names: Sequence[str]
    values: np.ndarray
    right: np.ndarray
    starts: np.ndarray
    wanted: np.ndarray

    @property
    def questions(self) -> range:
        """The places of the questions."""
        return range(len(self.wanted))

    def of(self, question: int) -> slice:
        """The rows of a question."""
        return slice(self.starts[question], self.starts[question + 1])


def main() -> None:
    """Describes all candidates, reports by cross-validation, learns from all, writes."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("folder", type=Path)
    arguments.add_argument("--split", default="dev")
    arguments.add_argument("--held-out", action="store_true")
    given = arguments.parse_args()
    collection = beir.load(given.folder, given.split)
    if given.held_out:
        kept = data.held_out(data.read_beir(given.folder, given.split))
        collection = replace(
            collection,
            queries={each: collection.queries[each] for each in kept},
            relevant={each: collection.relevant[each] for each in kept},
        )
    with tempfile.TemporaryDirectory() as folder:
        judged = _judged(collection, Path(folder))
    fused = _plain_fusion(judged)
    _report("plain fusion", fused, judged)
    documents = dict(zip(collection.passages, (each.source for each in collection.places), strict=True))
    for name, folds in (
        ("disjoint", _disjoint(collection)),
        ("documents", _by_document(collection, documents)),
        ("ordinary", np.random.default_rng(1).integers(_FOLDS, size=len(judged.wanted))),
    ):
        _report(f"learned, {name} folds", _unseen(judged, folds), judged, beside=fused)
    weights = _fit(judged, judged.questions)
    # The softmax leaves the level open: half of the best candidates shall have a logit above 0.
    level = float(np.median([(judged.values[judged.of(each)] @ weights).max() for each in judged.questions]))
    written = {name: round(float(weight), 4) for name, weight in zip(judged.names, weights, strict=True)}
    _WEIGHTS.write_text(json.dumps({"weights": written, "bias": round(-level, 4)}, indent=2) + "\n", encoding="utf-8")


def _judged(collection: beir.Collection, folder: Path) -> Judged:
    ranker = IndexRanker(folder, open_encoder(ModelChoice.of(Settings.load())), collection.places)
    ranker.ingest(list(collection.passages.values()))
    snapshot = ranker.index.snapshot()
    ids = list(collection.passages)
    values: list[np.ndarray] = []
    right: list[np.ndarray] = []
    features: Mapping[str, np.ndarray] = {}
    for query_id, text in collection.queries.items():
        question = understand(text, dt.date.today())
        own, earlier = ranker.retriever.concepts(snapshot, question)
        rows, features = candidates.described(ranker.index, snapshot, question, [*own, *earlier])
        values.append(np.column_stack(list(features.values())))
        passages = [snapshot.passages[row] for row in rows.tolist()]
        reached = [ids[ranker.place(each.source_id, each.label)] for each in passages]
        right.append(np.array([each in collection.relevant[query_id] for each in reached]))
    return Judged(
        list(features),
        np.concatenate(values),
        np.concatenate(right),
        np.cumsum([0, *map(len, right)]),
        np.array([len(collection.relevant[each]) for each in collection.queries]),
    )


def _plain_fusion(judged: Judged) -> np.ndarray:
    """0.4 of the share of the best BM25 score and 0.6 of the cosine, each of its search's best 100."""
    scores = np.zeros(len(judged.values))
    for each in judged.questions:
        for name, weight in (("lexical", 0.4), ("cosine", 0.6)):
            own = judged.values[judged.of(each), judged.names.index(name)]
            scores[judged.of(each)] += weight * np.where(own >= np.sort(own)[-_REACH:][0], own, 0)
    return scores


def _disjoint(collection: beir.Collection) -> np.ndarray:
    """A fold for each question, so that questions which share a relevant passage have the same."""
    passages = {each: number for number, each in enumerate(collection.passages)}
    pairs = [
        (question, len(collection.queries) + passages[passage])
        for question, query_id in enumerate(collection.queries)
        for passage in collection.relevant[query_id]
        if passage in passages
    ]
    size = len(collection.queries) + len(passages)
    rows, columns = np.array(pairs).T
    _, groups = connected_components(coo_array((np.ones(len(pairs)), (rows, columns)), shape=(size, size)))
    return _spread(groups[: len(collection.queries)])


def _by_document(collection: beir.Collection, documents: Mapping[str, str]) -> np.ndarray:
    """A fold for each question, so that questions whose first relevant passage is of one document have the same."""
    of = [documents.get(min(collection.relevant[each]), "") for each in collection.queries]
    return _spread(np.unique(of, return_inverse=True)[1])


def _spread(groups: np.ndarray) -> np.ndarray:
    """Groups in folds of about one size, the largest first."""
    numbers, counts = np.unique(groups, return_counts=True)
    sizes = np.zeros(_FOLDS)
    fold_of: dict[int, int] = {}
    for number in numbers[np.argsort(-counts, kind="stable")].tolist():
        fold_of[number] = int(sizes.argmin())
        sizes[fold_of[number]] += (groups == number).sum()
    return np.array([fold_of[each] for each in groups.tolist()])


def _unseen(judged: Judged, folds: np.ndarray) -> np.ndarray:
    """The weighted sum of every candidate by a model of the other folds."""
    scores = np.zeros(len(judged.values))
    for fold in np.unique(folds):
        weights = _fit(judged, np.flatnonzero(folds != fold).tolist())
        for each in np.flatnonzero(folds == fold).tolist():
            scores[judged.of(each)] = judged.values[judged.of(each)] @ weights
    return scores


def _fit(judged: Judged, questions: Sequence[int]) -> np.ndarray:
    """The weights under which the relevant candidates of some questions together are likeliest."""
    scale = judged.values.std(axis=0) + 1e-9
    lists, targets = [], []
    fused = _plain_fusion(judged)
    for each in questions:
        best = np.argsort(-fused[judged.of(each)], kind="stable")[:_LEARNED_FROM]
        right = judged.right[judged.of(each)][best]
        if right.any():
            lists.append(judged.values[judged.of(each)][best] / scale)
            targets.append(right / right.sum())
    values, target = np.concatenate(lists), np.concatenate(targets)
    sizes = [len(each) for each in lists]
    starts = np.cumsum([0, *sizes[:-1]])

    def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
        sums = values @ weights
        sums -= np.repeat(np.maximum.reduceat(sums, starts), sizes)
        totals = np.add.reduceat(np.exp(sums), starts)
        chances = np.exp(sums) / np.repeat(totals, sizes)
        likelihood = target @ (sums - np.repeat(np.log(totals), sizes))
        return _PENALTY * weights @ weights - likelihood, values.T @ (chances - target) + 2 * _PENALTY * weights

    return np.asarray(minimize(loss, np.zeros(values.shape[1]), jac=True, method="L-BFGS-B").x / scale)


def _report(name: str, scores: np.ndarray, judged: Judged, beside: np.ndarray | None = None) -> None:
    """Recall@10 and MAP@10; beside other scores the gain with a 95 % bootstrap interval over questions."""
    figures = _figures(scores, judged)
    print(f"{name}: Recall@10 {figures[0].mean():.4f}, MAP@10 {figures[1].mean():.4f}")
    if beside is not None:
        draws = np.random.default_rng(1).integers(len(judged.wanted), size=(_DRAWS, len(judged.wanted)))
        for measure, gain in zip(("Recall@10", "MAP@10"), figures - _figures(beside, judged), strict=True):
            low, high = np.percentile(gain[draws].mean(axis=1), [2.5, 97.5])
            print(f"  {measure} {gain.mean():+.4f} ({low:+.4f} to {high:+.4f})")


def _figures(scores: np.ndarray, judged: Judged) -> np.ndarray:
    """Recall@10 and MAP@10 of every question, (2, questions)."""
    figures = np.zeros((2, len(judged.wanted)))
    for each in judged.questions:
        best = np.argsort(-scores[judged.of(each)], kind="stable")[: beir.CUT]
        right = judged.right[judged.of(each)][best].astype(float)
        precisions = right.cumsum() / np.arange(1, len(right) + 1)
        figures[:, each] = np.array([right.sum(), right @ precisions]) / judged.wanted[each]
    return figures


if __name__ == "__main__":
    main()
