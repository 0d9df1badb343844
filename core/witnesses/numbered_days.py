"""Whole numbers such as 20240131 on one side, and times on the other: both are days.

Such a number says no time of day, so beside it times are compared by their days: those with a zone
or an offset by the days that their clocks show, and counts from 1970 by the days of UTC.
"""

from __future__ import annotations

from contextlib import suppress

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import types

from smoothl1.witnesses.column_texts import first_text
from smoothl1.witnesses.date_spellings import with_plain_dates
from smoothl1.witnesses.epochs import begins_with_time, instants_of

FIRST_DAY, LAST_DAY = 1800_01_01, 2200_12_31
"""Whole numbers between these may be days."""

_N_LOOKED_AT = 64
"""First values of which one that is there tells whether all may be days."""

_NUMBER = r"\A[ \t]*([0-9]{8})(?:\.0*)?[ \t]*\z"
_PARTS = "(....)(..)(..)"
_DATE = r"\A[ \t]*([0-9]{4}-[0-9]{2}-[0-9]{2})(?:[T ][^ ].*|[ \t]*)\z"
_DAY = r"\A[ \t]*[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[T ]00:00(?::00(?:\.0*)?)?)?[ \t]*\z"


def days_beside_times(one: pa.Array, other: pa.Array) -> tuple[pa.Array, pa.Array] | None:
    """Both sides as days, if one has numbers of days, and the other times.

    Args:
        one: Numbers, times, or either in text as bytes.
        other: The same number of values of the other side.

    Returns:
        date32, null where a value is missing; None if the sides are others.
    """
    for side, numbers, times in ((0, one, other), (1, other, one)):
        if begins_with_day(numbers):
            with suppress(pa.ArrowInvalid):  # a number that is no day, or a text that is no time
                days, others = _days_of_numbers(numbers), _days_of_times(times)
                if days is not None and others is not None:
                    return (days, others) if side == 0 else (others, days)
    return None


def begins_with_day(column: pa.Array) -> bool:
    """Whether the first value that is there may be the number of a day."""
    if types.is_binary(column.type) or types.is_string(column.type):
        texts = pa.array([first_text(column)], pa.binary())
        return _are_days(_numbers_in(texts))
    is_number = types.is_integer(column.type) or types.is_floating(column.type)
    return is_number and _are_days(column.slice(0, _N_LOOKED_AT).drop_null().slice(0, 1))


def are_days_in_text(column: pa.Array) -> bool:
    """Whether all values are text, and days without a time, or with midnight of no zone."""
    if not (types.is_binary(column.type) or types.is_string(column.type)):
        return False
    texts = with_plain_dates(column.cast(pa.binary()))
    texts = texts.filter(pc.not_equal(texts, b""))  # without missing values
    return bool(pc.all(pc.match_substring_regex(texts, _DAY), min_count=1).as_py())


def _days_of_numbers(column: pa.Array) -> pa.Array | None:
    """Numbers of days; None if one is out of range, or no whole number.

    Raises:
        pyarrow.ArrowInvalid: A number in the range is no day, such as 20240231.
    """
    numbers = _numbers_in(column) if types.is_binary(column.type) else column
    if numbers.null_count > column.null_count or not _are_days(numbers):
        return None
    texts = numbers.cast(pa.int64()).cast(pa.string())
    return pc.replace_substring_regex(texts, _PARTS, r"\1-\2-\3").cast(pa.date32())


def _numbers_in(texts: pa.Array) -> pa.Array:
    """Texts of eight digits as numbers, and null for others."""
    is_number = pc.match_substring_regex(texts, _NUMBER)
    found = pc.if_else(is_number, texts, pa.scalar(None, texts.type))
    return pc.replace_substring_regex(found, _NUMBER, r"\1").cast(pa.string()).cast(pa.int64())


def _are_days(numbers: pa.Array) -> bool:
    """Whether there are numbers, and all may be days."""
    least, most = pc.min_max(numbers).as_py().values()
    return least is not None and FIRST_DAY <= least <= most <= LAST_DAY


def _days_of_times(column: pa.Array) -> pa.Array | None:
    """The days of times, or of counts from 1970; None if there are none, or others.

    Raises:
        pyarrow.ArrowInvalid: A date in text is in no calendar.
    """
    if types.is_timestamp(column.type) or types.is_date(column.type):
        return column.cast(pa.date32())
    if types.is_binary(column.type):
        column = with_plain_dates(column)
    if begins_with_time(column):
        is_time = pc.match_substring_regex(column, _DATE)
        days = pc.replace_substring_regex(column, _DATE, r"\1").cast(pa.string())
        return days.cast(pa.date32()) if pc.all(is_time).as_py() else None
    counts = instants_of(column)
    return None if counts is None else counts.cast(pa.timestamp("us")).cast(pa.date32())
