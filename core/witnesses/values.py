"""Converts the values of a column to a type in which those of two inputs compare."""

from __future__ import annotations

from contextlib import suppress

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import types

from smoothl1.labels.conversion import readable_times, times_of_day
from smoothl1.labels.exponents import without_exponents
from smoothl1.sources.arrow.label_values import digits_of_uuids
from smoothl1.sources.arrow.long_texts import shortened
from smoothl1.sources.arrow.schema import UUID
from smoothl1.sources.time_types import UNITS
from smoothl1.witnesses.column_texts import as_bytes, as_text
from smoothl1.witnesses.date_spellings import with_dates_read
from smoothl1.witnesses.digit_groups import groups_beside_whole
from smoothl1.witnesses.epochs import in_one_unit, missing_as_null, texts_beside_counts
from smoothl1.witnesses.months import have_points, months_beside_days
from smoothl1.witnesses.numbered_days import FIRST_DAY, LAST_DAY, days_beside_times
from smoothl1.witnesses.numbers_alike import fractions_alike, of_decimals, rows_alike
from smoothl1.witnesses.rows_of_numbers import is_list, with_lists
from smoothl1.witnesses.text_bytes import may_be_written_differently

_MOST_DAYS = 100_000
_EPOCHS = {"s": 10**11, "ms": 10**14, "us": 10**17}
"""Counts since 1970 in a unit are below these until the year 5138."""

_FLAGS = ((r"\A(?i:t|y|yes)\z", "true"), (r"\A(?i:f|n|no)\z", "false"))
"""Further texts of booleans, such as PostgreSQL and people write."""

_BLANK_ENDS = r"\A[ \t]+|[ \t]+\z"
_DATE_TIME = r"\A([0-9]{4}-[0-9]{2}-[0-9]{2})[T ]([0-9]{2}:[0-9:.]+)\z"
_NO_FRACTION = r"([0-9]{2}:[0-9]{2}:[0-9]{2})\.0*\z"
_FRACTION_ENDS = r"([0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]*[1-9])0+\z"
_BASIC = r"\A([0-9]{4})([0-9]{2})([0-9]{2})T([0-9]{2})([0-9]{2})([0-9]{2}(?:\.[0-9]+)?)\z"
_NO_SECONDS = r"\A([0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2})\z"
_TIME_OF_DAY = r"\A((?:[01][0-9]|2[0-3]):[0-5][0-9])\z"
_MIDNIGHT = r"\A([0-9]{4}-[0-9]{2}-[0-9]{2}) 00:00(?::00)?\z"
_SPELLINGS = (
    (_BLANK_ENDS, ""),
    (_BASIC, r"\1-\2-\3 \4:\5:\6"),
    (_DATE_TIME, r"\1 \2"),
    (_NO_SECONDS, r"\1:00"),
    (_TIME_OF_DAY, r"\1:00"),
    (_NO_FRACTION, r"\1"),
    (_FRACTION_ENDS, r"\1"),
    (_MIDNIGHT, r"\1"),
)
"""Patterns of texts that are written in several ways, and their canonical form."""

_INSTANT = (
    r"\A(?:[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6}0*)?)?"
    r"|[0-9]{8}T[0-9]{6}(?:\.[0-9]{1,6}0*)?)"
    r"(?:Z| UTC| GMT| ?[+-][0-9]{2}(?::?[0-9]{2})?)\z"
)
"""A time with its offset from UTC, to the microsecond."""

_UUID_TEXT = r"\A[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}\z"

_EPOCH_TEXT = r"\A-?[0-9]{5,19}(?:\.[0-9]*)?\z"
_FEWEST_S = 10**8
"""Smaller counts of seconds may be times that have passed: fractions are no date before 1973."""

_MAY_BE_WRITTEN_DIFFERENTLY = (
    rf"{_BLANK_ENDS}|\A[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}[T ]|[0-9]:[0-9]{{2}}\.|{_UUID_TEXT}"
    rf"|\A[0-9]{{8}}T|{_TIME_OF_DAY}"
)
"""Texts to which any of the patterns above may apply: most columns have none."""

_WHOLE = r"\A\+?(-?)0*([0-9]+)(?:\.0*)?\z"


def alike(one: pa.Array, other: pa.Array, *, as_numbers: bool = False) -> tuple[pa.Array, pa.Array]:
    """Both sides in types whose values compare: float64, bytes for text, times in the same unit.

    Args:
        one: The values of one side; of long texts, what stands for them is compared.
        other: The same number of values of the other side.
        as_numbers: Whether all are numbers, even if they are text.

    Raises:
        pyarrow.ArrowInvalid: A value of one side does not convert to the type of the other.
    """
    lists = [with_lists(column) for column in (one, other)] if as_numbers else []
    if any(is_list(column.type) for column in lists):
        return rows_alike(*lists)
    one, other = (shortened(of_decimals(column)) for column in (one, other))
    one, other = (c.cast(pa.binary()) if _is_text(c.type) else c for c in (one, other))
    one, other = missing_as_null(one), missing_as_null(other)
    if (days := months_beside_days(one, other) or days_beside_times(one, other)) is not None:
        return days
    kinds = (one.type, other.type)
    if any(map(types.is_temporal, kinds)):
        return _times_alike(one, other)
    if (times := in_one_unit(one, other) or texts_beside_counts(one, other)) is not None:
        return times
    if (as_numbers or any(map(types.is_floating, kinds))) and not have_points(one, other):
        return fractions_alike(*(groups_beside_whole(one, other) or (one, other)))
    return _texts_alike(one, other)


