"""Columns that store a value once for many rows: dictionaries, runs and views."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from pyarrow import types

if TYPE_CHECKING:
    from numpy.typing import NDArray

_VIEW_NUMBERS = 4
"""Numbers of 32 bits in a view of a text; the first is its length."""

_VIEW_BYTES = 4 * _VIEW_NUMBERS


def repeats_values(kind: pa.DataType) -> bool:
    """Whether values of a type stand apart from the rows that have them."""
    return bool(types.is_dictionary(kind) or types.is_run_end_encoded(kind))


def is_view(kind: pa.DataType) -> bool:
    """Whether values of a type are views of texts or bytes."""
    return bool(types.is_string_view(kind) or types.is_binary_view(kind))


def places_of(column: pa.Array) -> tuple[NDArray[np.int64], pa.Array]:
    """The place of the value of each row, and the values.

    Args:
        column: A dictionary, runs or views, of n rows.

    Returns:
        The places, shape (n,), where -1 stands for a missing one; and the values.
    """
    if types.is_dictionary(column.type):
        places = column.indices.cast(pa.int64()).fill_null(-1).to_numpy(zero_copy_only=False)
        return places, column.dictionary
    if is_view(column.type):
        return _places_of_views(column)
    ends = column.run_ends.to_numpy(zero_copy_only=False).astype(np.int64) - column.offset
    counts = np.diff(np.clip(ends, 0, len(column)), prepend=0)
    return np.repeat(np.arange(len(counts)), counts), column.values


def _places_of_views(column: pa.Array) -> tuple[NDArray[np.int64], pa.Array]:
    """See `places_of`: views with the same bytes are of the same text."""
    rows = np.flatnonzero(column.is_valid().to_numpy(zero_copy_only=False))
    views = np.ascontiguousarray(views_of(column)[rows]).view(f"V{_VIEW_BYTES}").reshape(-1)
    _, firsts, numbers = np.unique(views, return_index=True, return_inverse=True)
    places = np.full(len(column), -1, np.int64)
    places[rows] = numbers.reshape(-1)
    return places, _taken(column, rows[firsts])


def once(column: pa.Array) -> tuple[pa.Array, pa.Array]:
    """The place of the value of each row, and the values, each of which stands by itself.

    Args:
        column: A dictionary, runs or views, perhaps of records of one value, of n rows.

    Returns:
        The places, null where a value is missing, and the values: of views, and of a dictionary
        with more values than the rows, those that they have.
    """
    places, values = places_of(column)
    while True:
        if isinstance(values.type, pa.BaseExtensionType):
            values = values.storage
        elif types.is_struct(values.type) and values.type.num_fields == 1:
            values = values.flatten()[0]
        elif repeats_values(values.type):
            inner, values = places_of(values)
            places = np.append(inner, -1)[places]
        else:
            break
    if is_view(values.type) or len(values) > len(places):
        is_used = np.bincount(places + 1, minlength=len(values) + 1)[1:] > 0
        values = _taken(values, np.flatnonzero(is_used))
        places = np.append(np.cumsum(is_used) - 1, -1)[places]
    return pa.array(places, mask=places < 0), values


def views_of(column: pa.Array) -> NDArray[np.int32]:
    """The views of texts or bytes, shape (n, 4). The buffer may be longer, by any bytes."""
    if not len(column):
        return np.zeros((0, _VIEW_NUMBERS), np.int32)
    n_numbers = len(column) * _VIEW_NUMBERS
    begin = column.offset * _VIEW_BYTES
    views = np.frombuffer(column.buffers()[1], np.int32, n_numbers, begin)
    return views.reshape(-1, _VIEW_NUMBERS)


def _taken(values: pa.Array, at: NDArray[Any]) -> pa.Array:
    """The values at some places; Arrow takes no views."""
    if not is_view(values.type):
        return values.take(pa.array(at))
    views = pa.py_buffer(np.ascontiguousarray(views_of(values)[at]))
    is_valid = values.is_valid().take(pa.array(at))
    texts = values.buffers()[2:]
    return pa.Array.from_buffers(values.type, len(at), [is_valid.buffers()[1], views, *texts])
