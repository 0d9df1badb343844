"""Counts of numbers by their upper bits and in grids, against plain loops."""

from __future__ import annotations

import math
import struct
from fractions import Fraction

import numpy as np
import pytest

from smoothl1.numerics.histograms import (
    INFINITE,
    N_UPPER,
    NAN,
    NEGATIVE,
    count_cells,
    count_upper_bits,
    is_product,
)

VALUES = [0.0, 5e-324, 1e-300, 0.1, 1.0, math.nextafter(1.0625, 0.0), 1.0625, 7.5, 1e300, math.inf]


def test_numbers_are_counted_by_their_upper_bits() -> None:
    values = [*VALUES, 0.1, 0.1, math.nan, -math.nan]
    counts = np.zeros(N_UPPER, np.int64)
    counts[3] = 5
    count_upper_bits(np.array(values), counts)
    expected = {3: 5}
    for value in values:
        bits = struct.unpack("<Q", struct.pack("<d", value))[0]
        code = NAN if math.isnan(value) else (bits >> 48) % N_UPPER
        expected[code] = expected.get(code, 0) + 1
    assert {int(code): int(counts[code]) for code in np.flatnonzero(counts)} == expected
    count_upper_bits(np.array([1.0]), counts)
    assert counts.sum() == len(values) + 5 + 1


@pytest.mark.parametrize("exponent", [-3, 0, 4, 999, 1000, 1023, -999, -1000, -1070])
def test_pairs_are_counted_in_the_cells_that_hold_them(exponent: int) -> None:
    side, first = 6, -3
    unit = Fraction(2) ** exponent
    parts = (-3, -2.5, -1.0, -0.5, 0, 0.25, 1, 1.75, 2)
    largest = Fraction(math.nextafter(math.inf, 0.0))
    numbers = [float(unit * Fraction(x)) for x in parts if abs(unit * Fraction(x)) <= largest]
    columns = np.array(numbers * len(numbers))
    rows = np.repeat(numbers, len(numbers))
    counts = np.zeros((side, side), np.int64)
    counts[0, 5] = 2
    count_cells(columns, rows, exponent, first, counts)
    expected = [[0] * side for _ in range(side)]
    expected[0][5] = 2
    for x, y in zip(columns.tolist(), rows.tolist(), strict=True):
        expected[math.floor(Fraction(y) / unit) - first][
            math.floor(Fraction(x) / unit) - first
        ] += 1
    assert counts.tolist() == expected


def test_a_number_below_0_that_underflows_is_in_the_cell_below_0() -> None:
    for exponent in (999, 1000):
        counts = np.zeros((2, 2), np.int64)
        count_cells(np.array([-5e-324]), np.array([5e-324]), exponent, -1, counts)
        assert counts.tolist() == [[0, 0], [1, 0]]


def test_units_that_binary64_has_no_inverse_of_are_no_products() -> None:
    assert [is_product(n) for n in (-1000, -999, 0, 999, 1000)] == [False, True, True, True, False]


def test_the_bins_that_have_names_are_those_of_their_numbers() -> None:
    assert N_UPPER == 1 << 16
    for named, value in ((NEGATIVE, -0.0), (INFINITE, math.inf), (NAN, math.nan)):
        counts = np.zeros(N_UPPER, np.int64)
        count_upper_bits(np.array([value]), counts)
        assert np.flatnonzero(counts).tolist() == [named]
        assert named == struct.unpack("<Q", struct.pack("<d", value))[0] >> 48
