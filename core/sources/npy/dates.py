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


def type_of_dates(dtype: np.dtype[Any]) -> pa.DataType:
    """The type of Arrow for a dtype of dates: days are dates, all others are times."""
    unit = _unit_of(dtype)
    return pa.date32() if unit == "D" else pa.timestamp(unit)


def column_of_dates(values: NDArray[Any]) -> pa.Array:
    """Dates as a column of Arrow; NaT is missing, as is a day that Arrow has no date for.

    Args:
        values: datetime64 of any unit, shape (N,).
    """
    kind = type_of_dates(values.dtype)
    found = values.astype(f"=M8[{_unit_of(values.dtype)}]")
    is_missing = np.isnat(found)
    counts = found.view(np.int64)
    if kind == pa.date32():
        is_missing |= (counts < -_MOST_DAYS) | (counts >= _MOST_DAYS)
        counts = np.where(is_missing, 0, counts).astype(np.int32)
    return pa.array(counts, mask=is_missing).view(kind)


def _unit_of(dtype: np.dtype[Any]) -> str:
    unit, _ = np.datetime_data(dtype)
    return _UNITS.get(unit, unit)
