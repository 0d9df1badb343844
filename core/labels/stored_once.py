"""Labels that store a value once for many rows: dictionaries, in which no value is null."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
from pyarrow import types

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray


def with_values(column: pa.Array, changed: Callable[[pa.Array], pa.Array]) -> pa.Array:
    """A column with other values; those of a dictionary are changed once each.

    Args:
        column: A value for each row, perhaps as a dictionary.
        changed: Gives for some values as many others.
    """
    if not types.is_dictionary(column.type):
        return changed(column)
    return pa.DictionaryArray.from_arrays(column.indices, changed(column.dictionary))


def with_used_values(column: pa.DictionaryArray) -> pa.DictionaryArray:
    """A dictionary without the values that no row has."""
    places = column.indices.fill_null(0).to_numpy(zero_copy_only=False)
    used, places = np.unique(places, return_inverse=True)
    mask = column.indices.is_null().to_numpy(zero_copy_only=False)
    values = column.dictionary.take(pa.array(used))
    return pa.DictionaryArray.from_arrays(pa.array(places.reshape(-1), mask=mask), values)


def in_each_row(column: pa.Array) -> pa.Array:
    """A column with a value in each row: those of a dictionary are written out."""
    return column.dictionary_decode() if types.is_dictionary(column.type) else column


def codes_of(columns: Sequence[pa.Array]) -> list[NDArray[np.int64]]:
    """For each row of several columns of one type a number: the same for the same value.

    Args:
        columns: Values of which none is missing, perhaps as dictionaries.

    Returns:
        For each column its numbers, shape (n,).
    """
    return [column.indices.to_numpy().astype(np.int64) for column in _alike(columns)]


def joined(columns: Sequence[pa.Array]) -> pa.Array:
    """The rows of several columns of one type, one after another.

    Args:
        columns: At least one, perhaps as dictionaries; then the result is one, too.
    """
    if not any(types.is_dictionary(column.type) for column in columns):
        return pa.concat_arrays(columns)
    return pa.concat_arrays(_alike(columns))


def _alike(columns: Sequence[pa.Array]) -> list[pa.DictionaryArray]:
    """Columns as dictionaries with the same values, each of which is there once."""
    found: list[pa.Array] = []
    starts, n_values = [], 0
    for column in columns:
        values = column.dictionary if types.is_dictionary(column.type) else column
        if not (found and found[-1].equals(values)):
            found.append(values)
            n_values += len(values)
        starts.append(n_values - len(values))
    distinct = pa.concat_arrays(found).dictionary_encode()
    return [
        pa.DictionaryArray.from_arrays(
            _numbers(column, distinct.indices[start:]), distinct.dictionary
        )
        for column, start in zip(columns, starts, strict=True)
    ]


def _numbers(column: pa.Array, numbers: pa.Array) -> pa.Array:
    """The number of the value of each row, given those of its values."""
    if types.is_dictionary(column.type):
        return numbers.take(column.indices)
    return numbers[: len(column)]
