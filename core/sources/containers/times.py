"""Numbers that count from a time, as a column of times."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

    from smoothl1.sources.containers.time_units import TimeUnit
    from smoothl1.sources.table import ColumnInfo

_DAY_NS = 86_400 * 10**9
_MOST_DAYS_IN_NS = (1 << 63) // _DAY_NS
"""Days from 1970 on that a count of nanoseconds holds."""


def type_of_times(unit: TimeUnit, dtype: np.dtype[Any]) -> pa.DataType:
    """The type of times: text in a calendar whose days are not real ones.

    Args:
        unit: What the numbers count.
        dtype: The dtype of the numbers; fractions are read to the millisecond.
    """
    import pyarrow as pa

    if not unit.has_real_days:
        return pa.string()
    is_coarse = dtype.kind == "f" or (unit.step_ns % 1000 == 0 and unit.ns % 1000 == 0)
    return pa.timestamp("us" if is_coarse else "ns")


def times_of(unit: TimeUnit, values: NDArray[Any], missing: NDArray[np.bool_] | None) -> pa.Array:
    """Numbers as times; what is no date is missing, but for text, which has the number.

    Args:
        unit: What they count.
        values: The numbers.
        missing: Which are missing; None if none is.
    """
    import pyarrow as pa

    kind = type_of_times(unit, values.dtype)
    if kind == pa.string():
        return pa.array(unit.texts(values), kind, mask=missing)
    found = unit.instants(values)
    is_missing = ~found.is_known if missing is None else missing | ~found.is_known
    days = found.days
    if kind.unit == "ns":
        is_missing |= np.abs(days) >= _MOST_DAYS_IN_NS
        days = np.where(is_missing, 0, days)
    step = 1 if kind.unit == "ns" else 1000
    counts = days * (_DAY_NS // step) + found.ns // step
    return pa.array(counts, mask=is_missing).view(kind)


def as_times(info: ColumnInfo) -> ColumnInfo:
    """A column of numbers that count from a time, as one of times: see `type_of_times`."""
    if info.time_unit is None:
        return info
    kind = "date" if info.time_unit.has_real_days else "text"
    return info._replace(kind=kind, may_be_key=True)
