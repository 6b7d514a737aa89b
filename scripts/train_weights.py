"""Learns the weights of the small linear models in assistant/retrieval/weights from the development half of the
evaluation questions, and says how well each does on questions it did not learn from.

    python scripts/train_weights.py [MODEL …]

Logistic regression with an L2 penalty, by Newton's method. Folds keep the families of questions together, so that no
question is judged by a model that has seen its sibling. The gate half of the questions is never read.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from scipy.optimize import minimize

from assistant import Assistant
from assistant.documents.validity import State, standing
from assistant.evaluation import questions
from assistant.evaluation.questions import GoldQuestion
from assistant.retrieval import intent, ranking
from assistant.retrieval.question import understand

_QUESTIONS = Path(__file__).parent.parent / "evals" / "questions"
_WEIGHTS = Path(__file__).parent.parent / "assistant" / "retrieval" / "weights"
_FOLDS = 10
_CUTS = (1, 3, 5, 8, 12, 24)


def main() -> None:
    """Trains the models named on the command line, all of them where none is."""
    assistant = Assistant.open()
    sources = {source.id: source for source in assistant.sources()}
    dev = questions.load(_QUESTIONS, sources, split="dev")
    models = {"intent": _intent, "ranking": _ranking}
    for name in sys.argv[1:] or models:
        models[name](assistant, dev)


def _intent(assistant: Assistant, dev: Sequence[GoldQuestion]) -> None:
    snapshot = assistant.index.snapshot()
    asked = [each for each in dev if each.verdict and not each.unanswerable and not each.history]
    rows = []
    for each in asked:
        question = understand(each.question, each.on(None))
        own, _ = assistant.retriever.concepts(snapshot, question)
        rows.append(intent.features(question.asked, own, ()))
    truth = np.array([each.verdict != "informational" for each in asked], dtype=float)
    names = sorted({name for row in rows for name in row})
    values = np.array([[row.get(name, 0.0) for name in names] for row in rows])
    folds = _folds(asked)
    right = [(_unseen(values, truth, folds, l2) > 0) == truth for l2 in (1.0, 3.0, 10.0)]
    print(f"intent: {len(asked)} questions, right on unseen ones: {[round(float(each.mean()), 3) for each in right]}")
    _write("intent", names, _fit(values, truth, 3.0))


def _ranking(assistant: Assistant, dev: Sequence[GoldQuestion]) -> None:
    """Learns which provisions of those found are gold: of each question the gold ones shall have all of the softmax
    of the weighted sums."""
    asked = [each for each in dev if any(gold.provision for gold in each.sources)]
    found = [_candidates(assistant, each) for each in asked]
    names = sorted({name for rows, _ in found for row in rows for name in row})
    lists = [(np.array([[row.get(name, 0.0) for name in names] for row in rows]), gold) for rows, gold in found]
    folds = _folds(asked)
    for l2 in (0.3, 1.0, 3.0):
        recalls = []
        for fold in np.unique(folds):
            kept = [each for each, other in zip(lists, folds, strict=True) if other != fold]
            weights = _fit_lists(kept, l2)
            for each, question, other in zip(lists, asked, folds, strict=True):
                if other == fold:
                    recalls.append(_recalls(each, weights, question))
        print(f"ranking, l2 {l2}: recall at {_CUTS} on unseen questions {np.round(np.mean(recalls, axis=0), 3)}")
    weights = _fit_lists(lists, 1.0)
    # The softmax leaves the level open: half of the best provisions shall score above 0.8.
    level = float(np.median([(values @ weights).max() for values, _ in lists]))
    _write("ranking", names, np.append(weights, np.log(0.8 / 0.2) - level))


def _candidates(assistant: Assistant, gold: GoldQuestion) -> tuple[list[Mapping[str, float]], np.ndarray]:
    """The features of every provision found for a question that was issued by its date, and which are gold."""
    snapshot = assistant.index.snapshot()
    question = understand(gold.question, gold.on(None), gold.history)
    asked, fused = assistant.retriever.asked(snapshot, question)
    rows, right = [], []
    for found, values in ranking.described(snapshot, fused, asked):
        if standing(found.source, found.provision, question.as_of).state is State.NOT_ISSUED:
            continue
        rows.append(values)
        right.append(
            any(
                each.source_id == found.source.id and questions.names(each, found.source, found.provision.label)
                for each in gold.sources
            )
        )
    return rows, np.array(right, dtype=float)


def _fit_lists(lists: Sequence[tuple[np.ndarray, np.ndarray]], l2: float) -> np.ndarray:
    """The weights under which the gold rows of the lists together are likeliest."""
    learned = [(values, right / right.sum()) for values, right in lists if right.any()]

    def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
        total, gradient = l2 * float(weights @ weights), 2 * l2 * weights
        for values, target in learned:
            scores = values @ weights
            chances = np.exp(scores - scores.max())
            total -= float(target @ (scores - scores.max() - np.log(chances.sum())))
            gradient = gradient + values.T @ (chances / chances.sum() - target)
        return total, gradient

    return np.asarray(minimize(loss, np.zeros(learned[0][0].shape[1]), jac=True, method="L-BFGS-B").x)


def _recalls(one: tuple[np.ndarray, np.ndarray], weights: np.ndarray, question: GoldQuestion) -> list[float]:
    values, right = one
    order = np.argsort(-(values @ weights))
    wanted = sum(each.provision is not None for each in question.sources)
    return [min(1.0, float(right[order[:cut]].sum()) / wanted) for cut in _CUTS]


def _folds(asked: Sequence[GoldQuestion]) -> np.ndarray:
    return np.array([int(hashlib.md5(each.family.encode()).hexdigest(), 16) % _FOLDS for each in asked])


def _unseen(values: np.ndarray, truth: np.ndarray, folds: np.ndarray, l2: float) -> np.ndarray:
    """The logit of every row by a model of the other folds."""
    logits = np.zeros(len(truth))
    for fold in np.unique(folds):
        weights = _fit(values[folds != fold], truth[folds != fold], l2)
        logits[folds == fold] = values[folds == fold] @ weights[:-1] + weights[-1]
    return logits


def _fit(values: np.ndarray, truth: np.ndarray, l2: float) -> np.ndarray:
    """The weights that fit best, the bias last and not penalised."""
    rows = np.column_stack([values, np.ones(len(values))])
    penalty = np.diag([l2] * values.shape[1] + [1e-6])
    weights = np.zeros(rows.shape[1])
    for _ in range(25):
        chance = 1 / (1 + np.exp(-rows @ weights))
        gradient = rows.T @ (chance - truth) + penalty @ weights
        hessian = (rows * (chance * (1 - chance))[:, None]).T @ rows + penalty
        weights -= np.linalg.solve(hessian, gradient)
    return weights


def _write(model: str, names: Sequence[str], weights: np.ndarray) -> None:
    kept = {name: round(float(weight), 4) for name, weight in zip(names, weights, strict=False) if abs(weight) >= 0.005}
    written = {"weights": kept, "bias": round(float(weights[-1]), 4)}
    _WEIGHTS.mkdir(exist_ok=True)
    (_WEIGHTS / f"{model}.json").write_text(json.dumps(written, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
