"""One value for each row of an array of several elements in a row, so that it may be compared."""

from __future__ import annotations

import numpy as np

from smoothl1.sources.contract import Numbers

MOST_IN_ROW = 64
"""Numbers in a row of an array that is read only because it may be a copy."""


def one_of_row(elements: Numbers, width: int) -> Numbers:
    """The text of each row of single characters; the first number of each row of numbers.

    Args:
        elements: The elements of some rows, in C order.
        width: The number of elements in a row.
    """
    values, missing = elements
    if values.dtype.kind in "SU":
        return Numbers(np.ascontiguousarray(values).view(f"{values.dtype.str[:2]}{width}"))
    return Numbers(values[::width], None if missing is None else missing[::width])
