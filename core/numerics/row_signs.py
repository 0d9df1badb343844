"""In which rows which of two models is better, by exact sums within rows.

A row's sum is rounded at each addition, so that two models whose losses of a row are the same
numbers in another order may seem to differ. The rounded sum of k rounded differences d is within
k * u * (sum of |d|) of the exact one, to first order in the unit roundoff u = 2**-53. Only rows
within twice that of 0 are added up exactly: in most data hardly any.

Source: N. J. Higham, "Accuracy and Stability of Numerical Algorithms", 2nd edition, SIAM 2002,
section 4.2 (the bound, for sums in any order).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from smoothl1.numerics.exact_sum import ExactSum
from smoothl1.numerics.row_sums import row_values

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from smoothl1.numerics.row_sums import Rows

_TWICE_ROUNDOFF = 2.0**-52
"""Twice the unit roundoff of binary64: the other half allows for terms of higher order."""


def signs_of(
    rows: Rows,
    losses: tuple[NDArray[np.float64], NDArray[np.float64]],
    differences: NDArray[np.float64],
    n_rows: int,
    kept: NDArray[np.bool_] | None,
) -> NDArray[np.float64]:
    """Numbers that have the sign of the loss of B minus that of A in each row.

    Args:
        rows: The rows of the differences.
        losses: The losses of A and of B, for the elements that count.
        differences: B - A, each rounded.
        n_rows: The number of all rows; all have the same number of elements.
        kept: Which elements count; None for all.
    """
    n_elements = differences.size if kept is None else kept.size
    if n_elements == n_rows:  # a rounded difference has the sign of the exact one
        return rows.sums
    signs = np.sign(rows.sums)
    width = n_elements // n_rows
    largest = np.fmax.reduce(np.abs(differences), initial=0.0)
    most = width**2 * _TWICE_ROUNDOFF * largest  # what the bound is in no row more than
    near = np.flatnonzero((np.abs(rows.sums) <= most) | np.isinf(rows.sums))
    if near.size:
        places = near if rows.kept is None else np.flatnonzero(rows.kept)[near]
        a, b, d = (row_values(side, n_rows, kept)[places] for side in (*losses, differences))
        with np.errstate(over="ignore"):
            sizes = np.abs(d).sum(axis=1)
        is_doubtful = (np.abs(rows.sums[near]) <= width * _TWICE_ROUNDOFF * sizes) & (sizes > 0)
        is_doubtful &= np.isfinite(a).all(axis=1) & np.isfinite(b).all(axis=1)
        exact = [_sign(row) for row in np.hstack([b, -a])[is_doubtful].tolist()]
        signs[near[is_doubtful]] = exact
    return signs


def _sign(values: list[float]) -> float:
    """The sign of the exact sum of finite numbers."""
    try:
        total: float = math.fsum(values)
    except OverflowError:
        total = ExactSum.of(values).units
    return float((total > 0) - (total < 0))
