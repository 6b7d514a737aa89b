"""How sure a figure is: bootstrap intervals, and a paired test where two runs answered the same questions.

Members of a family (one question on five dates) are not independent, so whole families are drawn, not questions. All
draws come from one fixed seed: the same answers give the same report.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from assistant.evaluation.metrics import Kind, Part

SEED = 20_251_109
_RESAMPLES = 2_000
_PERMUTATIONS = 9_999
_Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure with its 95 % interval and the number of questions it is of; all ``None`` where it applies to none."""

    value: float | None
    low: float | None
    high: float | None
    n: int

    def as_json(self) -> dict[str, float | int | None]:
        """As plain data."""
        return {"value": self.value, "low": self.low, "high": self.high, "n": self.n}


@dataclass(frozen=True, slots=True)
class Difference:
    """B less A over the questions both answered, with the p-value of a two-sided paired randomisation test."""

    a: float | None
    b: float | None
    p: float | None

    @property
    def change(self) -> float | None:
        """B less A."""
        return None if self.a is None or self.b is None else self.b - self.a


def estimate(parts: Sequence[Part], families: Sequence[str], kind: Kind) -> Estimate:
    """The figure of a metric over questions, with a percentile bootstrap interval over families (Efron 1979).

    A count has no interval: it is not a sample of anything, every one is a fault.
    """
    kept = [(part, family) for part, family in zip(parts, families, strict=True) if part is not None]
    if not kept:
        return Estimate(None, None, None, 0)
    sums = _by_family([part for part, _ in kept], [family for _, family in kept])
    if kind == "count":
        return Estimate(float(sums[:, 0].sum()), None, None, len(kept))
    rng = np.random.default_rng(SEED)
    if kind in ("p50", "p95"):
        values = np.array([part[0] for part, _ in kept])
        percent = 50 if kind == "p50" else 95
        drawn = values[rng.integers(0, len(values), (_RESAMPLES, len(values)))]
        return _interval(float(np.percentile(values, percent)), np.percentile(drawn, percent, axis=1), len(kept))
    if sums[:, 1].sum() == 0:
        return Estimate(None, None, None, 0)
    weights = rng.multinomial(len(sums), np.full(len(sums), 1 / len(sums)), _RESAMPLES)
    tops, bottoms = (weights @ sums).T
    drawn = tops[bottoms > 0] / bottoms[bottoms > 0]
    counted = sum(1 for part, _ in kept if part[1])
    return _interval(float(sums[:, 0].sum() / sums[:, 1].sum()), drawn, counted)


def difference(a: Sequence[Part], b: Sequence[Part], families: Sequence[str], kind: Kind) -> Difference:
    """How much better or worse B is than A on the same questions, and how often chance alone would do that.

    Under the null the two answers to a question could be swapped; families are swapped whole (Noreen 1989; Smucker,
    Allan and Carterette 2007). Percentiles of latency are only compared: machines differ more than runs.
    """
    pairs = [(x, y, f) for x, y, f in zip(a, b, families, strict=True) if x is not None and y is not None]
    if not pairs:
        return Difference(None, None, None)
    first, second = [x for x, _, _ in pairs], [y for _, y, _ in pairs]
    names = [family for _, _, family in pairs]
    if kind in ("p50", "p95"):
        percent = 50 if kind == "p50" else 95
        medians = [float(np.percentile([part[0] for part in parts], percent)) for parts in (first, second)]
        return Difference(medians[0], medians[1], None)
    sums_a, sums_b = _by_family(first, names), _by_family(second, names)
    if kind == "count":
        sums_a[:, 1] = sums_b[:, 1] = 0
        total_a, total_b = np.array([sums_a[:, 0].sum(), 1]), np.array([sums_b[:, 0].sum(), 1])
    else:
        total_a, total_b = sums_a.sum(axis=0), sums_b.sum(axis=0)
    value_a = float(total_a[0] / total_a[1]) if total_a[1] else None
    value_b = float(total_b[0] / total_b[1]) if total_b[1] else None
    if value_a is None or value_b is None:
        return Difference(value_a, value_b, None)
    swaps = np.random.default_rng(SEED).integers(0, 2, (_PERMUTATIONS, len(sums_a)))
    moved = swaps @ (sums_b - sums_a)
    new_a, new_b = total_a + moved, total_b - moved
    usable = (new_a[:, 1] > 0) & (new_b[:, 1] > 0)
    gaps = new_b[usable, 0] / new_b[usable, 1] - new_a[usable, 0] / new_a[usable, 1]
    extreme = int((np.abs(gaps) >= abs(value_b - value_a) - 1e-12).sum())
    return Difference(value_a, value_b, (1 + extreme) / (1 + len(gaps)))


def _by_family(parts: Sequence[tuple[float, float]], families: Sequence[str]) -> _Floats:
    """The numerators and denominators of each family added up: float64, (families, 2)."""
    rows = {family: at for at, family in enumerate(dict.fromkeys(families))}
    sums = np.zeros((len(rows), 2))
    for part, family in zip(parts, families, strict=True):
        sums[rows[family]] += part
    return sums


def _interval(value: float, drawn: _Floats, n: int) -> Estimate:
    low, high = (float(each) for each in np.percentile(drawn, [2.5, 97.5])) if len(drawn) else (value, value)
    return Estimate(value, low, high, n)
