"""Tables that may be read again, and their rows, counted where the format does not tell them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, runtime_checkable

from smoothl1.errors import DataError
from smoothl1.sources.contract import Wanted

if TYPE_CHECKING:
    from collections.abc import Iterable

    from smoothl1.sources.table import Table


@runtime_checkable
class Streamed(Protocol):
    """A table whose rows are not known before they are read, perhaps from a stream."""

    def keep(self) -> None:
        """Keep what a stream delivers, so that the table can be read several times."""
        ...

    def count_rows(self) -> int:
        """Read to the end and count the rows; only of a table that can be read several times."""
        ...


def keep_streams(tables: Iterable[Table]) -> None:
    """See to it that tables can be read several times."""
    for table in tables:
        if isinstance(table, Streamed):
            table.keep()


def rows_of(table: Table) -> int | None:
    """The rows of a table; None where they cannot be told."""
    if isinstance(table, Streamed):
        table.keep()
        return table.count_rows()
    for fields in (((),), ()):
        try:
            return table.select(Wanted(fields)).n_rows
        except DataError:
            continue
    return None
