"""Whether places along two axes are the same but for rounding."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from numpy.typing import NDArray

_ROUNDING = 1e-6
"""Relative difference of two places that are the same: one may have been computed or rounded."""

_MOST_STEPS = 0.25
"""Most of that difference, in the usual step of the axis: the next place is another one."""

_MOST_STEPS_AT_ZERO = 1e-3
"""The same in the smallest step, where 0 is what rounding left of it, as in -1, -0.9, ..., 1."""

_ROUNDING_S = 0.0015
"""Seconds between two times that are the same: fractions are read to the millisecond."""


def in_one_type(values: Sequence[NDArray[Any]]) -> list[NDArray[Any]]:
    """Whole numbers as they are; others as float64, rounded to the narrower type of floats.

    Args:
        values: The places of each side: integers or floats, shape (N,).
    """
    floats = [of_side.dtype for of_side in values if of_side.dtype.kind == "f"]
    if not floats:
        return list(values)
    narrow = min(floats, key=lambda dtype: dtype.itemsize)
    with np.errstate(over="ignore"):
        return [of_side.astype(narrow).astype(float) for of_side in values]


def are_same(ones: NDArray[Any], others: NDArray[Any], *, are_times: bool) -> NDArray[np.bool_]:
    """Which places are the same but for rounding, which whole numbers do not have.

    Args:
        ones: The places of one side, shape (N,): texts, whole numbers, or float64.
        others: Those of the other side, of the same kind and shape.
        are_times: Whether numbers are seconds.
    """
    are_equal = np.asarray(ones == others)
    if "U" in (ones.dtype.kind, others.dtype.kind):
        return are_equal
    with np.errstate(invalid="ignore", over="ignore"):  # infinities, and differences beyond float64
        if are_times:
            are_near: NDArray[np.bool_] = np.isclose(ones, others, 0.0, _ROUNDING_S, equal_nan=True)
            return are_near
        are_alike: NDArray[np.bool_] = are_equal | (np.isnan(ones) & np.isnan(others))
        if not (_are_whole(ones) and _are_whole(others)):
            distances = np.abs(ones - others)
            are_alike |= np.isfinite(distances) & (distances <= _rounding(ones))
    return are_alike


def _are_whole(places: NDArray[Any]) -> bool:
    return bool(((places == np.floor(places)) | np.isnan(places)).all())


def _rounding(places: NDArray[np.float64]) -> NDArray[np.float64]:
    """The largest difference from each place that may be due to rounding."""
    finite = np.unique(places[np.isfinite(places)])
    sizes = np.abs(places)
    if finite.size < 2:
        return _ROUNDING * sizes
    steps = np.diff(finite)
    most = np.minimum(_ROUNDING * sizes, _MOST_STEPS * np.median(steps))
    at_zero = min(_ROUNDING * np.abs(finite).max(), _MOST_STEPS_AT_ZERO * steps.min())
    found: NDArray[np.float64] = np.maximum(most, at_zero)
    return found
