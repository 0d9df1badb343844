"""Sums of products at any magnitude, against rational arithmetic."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smoothl1.numerics.products import SECOND, THIRD, products_of
from tests.oracle import LARGEST, SMALLEST, UNIT

if TYPE_CHECKING:
    from numpy.typing import NDArray

finite = st.floats(allow_nan=False, allow_infinity=False)


def wanted(rows: list[tuple[float, float]], n_factors: int) -> tuple[Fraction, ...]:
    """The sums of all products of so many factors, from that of s alone to that of m alone."""
    exact = [(Fraction(s), Fraction(m)) for s, m in rows]
    powers = [(i, n_factors - i) for i in range(n_factors, -1, -1)]
    return tuple(Fraction(sum(s**i * m**j for s, m in exact)) for i, j in powers)


def assert_exact(sums: NDArray[np.float64], sizes: NDArray[np.float64] | None) -> None:
    of_size = np.ones(sums.size) if sizes is None else sizes
    rows = list(zip(sums.tolist(), of_size.tolist(), strict=True))
    for factors, n_factors in ((SECOND, 2), (THIRD, 3)):
        found = products_of(sums, sizes, factors)
        assert tuple(units * UNIT**n_factors for units in found) == wanted(rows, n_factors)


@given(st.lists(st.tuples(finite, finite), max_size=20))
def test_products_of_any_numbers_are_exact(rows: list[tuple[float, float]]) -> None:
    sums, sizes = np.array(rows, np.float64).reshape(-1, 2).T.copy()
    assert_exact(sums, sizes)
    assert_exact(sums, None)


@pytest.mark.parametrize("exponent", [-1074, -1022, -770, -258, -257, 255, 256, 767, 1022])
def test_products_are_exact_where_windows_meet(exponent: int) -> None:
    rng = np.random.default_rng(exponent + 2000)
    near = np.ldexp(rng.uniform(1, 2, 50), exponent + rng.integers(-1, 2, 50))
    with np.errstate(over="ignore"):
        near = np.minimum(near, LARGEST)
    assert_exact(near * rng.choice([-1.0, 1.0], 50), None)
    assert_exact(rng.normal(size=50), near)
    assert_exact(near, near[::-1].copy())


def test_products_of_the_smallest_and_the_largest_numbers_are_exact() -> None:
    ends = np.array([0.0, SMALLEST, -SMALLEST, 2.0**-1022, 1.0, LARGEST, -LARGEST])
    assert_exact(ends, ends[::-1].copy())
    assert_exact(np.repeat(ends, ends.size), np.tile(ends, ends.size))


def test_of_no_rows_all_sums_are_0() -> None:
    assert_exact(np.zeros(0), None)
    assert_exact(np.zeros(0), np.zeros(0))
