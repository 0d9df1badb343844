"""Values of Arrow columns that cannot be read as they are wanted: the first of some rows."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
from pyarrow import types

from smoothl1.sources.arrow.decoding import values_of
from smoothl1.sources.arrow.lists import first_unequal, numbers_of
from smoothl1.sources.columns import is_utf8
from smoothl1.sources.contract import Numbers
from smoothl1.sources.exact_integers import first_inexact

MISSING = "the value is missing (null)"


class Fault(NamedTuple):
    """A fault in some rows: the row, counted from 0, the column, what is wrong, and a way out."""

    row: int
    column: int
    what: str
    hint: str | None = None


def first_null(column: pa.Array, position: int) -> Fault | None:
    """The first row without a value."""
    if not column.null_count:
        return None
    row = int(column.is_null().to_numpy(zero_copy_only=False).argmax())
    return Fault(row, position, MISSING)


def first_no_text(column: pa.Array, position: int) -> Fault | None:
    """The first value that should be UTF-8, but is not."""
    if types.is_primitive(column.type):
        return None
    try:
        column.validate(full=True)
    except pa.ArrowInvalid:
        row = _first_no_utf8(column)  # none: a dictionary may hold what no row has
        return None if row is None else Fault(row, position, "the value is not UTF-8 text")
    return None


def _first_no_utf8(column: pa.Array) -> int | None:
    """The first row whose text is not UTF-8; texts of a dictionary are looked at once."""
    if types.is_dictionary(column.type):
        is_wrong, places = _are_no_utf8(column.dictionary), column.indices
        rows = np.flatnonzero(pa.array(is_wrong).take(places).fill_null(pa.scalar(value=False)))
    else:
        rows = np.flatnonzero(_are_no_utf8(column))
    return int(rows[0]) if rows.size else None


def _are_no_utf8(texts: pa.Array) -> list[bool]:
    """Whether each text is not UTF-8; False for a missing one."""
    stored = texts.cast(pa.large_binary())
    return [text.is_valid and not is_utf8(text.as_py()) for text in stored]


def first_no_float(column: pa.Array, position: int, dtype: np.dtype[Any]) -> Fault | None:
    """The first integer of 64 bits that the dtype does not have, if that is one of floats.

    Args:
        column: The column.
        position: Its position, for the fault.
        dtype: The dtype that it is read as, together with other columns.
    """
    if dtype.kind != "f" or not types.is_integer(column.type) or column.type.bit_width < 64:
        return None
    values = values_of(column)
    row = first_inexact(Numbers(values), dtype)
    if row is None:
        return None
    what = f"the integer {values[row]} is not exact in float64, as which columns beside it are read"
    return Fault(
        row, position, what, "evaluate columns one by one: --pred and --target choose them"
    )


def first_fault_of_lists(
    column: pa.Array, position: int, row_shape: tuple[int, ...], *, is_complete: bool
) -> Fault | None:
    """The first row whose lists have another length, or a missing number that must not be."""
    unequal = first_unequal(column, row_shape)
    rows = column if unequal is None else column[: unequal.row]
    missing = numbers_of(rows, row_shape).missing if is_complete else None
    if missing is not None and missing.any():
        row = int(missing.argmax()) // math.prod(row_shape)
        return Fault(row, position, MISSING)
    if unequal is None:
        return None
    what = f"a list of length {unequal.found} among lists of length {unequal.expected}"
    return Fault(unequal.row, position, what)
