"""Numbers that count from 1970 in two units: seconds on one side, milliseconds on the other."""

from __future__ import annotations

import re

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import types

_FIRST_S, _LAST_S = 631_152_000, 4_102_444_800
"""The years 1990 and 2100: no number of these is in the years of another unit."""

_PER_SECOND = (1, 10**3, 10**6, 10**9)

_COUNT = r"\A[0-9]{9,19}(?:\.[0-9]*)?\z"
_COUNT_BYTES = re.compile(rb"[0-9]{9,19}(?:\.[0-9]*)?")


def in_one_unit(one: pa.Array, other: pa.Array) -> tuple[pa.Array, pa.Array] | None:
    """Both sides in the finer unit, if all values are times in the years 1990 to 2100.

    Args:
        one: Numbers, or numbers in text as bytes.
        other: The same number of values of the other side.

    Returns:
        Integers; None if the sides are no such times, or are in one unit.
    """
    units = _unit_of_first(one), _unit_of_first(other)
    if None in units or units[0] == units[1]:
        return None
    finest = max(unit for unit in units if unit is not None)
    found = [
        _counts(side, unit, finest)
        for side, unit in zip((one, other), units, strict=True)
        if unit is not None
    ]
    return (found[0], found[1]) if None not in found else None


def _unit_of_first(column: pa.Array) -> int | None:
    """How many of the unit of the first value are a second; None if it is no such time."""
    kind = column.type
    is_number = types.is_integer(kind) or types.is_float64(kind)
    if not len(column) or not (is_number or types.is_binary(kind)):
        return None
    first = column[0].as_py()
    if isinstance(first, bytes):
        first = float(first) if _COUNT_BYTES.fullmatch(first) else None
    if first is None:
        return None
    fitting = (unit for unit in _PER_SECOND if _FIRST_S * unit <= first <= _LAST_S * unit)
    return next(fitting, None)


def _counts(column: pa.Array, unit: int, finest: int) -> pa.Array | None:
    """The values in a finer unit; None if one of them is no time, or is not whole in it."""
    if types.is_binary(column.type):
        column = column.cast(pa.string())
        if not pc.all(pc.match_substring_regex(column, _COUNT)).as_py():
            return None
        is_whole = not pc.any(pc.match_substring(column, ".")).as_py()
        column = column.cast(pa.int64() if is_whole else pa.float64())
    extremes = pc.min_max(column).as_py()
    if not _FIRST_S * unit <= extremes["min"] <= extremes["max"] <= _LAST_S * unit:
        return None
    if types.is_integer(column.type):
        return pc.multiply(column.cast(pa.int64()), finest // unit)
    exact = column.to_numpy(zero_copy_only=False) * (finest // unit)
    whole = np.rint(np.where(np.isnan(exact), 0, exact))
    return pa.array(whole.astype(np.int64), mask=np.isnan(exact))
