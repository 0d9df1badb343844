"""Months on one side, `2024-01` or 202401, and on the other the first or last day of each month."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import types

from smoothl1.witnesses.column_texts import as_text

if TYPE_CHECKING:
    from collections.abc import Callable

_MONTH = r"\A((?:18|19|20|21)[0-9]{2})-?(0[1-9]|1[0-2])\z"
_DAY = r"\A([0-9]{4}-[0-9]{2}-[0-9]{2})(?:[T ]00:00(?::00(?:\.0*)?)?)?\z"


def months_beside_days(one: pa.Array, other: pa.Array) -> tuple[pa.Array, pa.Array] | None:
    """Both sides as the first days of months, if one has months and the other a day of each.

    Args:
        one: Text as bytes, integers, or times.
        other: The same number of values of the other side.

    Returns:
        date32, null where a value is missing; None if the sides are others.
    """
    for side, months, days in ((0, one, other), (1, other, one)):
        with suppress(pa.ArrowInvalid):  # bytes that are no text, or a day in no calendar
            if not _begins(months, _MONTH, types.is_integer):
                continue
            if not _begins(
                days, _DAY, lambda kind: types.is_date(kind) or types.is_timestamp(kind)
            ):
                continue
            found = _months(months), _first_days(days)
            if found[0] is not None and found[1] is not None:
                return found if side == 0 else found[::-1]
    return None


def _begins(column: pa.Array, pattern: str, is_other: Callable[[pa.DataType], bool]) -> bool:
    """Whether the first value that is there fits a pattern, or is of another type that may."""
    if not (types.is_binary(column.type) or is_other(column.type)):
        return False
    first = _texts(column.slice(0, 64)).drop_null().slice(0, 1)
    return bool(pc.all(pc.match_substring_regex(first, pattern), min_count=1).as_py())


def _texts(column: pa.Array) -> pa.Array:
    if types.is_timestamp(column.type):
        column = column.cast(pa.timestamp("ns"), safe=False)  # in UTC, without its zone
    return as_text(column).cast(pa.string())


def _months(column: pa.Array) -> pa.Array | None:
    """Months as their first days; None if a value is no month."""
    texts = _texts(column)
    if not pc.all(pc.match_substring_regex(texts, _MONTH)).as_py():
        return None
    return pc.replace_substring_regex(texts, _MONTH, r"\1-\2-01").cast(pa.date32())


def _first_days(column: pa.Array) -> pa.Array | None:
    """The first days of the months of days; None unless all are first, or all are last days."""
    texts = _texts(column)
    if not pc.all(pc.match_substring_regex(texts, _DAY)).as_py():
        return None
    days = pc.replace_substring_regex(texts, _DAY, r"\1").cast(pa.date32())
    next_days = pc.add(days.cast(pa.int32()), pa.scalar(1, pa.int32())).cast(pa.date32())
    if not any(pc.all(pc.equal(pc.day(some), 1)).as_py() for some in (days, next_days)):
        return None
    return pc.floor_temporal(days, unit="month").cast(pa.date32())
