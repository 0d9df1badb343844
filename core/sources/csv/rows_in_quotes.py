"""Quoted cells whose lines may be rows: then quotes may be text that the writer did not double.

    2,2.5,"Hello.
    3,3.5,Nice.
    4,4.5,You?"

By RFC 4180 this is one row, whose last cell has three lines. To a reader that takes quotes as text,
it is three rows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from smoothl1.sources.csv.cells import is_number
from smoothl1.sources.csv.quotes import rows_of_lines
from smoothl1.sources.csv.rows import RowError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from smoothl1.sources.csv.layout import Layout

_HINT = (
    "if the quotes are text, put such cells in quotes and double these; if the cell has the lines, "
    "put all cells of the row in quotes"
)


def refuse_rows_in_quotes(chunk: memoryview, layout: Layout, numeric: Sequence[int]) -> None:
    """Refuse a quoted cell with line ends if all lines of its row would be rows without quotes.

    A line would be one if it has as many cells as a row, and numbers in the chosen columns. Blank
    lines, which many readers pass over, do not count.

    Args:
        chunk: Some whole rows.
        layout: The layout of the file.
        numeric: Positions of the columns of numbers.

    Raises:
        RowError: There is such a row.
    """
    if layout.is_rewritten or not numeric:
        return
    for row, lines in rows_of_lines(chunk):
        filled = [line for line in lines if line.strip()]
        if len(filled) > 1 and all(_may_be_row(line, layout, numeric) for line in filled):
            raise RowError(
                row,
                None,
                f"has a quoted cell with line ends, and each of its {len(filled)} lines may be a "
                "row if quotes are text",
                _HINT,
            )


def _may_be_row(line: bytes, layout: Layout, numeric: Sequence[int]) -> bool:
    """Whether a line has as many cells as a row, and numbers in the chosen columns."""
    parts = line.split(layout.delimiter.encode())
    if len(parts) != len(layout.names):
        return False
    cells = [parts[i].decode("utf-8", "surrogateescape").strip(" \t") for i in numeric]
    numbers = [is_number(cell, layout.decimal) for cell in cells]
    return any(numbers) and all(
        is_found or cell in layout.missing for is_found, cell in zip(numbers, cells, strict=True)
    )
