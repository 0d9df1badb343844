from __future__ import annotations

import math
import pickle
from fractions import Fraction
from functools import reduce
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smoothl1 import ExactSum, Tally
from smoothl1.backends.cpu import CpuBackend
from smoothl1.numerics.row_moments import MOST_ROWS_OF_THIRD, Moments, ThirdMoments
from tests import oracle
from tests.oracle import LARGEST, SMALLEST, UNIT, reduced, rounded
from tests.strategies import Pair, betas, cuts, finite, pairs

losses = st.one_of(finite.map(abs), st.just(math.inf))
positions = st.one_of(st.none(), st.integers(0, 1 << 60))
tallies = st.builds(
    Tally,
    n=st.integers(0, 1 << 60),
    n_nan=st.integers(0, 3),
    n_inf=st.integers(0, 3),
    n_quadratic=st.integers(0, 1 << 60),
    total=st.builds(ExactSum, st.integers(0, 1 << 2200)),
    min=losses,
    max=losses,
    first_nan=positions,
    moments=st.builds(
        Moments,
        st.integers(0, MOST_ROWS_OF_THIRD),
        *[st.integers(0, 1 << 2200)] * 3,
        third=st.builds(ThirdMoments, *[st.integers(0, 1 << 2200)] * 4),
    ),
)


def tally_of(pair: Pair, beta: float, start: int = 0) -> Tally:
    (tally,) = CpuBackend().tally(*pair, (beta,), start=start)
    return tally


@given(tallies)
def test_an_empty_tally_is_the_identity(tally: Tally) -> None:
    assert tally.merge(Tally()) == tally
    assert Tally().merge(tally) == tally


@given(tallies, tallies)
def test_merging_is_commutative(one: Tally, other: Tally) -> None:
    assert one.merge(other) == other.merge(one)


@given(tallies, tallies, tallies)
def test_merging_is_associative(one: Tally, two: Tally, three: Tally) -> None:
    assert one.merge(two).merge(three) == one.merge(two.merge(three))


@given(st.data(), pairs(), betas)
def test_a_tally_depends_neither_on_cuts_nor_on_the_order_of_merging(
    data: st.DataObject, pair: Pair, beta: float
) -> None:
    pred, target = pair
    at = data.draw(cuts(pred.size))
    parts = [
        tally_of((pred[low:high], target[low:high]), beta, start=low) for low, high in pairwise(at)
    ]
    shuffled = data.draw(st.permutations(parts))
    assert reduce(Tally.merge, shuffled, Tally()) == tally_of(pair, beta)


def test_each_field_is_merged_by_its_own_rule() -> None:
    one = Tally(3, 1, 0, 2, ExactSum(10), 0.5, 2.0, first_nan=7)
    other = Tally(4, 1, 2, 1, ExactSum(-4), 0.25, math.inf, first_nan=3)
    assert one.merge(other) == Tally(7, 2, 2, 3, ExactSum(6), 0.25, math.inf, first_nan=3)


@pytest.mark.parametrize(
    ("one", "other", "first"),
    [(None, None, None), (5, None, 5), (None, 5, 5), (0, 5, 0), (5, 0, 0)],
)
def test_the_first_nan_of_two_is_the_earlier_one(
    one: int | None, other: int | None, first: int | None
) -> None:
    assert Tally(first_nan=one).merge(Tally(first_nan=other)).first_nan == first


def test_merging_leaves_both_tallies_as_they_are() -> None:
    one, other = Tally(n=1, total=ExactSum(1)), Tally(n=2, total=ExactSum(2))
    one.merge(other)
    assert (one, other) == (Tally(n=1, total=ExactSum(1)), Tally(n=2, total=ExactSum(2)))


def test_of_no_elements_the_sum_is_zero_and_the_mean_nan() -> None:
    empty = Tally()
    assert (empty.sum, empty.not_finite) == (0.0, None)
    assert math.isnan(empty.mean)
    assert (empty.min, empty.max, empty.first_nan) == (math.inf, -math.inf, None)


def test_any_nan_makes_sum_and_mean_nan_even_beside_infinities() -> None:
    tally = Tally(n=5, n_nan=1, n_inf=2, total=ExactSum.of([1.0]))
    assert all(map(math.isnan, (tally.sum, tally.mean, tally.not_finite or 0.0)))


def test_any_infinity_makes_sum_and_mean_infinite() -> None:
    tally = Tally(n=5, n_inf=1, total=ExactSum.of([1.0]))
    assert (tally.sum, tally.mean, tally.not_finite) == (math.inf, math.inf, math.inf)


def test_what_is_finite_has_a_finite_sum_and_mean() -> None:
    tally = Tally(n=3, total=ExactSum.of([1.0]))
    assert tally.not_finite is None
    assert (tally.sum, tally.mean) == (1.0, 1 / 3)


@given(st.lists(finite.map(abs), min_size=1, max_size=40))
def test_sum_and_mean_are_exact_and_rounded_once(values: list[float]) -> None:
    tally = Tally(n=len(values), total=ExactSum.of(values))
    assert tally.sum == reduced(values, "sum")
    assert tally.mean == reduced(values, "mean")


@given(st.integers(1, 1 << 62), st.integers(0, 1 << 2200))
def test_a_mean_is_rounded_once_for_any_count(n: int, units: int) -> None:
    assert Tally(n=n, total=ExactSum(units)).mean == rounded(units * UNIT / n)


def test_the_mean_is_finite_where_the_sum_overflows() -> None:
    tally = Tally(n=2, total=ExactSum.of([LARGEST, LARGEST]))
    assert (tally.sum, tally.mean, tally.not_finite) == (math.inf, LARGEST, None)


@given(pairs(), betas)
def test_sum_and_mean_of_any_pairs_are_those_of_rational_arithmetic(
    pair: Pair, beta: float
) -> None:
    tally = tally_of(pair, beta)
    each = oracle.losses(*pair, beta)
    oracle.assert_same(tally.sum, reduced(each, "sum"))
    oracle.assert_same(tally.mean, reduced(each, "mean"))


@given(tallies)
def test_a_tally_is_a_value(tally: Tally) -> None:
    assert pickle.loads(pickle.dumps(tally)) == tally
    assert hash(pickle.loads(pickle.dumps(tally))) == hash(tally)


def test_a_tally_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        Tally().n = 1  # type: ignore[misc]


def test_counts_and_extremes_are_python_numbers() -> None:
    tally = tally_of((np.array([1.0, math.nan], np.float32), np.zeros(2, np.float32)), 1.0)
    kinds = {name: type(getattr(tally, name)) for name in ("n", "n_nan", "n_inf", "n_quadratic")}
    assert set(kinds.values()) == {int}
    assert {type(tally.min), type(tally.max), type(tally.sum), type(tally.mean)} == {float}
    assert type(tally.first_nan) is int


def test_the_smallest_losses_add_up() -> None:
    tally = Tally(n=3, total=ExactSum.of([SMALLEST] * 3))
    assert tally.total.units * UNIT == 3 * Fraction(SMALLEST)
    assert tally.mean == SMALLEST
