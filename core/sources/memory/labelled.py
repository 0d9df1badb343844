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
from smoothl1.sources.memory.label_order import labels_of_rows
from smoothl1.sources.memory.labelled_array import LabelledArray
from smoothl1.sources.memory.named_axes import named_axes
from smoothl1.sources.memory.table_source import MOST_CHARACTERS, MemoryTable
from smoothl1.sources.npy.dates import column_of_dates
from smoothl1.sources.npy.labels import fault_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from smoothl1.sources.containers.missing_values import MissingValues
    from smoothl1.sources.memory.array_source import ArrayTable, NamedAxis
    from smoothl1.sources.memory.label_order import RowLabels


def labelled_column(
    column: pa.Array | pa.ChunkedArray,
    name: str,
    labels: RowLabels,
    path: str,
    *,
    axes: tuple[NamedAxis, ...] = (),
    unit: str = "",
    allow_missing: bool,
) -> MemoryTable:
    """A table of one column and the labels of its rows.

    Without names of axes these are marked as pandas marks an index in a file.

    Args:
        column: The values, shape (N,).
        name: The name of the column.
        labels: The labels of its rows, as `labels_of_rows` has them. What Arrow cannot hold, such
            as text beside numbers, is left out.
        path: The name of the argument, in angle brackets.
        axes: The axis of its rows, if it has a name.
        unit: The unit of the values; "" if none is known.
        allow_missing: Whether values may be missing.
    """
    levels = dict(_levels(labels, len(column)))
    if name in levels:
        levels = {}  # two columns of one name
    data = pa.table([column, *levels.values()], names=[name, *levels])
    if unit:
        noted = data.schema.field(0).with_metadata({b"units": unit.encode()})
        data = data.cast(data.schema.set(0, noted))
    note = json.dumps({"index_columns": [*levels]}).encode()
    data = data.replace_schema_metadata({b"pandas": note} if levels and not axes else None)
    return MemoryTable(path, data, data.schema, allow_missing, axes)


def labelled_array(array: ArrayTable, name: str, labels: RowLabels) -> LabelledArray | ArrayTable:
    """An array of several axes with the labels of its rows; the array alone without any.

    Args:
        array: The array, shape (N, *).
        name: Its name.
        labels: The labels of its rows, as `labels_of_rows` has them.
    """
    levels = dict(_levels(labels, array.source.n_rows or 0))
    if not levels or name in levels:
        return array
    data = pa.table(levels)
    return LabelledArray(array, name, MemoryTable(array.path, data, data.schema, True))  # noqa: FBT003


def labels_of(values: Any, path: str) -> MemoryTable:
    """A table of labels of groups or clusters, and their index if they have one.

    Args:
        values: The labels, shape (N,): an array, a list or a column.
        path: The name of the argument, in angle brackets.

    Raises:
        DtypeError: They cannot be had as a column of Arrow.
        DataError: A date is out of range.
    """
    along, axes = labels_of_rows(values), named_axes(values)
    if isinstance(getattr(values, "dims", None), tuple):  # xarray is a table to Arrow
        values = np.asarray(values)
    if isinstance(values, np.ndarray):
        if values.dtype.kind == "M" and values.ndim == 1:
            dates = _dates(values, path)
            return labelled_column(dates, "labels", along, path, axes=axes, allow_missing=False)
        values = values.astype(object) if values.dtype.kind == "T" else values
    try:
        labels = pa.chunked_array(values) if _is_stream(values) else pa.array(values)
    except MemoryError:
        raise
    except (pa.ArrowException, TypeError, ValueError) as error:
        said = " ".join(str(error).split())[:MOST_CHARACTERS]
        raise DtypeError(f"cannot be had as a column of Arrow: {said}", path=path) from error
    return labelled_column(labels, "labels", along, path, axes=axes, allow_missing=False)


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


def _levels(labels: RowLabels, n_rows: int) -> Iterator[tuple[str, pa.Array]]:
    """The names and values of labels of rows, of which one without a name is called by its place.

    Args:
        labels: The labels.
        n_rows: How many rows there are.
    """
    n_found = 0
    for name, index in labels:
        try:
            values = pa.array(index)
        except (pa.ArrowException, TypeError, ValueError):
            continue
        if len(values) == n_rows:
            yield name or f"__index_level_{n_found}__", values
            n_found += 1


def _is_stream(values: Any) -> bool:
    return hasattr(values, "__arrow_c_stream__") and not hasattr(values, "__arrow_array__")
