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
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from assistant import Assistant
from assistant.evaluation import questions
from assistant.evaluation.questions import GoldQuestion
from assistant.retrieval import intent
from assistant.retrieval.question import understand

_QUESTIONS = Path(__file__).parent.parent / "evals" / "questions"
_WEIGHTS = Path(__file__).parent.parent / "assistant" / "retrieval" / "weights"
_FOLDS = 10


def main() -> None:
    """Trains the models named on the command line, all of them where none is."""
    assistant = Assistant.open()
    sources = {source.id: source for source in assistant.sources()}
    dev = questions.load(_QUESTIONS, sources, split="dev")
    for name in sys.argv[1:] or ["intent"]:
        {"intent": _intent}[name](assistant, dev)


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
