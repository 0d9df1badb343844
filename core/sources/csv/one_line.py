"""The cells of one line of CSV."""

from __future__ import annotations

import csv


def cells_of(line: str, delimiter: str) -> list[str]:
    """The cells of a line without its line end, without the blanks around them.

    Python's reader takes no cell of more than 131,072 characters: a line of another delimiter, or a
    comment, may be one. So a line without quotes is not given to it.

    Args:
        line: The line.
        delimiter: The character between cells.

    Raises:
        csv.Error: The line is badly quoted, or a cell in quotes is too long.
    """
    if '"' in line:
        cells = next(csv.reader([line], delimiter=delimiter, strict=True), [])
    else:
        cells = line.split(delimiter) if line else []
    return [cell.strip(" \t") for cell in cells]
