"""The elements with the largest losses as a table below the result.

That CSV and other forms of one table refuse --top is decided in `room_for_worst_rows.py`.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from smoothl1.cli.console import escaped, width_of_stdout
from smoothl1.cli.views.aligned import aligned
from smoothl1.cli.views.tables import text_of, write_table
from smoothl1.results.columns import top_columns

if TYPE_CHECKING:
    from smoothl1.results.result import Result

_DIGITS = 6
"""Significant digits of a number in a table for people."""


def worst_rows(result: Result, form: str, precision: int | None) -> bytes:
    """The elements with the largest losses, after an empty line.

    Args:
        result: The result.
        form: "tsv", "markdown" or "latex"; or "table", which is aligned.
        precision: Significant digits of numbers; None for the shortest text that reads back to the
            same number, and for six in "table".
    """
    file = io.BytesIO()
    write_table(file, top_columns(result), form, precision)
    return b"\n" + file.getvalue()


def worst_rows_on_terminal(result: Result, precision: int | None) -> bytes:
    """The same as a table that is as wide as the terminal that stdout is."""
    columns = top_columns(result)
    cells = zip(*(column.cells for column in columns), strict=True)
    rows = [[escaped(text_of(cell, precision or _DIGITS)) for cell in row] for row in cells]
    are_text = [column.kind == "text" for column in columns]
    heads = [escaped(column.name) for column in columns]
    return b"\n" + aligned(heads, rows, are_text, width_of_stdout()).encode()
