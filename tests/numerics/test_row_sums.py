"""Sums of rows, and which rows have none."""

from __future__ import annotations

import math

import numpy as np

from smoothl1.numerics.row_sums import both_infinite, rows_of


def test_a_row_that_nothing_counts_in_has_no_infinite_losses() -> None:
    """Of the rows without a difference, the first is infinite on both sides, the third is empty."""
    kept = np.array([True, True, False])
    one, other = np.array([math.inf, 1.0]), np.array([math.inf, 2.0])
    with np.errstate(invalid="ignore"):
        rows = rows_of(one - other, 3, kept, None)
    assert both_infinite((one, other), rows, 3, kept).tolist() == [True, False, False]
