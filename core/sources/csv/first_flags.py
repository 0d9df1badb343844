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


def doubt_about_flags(cells: Sequence[Cell], columns: Sequence[Sequence[Cell]]) -> str | None:
    """Why a row of data may be a header nevertheless, as far as its flags tell.

    Args:
        cells: The row.
        columns: The cells below it, by columns.
    """
    flags = [cell.text for cell in cells if cell.kind == "flag"]
    if _NAME in flags:
        return f"'{_NAME}' may be the name of a column"
    if [text.lower() for text in flags] == ["false", "true"] and len(cells) == len(flags):
        rows = zip(*columns, strict=False)
        if all(FLAGS.get(one.text) != FLAGS.get(other.text) for one, other in rows):
            return "its cells may name columns, of which each row below is true in one"
    return None


def _is_alike(cell: Cell, i: int, below: Sequence[Sequence[Cell]]) -> bool:
    """Whether the next cell below that is not missing is a flag in the same letters."""
    texts = [row[i].text for row in below if i < len(row) and row[i].kind != "missing"]
    return texts[:1] != [] and texts[0] in FLAGS and _style(texts[0]) == _style(cell.text)


def _style(text: str) -> tuple[bool, bool]:
    return text[0].isupper(), text[1].isupper()
