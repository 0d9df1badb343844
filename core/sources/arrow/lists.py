"""Columns of lists of numbers: a row is an array, like a row of a `.npy` file with further axes.

A list of a fixed size, and a tensor of a fixed shape, say in their type how long they are. For
others the first list of the column that is not empty does, and all must be as long.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pyarrow as pa
from pyarrow import types

from smoothl1.errors import DataError
from smoothl1.sources.arrow.decoding import decoded, values_of
from smoothl1.sources.arrow.registered import stored_column, stored_type
from smoothl1.sources.arrow.schema import is_list, is_view_of_list
from smoothl1.sources.columns import shown
from smoothl1.sources.contract import Numbers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from numpy.typing import NDArray


class Unequal(NamedTuple):
    """A list of another length than the others: its row, counted from 0, and both lengths."""

    row: int
    found: int
    expected: int


def row_shape_of(
    name: str, lengths: Sequence[int | None], rows: Callable[[], Iterable[pa.Array]]
) -> tuple[int, ...]:
    """The shape of a row of a column of lists.

    Args:
        name: The name of the column.
        lengths: What its type tells.
        rows: Gives the column, in arrays of some rows; called only if the type tells too little.

    Returns:
        The shape; without any rows, 0 for a length that is not known.

    Raises:
        DataError: All lists are missing.
    """
    known, n_rows = list(lengths), 0
    for column in rows() if None in known else ():
        n_rows += len(column)
        _note_lengths(stored_column(column), known, 0)
        if all(known):
            break
    if known[0] is None and n_rows:
        raise DataError(
            f"column {shown(name)}: all lists are missing, so nothing tells how long a row is",
            hint="write it as lists of a fixed size",
        )
    return tuple(length or 0 for length in known)


def _note_lengths(column: pa.Array, known: list[int | None], level: int) -> None:
    """Take the length of the first list of each level that is not empty; 0 if all of them are."""
    if not known[level]:
        lengths = _lengths(column)
        longer = np.flatnonzero(lengths)
        if lengths.size:
            known[level] = int(lengths[longer[0]]) if longer.size else 0
    if level + 1 < len(known):
        _note_lengths(_inner(column), known, level + 1)


def first_unequal(column: pa.Array, row_shape: Sequence[int]) -> Unequal | None:
    """The first row with a list, of any level, that is not as long as the others."""
    length, *inner = _levels(column, row_shape)
    lengths, found = _lengths(column), None
    odd = np.flatnonzero(lengths != length)
    if odd.size:
        found = Unequal(_row(column, int(odd[0])), int(lengths[odd[0]]), length)
    if inner and length:
        rows = column if found is None else column[: found.row]
        within = first_unequal(_inner(rows), inner)
        if within is not None:
            found = within._replace(row=_row(column, within.row // length))
    return found


def numbers_of(column: pa.Array, row_shape: Sequence[int]) -> Numbers:
    """The numbers of lists that are all of one length; a missing list is a row of missing ones."""
    inner, levels = _inner(column), _levels(column, row_shape)
    if len(levels) > 1:
        values, missing = numbers_of(inner, levels[1:])
    else:
        inner = decoded(inner)
        values, missing = values_of(inner), None
        if inner.null_count:
            missing = inner.is_null().to_numpy(zero_copy_only=False)
    if not column.null_count:
        return Numbers(values, missing)
    valid, width = _valid(column), math.prod(row_shape)
    n_valid = np.count_nonzero(valid)
    whole = np.zeros((len(column), width), values.dtype)
    whole[valid] = values.reshape(n_valid, width)
    flags = np.ones((len(column), width), np.bool_)
    flags[valid] = False if missing is None else missing.reshape(n_valid, width)
    return Numbers(whole.reshape(-1), flags.reshape(-1))


def _inner(column: pa.Array) -> pa.Array:
    """What the lists hold that are not missing."""
    return stored_column(column.flatten())


def _levels(column: pa.Array, row_shape: Sequence[int]) -> Sequence[int]:
    """The length of the lists of each level; a tensor is stored as one list."""
    return row_shape if is_list(stored_type(column.type.value_type)) else (math.prod(row_shape),)


def _lengths(column: pa.Array) -> NDArray[Any]:
    """The lengths of the lists that are not missing."""
    found: NDArray[Any]
    if types.is_fixed_size_list(column.type):
        return np.full(len(column) - column.null_count, column.type.list_size)
    if is_view_of_list(column.type):
        found = column.sizes.to_numpy(zero_copy_only=False)
    else:
        found = np.diff(column.offsets.to_numpy(zero_copy_only=False))
    return found[_valid(column)] if column.null_count else found


def _row(column: pa.Array, i: int) -> int:
    """The row of a list that is not missing, counted among those."""
    return int(np.flatnonzero(_valid(column))[i]) if column.null_count else i


def _valid(column: pa.Array) -> NDArray[np.bool_]:
    found: NDArray[np.bool_] = column.is_valid().to_numpy(zero_copy_only=False)
    return found
