"""Ratios in short units: what they are shortened by is common to all sums."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest

from smoothl1.numerics.exact_sum import UNIT_EXPONENT, ExactSum
from smoothl1.numerics.ratio import error_of_ones, ratio_of
from smoothl1.numerics.row_moments import moments_of
from smoothl1.numerics.row_sums import Rows
from smoothl1.tallies.tally import Tally


@pytest.mark.parametrize(
    ("sums", "sizes"),
    [
        ([1] * 8, [1] * 7 + [3]),  # the sum of s * s * m has fewer zero bits than all others
        ([1, 3, 5, 7, 2, 6], [1, 2, 3, 2, 1, 4]),
        ([8, 24, 40, 16], [4, 4, 12, 8]),
    ],
)
def test_the_skewness_of_short_units_is_that_of_fractions(
    sums: list[int], sizes: list[int]
) -> None:
    moments = moments_of(Rows(np.array(sums, float), np.array(sizes, float), None))
    found = ratio_of(sum(sums) << -UNIT_EXPONENT, sum(sizes) << -UNIT_EXPONENT, moments)
    mean = Fraction(sum(sums), sum(sizes))
    rest = [s - mean * m for s, m in zip(sums, sizes, strict=True)]
    expected = float(sum(e**3 for e in rest)) / math.sqrt(sum(e**2 for e in rest)) ** 3
    assert found.skewness == pytest.approx(expected, rel=1e-14, abs=0.0)


@pytest.mark.parametrize("n", [2, 3, 4097])
@pytest.mark.parametrize("exponent", [-1074, -700, -1, 400, 970])
def test_the_error_over_rows_of_size_1_has_the_bits_of_the_general_one(
    n: int, exponent: int
) -> None:
    draw = np.random.default_rng(n)
    for n_bits in (1, 3, 30, 53):
        mantissas = draw.integers(1 << n_bits, size=n).astype(np.float64)
        rows = Rows(np.ldexp(mantissas, exponent), None, None)
        moments = moments_of(rows)
        total = moments.cross >> -UNIT_EXPONENT
        general = ratio_of(total, n << -UNIT_EXPONENT, moments)
        error = error_of_ones(n, total, moments.squares)
        assert error == float(general.standard_error)
        assert Tally(n, total=ExactSum(total), moments=moments).standard_error == error
