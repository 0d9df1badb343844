"""Header rows below the first row: a second one, or the first one again among the data.

pandas writes a header row for each level of the names of columns. A file to which tables were
appended has a header row above each of them. If the names are numbers, such rows can be read as
data.
"""

from __future__ import annotations

import re
from itertools import takewhile
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from smoothl1.errors import DataError
from smoothl1.sources.columns import index_columns, shown, shown_names
from smoothl1.sources.csv.cells import INTEGER_PATTERN, matches
from smoothl1.sources.csv.first_row import are_same, is_fraction, is_whole
from smoothl1.sources.csv.hints import REPEATED_HINT
from smoothl1.sources.csv.quotes import count_rows
from smoothl1.sources.csv.rows import RowError, parse_text
from smoothl1.sources.ids import is_id

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from smoothl1.files.contract import Input
    from smoothl1.sources.csv.first_row import Cell
    from smoothl1.sources.csv.layout import Layout

    Row = Sequence[Cell]

_SAMPLES_BYTES = (1 << 10, 1 << 16)
"""Bytes read of the first rows, besides the length of some rows. The small sample suffices for most
files whose first row of data is no header."""

_MOST_LEVELS = 4

_DIGITS = re.compile(rb"[0-9]+")
_LINE = re.compile(rb"[\r\n]")


def refuse_second_header(
    layout: Layout, chosen: Collection[int], sample: Callable[[int], Sequence[Row]], n_skipped: int
) -> None:
    """Refuse a first row of data that may be a second header row.

    Args:
        layout: The layout of a file that begins like names below its header.
        chosen: Positions of the columns that are read as numbers.
        sample: A function that gives the rows of data in about so many bytes.
        n_skipped: The number of lines above the header row.

    Raises:
        DataError: It may be a header row.
    """
    first = layout.begins_with
    if any(cell.kind == "text" for cell in first[1:]):
        return
    if _unlabelled(first, chosen, layout) is None and first[0].kind != "text":
        return
    for n_bytes in _SAMPLES_BYTES:
        rows = sample(n_bytes + 4 * len(layout.header_line))
        rows = [row for row in rows if len(row) == len(first)]
        n = _count_header_rows(rows, chosen, layout)
        if n == 0 and len(rows) > _MOST_LEVELS:
            return
    if n and _is_unlike_data(rows[0], rows[n:], chosen, layout):
        n_lines = n_skipped + 1 + layout.header_line.count(b"\n")
        raise DataError(
            f"row 1, {shown_names([cell.text for cell in first])}, may be a second header row",
            hint=f"--skip-rows {n_lines + n} --no-header reads the rows below it, with @2 for the "
            f"second column; --skip-rows {n_lines} --no-header if row 1 is data",
        )


def refuse_header_like_label(file: Input, layout: Layout) -> None:
    """Refuse a first row of one text that differs from the row below in its digits alone.

    Dates are such texts, and names with a number: `2024-01-01` above `2024-01-02`.

    Args:
        file: The file.
        layout: Its layout, by which the first row is a header.

    Raises:
        DataError: It is such a row.
    """
    begin = file.read(layout.data_offset, _SAMPLES_BYTES[0])
    shapes = {
        _DIGITS.sub(b"0", line.strip()) for line in (layout.header_line, _LINE.split(begin)[0])
    }
    if len(shapes) == 1 and _DIGITS.search(layout.header_line):
        raise DataError(
            f"the first row, {shown(layout.names[0])}, is like the row below it, and may be a "
            "header or data",
            path=layout.path,
            hint="--header or --no-header says which",
        )


def refuse_header_as_label(column: pa.Array, header: str) -> None:
    """Refuse labels in a table of one column, one of which is the first row, too.

    Args:
        column: The labels in some rows, as text or bytes.
        header: The first row, which was taken for a header.

    Raises:
        RowError: A label is the same.
    """
    import pyarrow.compute as pc  # late: it takes as long to import as NumPy

    found = pc.index(column.cast(pa.binary()), header.encode("utf-8", "surrogateescape")).as_py()
    if found >= 0:
        raise RowError(
            found,
            0,
            "the label is the same as the first row, which may be a header or data",
            "--header or --no-header says which",
        )


def _unlabelled(row: Row, chosen: Collection[int], layout: Layout) -> int | None:
    """A column that labels the rows, but not this one: the first column, an index or an id.

    An empty cell in quotes, beside numbers without, is a value of a column of text.
    """
    indexes = {0, *index_columns(layout.names)}
    has_bare = not all(cell.is_quoted for cell in row)
    return next(
        (
            i
            for i, cell in enumerate(row)
            if cell.text == ""
            and not (cell.is_quoted and has_bare)
            and i not in chosen
            and (i in indexes or is_id(layout.names[i]))
        ),
        None,
    )


