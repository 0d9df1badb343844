"""Columns in memory whose rows have labels: an index of pandas, or the coordinate of xarray.

An index is known by what it can do, so that pandas does not have to be installed.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from smoothl1.errors import DataError, DtypeError
from smoothl1.sources.containers.missing_values import any_of
from smoothl1.sources.memory.label_order import telling_index
from smoothl1.sources.memory.table_source import MOST_CHARACTERS, MemoryTable
from smoothl1.sources.npy.dates import column_of_dates
from smoothl1.sources.npy.labels import fault_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from smoothl1.sources.containers.missing_values import MissingValues


def labelled_column(
    column: pa.Array | pa.ChunkedArray,
    name: str,
    index: Any,
    path: str,
    *,
    unit: str = "",
    allow_missing: bool,
) -> MemoryTable:
    """A table of one column and its index, which is marked as pandas marks it in a file.

    Args:
        column: The values, shape (N,).
        name: The name of the column.
        index: The labels of its rows, for which `is_index` is true; None for none. What Arrow
            cannot hold, such as text beside numbers, is left out.
        path: The name of the argument, in angle brackets.
        unit: The unit of the values; "" if none is known.
        allow_missing: Whether values may be missing.
    """
    levels = [] if index is None else [*_levels(index, len(column))]
    names = [level or f"__index_level_{i}__" for i, (level, _) in enumerate(levels)]
    if len({name, *names}) <= len(names):
        levels, names = [], []  # two columns of one name
    data = pa.table([column, *(values for _, values in levels)], names=[name, *names])
    if unit:
        noted = data.schema.field(0).with_metadata({b"units": unit.encode()})
        data = data.cast(data.schema.set(0, noted))
    note = json.dumps({"index_columns": names}).encode()
    data = data.replace_schema_metadata({b"pandas": note} if names else None)
    return MemoryTable(path, data, data.schema, allow_missing)


def labels_of(values: Any, path: str) -> MemoryTable:
    """A table of labels of groups or clusters, and their index if they have one.

    Args:
        values: The labels, shape (N,): an array, a list or a column.
        path: The name of the argument, in angle brackets.

    Raises:
        DtypeError: They cannot be had as a column of Arrow.
        DataError: A date is out of range.
    """
    index = telling_index(values)
    if isinstance(getattr(values, "dims", None), tuple):  # xarray is a table to Arrow
        values = np.asarray(values)
    if isinstance(values, np.ndarray):
        if values.dtype.kind == "M" and values.ndim == 1:
            return labelled_column(_dates(values, path), "labels", index, path, allow_missing=False)
        values = values.astype(object) if values.dtype.kind == "T" else values
    try:
        labels = pa.chunked_array(values) if _is_stream(values) else pa.array(values)
    except MemoryError:
        raise
    except (pa.ArrowException, TypeError, ValueError) as error:
        said = " ".join(str(error).split())[:MOST_CHARACTERS]
        raise DtypeError(f"cannot be had as a column of Arrow: {said}", path=path) from error
    return labelled_column(labels, "labels", index, path, allow_missing=False)


def _dates(values: NDArray[Any], path: str) -> pa.Array:
    """Dates in any unit; Arrow takes days that it has no date for as others."""
    column = column_of_dates(values)
    is_lost = column.is_null().to_numpy(zero_copy_only=False) & ~np.isnat(values)
    if is_lost.any():
        row = int(is_lost.argmax())
        raise DataError(f"row {row + 1}: the label is {fault_of(values, row)}", path=path)
    return column


def column_of_numbers(numbers: NDArray[Any], missing: MissingValues | None = None) -> pa.Array:
    """A column of Arrow with the same numbers: shared, but for the bits of bool.

    Args:
        numbers: Bool, integers or floats, shape (N,).
        missing: Which of them are missing, if some may be.
    """
    native = numbers.astype(numbers.dtype.newbyteorder("="), copy=False)
    return pa.array(native, mask=None if missing is None else any_of(native, missing.missing))


def _levels(index: Any, n_rows: int) -> Iterator[tuple[str, pa.Array]]:
    """The names and labels of the levels of an index, each without a name or with one."""
    for level, name in enumerate(index.names):
        try:
            labels = pa.array(index.get_level_values(level))
        except (pa.ArrowException, TypeError, ValueError):
            return
        if len(labels) == n_rows:
            yield (name if isinstance(name, str) else ""), labels


def _is_stream(values: Any) -> bool:
    return hasattr(values, "__arrow_c_stream__") and not hasattr(values, "__arrow_array__")
