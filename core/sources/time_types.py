"""Types of times, and the type in which two of them are the same instants."""

from __future__ import annotations

import pyarrow as pa
from pyarrow import types

UNITS = ("day", "s", "ms", "us", "ns")
"""Units of time from coarse to fine; a date counts as days."""


def time_in_common(one: pa.DataType, other: pa.DataType) -> pa.DataType | None:
    """The type that holds the times of both types, if it is certain which of them are equal."""
    kinds = (one, other)
    if not all(map(types.is_temporal, kinds)) or any(map(types.is_interval, kinds)):
        return None
    finest = max((_unit(kind) for kind in kinds), key=UNITS.index)
    if all(types.is_timestamp(kind) or types.is_date(kind) for kind in kinds):
        zoned = {getattr(kind, "tz", None) is not None for kind in kinds}
        return pa.timestamp(finest, "UTC" if zoned == {True} else None) if len(zoned) == 1 else None
    if all(types.is_time(kind) for kind in kinds):
        return pa.time32(finest) if finest in ("s", "ms") else pa.time64(finest)
    return pa.duration(finest) if all(types.is_duration(kind) for kind in kinds) else None


def _unit(kind: pa.DataType) -> str:
    """The unit of a type of times. A date is compared as a time of day, to the second."""
    unit: str = kind.unit if not types.is_date(kind) else "s" if types.is_date32(kind) else "ms"
    return unit
