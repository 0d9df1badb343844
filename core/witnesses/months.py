"""Months or quarters on one side, and on the other the first or last day of each: `2024-01`.

They may be written in any notation of `period_spellings`, and months as the number 202401.
"""

from __future__ import annotations

from contextlib import suppress

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import types

from smoothl1.witnesses.column_texts import as_text
from smoothl1.witnesses.period_spellings import YEAR, with_plain_periods

_MONTH = rf"\A{YEAR}(0[1-9]|1[0-2])\z"
_AS_FRACTIONS = "0000.00"
_WITH_POINTS = (_AS_FRACTIONS, "00.0000")
"""Months with a point; each digit is a zero. Those of the first kind compare as fractions do."""

_FIRST_DAYS = {
    "month": ((_MONTH, r"\1-\2-01"),),
    "quarter": tuple((rf"\A{YEAR}q{i + 1}\z", rf"\1-{3 * i + 1:02}-01") for i in range(4)),
}
"""The plain notations of months and quarters, and the first day of each."""

_DAY = r"\A([0-9]{4}-[0-9]{2}-[0-9]{2})(?:[T ]00:00(?::00(?:\.0*)?)?)?\z"


def months_beside_days(one: pa.Array, other: pa.Array) -> tuple[pa.Array, pa.Array] | None:
    """Both sides as the first days of months or quarters, if the other side has a day of each.

    Args:
        one: Text as bytes, integers, or times.
        other: The same number of values of the other side.

    Returns:
        date32, null where a value is missing; None if the sides are others.
    """
    for side, months, days in ((0, one, other), (1, other, one)):
        with suppress(pa.ArrowInvalid):  # bytes that are no text, or a day in no calendar
            unit = unit_of_months(months)
            if unit is None or not _begins_with_day(days):
                continue
            found = _months(months, unit), _first_days(days, unit)
            if found[0] is not None and found[1] is not None:
                return found if side == 0 else found[::-1]
    return None


def have_points(one: pa.Array, other: pa.Array) -> bool:
    """Whether both sides are months, of which one side has a point, as fractions have.

    So is `2024.01` in all rows beside months that are written in another way, or `01.2024`.

    Args:
        one: Text as bytes, or integers.
        other: The same number of values of the other side.
    """
    sides = (one, other)
    with suppress(pa.ArrowInvalid):  # bytes that are no text
        if any(unit_of_months(side) != "month" for side in sides):
            return False
        forms = {_digits_as_zeros(_first(side)) for side in sides}
        if forms == {_AS_FRACTIONS} or forms.isdisjoint(_WITH_POINTS):
            return False
        return all(_all_match(_spelled(_texts(side)), _MONTH) for side in sides)
    return False


def unit_of_months(column: pa.Array) -> str | None:
    """Whether the first value that is there is a month or a quarter; None if it is neither.

    Raises:
        pyarrow.ArrowInvalid: Bytes are no text.
    """
    kind = column.type
    if not (types.is_binary(kind) or types.is_string(kind) or types.is_integer(kind)):
        return None
    first = _spelled(_first(column))
    for unit, patterns in _FIRST_DAYS.items():
        if any(_all_match(first, pattern, min_count=1) for pattern, _ in patterns):
            return unit
    return None


def _begins_with_day(column: pa.Array) -> bool:
    """Whether the first value that is there is a day."""
    kind = column.type
    if not (types.is_binary(kind) or types.is_date(kind) or types.is_timestamp(kind)):
        return False
    return _all_match(_first(column), _DAY, min_count=1)


def _first(column: pa.Array) -> pa.Array:
    return _texts(column.slice(0, 64)).drop_null().slice(0, 1)


def _digits_as_zeros(texts: pa.Array) -> str:
    """The first of some texts, which is there, with a zero for each digit."""
    form: str = pc.replace_substring_regex(texts, "[0-9]", "0")[0].as_py()
    return form.strip(" \t")


def _all_match(texts: pa.Array, pattern: str, **options: int) -> bool:
    return bool(pc.all(pc.match_substring_regex(texts, pattern), **options).as_py())


def _texts(column: pa.Array) -> pa.Array:
    if types.is_timestamp(column.type):
        column = column.cast(pa.timestamp("ns"), safe=False)  # in UTC, without its zone
    return as_text(column).cast(pa.string())


def _spelled(texts: pa.Array) -> pa.Array:
    """Texts in lower case, with months and quarters in one notation."""
    lower = pc.ascii_lower(texts).cast(pa.binary())
    return with_plain_periods(lower).cast(pa.string())


def _months(column: pa.Array, unit: str) -> pa.Array | None:
    """Months or quarters as their first days; None if a value is none."""
    texts = _spelled(_texts(column))
    for pattern, day in _FIRST_DAYS[unit]:
        texts = pc.replace_substring_regex(texts, pattern, day)
    return texts.cast(pa.date32()) if _all_match(texts, _DAY) else None


def _first_days(column: pa.Array, unit: str) -> pa.Array | None:
    """The first days of the units of days; None unless all are first, or all are last days."""
    texts = _texts(column)
    if not _all_match(texts, _DAY):
        return None
    days = pc.replace_substring_regex(texts, _DAY, r"\1").cast(pa.date32())
    next_days = pc.add(days.cast(pa.int32()), pa.scalar(1, pa.int32())).cast(pa.date32())
    firsts = (pc.equal(some, pc.floor_temporal(some, unit=unit)) for some in (days, next_days))
    if not any(pc.all(are_first).as_py() for are_first in firsts):
        return None
    return pc.floor_temporal(days, unit=unit).cast(pa.date32())
