"""A table in memory as a source: the columns of Arrow, pandas or Polars, read as those of a file.

pandas and Polars are known by what their tables can do, so that neither has to be installed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pyarrow as pa

from smoothl1.errors import DtypeError, naming
from smoothl1.sources.arrow.columns import choose_columns
from smoothl1.sources.arrow.noted_index import is_noted, with_noted_index
from smoothl1.sources.arrow.registered import stored_schema
from smoothl1.sources.arrow.schema import described, numeric_columns
from smoothl1.sources.contract import SourceDetails
from smoothl1.sources.table import Storage

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator

    from smoothl1.decisions import Decision
    from smoothl1.sources.arrow.columns import ChosenColumns
    from smoothl1.sources.contract import Block, Columns, Field, Part, Source, Wanted
    from smoothl1.sources.memory.array_source import NamedAxis
    from smoothl1.sources.table import ColumnInfo

MOST_CHARACTERS = 120
"""Characters quoted from another library's error about a table."""


class TableSource(NamedTuple):
    """The chosen columns of a table.

    Attributes:
        path: The name of the argument, in angle brackets.
        data: The columns that are read.
        chosen: What they are read as.
    """

    path: str
    data: pa.Table
    chosen: ChosenColumns
    format: str = "table"
    cuts: None = None
    details: SourceDetails = SourceDetails()
    bytes_read: None = None

    @property
    def fields(self) -> tuple[Field, ...]:
        return self.chosen.fields

    @property
    def labels(self) -> tuple[pa.Field, ...]:
        return self.chosen.labels

    @property
    def n_rows(self) -> int:
        return int(self.data.num_rows)

    def blocks(self, part: Part, n_rows: int) -> Generator[Block]:
        stop = self.n_rows if part.stop is None else part.stop
        first_row = part.start
        with naming(self.path):
            for batch in self.data.slice(first_row, stop - first_row).to_batches(n_rows):
                yield from self.chosen.blocks(batch, first_row)
                first_row += batch.num_rows

    def elementwise(self, other: Source) -> None:
        return None

    def close(self) -> None:
        """Do nothing: the table belongs to the caller."""


class MemoryTable(NamedTuple):
    """A table of Arrow.

    Attributes:
        path: The name of the argument, in angle brackets.
        data: All columns.
        schema: Their names and types; and last the index of pandas, if it is only noted.
        allow_missing: Whether values may be missing.
        axes: The axis of its rows, if it is an array whose axis has a name: its other columns are
            places along that.
        points: The coordinates of such an array along no axis, with one place each.
        format: The name of its format; that of files for a table whose log names none.
        decisions: The decisions about its content.
    """

    path: str
    data: pa.Table
    schema: pa.Schema
    allow_missing: bool
    axes: tuple[NamedAxis, ...] = ()
    points: tuple[NamedAxis, ...] = ()
    format: str = "table"
    decisions: tuple[Decision, ...] = ()
    first_rows: tuple[()] = ()
    storage: Storage = Storage()
    found: None = None
    files: tuple[()] = ()

    @property
    def names(self) -> Columns:
        return tuple(self.schema.names)

    @property
    def numeric(self) -> tuple[bool, ...]:
        return numeric_columns(self.schema)

    @property
    def columns(self) -> tuple[ColumnInfo, ...]:
        values, *others = described(self.schema)
        return (values, *places_of_rows(others)) if self.axes else (values, *others)

    @property
    def n_rows(self) -> int:
        """The number of its rows."""
        return int(self.data.num_rows)

    def select(self, wanted: Wanted) -> TableSource:
        with naming(self.path):
            chosen = choose_columns(
                self.schema,
                wanted,
                lambda i: self.data.column(i).chunks,
                allow_missing=self.allow_missing,
            )
        data = self.data.select(list(chosen.wanted))
        return TableSource(self.path, data, chosen, self.format)

    def close(self) -> None:
        """Do nothing: the table belongs to the caller."""


def places_of_rows(columns: Iterable[ColumnInfo]) -> Iterator[ColumnInfo]:
    """Columns as places along the rows of an array, which are compared as those of a file are."""
    return (column._replace(is_index=False, is_coordinate=True) for column in columns)


def table_of(values: Any, path: str, *, allow_missing: bool) -> MemoryTable:
    """A table of Arrow, pandas or Polars; its columns are shared where Arrow can.

    Args:
        values: The table, for which `is_table` is true.
        path: The name of the argument, in angle brackets.
        allow_missing: Whether values may be missing. NaN is not missing.

    Raises:
        DtypeError: A column cannot be had as one of Arrow.
    """
    try:
        data = _of_pandas(values) if _is_of_pandas(values) else _of_arrow(values)
        schema = stored_schema(data.schema)
    except MemoryError:
        raise
    except Exception as error:  # the table's own library may raise anything
        said = " ".join(str(error).split())[:MOST_CHARACTERS]
        raise DtypeError(
            f"cannot be had as a table of Arrow: {said}",
            path=path,
            hint="pass only the columns that are needed, or arrays",
        ) from error
    if is_noted(schema):
        schema = with_noted_index(schema, data.num_rows)
    return MemoryTable(path, data, schema, allow_missing)


def is_table(values: Any) -> bool:
    """Whether an object is a table of Arrow, pandas or Polars, with names of its columns."""
    return _is_of_pandas(values) or (
        (hasattr(values, "iter_columns") or hasattr(values, "itercolumns"))
        and (hasattr(values, "__arrow_c_stream__") or hasattr(values, "__arrow_c_array__"))
    )


def _is_of_pandas(values: Any) -> bool:
    return all(hasattr(values, name) for name in ("items", "iloc", "columns"))


def _of_arrow(values: Any) -> pa.Table:
    return values if isinstance(values, pa.Table) else pa.table(values)


def _of_pandas(frame: Any) -> pa.Table:
    """A table of a frame, with its index as pandas writes it to Parquet; but NaN stays NaN."""
    index = frame.index
    only_counts = (getattr(index, "start", None), getattr(index, "step", None)) == (0, 1)
    is_noted_only = only_counts and index.name is None
    data = pa.Table.from_pandas(frame, preserve_index=None if is_noted_only else True)
    for i in range(len(frame.columns)):
        column = frame.iloc[:, i]
        is_of_floats = isinstance(column.dtype, np.dtype) and column.dtype.kind == "f"
        if is_of_floats and data.column(i).null_count:
            data = data.set_column(i, data.schema.field(i), pa.array(column.to_numpy()))
    return data
