"""The counts, extremes and sums of groups in memory, as the compiled loops read and write them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

NO_NAN = (1 << 63) - 1
"""The position of the first NaN where there is none."""

RECORD = np.dtype(
    [
        ("n", np.int64),
        ("n_quadratic", np.int64),
        ("min", np.float64),
        ("max", np.float64),
        ("low", np.uint64),
        ("high", np.uint64),
        ("n_nan", np.int64),
        ("n_inf", np.int64),
    ]
)
"""What changes with every element of a group: a line of the processor's cache. Counts and extremes
are named as in `Tally`; `low` and `high` are the words of a fixed-point sum, see `GroupTally`."""

OTHERS = np.dtype(
    [
        ("first_nan", np.int64),
        ("n_missing", np.int64),
        ("n_omitted", np.int64),
        ("n_weightless", np.int64),
    ]
)
"""What seldom changes, named as in `Tally`."""


def empty_records(n: int) -> NDArray[np.void]:
    """Records of n groups without elements, each in one line of the cache."""
    room = np.zeros((n + 1) * RECORD.itemsize, np.uint8)
    start = -room.ctypes.data % RECORD.itemsize
    records = room[start : start + n * RECORD.itemsize].view(RECORD)
    records["min"], records["max"] = np.inf, -np.inf
    return records


def empty_others(n: int) -> NDArray[np.void]:
    """The other fields of n groups without elements."""
    others = np.zeros(n, OTHERS)
    others["first_nan"] = NO_NAN
    return others
