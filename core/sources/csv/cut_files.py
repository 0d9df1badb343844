"""Files cut from one CSV file, as `split -l` does: the header row is in the first of them alone."""

from __future__ import annotations

from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from smoothl1.decisions import Decision
from smoothl1.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from smoothl1.sources.contract import Columns
    from smoothl1.sources.csv.first_row import Cell
    from smoothl1.sources.csv.table import CsvTable

    Warn = Callable[[str], None]
    OpenFile = Callable[[str, Warn], Any]

_HINT = "write the header into each file, or into the first alone; --no-header if none has one"

_DECISION = Decision(
    "header", "", "only the first file has one", "the others begin with data of as many columns"
)


class _Header(NamedTuple):
    """The header of the first file.

    Attributes:
        path: The first file.
        names: The names of the columns.
        below: The first row of data; empty if there is none.
        is_only: Whether the other files have none.
    """

    path: str
    names: Columns
    below: Sequence[Cell]
    is_only: bool = False

    def is_above(self, cells: Sequence[Cell]) -> bool:
        """Whether cells are certainly data, as those below the header: names are text alone."""
        if len(cells) != len(self.names) or not any(cell.kind == "number" for cell in cells):
            return False
        kinds = zip(cells, self.below or cells, strict=True)
        return all(cell.is_numeric for cell, below in kinds if below.is_numeric or not self.below)


def opening_with_first(
    first: Any, others: Sequence[str], open_file: OpenFile, warn: Warn
) -> tuple[OpenFile, tuple[Decision, ...]]:
    """How the files of a set are opened whose first file has a header of text.

    Args:
        first: The first file.
        others: The paths of the other files, in their order.
        open_file: Opens a file, given its path and what takes warnings.
        warn: Takes a warning.

    Returns:
        The function that opens a file, and perhaps the decision that only the first has a header.
    """
    table: CsvTable = first
    header = _Header(table.path, table.names, table.layout.begins_with)
    with closing(open_file(others[0], warn)) as second:
        is_only = _is_data(second, header)
    opening = partial(_opened, open_file, header._replace(is_only=is_only))
    return opening, (_DECISION,) if is_only else ()


def unlike(path: str, other: str, *, is_data: bool) -> DataError:
    """The error about a file that begins with data where another has a header, or the reverse.

    Args:
        path: The file.
        other: The other file.
        is_data: Whether it is the file that begins with data.
    """
    one, two = ("data", "a header") if is_data else ("a header", "data")
    return DataError(f"begins with {one}, but {other} with {two}", path=path, hint=_HINT)


def _is_data(table: Any, header: _Header) -> bool:
    """Whether the first row of a file is certainly data; not if the user said what it is."""
    return any(header.is_above(row.cells) for row in table.first_rows)


def _opened(open_file: OpenFile, header: _Header, path: str, warn: Warn) -> Any:
    """Open a file, with the names of the first file if it begins with data."""
    table = open_file(path, warn)
    if path == header.path:
        return table
    is_data = _is_data(table, header)
    if is_data != header.is_only and table.first_rows:
        table.close()
        raise unlike(path, header.path if is_data else "other files", is_data=is_data)
    if not is_data:
        return table
    settled: CsvTable = table.with_header(is_there=False, reason="only the first file has one")
    return settled._replace(layout=settled.layout._replace(names=header.names).with_columns())
