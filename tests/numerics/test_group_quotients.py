"""Sums of groups over integers, against rational arithmetic."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smoothl1.numerics import group_quotients
from smoothl1.numerics.group_quotients import quotients
from smoothl1.numerics.group_sums import ExactSums
from tests.oracle import LARGEST, SMALLEST

numbers = st.one_of(
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from([0.0, SMALLEST, LARGEST, 2.0**-1022, 0.1, 1.0]),
)
divisors = st.one_of(
    st.integers(1, 9),
    st.integers(1, (1 << 63) - 1),
    st.sampled_from([(1 << 32) - 1, 1 << 32, (1 << 32) + 1]),
)


def rounded(exact: Fraction) -> float:
    """The nearest binary64: Python rounds the quotient of two integers once."""
    try:
        return exact.numerator / exact.denominator
    except OverflowError:
        return math.inf if exact > 0 else -math.inf


def sums_of(groups: list[list[float]]) -> ExactSums:
    sums = ExactSums(len(groups))
    for group, values in enumerate(groups):
        sums.add(np.full(len(values), group), np.array(values, np.float64))
    return sums


@given(st.lists(st.tuples(st.lists(numbers, max_size=4), divisors), max_size=9), st.integers(1, 9))
def test_a_quotient_is_the_exact_one_rounded_once(
    groups: list[tuple[list[float], int]], block: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(group_quotients, "_BLOCK", block)
        sums = sums_of([values for values, _ in groups])
        found = quotients(sums, np.array([n for _, n in groups], np.int64))
    exact = [Fraction(sum(map(Fraction, values))) / n for values, n in groups]
    assert found.tolist() == list(map(rounded, exact))


@given(
    st.integers(1 << 52, (1 << 53) - 1),
    st.one_of(st.integers(1, 9), st.integers(1, (1 << 32) - 1)),
    st.integers(-1000, 900),
    st.sampled_from([-1, 0, 1]),
)
def test_a_quotient_between_two_numbers_goes_to_the_even_one_or_to_the_nearer(
    mantissa: int, n: int, exponent: int, extra: int
) -> None:
    total = (2 * mantissa + 1) * n * 2 + extra  # a tie, or the least bit beside it
    unit = Fraction(2) ** exponent
    pieces = [float((total >> i & 0xFFFF) << i) * 2.0**exponent for i in range(0, 96, 16)]
    assert sum(map(Fraction, pieces)) == total * unit
    (found,) = quotients(sums_of([pieces]), np.array([n])).tolist()
    below = Fraction(mantissa) * 4 * unit
    above = below + 4 * unit
    even = below if mantissa % 2 == 0 else above
    assert found == (even if extra == 0 else below if extra < 0 else above)


def test_a_quotient_below_the_normal_numbers_is_rounded_once() -> None:
    total = [2.0**-1022, 2.0**-1073]
    for n in (1, 2, 3, 4, 5, 1 << 30, 1 << 40, 1 << 60):
        (found,) = quotients(sums_of([total]), np.array([n])).tolist()
        assert found == rounded(sum(map(Fraction, total), Fraction(0)) / n)


def test_nothing_over_zero_is_nan_and_nothing_over_a_count_is_zero() -> None:
    found = quotients(sums_of([[], [1.0], [], [2.0]]), np.array([0, 0, 3, 4]))
    assert np.isnan(found).tolist() == [True, True, False, False]
    assert found[2:].tolist() == [0.0, 0.5]
    assert quotients(ExactSums(2), np.array([0, 5])).tolist()[1] == 0.0
    assert quotients(ExactSums(0), np.zeros(0, np.int64)).size == 0
