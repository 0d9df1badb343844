"""Numbers that count from 1970 in two units: seconds on one side, milliseconds on the other."""

from __future__ import annotations

import re
from contextlib import suppress
from math import isnan

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import types

from smoothl1.labels.conversion import readable_times
from smoothl1.sources.notations import may_be_missing
from smoothl1.witnesses.column_texts import FIRST_ROWS, first_text, without_marks

_FIRST_S, _LAST_S = 631_152_000, 4_102_444_800
"""The years 1990 and 2100: no number of these is in the years of another unit."""

_PER_SECOND = (1, 10**3, 10**6, 10**9)

_COUNT = r"\A(?:[0-9]{9,19}(?:\.[0-9]*)?|[0-9](?:\.[0-9]*)?[eE]\+?[0-9]{1,2})\z"
_TIME = re.compile(rb"[ \t]*[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[T ][0-9]{2}:[0-9]{2}|[ \t]*\Z)")
_OFFSET = r":[0-9.]+(?:Z|[+-][0-9]{2}:?(?:[0-9]{2})?)\z"
_COUNT_BYTES = re.compile(_COUNT.replace(r"\z", r"\Z").encode())
_MAY_BE_TIME = re.compile(rb"[ \t]*(?:[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{8}|[0-9](?:\.[0-9]*)?[eE])")
"""How a time in text begins, or a number that may be one."""


def missing_as_null(column: pa.Array) -> pa.Array:
    """Times with nulls for what stands there for a missing value: NaN, `NaT`, an empty text.

    Args:
        column: Fractions, of which the first may be missing, or text as bytes that begins with a
            time or a number that may be one. Other values are returned as they are.
    """
    if types.is_floating(column.type):
        first = column[0].as_py() if len(column) else None
        if first is not None and not isnan(first):
            return column
        return pc.if_else(pc.is_nan(column), pa.scalar(None, column.type), column)
    if not types.is_binary(column.type) or not _MAY_BE_TIME.match(_first_value(column)):
        return column
    column = without_marks(column)
    return pc.if_else(pc.equal(column, b""), pa.scalar(None, column.type), column)


def in_one_unit(one: pa.Array, other: pa.Array) -> tuple[pa.Array, pa.Array] | None:
    """Both sides in the finer unit, if all values are times in the years 1990 to 2100.

    Args:
        one: Numbers, or numbers in text as bytes.
        other: The same number of values of the other side.

    Returns:
        Integers, in microseconds beside fractions; None if the sides are no such times, or are in
        one unit.
    """
    units = unit_of_first(one), unit_of_first(other)
    if units[0] is None or units[1] is None or units[0] == units[1]:
        return None
    mine, others = _counts(one, units[0]), _counts(other, units[1])
    if mine is None or others is None:
        return None
    finest = max(units[0], units[1])
    finer = _in_unit(mine, units[0], finest), _in_unit(others, units[1], finest)
    are_rounded = types.is_floating(mine.type) or types.is_floating(others.type)
    return _to_microseconds(*finer) if are_rounded and finest == _PER_SECOND[-1] else finer


def texts_beside_counts(one: pa.Array, other: pa.Array) -> tuple[pa.Array, pa.Array] | None:
    """Times in text on one side, and numbers that stand for such on the other, as instants.

    Args:
        one: Texts as bytes, or numbers.
        other: The same number of values of the other side.

    Returns:
        Microseconds since 1970, of times without an offset as if in UTC; None if the sides are no
        such times.
    """
    for side, texts, numbers in ((0, one, other), (1, other, one)):
        if not begins_with_time(texts):
            continue
        with suppress(pa.ArrowInvalid):  # other texts, or other numbers
            if (counts := instants_of(numbers)) is None:
                continue
            times = readable_times(texts.cast(pa.string()))
            zone = "UTC" if pc.all(pc.match_substring_regex(times, _OFFSET)).as_py() else None
            instants = times.cast(pa.timestamp("us", zone)).cast(pa.int64())
            return (instants, counts) if side == 0 else (counts, instants)
    return None


def instants_of(numbers: pa.Array) -> pa.Array | None:
    """Numbers that count from 1970, also in text as bytes, in microseconds since then.

    Returns:
        Integers; None if the numbers are no such times.
    """
    unit = unit_of_first(numbers)
    counts = None if unit is None else _counts(numbers, unit)
    return None if counts is None or unit is None else _in_microseconds(counts, unit)


