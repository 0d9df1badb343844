"""Tables that may be read again, and their row counts, if the format does not tell them."""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from smoothl1.errors import DataError
from smoothl1.sources.contract import Wanted

if TYPE_CHECKING:
    from collections.abc import Iterable

    from smoothl1.sources.contract import Source
    from smoothl1.sources.table import Table


@runtime_checkable
class Streamed(Protocol):
    """A table whose row count is not known before reading, perhaps from a stream."""

    def keep(self) -> None:
        """Keep a copy of a stream, so that the table can be read several times."""
        ...

    def count_rows(self) -> int:
        """Read to the end and count the rows; only for tables that can be read several times."""
        ...


def keep_streams(tables: Iterable[Table]) -> None:
    """Make sure that tables can be read several times."""
    for table in tables:
        if isinstance(table, Streamed):
            table.keep()


def rows_of(table: Table) -> int | None:
    """The number of rows of a table; None if it cannot be known.

    Raises:
        DataError: A row is damaged, of a format whose rows are counted by reading them.
    """
    if isinstance(table, Streamed):
        try:
            table.keep()
            return table.count_rows()
        except DataError as error:
            error.path = error.path or table.path  # of a shard it is that of the shard
            raise
    try:
        return bare_source(table).n_rows
    except DataError:
        return None


def has_rows(table: Table) -> bool:
    """Whether a table has a row, or may have one.

    Raises:
        DataError: A row is damaged, of a format whose rows are counted by reading them.
    """
    counts = [column.n_rows for column in table.columns if column.n_rows is not None]
    if counts:  # of arrays of an archive, of which one has to be chosen
        return any(counts)
    return rows_of(table) != 0


def bare_source(table: Table) -> Source:
    """A source of a table that tells its rows, whatever its columns are.

    Raises:
        DataError: The table has no columns that can be read.
    """
    try:
        return table.select(Wanted())
    except DataError:
        return table.select(Wanted(()))


def index_counts_rows(source: Source) -> bool:
    """Whether an index that no file of a source stores counts the rows of each file, or of all."""
    indexes = [index for file in source.details.files if (index := file.index_rows) is not None]
    if len(indexes) < len(source.details.files):
        return False
    begins = accumulate(map(len, indexes), initial=0)
    return all(index == range(len(index)) for index in indexes) or all(
        index == range(begin, begin + len(index))
        for begin, index in zip(begins, indexes, strict=False)
    )
