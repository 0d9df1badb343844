"""The values of a column of two inputs in types in which they compare, if there are any such."""

from __future__ import annotations

from contextlib import suppress

import pyarrow as pa
from pyarrow import types

from smoothl1.witnesses.column_texts import without_marks
from smoothl1.witnesses.values import alike
from smoothl1.witnesses.whole_floats import as_whole


def alike_if_comparable(
    one: pa.Array, other: pa.Array, *, as_numbers: bool
) -> tuple[pa.Array, pa.Array] | None:
    """Both sides as `alike` returns them; None if their values cannot be compared."""
    cannot = (pa.ArrowInvalid, pa.ArrowNotImplementedError, pa.ArrowTypeError)
    with suppress(*cannot):
        return alike(one, other, as_numbers=as_numbers)
    with suppress(*cannot):
        return alike(without_marks(one), without_marks(other), as_numbers=as_numbers)
    with suppress(*cannot):  # numbers in another notation compare as texts
        return alike(one, other)
    with suppress(*cannot):
        return alike(*map(_as_integers, (one, other)))
    return None


def _as_integers(column: pa.Array) -> pa.Array:
    """Fractions that are whole, such as ids of which one is missing, as integers."""
    if not (types.is_floating(column.type) or types.is_decimal(column.type)):
        return column
    whole = as_whole(column)
    return column if whole is None else whole
