"""Columns of Arrow as the values that they stand for: of dictionaries, runs, records and bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa
from pyarrow import types

from smoothl1.sources.arrow.schema import label_type, plain

if TYPE_CHECKING:
    from numpy.typing import NDArray


def is_encoded(column: pa.Array) -> bool:
    """Whether a column is a dictionary in which no value is null, of a type that stays."""
    if not types.is_dictionary(column.type) or column.dictionary.null_count:
        return False
    return bool(label_type(column.type.value_type) == column.type.value_type)


def _repeats_texts(kind: pa.DataType) -> bool:
    """Whether a text may be stored once for many rows."""
    return bool(
        types.is_dictionary(kind)
        or types.is_run_end_encoded(kind)
        or types.is_string_view(kind)
        or types.is_binary_view(kind)
    )


def decoded(column: pa.Array, *, shorten: bool = False) -> pa.Array:
    """The values of a column, with dictionaries decoded: a dictionary may hold nulls.

    Args:
        column: The column.
        shorten: Whether long texts of a dictionary are replaced, as they are only compared.

    Raises:
        DataError: Texts that are stored once are more bytes than an array holds.
    """
    if types.is_primitive(column.type):
        return column
    if isinstance(column.type, pa.BaseExtensionType):
        column = column.storage
    if _repeats_texts(column.type) and not (shorten and types.is_dictionary(column.type)):
        from smoothl1.sources.arrow.repeated_texts import refuse_long_repeats  # late: few do

        refuse_long_repeats(column)
    if types.is_run_end_encoded(column.type):
        import pyarrow.compute as pc  # late: it takes as long to import as NumPy

        return decoded(pc.run_end_decode(column), shorten=shorten)
    if types.is_struct(column.type) and plain(column.type) != column.type:
        return decoded(column.flatten()[0], shorten=shorten)  # null where the record is null
    if types.is_dictionary(column.type):
        values = decoded(column.dictionary)
        column = pa.DictionaryArray.from_arrays(column.indices, values)
        if shorten:
            from smoothl1.sources.arrow.long_texts import decoded_shortened  # late: pyarrow.compute

            column = decoded_shortened(column)
        else:
            column = column.dictionary_decode()
    kind = plain(column.type)
    return column if column.type == kind else column.cast(kind)


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