def _count_header_rows(rows: Sequence[Row], chosen: Collection[int], layout: Layout) -> int:
    """The number of rows that may be header rows; 0 if the labels show that the first is data.

    The rows below have a label where these have none, or count from 0 where these have text.
    pandas writes the name of an index below the names of columns, with nothing above the numbers.
    """
    if not rows:
        return 0
    place = _unlabelled(rows[0], chosen, layout)
    if place is None and (0 in chosen or rows[0][0].kind != "text"):
        return 0
    n = 1 if place is None else len(list(takewhile(lambda row: row[place].text == "", rows)))
    has_index_name = n < len(rows) and not any(rows[n][i].text for i in chosen)
    below = rows[n + has_index_name :]
    if place is not None:
        are_labelled = all(row[place].text for row in below)
    else:
        names_id = has_index_name and is_id(rows[n][0].text)
        is_counted = bool(below) and below[0][0].text == "0"
        are_labelled = names_id or (is_counted and all(is_whole(row[0].text) for row in below))
    return n + has_index_name if below and are_labelled and n <= _MOST_LEVELS else 0


def _is_unlike_data(
    row: Row, below: Sequence[Row], chosen: Collection[int], layout: Layout
) -> bool:
    """Whether the numbers of a row without a label may well be names.

    They may if they are whole and stand above fractions, or are several and the same. Below an
    index without a name each of these is enough, since it has a value in each row of data.
    """
    cells = [row[i] for i in chosen]
    are_whole = all(is_whole(cell.text) for cell in cells)
    if row[0].text == "" and 0 in index_columns(layout.names):
        return are_whole or are_same(cells)
    is_above_fractions = any(is_fraction(other[i]) for other in below for i in chosen)
    return are_whole and (is_above_fractions or are_same(cells))


def refuse_repeated_header(chunk: memoryview, layout: Layout, n_skipped: int) -> None:
    """Refuse a row that repeats the header row to the letter, unless it may well be data.

    Args:
        chunk: Some whole rows.
        layout: The layout of the file.
        n_skipped: The number of lines above the header row.

    Raises:
        RowError: A row repeats the header row.
    """
    rows, line = bytes(chunk), layout.header_line
    at = _place_of(rows, line)
    if at is None:
        return
    hint = REPEATED_HINT
    if all(cell.is_numeric for cell in layout.first_row.cells):
        is_certain = _is_repeat(chunk, layout)
        if is_certain is None:
            return
        n_lines = n_skipped + 1 + line.count(b"\n")
        hint += "" if is_certain else f"; --skip-rows {n_lines} --no-header if the row is data"
    raise RowError(count_rows(chunk[:at]), None, "repeats the header row", hint)


def _place_of(rows: bytes, line: bytes) -> int | None:
    """The byte at which a line is the whole of a row for the first time."""
    places = []
    for before, after in ((b"\n", b"\n"), (b"\n", b"\r\n"), (b"\r", b"\r"), (b"\r", b"\n")):
        if rows.startswith(line + after):
            return 0
        at = rows.find(before + line + after)
        while at >= 0 and rows.count(b'"', 0, at) % 2:
            at = rows.find(before + line + after, at + 1)
        places += [at + 1] if at >= 0 else []
    return min(places, default=None)


def _is_repeat(chunk: memoryview, layout: Layout) -> bool | None:
    """Whether rows of numbers like those of the header row are header rows.

    Returns:
        True if the other rows have labels where the header row has none. False if that is likely,
        because the other rows have fractions where the header row has a whole number, unless the
        rows of another input confirm their number. Else None.
    """
    positions = range(len(layout.names))
    names = parse_text(memoryview(layout.header_line + b"\n"), layout, positions)
    columns = parse_text(chunk, layout, positions)
    is_other = np.zeros(len(columns[0]), np.bool_)
    for i, column in columns.items():
        is_other |= column.to_numpy(zero_copy_only=False) != names[i][0].as_py()
    for i, cell in enumerate(layout.first_row.cells):
        if cell.text == "" and not matches(columns[i], "")[is_other].any():
            return True
    if layout.is_counted or not is_other.any():
        return None
    for i, cell in enumerate(layout.first_row.cells):
        may_be_whole = matches(columns[i], f"(?:{INTEGER_PATTERN})?")[is_other]
        if is_whole(cell.text) and not may_be_whole.any():
            return False
    return None
