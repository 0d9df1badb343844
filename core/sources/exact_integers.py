"""Integers of 64 bits that are read as floats, beside which they stand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from smoothl1.sources.contract import Numbers

_ALL_EXACT = 1 << 53
"""Up to here every whole number is a binary64."""


def first_inexact(numbers: Numbers, dtype: np.dtype[Any]) -> int | None:
    """The place of the first integer that is no binary64, if it is to be read as one.

    Args:
        numbers: Numbers as they are stored.
        dtype: The dtype as which they are read, which holds all integers of 32 bits.

    Returns:
        None if there is none.
    """
    values = numbers.values
    if dtype.kind != "f" or values.dtype.kind not in "iu" or values.dtype.itemsize < 8:
        return None
    is_safe = (values <= _ALL_EXACT) & (values >= (0 if values.dtype.kind == "u" else -_ALL_EXACT))
    if numbers.missing is not None:
        is_safe |= numbers.missing
    doubtful = np.flatnonzero(~is_safe)
    return next((int(i) for i in doubtful if int(float(values[i])) != int(values[i])), None)