def in_nanoseconds(column: pa.Array) -> pa.Array | None:
    """Times, or numbers that count from 1970, as integers that count nanoseconds since then.

    Returns:
        int64, null where the value is missing; None for other values.
    """
    if types.is_timestamp(column.type) or types.is_date(column.type):
        with suppress(pa.ArrowInvalid):  # a year beyond those of nanoseconds
            zone = getattr(column.type, "tz", None)
            return column.cast(pa.timestamp("ns", zone)).cast(pa.int64())
    if not (types.is_integer(column.type) or types.is_floating(column.type)):
        return None
    if (unit := unit_of_first(column)) is None:
        return None
    counts = _counts(column, unit)
    return None if counts is None else _in_unit(counts, unit, _PER_SECOND[-1])


def begins_with_time(column: pa.Array) -> bool:
    """Whether the first text that is there is a time, or a day."""
    if not (types.is_binary(column.type) or types.is_string(column.type)):
        return False
    return _TIME.match(_first_value(column)) is not None


def _first_value(texts: pa.Array) -> bytes:
    """The first text of the first rows that is not empty, or a mark of a missing value."""
    first = first_text(texts)
    if first[:1].isdigit() or not may_be_missing(first.decode("utf-8", "replace").strip(" \t")):
        return first
    return first_text(without_marks(texts.slice(0, FIRST_ROWS).cast(pa.binary())))


def _in_microseconds(counts: pa.Array, unit: int) -> pa.Array:
    finest = _PER_SECOND[2]
    if unit <= finest:
        return _in_unit(counts, unit, finest)
    return pc.divide(pc.add(_in_unit(counts, unit, unit), 500), unit // finest)


def unit_of_first(column: pa.Array) -> int | None:
    """How many of the unit of the first value are a second; None if it is no such time."""
    kind = column.type
    is_number = types.is_integer(kind) or types.is_float64(kind)
    if not len(column) or not (is_number or types.is_binary(kind)):
        return None
    first = column[0].as_py()
    if first is None:
        there = column.drop_null()
        first = there[0].as_py() if len(there) else None
    if isinstance(first, bytes):
        first = float(first) if _COUNT_BYTES.fullmatch(first) else None
    if first is None:
        return None
    fitting = (unit for unit in _PER_SECOND if _FIRST_S * unit <= first <= _LAST_S * unit)
    return next(fitting, None)


def _counts(column: pa.Array, unit: int) -> pa.Array | None:
    """The values as integers or float64; None if one of them is no time in this unit."""
    if types.is_binary(column.type):
        column = column.cast(pa.string())
        if not pc.all(pc.match_substring_regex(column, _COUNT)).as_py():
            return None
        is_whole = not pc.any(pc.match_substring_regex(column, "[.eE]")).as_py()
        column = column.cast(pa.int64() if is_whole else pa.float64())
    extremes = pc.min_max(column).as_py()
    is_time = _FIRST_S * unit <= extremes["min"] <= extremes["max"] <= _LAST_S * unit
    return column if is_time else None


def _in_unit(column: pa.Array, unit: int, finest: int) -> pa.Array:
    """Times in a finer unit, rounded to whole numbers."""
    factor = finest // unit
    if types.is_integer(column.type):
        return pc.multiply(column.cast(pa.int64()), factor)
    values = column.to_numpy(zero_copy_only=False)
    is_missing = np.isnan(values)
    whole, rest = np.divmod(np.where(is_missing, 0, values), 1)  # the product would be rounded
    counts = whole.astype(np.int64) * factor + np.rint(rest * factor).astype(np.int64)
    return pa.array(counts, mask=is_missing)


def _to_microseconds(one: pa.Array, other: pa.Array) -> tuple[pa.Array, pa.Array]:
    """Nanoseconds, of which one side was float64, in microseconds.

    A float64 is up to half a microsecond beside its instant. So two that are closer are the same,
    even if they round to different microseconds.
    """
    rounded = [pc.divide(pc.add(side, 500), 1000) for side in (one, other)]
    are_close = pc.less(pc.abs(pc.subtract(one, other)), 500)  # null if a side is missing
    return rounded[0], pc.coalesce(pc.if_else(are_close, *rounded), rounded[1])
