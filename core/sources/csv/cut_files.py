"""Files cut from one CSV file, as `split -l` does: the header row is in the first of them alone."""

from __future__ import annotations

import re
from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from smoothl1.decisions import Decision
from smoothl1.errors import DataError
from smoothl1.sources.columns import shown
from smoothl1.sources.csv.first_lines import kind_of_cell
from smoothl1.sources.csv.first_row import split_rows
from smoothl1.sources.csv.quotes import BOM, CHUNK_BYTES

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from smoothl1.sources.contract import Columns
    from smoothl1.sources.csv.first_row import Cell
    from smoothl1.sources.csv.table import CsvTable

    Warn = Callable[[str], None]
    OpenFile = Callable[[str, Warn], Any]
    Row = Sequence[Cell]

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
    header = _header_of(first)
    with closing(open_file(others[0], warn)) as second:
        is_only = _is_data(second, header)
    opening = partial(_opened, open_file, header._replace(is_only=is_only))
    return opening, (_DECISION,) if is_only else ()


def keeping_rows(first: Any, open_file: OpenFile) -> OpenFile:
    """How the files of a set are opened where lines at the beginning are left out of each.

    Args:
        first: The first file.
        open_file: Opens a file, given its path and what takes warnings.

    Returns:
        The function that opens a file. It refuses one of which a row of data is left out: a line
        like the rows of the first file, but unlike its lines that are left out.
    """
    return partial(_opened_whole, open_file, _header_of(first), _lines_above(first))


def _opened_whole(
    open_file: OpenFile, header: _Header, above: Sequence[Row], path: str, warn: Warn
) -> Any:
    """Open a file, and refuse it if a line that is left out is a row of data."""
    table = open_file(path, warn)
    has_own = table.layout.has_header and table.names == header.names  # below what is left out
    lines = [] if has_own or path == header.path else _lines_above(table)
    for i, (line, of_first) in enumerate(zip(lines, above, strict=False), 1):
        if line != of_first and header.is_above(line):
            table.close()
            text = shown(table.options.delimiter.join(cell.text for cell in line))
            raise DataError(
                f"line {i}, {text}, looks like a row, and --skip-rows leaves it out of each file",
                path=path,
                hint="delete the lines above the header of the first file, if only that has them",
            )
    return table


def _lines_above(table: CsvTable) -> list[Row]:
    """The cells of the lines that are left out at the beginning of a file."""
    options = table.options
    start = len(BOM) if table.file.head.startswith(BOM) else 0
    lines = re.split(rb"\r\n|\r|\n", table.file.read(start, CHUNK_BYTES))[: options.skip_rows]
    texts = (line.decode("utf-8", "surrogateescape") + "\n" for line in lines)
    kind_of = partial(kind_of_cell, options=options)
    return [row for text in texts for row in split_rows(text, options.delimiter, kind_of)[:1]]


def _header_of(table: CsvTable) -> _Header:
    return _Header(table.path, table.names, table.layout.begins_with)


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
