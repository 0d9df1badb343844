"""Rows of an array of several elements in a row as one value each, so that they may be compared."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

    from smoothl1.sources.contract import Numbers

MOST_IN_ROW = 64
"""Numbers in a row of an array that is read only because it may be a copy."""


def texts_of_rows(characters: NDArray[Any], width: int) -> NDArray[Any]:
    """The text of each row of single characters.

    Args:
        characters: The characters of some rows, in C order.
        width: The number of characters in a row.
    """
    return np.ascontiguousarray(characters).view(f"{characters.dtype.str[:2]}{width}")


def lists_of_rows(numbers: Numbers, width: int) -> pa.FixedSizeListArray:
    """Each row of numbers as a list.

    Args:
        numbers: The elements of some rows, in C order.
        width: The number of elements in a row.
    """
    import pyarrow as pa  # late: most arrays are numbers

    values, missing = numbers
    native = values.astype(values.dtype.newbyteorder("="))
    return pa.FixedSizeListArray.from_arrays(pa.array(native, mask=missing), width)
