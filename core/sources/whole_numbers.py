"""Whole numbers that are stored as floats, as pandas makes of ids of which one is missing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def whole_numbers(floats: NDArray[Any]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Floats as integers. Those beyond the digits of their type may stand for several integers.

    Args:
        floats: float16, float32 or float64, shape (N,).

    Returns:
        The integers, and which of them are exact; 0 where they are not.
    """
    with np.errstate(invalid="ignore"):
        is_exact = (np.abs(floats) < 2.0 ** n_digits(floats)) & (floats == np.trunc(floats))
    return np.where(is_exact, floats, 0).astype(np.int64), is_exact


def n_digits(floats: NDArray[Any]) -> int:
    """The binary digits to which floats are exact."""
    return int(np.finfo(floats.dtype).nmant) + 1
