"""Cells of a first row that are True or False, above others of these: data, and no names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from smoothl1.sources.csv.rows import FLAGS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from smoothl1.sources.csv.first_row import Cell

_NAME = "true"
"""What also names a column, of true values."""


def with_flags(cells: Sequence[Cell], below: Sequence[Sequence[Cell]]) -> tuple[Cell, ...]:
    """The first row, in which True and False above such cells are of the kind "flag".

    Above other cells they are names. So is `true` above `True`: one column is written in one way.

    Args:
        cells: The first row.
        below: The rows that follow, as many as were read.
    """
    return tuple(
        cell._replace(kind="flag") if cell.text in FLAGS and _is_alike(cell, i, below) else cell
        for i, cell in enumerate(cells)
    )


def has_flags(cells: Sequence[str]) -> bool:
    """Whether there are cells of which those below tell whether they are flags."""
    return not FLAGS.keys().isdisjoint(cells)


def doubt_about_flags(cells: Sequence[Cell]) -> str | None:
    """Why a row of data may be a header nevertheless, as far as its flags tell."""
    if any(cell.kind == "flag" and cell.text == _NAME for cell in cells):
        return f"'{_NAME}' may be the name of a column"
    return None


def _is_alike(cell: Cell, i: int, below: Sequence[Sequence[Cell]]) -> bool:
    """Whether the next cell below that is not missing is a flag in the same letters."""
    texts = [row[i].text for row in below if i < len(row) and row[i].kind != "missing"]
    return texts[:1] != [] and texts[0] in FLAGS and _style(texts[0]) == _style(cell.text)


def _style(text: str) -> tuple[bool, bool]:
    return text[0].isupper(), text[1].isupper()