def _is_text(kind: pa.DataType) -> bool:
    return any(is_(kind) for is_ in (types.is_string, types.is_large_string, types.is_string_view))


def as_stored(column: pa.Array) -> pa.Array:
    """A column of text as bytes, of which long ones are shortened; times in microseconds."""
    column = shortened(of_decimals(column))
    if types.is_timestamp(column.type) or types.is_date(column.type):
        return column.cast(pa.timestamp("us"), safe=False)
    return column if types.is_temporal(column.type) else as_bytes(column)


def _times_alike(one: pa.Array, other: pa.Array) -> tuple[pa.Array, pa.Array]:
    """Both sides as times of one type: text as that of the other side, days beside days.

    Raises:
        pyarrow.ArrowInvalid: One has a zone and the other none, so that nothing says which times
            are the same instant. Text with and without an offset is not compared, either.
    """
    kinds = (one.type, other.type)
    if kinds[0] == kinds[1]:
        return one, other
    if types.is_integer(kinds[1]) or types.is_floating(kinds[1]):
        return _in_finer_unit(one, _as_times(other, kinds[0]))
    if types.is_integer(kinds[0]) or types.is_floating(kinds[0]):
        return _in_finer_unit(_as_times(one, kinds[1]), other)
    if not all(map(types.is_temporal, kinds)):
        return _with_texts_as_times(as_text(one), as_text(other))
    if len({getattr(kind, "tz", None) is None for kind in kinds}) > 1:
        raise pa.ArrowInvalid("a time with a zone, and one without")
    return _in_finer_unit(one, other)


def _with_texts_as_times(one: pa.Array, other: pa.Array) -> tuple[pa.Array, pa.Array]:
    """Text of one side as times of the other."""
    if types.is_time(one.type) or types.is_time(other.type):
        return _times_of_day(one), _times_of_day(other)
    if types.is_temporal(one.type):
        return _in_finer_unit(one, _texts_as_times(other, one.type))
    return _in_finer_unit(_texts_as_times(one, other.type), other)


def _in_finer_unit(one: pa.Array, other: pa.Array) -> tuple[pa.Array, pa.Array]:
    """Times in the finer unit; as days where one side has days, which say no time of day."""
    kinds = (one.type, other.type)
    if any(map(types.is_date, kinds)):
        return one.cast(pa.date32()), other.cast(pa.date32())
    finest = max(kinds, key=lambda kind: UNITS.index(getattr(kind, "unit", "day")))
    return one.cast(finest), other.cast(finest)


def _times_of_day(column: pa.Array) -> pa.Array:
    """Times of day, or their texts, in nanoseconds; see `times_of_day`."""
    return column.cast(pa.time64("ns")) if types.is_time(column.type) else times_of_day(column)


def _with_unit(kind: pa.DataType, unit: str) -> pa.DataType:
    """A type of times, in a unit if that is finer than its own."""
    if not types.is_timestamp(kind) or UNITS.index(unit) <= UNITS.index(kind.unit):
        return kind
    return pa.timestamp(unit, kind.tz)


def _texts_as_times(texts: pa.Array, kind: pa.DataType) -> pa.Array:
    """Texts as times, also beside dates; numbers as `_as_times` reads them.

    Raises:
        pyarrow.ArrowInvalid: They are no times, in no notation whose order is certain.
    """
    texts = texts.cast(pa.string())
    if pc.all(pc.match_substring_regex(texts, r"\A-?[0-9]{5,19}\z")).as_py():
        return _as_times(texts.cast(pa.int64()), kind)
    if pc.all(pc.match_substring_regex(texts, _EPOCH_TEXT)).as_py():
        return _as_times(texts.cast(pa.float64()), kind)
    kind = pa.timestamp("us") if types.is_date(kind) else _with_unit(kind, "us")
    with suppress(pa.ArrowInvalid):
        return readable_times(texts).cast(kind)
    plain = with_dates_read(texts.cast(pa.binary())).cast(pa.string())
    return readable_times(plain).cast(kind)


