"""Intervals and tests: known values, families kept whole, nothing ever NaN."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.evaluation.statistics import difference, estimate

PARTS = st.none() | st.tuples(st.integers(0, 5).map(float), st.integers(0, 5).map(float))


def test_a_share_is_a_sum_over_a_sum():
    found = estimate([(1.0, 1.0), (0.0, 1.0), None, (2.0, 2.0)], ["a", "b", "c", "d"], "share")
    assert found.value == 3 / 4
    assert 0 <= found.low <= found.value <= found.high <= 1
    assert found.n == 3


def test_the_same_answers_give_the_same_interval():
    parts, ids = [(float(n % 3 == 0), 1.0) for n in range(50)], [str(n) for n in range(50)]
    assert estimate(parts, ids, "share") == estimate(parts, ids, "share")


def test_relatives_make_an_interval_wider():
    parts = [(float(n < 20), 1.0) for n in range(40)]
    alone = estimate(parts, [str(n) for n in range(40)], "share")
    families = estimate(parts, [str(n // 10) for n in range(40)], "share")
    assert families.high - families.low > alone.high - alone.low


def test_counts_and_percentiles():
    parts = [(float(n), 1.0) for n in range(1, 101)]
    ids = [str(n) for n in range(100)]
    assert estimate(parts, ids, "count").value == 5050
    assert estimate(parts, ids, "p50").value == pytest.approx(50.5)
    assert estimate(parts, ids, "p95").value == pytest.approx(95.05)


def test_a_plain_difference_is_significant_and_none_is_not():
    right, wrong, ids = [(1.0, 1.0)] * 30, [(0.0, 1.0)] * 30, [str(n) for n in range(30)]
    sure = difference(wrong, right, ids, "share")
    assert (sure.change, sure.p < 0.001) == (1.0, True)
    assert difference(right, right, ids, "share").p == 1.0


def test_one_question_of_many_is_not_significant():
    before = [(1.0, 1.0)] * 29 + [(0.0, 1.0)]
    after = [(1.0, 1.0)] * 30
    assert difference(before, after, [str(n) for n in range(30)], "share").p > 0.5


@given(st.lists(st.tuples(PARTS, PARTS), max_size=8), st.sampled_from(["share", "count", "p50"]))
def test_no_figure_is_ever_nan(pairs, kind):
    ids = [str(at // 2) for at in range(len(pairs))]
    found = estimate([a for a, _ in pairs], ids, kind)
    change = difference([a for a, _ in pairs], [b for _, b in pairs], ids, kind)
    for value in (found.value, found.low, found.high, change.a, change.b, change.p):
        assert value is None or math.isfinite(value)
