"""Small linear models over named features: a weighted sum that a reader can follow, with weights learned from the
development half of the evaluation questions by ``scripts/train_weights.py``, of ``relevance`` from passages judged for
questions by ``scripts/train_relevance.py``."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

_FOLDER = Path(__file__).parent / "weights"


@dataclass(frozen=True, slots=True)
class Linear:
    """Weights by feature and a bias. A feature that a case does not have counts 0."""

    weights: Mapping[str, float]
    bias: float

    def logit(self, features: Mapping[str, float]) -> float:
        """The weighted sum: above 0 where the model says yes."""
        return self.bias + sum(self.weights.get(name, 0.0) * value for name, value in features.items())

    def logits(self, features: Mapping[str, np.ndarray]) -> np.ndarray:
        """The weighted sums of many cases, float32, (n,): each feature holds one value a case, (n,)."""
        sums = sum((self.weights.get(name, 0.0) * values for name, values in features.items()), np.array(self.bias))
        return np.asarray(sums, dtype=np.float32)

    def probability(self, features: Mapping[str, float]) -> float:
        """The logistic of the weighted sum: 0 to 1."""
        return 1 / (1 + math.exp(-self.logit(features)))


@lru_cache(maxsize=8)
def packaged(name: str) -> Linear:
    """The model of this name that comes with the program."""
    written = json.loads((_FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    return Linear(written["weights"], written["bias"])
