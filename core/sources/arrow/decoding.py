"""Columns of Arrow as the values that they stand for: of dictionaries, runs, records and bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa
from pyarrow import types

from smoothl1.sources.arrow.repeated_values import is_view, once, repeats_values
from smoothl1.sources.arrow.schema import label_type, plain
from smoothl1.sources.arrow.text_lengths import text_lengths
from smoothl1.sources.text_batches import MOST_TEXT_BYTES, rows_that_fit

if TYPE_CHECKING:
    from numpy.typing import NDArray


def is_encoded(column: pa.Array) -> bool:
    """Whether a column is a dictionary in which no value is null, of a type that stays."""
    if not types.is_dictionary(column.type) or column.dictionary.null_count:
        return False
    return bool(label_type(column.type.value_type) == column.type.value_type)


def decoded(column: pa.Array, *, shorten: bool = False) -> pa.Array:
    """The values of a column, each as often as rows have it: a dictionary may hold nulls.

    Args:
        column: The column; of rows whose texts are more than an array holds, see `rows_that_fit`.
        shorten: Whether long texts are replaced that are stored once, as they are only compared.
    """
    if types.is_primitive(column.type):
        return column
    if isinstance(column.type, pa.BaseExtensionType):
        column = column.storage
    if types.is_struct(column.type) and plain(column.type) != column.type:
        return decoded(column.flatten()[0], shorten=shorten)  # null where the record is null
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
