"""How each of two columns writes times: as such, as numbers of days, or as counts from 1970.

Numbers may have their digits in groups on one side alone, too.
"""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import types

from smoothl1.witnesses.column_texts import as_bytes
from smoothl1.witnesses.date_spellings import with_dates_read
from smoothl1.witnesses.digit_groups import groups_beside_whole
from smoothl1.witnesses.epochs import begins_with_time, unit_of_first
from smoothl1.witnesses.months import unit_of_months
from smoothl1.witnesses.numbered_days import are_days_in_text, begins_with_day

_N_LOOKED_AT = 64

_YEAR_S = 366 * 86_400

_NUMBER = r"\A[ \t]*-?[0-9]+(?:\.[0-9]*)?[ \t]*\z"


def are_counted_otherwise(
    stored: tuple[pa.Array, pa.Array], alike: tuple[pa.Array, pa.Array]
) -> bool:
    """Whether keys would not match: one side has times, another unit, or digits in groups.

    Args:
        stored: The values of both sides as they are stored.
        alike: The values as they are compared.
    """
    ways = [_way_of(column) for column in stored]
    are_times = "time" in ways or all(isinstance(way, int) for way in ways)
    is_other_way = ways[0] != ways[1] and None not in ways and are_times
    ways_of_numbers = (_have_numbers_of_days, _have_months, _have_groups, _have_spellings)
    return is_other_way or any(have(stored, alike) for have in ways_of_numbers)


def _have_numbers_of_days(
    stored: tuple[pa.Array, pa.Array], alike: tuple[pa.Array, pa.Array]
) -> bool:
    return types.is_date(alike[0].type) and any(map(begins_with_day, stored))


def _have_spellings(stored: tuple[pa.Array, pa.Array], alike: tuple[pa.Array, pa.Array]) -> bool:
    """Whether a side has times, and the other texts such as `31.01.2024`, which no key is."""
    if not types.is_temporal(alike[0].type) or sum(types.is_temporal(c.type) for c in stored) != 1:
        return False
    (texts,) = (c.slice(0, _N_LOOKED_AT) for c in stored if not types.is_temporal(c.type))
    if not types.is_binary(texts.type):
        return False
    return not with_dates_read(texts).equals(texts)


def _have_months(stored: tuple[pa.Array, pa.Array], alike: tuple[pa.Array, pa.Array]) -> bool:
    return types.is_date(alike[0].type) and any(map(unit_of_months, stored))


def _have_groups(stored: tuple[pa.Array, pa.Array], alike: tuple[pa.Array, pa.Array]) -> bool:
    """Whether whole numbers, compared as fractions may be, are in groups of digits on one side."""
    are_fractions = any(types.is_floating(c.type) or types.is_decimal(c.type) for c in stored)
    if are_fractions or not types.is_floating(alike[0].type) or alike[0].equals(alike[1]):
        return False
    return groups_beside_whole(*map(as_bytes, stored)) is not None


def _way_of(column: pa.Array) -> str | int | None:
    """How times may be written: as such, or as numbers, of these by the unit if one is certain."""
    if types.is_temporal(column.type) or begins_with_time(column):
        return "time"
    if (unit := unit_of_first(column)) is not None:
        return unit
    if types.is_binary(column.type):
        begins = pc.match_substring_regex(column.slice(0, 1), _NUMBER)
        return "number" if pc.all(begins, min_count=1).as_py() else None
    return "number"


def _is_of_no_zone(column: pa.Array) -> bool:
    """Whether times are stored as such, and have no zone, or are days in text."""
    if types.is_temporal(column.type):
        return getattr(column.type, "tz", None) is None
    return are_days_in_text(column)


def may_be_misread(stored: tuple[pa.Array, pa.Array], as_times: tuple[pa.Array, pa.Array]) -> bool:
    """Whether numbers that are compared with times may be no such times: they are years apart.

    Args:
        stored: The values of both sides as they are stored.
        as_times: The values as they are compared.
    """
    if _have_numbers_of_days(stored, as_times) and not any(map(_is_of_no_zone, stored)):
        return True  # nothing says which zone the days are of
    if any(map(begins_with_time, stored)) and types.is_integer(as_times[0].type):
        return True  # nothing says which zone text is in
    if sum(types.is_temporal(column.type) for column in stored) != 1:
        return False
    numbers = stored[0] if types.is_temporal(stored[1].type) else stored[1]
    if types.is_binary(numbers.type):
        is_number = pc.match_substring_regex(numbers.slice(0, 1), _NUMBER)
        if not pc.all(is_number, min_count=1).as_py():
            return False
    times = [column.slice(0, 1).drop_null() for column in as_times]
    if any(not (types.is_timestamp(t.type) or types.is_date(t.type)) or not len(t) for t in times):
        return False
    one, other = (t.cast(pa.timestamp("s"), safe=False).cast(pa.int64())[0].as_py() for t in times)
    return bool(abs(one - other) > _YEAR_S)
