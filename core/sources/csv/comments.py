"""Lines of comments in a CSV file, which are left out before its rows are read."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

from smoothl1.decisions import Decision
from smoothl1.errors import DataError
from smoothl1.files.rewritten import blocks_of_lines, rewritten
from smoothl1.sources.csv.blanks import CELL
from smoothl1.sources.csv.cells import has_thousands, is_number
from smoothl1.sources.csv.one_line import cells_of
from smoothl1.sources.csv.quotes import BOM
from smoothl1.sources.csv.rows import FLAGS, MISSING

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    from smoothl1.files.contract import Input
    from smoothl1.read_options import ReadOptions


def comments_left_out(path: str, options: ReadOptions) -> Decision:
    """The decision that lines are comments.

    Args:
        path: The path of the file.
        options: How it is read, with the mark of comments.
    """
    choice = f"all that begin with {options.comment} left out"
    return Decision("lines", path, choice, options.reason("comment", "--comment"))


def without_comments(file: Input, options: ReadOptions) -> Input:
    """The lines of a file that do not begin with a mark, apart from blanks.

    A line within a quoted cell is none. If the file has a header, the last line of comments above
    a row with numbers or missing values is it: numpy.savetxt writes the names so.

    Args:
        file: The file.
        options: How it is read; the mark is one ASCII character.

    Raises:
        DataError: There are no other lines, or the comment has more or fewer names than the row
            cells.
    """
    return rewritten(file, _lines(file, options), "text without its comments")


def _lines(file: Input, options: ReadOptions) -> Generator[bytes, None, None]:
    mark = options.comment.encode()
    start = len(BOM) if file.head.startswith(BOM) else 0
    n_left = options.skip_rows + 1 if options.header is True else 0
    is_quoted, above = False, b""
    for block in blocks_of_lines(file, start):
        if mark not in block and not n_left:
            is_quoted ^= block.count(b'"') % 2 == 1
            yield block
            continue
        kept = []
        for line in block.splitlines(keepends=True):
            if not is_quoted and line.lstrip(b" \t").startswith(mark):
                above = (
                    line.strip(b" \t").removeprefix(mark).lstrip(b" \t").rstrip(b"\r\n") or above
                )
                continue
            if n_left == 1 and (header := _header(above, line, options)):
                kept.append(header)
            n_left, above = max(n_left - 1, 0), b""
            is_quoted ^= line.count(b'"') % 2 == 1
            kept.append(line)
        if kept:
            yield b"".join(kept)


def _header(names: bytes, line: bytes, options: ReadOptions) -> bytes:
    """A line with the names in a comment if the line below is a row of data; else nothing.

    Raises:
        DataError: The row has more or fewer cells than there are names.
    """
    row = line.decode("latin-1")
    delimiter = _delimiter(row, options)
    cells = _cells(row, delimiter)
    if not names or not _are_data(cells, options):
        return b""
    n_names = len(_cells(names.decode("latin-1"), delimiter))
    if n_names == len(cells):
        return names + (line[len(line.rstrip(b"\r\n")) :] or b"\n")
    raise DataError(
        f"the comment above the first row has {n_names} name{'s' * (n_names != 1)}, the row "
        f"{len(cells)} cell{'s' * (len(cells) != 1)}",
        hint="--no-header if the row is data; delete the comment if it is the header",
    )


def _delimiter(row: str, options: ReadOptions) -> str:
    """The character between the cells of a row; "" for runs of blanks."""
    if len(options.delimiter) == 1:
        return options.delimiter
    is_alone = len(CELL.findall(row.strip())) < 2
    return "," if options.delimiter == "auto" and ("," in row or is_alone) else ""


def _cells(line: str, delimiter: str) -> list[str]:
    """The cells of a line, without quotes and the blanks around them; none if it has no such."""
    line = line.strip("\r\n")
    if not delimiter:
        return [cell.strip('"') for cell in CELL.findall(line)]
    if '"' not in line:
        return cells_of(line, delimiter)
    rows = csv.reader([line], delimiter=delimiter, skipinitialspace=True)
    try:
        return [cell.strip(" \t") for cell in next(rows, [])]
    except csv.Error:  # a cell is too long
        return []


def _are_data(cells: Sequence[str], options: ReadOptions) -> bool:
    """Whether some cell of a row is a number or stands for a missing one.

    A first cell that is empty is also the name of an index, as pandas writes it.
    """
    missing = {*MISSING, *FLAGS, *options.missing_values}
    return any(
        is_number(cell, options.decimal)
        or has_thousands(cell, options.decimal)
        or (cell in missing and not (i == 0 and cell == "" and len(cells) > 1))
        for i, cell in enumerate(cells)
    )
