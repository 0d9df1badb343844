"""Counts of numbers by their upper bits, and of pairs in a grid of squares.

The upper 16 bits of a binary64 number are its sign, its exponent and four bits of its fraction: 16
bins in each octave, of either sign.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

N_UPPER = 1 << 16
"""The number of bins."""

NEGATIVE = 1 << 15
"""The bin of -0, the first of those of negative numbers."""

INFINITE = 0x7FF0
"""The bin of infinity; with `NEGATIVE` added, that of -infinity."""

NAN = 0x7FF8
"""The bin of NaN, of either sign."""

_SHIFT = 64 - 16
_MOST_SHIFT = 1000


def count_upper_bits(values: NDArray[np.float64], counts: NDArray[np.int64]) -> None:
    """Count numbers by their upper 16 bits.

    Args:
        values: One dimension, binary64, contiguous.
        counts: int64 of shape (N_UPPER,); the counts are added to it.
    """
    codes = (values.view(np.int64) >> _SHIFT) & (N_UPPER - 1)
    is_nan = np.isnan(values)
    if is_nan.any():
        codes[is_nan] = NAN
    counts += np.bincount(codes, minlength=N_UPPER)


def count_cells(
    columns: NDArray[np.float64],
    rows: NDArray[np.float64],
    exponent: int,
    first: int,
    counts: NDArray[np.int64],
) -> None:
    """Count pairs in a grid whose cells are 2**exponent wide.

    Args:
        columns: A finite number of each pair, binary64, one dimension.
        rows: The other number of each pair.
        exponent: A cell holds the numbers from k * 2**exponent to below (k + 1) * 2**exponent.
        first: The k of the first row and column.
        counts: int64 of shape (side, side); the counts are added to it. All pairs have a cell.
    """
    side = counts.shape[0]
    index = _cells(rows, exponent, first) * side
    index += _cells(columns, exponent, first)
    counts += np.bincount(index, minlength=side * side).reshape(side, side)


def is_product(exponent: int) -> bool:
    """Whether numbers are scaled by 2**-exponent by a product."""
    return -_MOST_SHIFT < exponent < _MOST_SHIFT


def _cells(values: NDArray[np.float64], exponent: int, first: int) -> NDArray[np.intp]:
    if is_product(exponent):
        cells = values * math.ldexp(1.0, -exponent)
    else:
        cells = np.ldexp(values, -exponent)  # 2**1074 is no number of binary64
    np.floor(cells, out=cells)
    np.minimum(cells, -1.0, out=cells, where=values < 0)  # a quotient may underflow to -0
    cells -= first
    return cells.astype(np.intp)
