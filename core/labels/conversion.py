"""Conversion of keys and groups, so that inputs whose formats have different types compare."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa
from pyarrow import types

from smoothl1.errors import DataError, DtypeError
from smoothl1.sources.columns import shown

if TYPE_CHECKING:
    from collections.abc import Callable

    from smoothl1.sources.contract import Source

_OUT_OF_RANGE = "<value out of range"
"""How Arrow begins the text of a time that no calendar has."""

_CAST_ERRORS = (pa.ArrowInvalid, pa.ArrowNotImplementedError)


def common_type(one: pa.Field, other: pa.Field, path: str) -> pa.DataType:
    """The type in which two label columns are compared.

    Integers are compared as int64, unless both are uint64. Text (the columns of a CSV are text) is
    converted to the type of the other side.

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
    texts = [kind for kind in kinds if types.is_string(kind) or types.is_large_string(kind)]
    if len(texts) == 2:
        return pa.string()
    if len(texts) == 1:
        return next(kind for kind in kinds if kind not in texts)
    raise DtypeError(
        f"column {shown(other.name)} is {kinds[1]}, but {kinds[0]} on the other side", path=path
    )


def converted(column: pa.Array, kind: pa.DataType, source: Source, name: str) -> pa.Array:
    """Convert labels to a common type.

    Raises:
        DataError: A value cannot be of this type, so the other side cannot have it.
    """
    if column.type == kind:
        return column
    try:
        return (_digits(column) if types.is_integer(kind) else column).cast(kind)
    except _CAST_ERRORS as error:
        words = " ".join(str(error).split())[:120]
        raise DataError(
            f"column {shown(name)} holds what the other side cannot: {words}", path=source.path
        ) from error


def _digits(column: pa.Array) -> pa.Array:
    """Check and trim text before Arrow, which also takes hexadecimal, reads it as integers.

    A fraction of zeros is removed: pandas writes whole numbers as floats if one is missing.

    Raises:
        pyarrow.ArrowInvalid: A text is no whole number.
    """
    if not (types.is_string(column.type) or types.is_large_string(column.type)):
        return column
    import pyarrow.compute as pc  # late: it takes as long to import as NumPy

    trimmed = pc.ascii_trim(column, " \t")
    is_number = pc.match_substring_regex(trimmed, r"\A[+-]?[0-9]+(?:\.0*)?\z")
    if not pc.all(is_number).as_py():
        first = trimmed.filter(pc.invert(is_number))[0].as_py()
        raise pa.ArrowInvalid(f"{shown(first)} is not a whole number")
    return pc.replace_substring_regex(trimmed, r"\A\+|\.0*\z", "")


def unequal(one: pa.Array, other: pa.Array) -> int | None:
    """Position of the first value that differs; None if the arrays are equal."""
    if one.equals(other):
        return None
    import pyarrow.compute as pc

    same = pc.equal(one, other).to_numpy(zero_copy_only=False)
    return None if same.all() else int(same.argmin())


def with_nulls(column: pa.Array, to_texts: Callable[[pa.Array], pa.Array]) -> pa.Array:
    """Values as text, missing ones as null.

    Args:
        column: The values.
        to_texts: Gives the texts of values of which none is missing.
    """
    there = column.drop_null()
    texts = to_texts(there)
    if len(there) == len(column):
        return texts
    is_there = column.is_valid().to_numpy(zero_copy_only=False)
    return texts.take(pa.array(is_there.cumsum() - 1, pa.int64(), mask=~is_there))


def as_texts(column: pa.Array) -> pa.Array:
    """Labels as an Arrow array of text; see `texts_of`."""
    if types.is_temporal(column.type):
        return pa.array(texts_of(column), pa.string())
    return column.cast(pa.string())


def texts_of(column: pa.Array) -> list[str]:
    """Labels as text, different for different values of a column.

    Zoned timestamps are shown in UTC: local times come twice where clocks are set back, once even
    by seconds within the same offset, and what is known of zones differs between machines.
    Fractions of a second end in no zero, so that an instant has the same text in any unit.
    Durations, and times that no calendar has, are shown as a number and its unit, so that 5 s is
    not 5 ms of another file.
    """
    kind = column.type
    if types.is_duration(kind):
        return _with_unit(column)
    is_zoned = types.is_timestamp(kind) and kind.tz is not None
    plain = column.view(pa.timestamp(kind.unit)) if is_zoned else column
    texts: list[str] = plain.cast(pa.string()).to_pylist()
    if types.is_timestamp(kind) or types.is_time(kind):
        texts = [_without_zeros(text) for text in texts]
    if is_zoned:
        texts = [f"{text}Z" for text in texts]
    if types.is_temporal(kind) and any(text.startswith(_OUT_OF_RANGE) for text in texts):
        numbers = _with_unit(column)
        texts = [
            number if text.startswith(_OUT_OF_RANGE) else text
            for text, number in zip(texts, numbers, strict=True)
        ]
    return texts


def _without_zeros(text: str) -> str:
    return text.rstrip("0").rstrip(".") if "." in text else text


def _with_unit(column: pa.Array) -> list[str]:
    """The stored integers of times, with their unit."""
    kind = column.type
    width = pa.int32() if kind.bit_width == 32 else pa.int64()
    unit = "days" if types.is_date32(kind) else "ms" if types.is_date64(kind) else kind.unit
    return [f"{number} {unit}" for number in column.view(width).to_pylist()]
