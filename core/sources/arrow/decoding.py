"""Columns of Arrow as the values that they stand for: of dictionaries, runs, records and bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from pyarrow import types

from smoothl1.sources.arrow.repeated_values import is_view, once, repeats_values
from smoothl1.sources.arrow.schema import label_type, plain
from smoothl1.sources.arrow.text_lengths import text_lengths
from smoothl1.sources.text_batches import MOST_TEXT_BYTES, rows_that_fit
from smoothl1.sources.text_types import is_text_type

if TYPE_CHECKING:
    from numpy.typing import NDArray

_MOST_BYTES_APART = 4 * MOST_TEXT_BYTES
"""Bytes of the different values of a column that are held apart from its rows."""


def is_encoded(column: pa.Array) -> bool:
    """Whether a column is a dictionary in which no value is null, of a type that stays."""
    if not types.is_dictionary(column.type) or column.dictionary.null_count:
        return False
    return bool(label_type(column.type.value_type) == column.type.value_type)


def values_apart(column: pa.Array) -> pa.DictionaryArray | None:
    """A column of text that stores a value once for many rows, as a dictionary.

    Args:
        column: A column as it is stored: a dictionary, runs or views, perhaps of records of one
            value; of any text or bytes.

    Returns:
        A dictionary in which no value is null, of the type in which labels are delivered. None if
        each row stores a value of its own, or if the different values are too long together.
    """
    column = _without_wrapping(column)
    if is_encoded(column):
        places, values = None, column.dictionary
    elif repeats_values(column.type) or is_view(column.type):
        places, values = once(column)
    else:
        return None
    if int(text_lengths(values).sum()) > _MOST_BYTES_APART:
        return None
    if places is None:
        return column
    values = decoded(values)
    kind = label_type(values.type)
    values = values if values.type == kind else values.view(kind)  # bytes are text
    is_there = values.is_valid().take(places).fill_null(pa.scalar(value=False))
    mask = ~is_there.to_numpy(zero_copy_only=False)
    numbers = places.fill_null(0).to_numpy(zero_copy_only=False)
    return pa.DictionaryArray.from_arrays(pa.array(numbers, mask=mask), values.fill_null(""))


def in_all_rows(value: pa.Scalar, n_rows: int) -> pa.Array:
    """One value in a number of rows, at least one, stored once if it is a text."""
    if not is_text_type(value.type) or not value.is_valid:
        return pa.repeat(value, n_rows)
    places = np.zeros(n_rows, np.int32)
    return pa.DictionaryArray.from_arrays(pa.array(places), pa.array([value]))


def decoded(column: pa.Array, *, shorten: bool = False) -> pa.Array:
    """The values of a column, each as often as rows have it: a dictionary may hold nulls.

    Args:
        column: The column; of rows whose texts are more than an array holds, see `rows_that_fit`.
        shorten: Whether long texts are replaced that are stored once, as they are only compared.
    """
    if types.is_primitive(column.type):
        return column
    column = _without_wrapping(column)
    if repeats_values(column.type):
        places, values = once(column)
        values = decoded(values, shorten=shorten)
        return _taken(_shortened(values) if shorten else values, places)
    kind = plain(column.type)
    if column.type == kind:
        return column
    if shorten and is_view(column.type):
        parts = rows_that_fit(text_lengths(column))
        return pa.concat_arrays([_shortened(column[part].cast(kind)) for part in parts])
    return column.cast(kind)


def _without_wrapping(column: pa.Array) -> pa.Array:
    """The values within an extension type, and within records of one value."""
    if isinstance(column.type, pa.BaseExtensionType):
        column = column.storage
    if types.is_struct(column.type) and plain(column.type) != column.type:
        return _without_wrapping(column.flatten()[0])  # null where the record is null
    return column


def _taken(values: pa.Array, places: pa.Array) -> pa.Array:
    """The values at some places. For each, Arrow reserves the mean bytes of all values."""
    n_rows = max(1, MOST_TEXT_BYTES * len(values) // max(1, values.nbytes))
    if len(places) <= n_rows:
        return values.take(places)
    starts = range(0, len(places), n_rows)
    return pa.concat_arrays([values.take(places[i : i + n_rows]) for i in starts])


def _shortened(column: pa.Array) -> pa.Array:
    from smoothl1.sources.arrow.long_texts import shortened  # late: pyarrow.compute

    return shortened(column)


def values_of(column: pa.Array) -> NDArray[Any]:
    """The numbers of a column; for a missing value, any number of its dtype."""
    if types.is_null(column.type):
        column = pa.repeat(pa.scalar(value=False), len(column))
    if types.is_decimal(column.type):
        # Arrow's own cast from decimal to float rounds twice; its parser of text rounds once.
        column = column.cast(pa.string()).cast(pa.float64())
    if column.null_count and not types.is_floating(column.type):  # else NumPy's would be a float
        import pyarrow.compute as pc  # late: it takes as long to import as NumPy

        column = pc.fill_null(column, pa.scalar(0).cast(column.type))
    numbers: NDArray[Any] = column.to_numpy(zero_copy_only=False)
    return numbers
