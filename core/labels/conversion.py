"""Conversion of keys and groups, so that inputs whose formats have different types compare."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
from pyarrow import types

from smoothl1.errors import DataError, DtypeError
from smoothl1.labels.exponents import in_digits, without_exponents
from smoothl1.labels.stored_once import codes_of, in_each_row, with_used_values, with_values
from smoothl1.labels.texts import texts_of
from smoothl1.lazy_patterns import lazy_pattern
from smoothl1.sources.columns import shown
from smoothl1.sources.text_types import is_text_type
from smoothl1.sources.time_types import time_in_common

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from smoothl1.sources.contract import Source

_CAST_ERRORS = (pa.ArrowInvalid, pa.ArrowNotImplementedError)

_TIME_SPELLINGS = (
    (
        r"\A([0-9]{4})([0-9]{2})([0-9]{2})T([0-9]{2})([0-9]{2})([0-9]{2}(?:\.[0-9]+)?)",
        r"\1-\2-\3T\4:\5:\6",
    ),
    (r"(:[0-9]{2}(?:\.[0-9]+)?) (?:UTC|GMT)\z", r"\1Z"),
    (r"(:[0-9]{2}(?:\.[0-9]+)?) ([+-][0-9]{2}:?(?:[0-9]{2})?)\z", r"\1\2"),
    (r"(:[0-9]{2})\.0*(Z|[+-]|\z)", r"\1\2"),
    (r"(:[0-9]{2}\.[0-9]*[1-9])0+(Z|[+-]|\z)", r"\1\2"),
)
"""Forms of times that Arrow does not read, and the same in a form that it reads.

