"""The content of an input, from its headers and footers alone."""

from __future__ import annotations

import os
from contextlib import closing, suppress
from typing import TYPE_CHECKING, NamedTuple

from smoothl1.callers import default_warn, for_callers
from smoothl1.errors import DataError, MissingExtraError
from smoothl1.read_options import ReadOptions
from smoothl1.selection import Selection
from smoothl1.sources.columns import is_level
from smoothl1.sources.contract import Wanted
from smoothl1.sources.formats import open_table
from smoothl1.sources.shards import ShardedTable
from smoothl1.sources.table import LinesOfText, Needs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from smoothl1.job import Path
    from smoothl1.pairing.inputs import Warn
    from smoothl1.sources.contract import Columns, Source
    from smoothl1.sources.table import Table


class Column(NamedTuple):
    """A column of a table.

    Attributes:
        name: Name of the column; `@1` and so on in a CSV file without a header row.
        type: The type of its values; for a CSV file, the type that its first row of data suggests.
        missing: The number of missing values, if metadata tell it.
    """

    name: str
    type: str
    missing: int | None = None


class Content(NamedTuple):
    """The content of one input, as far as it is known without reading all of it.

    Attributes:
        path: The path as the user typed it.
        format: Name of the format.
        n_rows: Number of rows; None if it is unknown before all is read.
        row_shape: Shape of one row of an array; None for a table.
        dtype: The dtype of an array, in NumPy's notation; None for a table.
        columns: The columns of a table; empty for an array.
        files: The files of a folder or pattern, in order; empty if the path is that of a file.
        doubt: Why the first row may be either a header or data, if that is in doubt.
        order: The axis of an array that runs fastest in the file: "C" for the last, "Fortran" for
            the first; None if it has one axis, or is no array.
        row_groups: The number of row groups; None if the format has none.
        compression: Names of the codecs that the format itself uses; None if there are none.
        hint: The options that seem to be missing: those for comments, or for a delimiter; None if
            none do.
    """

    path: str
    format: str
    n_rows: int | None
    row_shape: tuple[int, ...] | None
    dtype: str | None
    columns: tuple[Column, ...]
    files: tuple[str, ...]
    doubt: str | None
    order: str | None = None
    row_groups: int | None = None
    compression: str | None = None
    hint: str | None = None


@for_callers
def describe(
    path: Path,
    options: ReadOptions = ReadOptions(),
    warn: Warn = default_warn,
    *,
    by: Columns = (),
) -> Content:
    """Describe the content of an input.

    Args:
        path: A file, a folder or a pattern; not standard input, which could not be read again.
        options: How to read what the content does not say.
        warn: Takes a warning about something that is odd, but not wrong.
        by: Names of the columns of groups, so that files of several sets may be groups.

    Raises:
        DataError: The content cannot be trusted or understood.
        StorageError: The system refused to read.
    """
    needs = Needs(allow_missing=options.allow_missing, selection=Selection(by=by))
    with closing(open_table(os.fspath(path), options, warn, needs)) as table:
        if options.checksums:
            from smoothl1.files.checksums import check_named  # late: most runs check no sums

            check_named(options.checksums, [*table.files] or [table.path])
        if not isinstance(table, ShardedTable):
            return _content(table)._replace(n_rows=_rows_of(table))
        with closing(table.open_shard(table.files[0])) as first:
            found = _content(first)
            columns = (*found.columns, *_added(table, len(first.names)))
            return found._replace(
                path=table.path,
                n_rows=_rows_of(table),
                dtype=found.dtype and _any_source(table).fields[0].dtype.str,
                files=tuple(table.files),
                columns=tuple(column._replace(missing=None) for column in columns),
                row_groups=None,
            )


def _added(table: Table, n_stored: int) -> Iterator[Column]:
    """The columns of a set that are not in its files."""
    infos = zip(table.names[n_stored:], table.columns[n_stored:], strict=True)
    return (Column(name, info.type) for name, info in infos)


def _content(table: Table) -> Content:
    """The content of a table of one file, without the number of rows."""
    doubts = (row.doubt_about(range(len(row.cells))) for row in table.first_rows)
    doubt = next((found for found in doubts if found is not None), None)
    source = _any_source(table)
    field = source.fields[0] if not table.names else None
    storage = table.storage
    missing = storage.missing or (None,) * len(table.names)
    kinds = zip(table.names, table.columns, missing, strict=True)
    return Content(
        table.path,
        source.format,
        None,
        None if field is None else field.row_shape,
        None if field is None else field.dtype.str,
        tuple(
            Column(name, column.type, n)
            for name, column, n in kinds
            if not (column.counts_rows and is_level(name))
        ),
        (),
        doubt,
        storage.order,
        storage.row_groups,
        storage.compression,
        table.hint if isinstance(table, LinesOfText) else None,
    )


_MOST_TRIED = 64
"""Arrays of a file that are tried, one after the other, until one can be read."""


def _any_source(table: Table) -> Source:
    """A source of the table without any columns, or with the first if one must be chosen."""
    if not table.names:
        return table.select(Wanted(((),)))
    try:
        return table.select(Wanted(()))
    except DataError:
        numeric = [i for i, is_number in enumerate(table.numeric) if is_number]
        first, *others = numeric or [0]
        for i in others and [first, *others][:_MOST_TRIED]:  # the values of an array may be encoded
            with suppress(DataError, MissingExtraError):
                return table.select(Wanted(((f"@{i + 1}",),)))
        return table.select(Wanted(((f"@{first + 1}",),)))


def _rows_of(table: Table) -> int | None:
    """The number of rows of a table, if it is known without reading them."""
    try:
        return _any_source(table).n_rows
    except DataError:
        return None
