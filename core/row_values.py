"""The values of a column in a type in which those of two inputs compare."""

from __future__ import annotations

import pyarrow as pa
from pyarrow import types

_UNITS = ("day", "s", "ms", "us", "ns")
"""From coarse to fine; a date has none."""


def alike(one: pa.Array, other: pa.Array) -> tuple[pa.Array, pa.Array]:
    """Both sides in types whose values compare: text as bytes, times in the same unit.

    Raises:
        pyarrow.ArrowInvalid: A value of one side cannot be one of the other.
    """
    kinds = (one.type, other.type)
    if any(map(types.is_temporal, kinds)):
        return _times_alike(one, other)
    if any(types.is_floating(kind) or types.is_decimal(kind) for kind in kinds):
        return _as_bytes(_whole(one)), _as_bytes(_whole(other))
    return _as_bytes(one), _as_bytes(other)


def _times_alike(one: pa.Array, other: pa.Array) -> tuple[pa.Array, pa.Array]:
    """Both as times of one type: text as those of the other side, else in the finer unit."""
    kinds = (one.type, other.type)
    if kinds[0] == kinds[1]:
        return one, other
    if not types.is_temporal(kinds[1]):
        return one, _as_text(other).cast(kinds[0])
    if not types.is_temporal(kinds[0]):
        return _as_text(one).cast(kinds[1]), other
    finest = max(kinds, key=lambda kind: _UNITS.index(getattr(kind, "unit", "day")))
    return one.cast(finest), other.cast(finest)


def _as_bytes(column: pa.Array) -> pa.Array:
    """Text of any type as bytes; integers as they are, whose hashes do not depend on the type."""
    if types.is_integer(column.type) or types.is_binary(column.type):
        return column
    if not (types.is_large_binary(column.type) or types.is_fixed_size_binary(column.type)):
        column = column.cast(pa.string())
    return column.cast(pa.binary())


def _whole(column: pa.Array) -> pa.Array:
    """Fractions as whole numbers, which they must be: other columns as they are."""
    if types.is_floating(column.type):
        return column.cast(pa.float64()).cast(pa.int64())
    return column.cast(pa.int64()) if types.is_decimal(column.type) else column


def _as_text(column: pa.Array) -> pa.Array:
    return column.cast(pa.string()) if types.is_binary(column.type) else column
