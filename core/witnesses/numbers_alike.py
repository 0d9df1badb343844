"""Converts numbers of two inputs to a type in which they compare: both may have been rounded."""

from __future__ import annotations

import pyarrow as pa
from pyarrow import types

from smoothl1.witnesses.column_texts import as_text
from smoothl1.witnesses.rows_of_numbers import as_rows, leaves_of


def fractions_alike(one: pa.Array, other: pa.Array) -> tuple[pa.Array, pa.Array]:
    """Both as float64, rounded to the narrower type: one side may have been rounded to it."""
    floats = [kind for kind in (one.type, other.type) if types.is_floating(kind)]
    narrowest = min(floats, key=lambda kind: kind.bit_width, default=pa.float64())
    return _rounded(one, narrowest), _rounded(other, narrowest)


def rows_alike(one: pa.Array, other: pa.Array) -> tuple[pa.Array, pa.Array]:
    """Both as rows of float64 of one width, rounded as single numbers are.

    Raises:
        pyarrow.ArrowInvalid: The rows are not of one width.
    """
    (mine, widths), (others, other_widths) = leaves_of(one), leaves_of(other)
    mine, others = fractions_alike(of_decimals(mine), of_decimals(others))
    rows = as_rows(mine, widths), as_rows(others, other_widths)
    if rows[0].type != rows[1].type:
        raise pa.ArrowInvalid("rows of two widths")
    return rows


def _rounded(column: pa.Array, kind: pa.DataType) -> pa.Array:
    if not types.is_floating(column.type):
        column = as_text(column)
    column = column.cast(pa.float64(), safe=False)
    if kind != pa.float64():
        column = column.cast(pa.float32(), safe=False).cast(kind, safe=False).cast(pa.float64())
    return column


def of_decimals(column: pa.Array) -> pa.Array:
    """Decimals as integers, or as float64 if they have places; other columns as they are."""
    if not types.is_decimal(column.type):
        return column
    return as_floats(column) if column.type.scale > 0 else column.cast(pa.int64())


def as_floats(column: pa.Array) -> pa.Array:
    """Numbers as float64, of decimals the nearest: Arrow's own cast of these rounds twice."""
    return (column.cast(pa.string()) if types.is_decimal(column.type) else column).cast(
        pa.float64()
    )
