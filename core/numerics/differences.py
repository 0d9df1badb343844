"""Differences of predictions and targets with their sign, without rounding."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_WORD_BITS = 32


def exact_sides(pred: NDArray[Any], target: NDArray[Any]) -> list[NDArray[np.float64]]:
    """Arrays whose sum is x - y, element by element and without error.

    Floats, and integers beside floats, are first converted to binary64, rounded to nearest even, as
    for the distance; two integers are taken exactly.

    Args:
        pred: Finite numbers, one dimension, any dtype that `loss.check_dtype` accepts.
        target: The same, of equal length.

    Returns:
        Two arrays of binary64 or more, of that length.
    """
    are_whole = pred.dtype.kind != "f" and target.dtype.kind != "f"
    positive, negative = (_parts(side, exactly=are_whole) for side in (pred, target))
    return [*positive, *(np.negative(part) for part in negative)]


def _parts(values: NDArray[Any], *, exactly: bool) -> list[NDArray[np.float64]]:
    """Arrays of binary64 whose sum is that of the values."""
    if not exactly or values.dtype.itemsize < 8:
        return [values.astype(np.float64)]
    high, low = np.divmod(values, 1 << _WORD_BITS)
    return [np.ldexp(high.astype(np.float64), _WORD_BITS), low.astype(np.float64)]
