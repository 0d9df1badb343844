"""Whether a row of numbers is the sum of the others, or their mean."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

_TOLERANCE = 0.01
"""Numbers of tables are rounded."""


def vary(rows: NDArray[Any]) -> bool:
    """Whether numbers differ: a constant, such as 0, is the mean of others by itself."""
    return not (rows == rows[0]).all()


def sums_up(
    rows: NDArray[Any],
    at: int,
    subtotals: Sequence[int] = (),
    *,
    rounding: float = _TOLERANCE,
    with_half: bool = False,
) -> str:
    """What a row is of the others, up to rounding: "the sum" or "the mean"; "" if it is none.

    Args:
        rows: The numbers of all rows.
        at: The row.
        subtotals: Other rows that do not count.
        rounding: The largest difference, for each unit of the mean of absolute values.
        with_half: Whether it may be "half the sum": the others are rows and their subtotals.
    """
    others = np.delete(rows, [at, *subtotals], 0).astype(np.float64)
    with np.errstate(all="ignore"):  # infinite numbers, and sums that are too large
        tolerance = rounding * np.abs(others).mean(0)
        sums = {"the sum": others.sum(0), "the mean": others.mean(0)}
        if with_half:
            sums["half the sum"] = others.sum(0) / 2
        for what, expected in sums.items():
            is_near = np.isfinite(expected) & (np.abs(rows[at] - expected) <= tolerance)
            if (is_near | (rows[at] == expected)).all():
                return what
    return ""
