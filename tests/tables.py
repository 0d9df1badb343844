"""Tables and arrays as files, in the format that the suffix says."""

from __future__ import annotations

import csv
import gzip
import io
import math
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

AnyPath = TypeVar("AnyPath", str, Path)


def save_table(
    path: AnyPath, columns: Mapping[str, Any] | pa.Table, group: int | None = None
) -> AnyPath:
    """Write columns as .csv, .csv.gz, .parquet, .arrow or .arrows, and return the path.

    Args:
        path: A file that may be there already.
        columns: A null is an empty cell of a CSV.
        group: Rows of a row group or record batch; unset, all.
    """
    kind = Path(path).suffix[1:]
    if kind in ("csv", "gz"):
        text = csv_text(columns).encode()
        Path(path).write_bytes(gzip.compress(text) if kind == "gz" else text)
        return path
    table = columns if isinstance(columns, pa.Table) else pa.table(dict(columns))
    if kind == "parquet":
        pq.write_table(table, path, row_group_size=group)
        return path
    new = {"arrow": pa.ipc.new_file, "arrows": pa.ipc.new_stream}[kind]
    with new(str(path), table.schema) as writer:
        writer.write_table(table, max_chunksize=group)
    return path


def save(path: AnyPath, group: int | None = None, /, **columns: Any) -> AnyPath:
    """Write a table of these columns."""
    return save_table(path, columns, group)


def save_array(path: AnyPath, values: Any, name: str = "c", group: int | None = None) -> AnyPath:
    """Write an array as .npy, or its elements as columns: see `columns_of`.

    A table has no byte order, and a CSV has 0 and 1 for what is false and true.
    """
    array = np.asarray(values)
    kind = Path(path).suffix
    if kind == ".npy":
        np.save(path, array, allow_pickle=False)
        return path
    is_text = kind == ".csv" and array.dtype == bool
    native = array.astype(np.int8 if is_text else array.dtype.newbyteorder("="))
    rows = native.reshape(len(array), -1) if array.size else native.reshape(len(array), 1)
    names = columns_of(path, array, name)
    return save_table(path, {x: rows[:, i] for i, x in enumerate(names)}, group)


def columns_of(path: Path | str, array: NDArray[Any], name: str = "c") -> tuple[str, ...]:
    """The columns of a written array: `name` of one axis, else c0, c1 and so on."""
    if Path(path).suffix == ".npy":
        return ()
    if array.ndim == 1:
        return (name,)
    return tuple(f"{name}{i}" for i in range(math.prod(array.shape[1:])))


def save_sides(folder: Path, *sides: Any) -> list[Path]:
    """Write arrays as a.npy, b.npy and so on; None is none."""
    given = [side for side in sides if side is not None]
    return [save_array(folder / f"{x}.npy", side) for x, side in zip("abcd", given, strict=False)]


def csv_text(columns: Mapping[str, Any] | pa.Table) -> str:
    """A header row and the rows, of Python's shortest numbers, quoted where they must be."""
    is_table = isinstance(columns, pa.Table)
    each = columns.columns if is_table else columns.values()
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns.column_names if is_table else columns)
    writer.writerows(zip(*(map(cell, _listed(column)) for column in each), strict=True))
    return text.getvalue()


def cell(value: object) -> str:
    """A value as a CSV has it."""
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _listed(column: Any) -> list[Any]:
    if not isinstance(column, pa.Array | pa.ChunkedArray):
        return np.asarray(column).tolist() if isinstance(column, np.ndarray) else list(column)
    if not pa.types.is_float32(column.type):
        return column.to_pylist()  # type: ignore[no-any-return]
    return [value if value is None else np.float32(value) for value in column.to_pylist()]
