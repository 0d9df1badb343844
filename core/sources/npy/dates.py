"""Arrays of NumPy's datetime64 as columns of Arrow, which has fewer units."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

if TYPE_CHECKING:
    from numpy.typing import NDArray

_UNITS = {"Y": "D", "M": "D", "W": "D", "h": "s", "m": "s"}
"""The units that Arrow lacks, and those in which they are whole."""

_MOST_DAYS = 1 << 31
"""Days from 1970 on, before or after, that Arrow's date has."""

_MOST_COUNTS = {
    "Y": 1 << 23,
    "M": 1 << 27,
    "W": 1 << 31,
    "h": (1 << 63) // 3600,
    "m": (1 << 63) // 60,
}
"""Counts of these units, before or after 1970, that NumPy converts without an overflow."""


def type_of_dates(dtype: np.dtype[Any]) -> pa.DataType:
    """The type of Arrow for a dtype of dates: days are dates, all others are times."""
    unit = _unit_of(dtype)
    return pa.date32() if unit == "D" else pa.timestamp(unit)


def column_of_dates(values: NDArray[Any]) -> pa.Array:
    """Dates as a column of Arrow; NaT is missing, as is what Arrow has no date or time for.

    Args:
        values: datetime64 of any unit, shape (N,).
    """
    kind = type_of_dates(values.dtype)
    unit, _ = np.datetime_data(values.dtype)
    counts = values.astype(f"=M8[{unit}]").view(np.int64)
    is_missing = np.isnat(values)
    if unit in _MOST_COUNTS:
        is_missing |= np.abs(np.where(is_missing, 0, counts)) >= _MOST_COUNTS[unit]
        there = np.where(is_missing, 0, counts).view(f"M8[{unit}]")
        counts = there.astype(f"M8[{_unit_of(values.dtype)}]").view(np.int64)
    if kind == pa.date32():
        is_missing |= (counts < -_MOST_DAYS) | (counts >= _MOST_DAYS)
        counts = np.where(is_missing, 0, counts).astype(np.int32)
    return pa.array(counts, mask=is_missing).view(kind)


def _unit_of(dtype: np.dtype[Any]) -> str:
    unit, _ = np.datetime_data(dtype)
    return _UNITS.get(unit, unit)