def _as_times(numbers: pa.Array, kind: pa.DataType) -> pa.Array:
    """Numbers as times: a count since 1970 in the unit that their size fits.

    Raises:
        pyarrow.ArrowInvalid: They are no times of this type.
    """
    if not (types.is_timestamp(kind) or types.is_date(kind)):
        return numbers.cast(kind)
    if types.is_floating(numbers.type):
        numbers = _whole_counts(numbers)
    extremes = pc.min_max(numbers).as_py()
    low, high = extremes["min"] or 0, extremes["max"] or 0
    if low >= FIRST_DAY and high <= LAST_DAY:
        raise pa.ArrowInvalid("numbers that should be days, of which one is none")
    if types.is_date32(kind) and low > -_MOST_DAYS and high < _MOST_DAYS:
        return numbers.cast(pa.int32()).cast(kind)
    largest = max(abs(low), abs(high))
    unit = next((unit for unit, limit in _EPOCHS.items() if largest < limit), "ns")
    times = numbers.cast(pa.int64()).cast(pa.timestamp(unit))
    return times.cast(_with_unit(kind, unit))


def _whole_counts(numbers: pa.Array) -> pa.Array:
    """Fractions that count from 1970, or days, as integers: in microseconds if they are not whole.

    Raises:
        pyarrow.ArrowInvalid: They are too small for dates.
    """
    numbers = numbers.cast(pa.float64())
    extremes = pc.min_max(pc.abs(numbers)).as_py()
    least, most = extremes["min"] or _FEWEST_S, extremes["max"] or 0
    are_whole = pc.all(pc.equal(numbers, pc.round(numbers))).as_py() is not False
    if least < _FEWEST_S:
        raise pa.ArrowInvalid("no times")
    if not are_whole:
        per_unit = 1e6 if most < _EPOCHS["s"] else 1e3
        numbers = pc.round(pc.multiply(numbers, per_unit))
    return numbers.cast(pa.int64())


def _texts_alike(one: pa.Array, other: pa.Array) -> tuple[pa.Array, pa.Array]:
    """Both as bytes: UUIDs beside texts as digits, booleans beside texts as words."""
    kinds = (one.type, other.type)
    convert = as_bytes
    if kinds[0] != kinds[1] and UUID in kinds:
        convert = _as_digits
    elif kinds[0] != kinds[1] and any(map(types.is_boolean, kinds)):
        convert = _as_flags
    return convert(one), convert(other)


def _as_digits(column: pa.Array) -> pa.Array:
    """UUIDs as their hexadecimal digits: as 16 bytes, or as text with hyphens."""
    if column.type == UUID:
        digits = pa.py_buffer(digits_of_uuids(column))
        kind = pa.binary(2 * UUID.byte_width)
        texts = pa.FixedSizeBinaryArray.from_buffers(kind, len(column), [None, digits])
        return pc.if_else(column.is_valid(), texts.cast(pa.binary()), pa.scalar(None, pa.binary()))
    text = as_text(column).cast(pa.string())
    return pc.ascii_lower(pc.replace_substring(text, "-", "")).cast(pa.binary())


def _as_flags(column: pa.Array) -> pa.Array:
    """Booleans, or texts that all say true or false in any case, as the same bytes.

    Raises:
        pyarrow.ArrowInvalid: A text says something else.
    """
    text = as_text(as_bytes(column)).cast(pa.string())
    for words, flag in _FLAGS:
        text = pc.replace_substring_regex(text, words, flag)
    return text.cast(pa.bool_()).cast(pa.string()).cast(pa.binary())


def plain_texts(column: pa.Array | pa.ChunkedArray) -> pa.Array:
    """Texts without blanks at either end, with dates, times and UUIDs in one spelling."""
    is_plain = isinstance(column, pa.Array) and types.is_binary(column.type)
    if is_plain and not may_be_written_differently(column):
        return column
    if not pc.any(pc.match_substring_regex(column, _MAY_BE_WRITTEN_DIFFERENTLY)).as_py():
        return column
    if isinstance(column, pa.ChunkedArray):
        column = column.combine_chunks()
    for pattern, plain in _SPELLINGS:
        if pc.any(pc.match_substring_regex(column, pattern)).as_py():
            column = pc.replace_substring_regex(column, pattern, plain)
    is_uuid = pc.match_substring_regex(column, _UUID_TEXT)
    if pc.any(is_uuid).as_py():
        lower = pc.ascii_lower(column.filter(is_uuid).cast(pa.string()))
        column = pc.replace_with_mask(column, is_uuid, lower.cast(column.type))
    is_instant = pc.match_substring_regex(column, _INSTANT)
    return _in_utc(column, is_instant) if pc.any(is_instant).as_py() else column


def _in_utc(texts: pa.Array, is_instant: pa.BooleanArray) -> pa.Array:
    """Texts, with times that have an offset in UTC; as they are if one is in no calendar."""
    found = texts.filter(is_instant).cast(pa.string())
    try:
        utc = readable_times(found).cast(pa.timestamp("us", "UTC")).cast(pa.string())
    except pa.ArrowInvalid:
        return texts
    return pc.replace_with_mask(texts, is_instant, utc.cast(texts.type))


def canonical_texts(column: pa.Array | pa.ChunkedArray) -> pa.Array:
    """Texts as in `plain_texts`, and whole numbers in digits alone.

    They are without leading zeros, a plus, a zero fraction, or the exponent that R writes.
    """
    return pc.replace_substring_regex(without_exponents(plain_texts(column)), _WHOLE, r"\1\2")