These are the basic form of ISO 8601, a blank before the offset, and zeros at the end of fractions
of a second: Arrow reads no more digits than its type has.
"""

_MAY_BE_SPELLED_DIFFERENTLY = r"\A[0-9]{8}T|:[0-9.]+ |\."

_OFFSET = lazy_pattern(r"[:T][0-9.]+ ?(?:Z|UTC|GMT|[+-][0-9]{2}:?(?:[0-9]{2})?)\Z")
"""The end of a time that says its offset from UTC."""

_WHOLE = lazy_pattern(r"[+-]?[0-9]+(?:\.0*)?")

_NUMBER = lazy_pattern(r"[ \t]*[+-]?[0-9]+(?:\.[0-9]*)?[ \t]*")
_TIME = lazy_pattern(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[T ]|\Z)")

_BEYOND = "is out of range for the other side"

ZONE_HINT = "write the times of both with an offset from UTC, or of neither"

TIMES_ALIKE = "a number is no time: write times of both alike (pandas: date_format='iso')"


def type_in_common(found: Sequence[tuple[pa.Field, str]]) -> pa.DataType:
    """The type in which label columns of several inputs are compared; see `common_type`.

    Args:
        found: Each column, and the path of its input.

    Raises:
        DtypeError: Two of the columns cannot be compared.
    """
    (joint, _), *others = found
    kind = common_type(joint, joint, "")
    for label, path in others:
        kind = common_type(pa.field(joint.name, kind), label, path)
    return kind


def common_type(one: pa.Field, other: pa.Field, path: str) -> pa.DataType:
    """The type in which two label columns are compared.

    Integers are compared as int64, unless both are uint64, or one is beside text. Times are
    compared in the finer unit, those with a zone in UTC, and a date as its midnight. Text (the
    columns of a CSV are text) is converted to the type of the other side, of integers to int64.

    Args:
        one: A label column.
        other: The label column of another input.
        path: The path of the other input, for the error.

    Raises:
        DtypeError: The columns cannot be compared.
    """
    kinds = (one.type, other.type)
    if kinds[0] == kinds[1]:
        return pa.string() if types.is_large_string(kinds[0]) else kinds[0]
    if all(types.is_integer(kind) for kind in kinds):
        return pa.int64()
    if (found := time_in_common(*kinds)) is not None:
        return found
    texts = [kind for kind in kinds if is_text_type(kind)]
    if len(texts) == 2:
        return pa.string()
    if len(texts) == 1:
        return _beside_text(next(kind for kind in kinds if kind not in texts))
    zoned = {kind.tz is not None for kind in kinds if types.is_timestamp(kind)}
    raise DtypeError(
        f"column {shown(other.name)} is {kinds[1]}, but {shown(one.name)} is {kinds[0]} on the "
        "other side",
        path=path,
        hint=ZONE_HINT if True in zoned else "convert one of them to the type of the other",
    )


def _beside_text(kind: pa.DataType) -> pa.DataType:
    """The type in which text is compared with a type: a narrow integer is no bound for it."""
    return pa.int64() if types.is_integer(kind) and kind != pa.uint64() else kind


def converted(
    column: pa.Array, kind: pa.DataType, source: Source, name: str, first_row: int
) -> pa.Array:
    """Convert labels to a common type.

    Args:
        column: The labels of some rows.
        kind: The type.
        source: The source that they come from, for the error.
        name: The name of the column, for the error.
        first_row: Rows of the source before these.

    Returns:
        The values; a dictionary stays one.

    Raises:
        DataError: A value cannot be of this type, so the other side cannot have it; the error names
            the first.
    """
    if column.type == kind:
        return column
    try:
        return _cast(column, kind)
    except _CAST_ERRORS:
        row = first_unconvertible(column, kind)
    (value,) = texts_of(in_each_row(column.slice(row, 1)))
    is_text = types.is_dictionary(column.type) or is_text_type(column.type)
    why, hint = _why_not(value if is_text else None, kind)
    where = f"row {first_row + row + 1}, column {shown(name)}"
    what = f"{where}: {shown(value)} {why}"
    raise DataError(what, path=source.path, hint=hint)


def _why_not(text: str | None, kind: pa.DataType) -> tuple[str, str | None]:
    """Why a value cannot be of a type, and what to do.

    Args:
        text: The value, if it is text.
        kind: The type.
    """
    if text is None:
        return _BEYOND, None
    if types.is_integer(kind):
        digits = in_digits(text.strip(" \t"))
        if digits != text.strip(" \t"):
            return f"is in scientific notation, but compared with {kind}", f"write it as {digits}"
        is_whole = _WHOLE.fullmatch(text.strip(" \t"))
        hint = TIMES_ALIKE if _TIME.match(text) else None
        return _BEYOND if is_whole else f"is not a whole number, but compared with {kind}", hint
    if types.is_timestamp(kind) and _NUMBER.fullmatch(text):
        return f"is a number, but is compared with {kind}", TIMES_ALIKE
    has_offset = has_offset_from_utc(text)
    if types.is_timestamp(kind) and has_offset != (kind.tz is not None):
        what = f"has {'an' if has_offset else 'no'} offset from UTC"
        return f"{what}, but is compared with {kind}", ZONE_HINT
    return f"is compared with {kind}, and is none", None


def has_offset_from_utc(time: str) -> bool:
    """Whether a time in text says its offset from UTC."""
    return _OFFSET.search(time) is not None


def first_unconvertible(column: pa.Array, kind: pa.DataType) -> int:
    """The first row whose value cannot be of a type, given that there is one."""

    def fails(n: int) -> bool:
        try:
            _cast(column.slice(0, n), kind)
        except _CAST_ERRORS:
            return True
        return False

    return bisect_left(range(1, len(column)), x=True, key=fails)


def _cast(column: pa.Array, kind: pa.DataType) -> pa.Array:
    if types.is_dictionary(column.type):
        if column.type.value_type == kind:
            return column
        return with_values(with_used_values(column), lambda values: _cast(values, kind))
    if is_text_type(column.type):
        if types.is_integer(kind):
            column = _digits(column)
        elif types.is_timestamp(kind):
            column = readable_times(column)
        elif types.is_date(kind):
            return _dates(column, kind)
        elif types.is_time(kind):
            column = times_of_day(column)
    return column.cast(kind)


def _dates(texts: pa.Array, kind: pa.DataType) -> pa.Array:
    """Texts of dates, or of times at midnight, as dates.

    Raises:
        pyarrow.ArrowInvalid: A text is something else.
    """
    try:
        return texts.cast(kind)
    except _CAST_ERRORS:
        times = readable_times(texts).cast(pa.timestamp("us"))
    dates = times.cast(kind)
    if not dates.cast(times.type).equals(times):
        raise pa.ArrowInvalid("a time is not midnight")
    return dates


def times_of_day(texts: pa.Array) -> pa.Array:
    """Texts such as 10:00 and 10:00:00.5 as times of day, in nanoseconds.

    Raises:
        pyarrow.ArrowInvalid: A text is no time of day.
    """
    import pyarrow.compute as pc  # late: it takes as long to import as NumPy

    times = pc.binary_join_element_wise("1970-01-01", texts.cast(pa.string()), " ")
    return times.cast(pa.timestamp("ns")).cast(pa.time64("ns"))


def readable_times(texts: pa.Array) -> pa.Array:
    """Times as text, in forms that Arrow reads."""
    import pyarrow.compute as pc  # late: it takes as long to import as NumPy

    if not pc.any(pc.match_substring_regex(texts, _MAY_BE_SPELLED_DIFFERENTLY)).as_py():
        return texts
    for pattern, plain in _TIME_SPELLINGS:
        texts = pc.replace_substring_regex(texts, pattern, plain)
    return texts


def _digits(column: pa.Array) -> pa.Array:
    """Check and trim text before Arrow, which also takes hexadecimal, reads it as integers.

    A fraction of zeros is removed: pandas writes whole numbers as floats if one is missing. So are
    the exponents that R writes.

    Raises:
        pyarrow.ArrowInvalid: A text is no whole number.
    """
    if not is_text_type(column.type):
        return column
    import pyarrow.compute as pc  # late: it takes as long to import as NumPy

    trimmed = pc.ascii_trim(column, " \t")
    if not _are_whole(trimmed):
        trimmed = without_exponents(trimmed)
    if not _are_whole(trimmed):
        raise pa.ArrowInvalid("a text is not a whole number")
    return pc.replace_substring_regex(trimmed, r"\A\+|\.0*\z", "")


def _are_whole(texts: pa.Array) -> bool:
    import pyarrow.compute as pc  # late, as above

    is_whole = pc.match_substring_regex(texts, r"\A[+-]?[0-9]+(?:\.0*)?\z")
    return pc.all(is_whole).as_py() is not False


def unequal(one: pa.Array, other: pa.Array) -> int | None:
    """Position of the first value that differs; None if the columns have the same values."""
    if one.equals(other):
        return None
    if any(types.is_dictionary(column.type) for column in (one, other)):
        same: NDArray[np.bool_] = np.equal(*codes_of([one, other]))
        return None if same.all() else int(same.argmin())
    import pyarrow.compute as pc

    same = pc.equal(one, other).to_numpy(zero_copy_only=False)
    return None if same.all() else int(same.argmin())
