"""Tables for people: aligned columns, or on a narrow terminal a line for each cell."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

_GAP = "  "


def aligned(
    heads: Sequence[str],
    rows: Sequence[Sequence[str]],
    are_text: Sequence[bool],
    width: int | None = None,
) -> str:
    """A table of aligned columns: text to the left, numbers to the right.

    Args:
        heads: The heads of the columns.
        rows: The cells of each row, printable text.
        are_text: Whether each column is text.
        width: The width of the terminal, in characters; None if there is no limit. A table that is
            wider is not cut or folded: each cell has a line of its own, after the head of its
            column.

    Returns:
        Lines without spaces at their ends, each with its line end.
    """
    from rich.cells import cell_len  # late; it knows the width of wide characters

    lines = [heads, *rows]
    widths = [max(map(cell_len, column)) for column in zip(*lines, strict=True)]
    if width is not None and _total(widths) > width:
        return _listed(heads, rows)
    padded = [
        [
            cell + " " * (room - cell_len(cell))
            if is_text
            else " " * (room - cell_len(cell)) + cell
            for cell, room, is_text in zip(line, widths, are_text, strict=True)
        ]
        for line in lines
    ]
    return "".join(f"{_GAP.join(line).rstrip()}\n" for line in padded)


def fits(heads: Sequence[str], rows: Sequence[Sequence[str]], width: int) -> bool:
    """Whether a table of aligned columns is at most so many characters wide."""
    from rich.cells import cell_len

    columns = zip(heads, *rows, strict=True)
    return _total([max(map(cell_len, column)) for column in columns]) <= width


def fitted(
    rows: Sequence[Mapping[str, str]],
    least_wanted: Sequence[Collection[str]],
    width: int,
    is_text: Callable[[str], bool],
) -> str:
    """A table of rows; if it is too wide, without columns that a sentence then names.

    Args:
        rows: The cells of each row by the heads of their columns; one that lacks is empty.
        least_wanted: Columns that a narrow terminal does without, in this order; those of one
            collection at once. A single row needs none of that: it is listed.
        width: The width of the terminal, in characters.
        is_text: Whether a column is text, by its head.

    Returns:
        Lines, each with its line end.
    """
    every = list(dict.fromkeys(name for row in rows for name in row))

    def cells_of(heads: Sequence[str]) -> list[list[str]]:
        return [[row.get(head, "") for head in heads] for row in rows]

    for n_dropped in range(len(least_wanted) + 1 if len(rows) > 1 else 1):
        dropped = {head for some in least_wanted[:n_dropped] for head in some}
        heads = [head for head in every if head not in dropped]
        if fits(heads, cells_of(heads), width):
            left_out = ", ".join(head for head in every if head in dropped)
            rest = f"without {left_out}, for which there is no room\n" if left_out else ""
            return aligned(heads, cells_of(heads), list(map(is_text, heads)), width) + rest
    return aligned(every, cells_of(every), list(map(is_text, every)), width)


def _total(widths: Sequence[int]) -> int:
    return sum(widths) + len(_GAP) * (len(widths) - 1)


def _listed(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A line for each cell that is not empty, and an empty line between rows."""
    blocks = [
        "".join(f"{head} {cell}\n" for head, cell in zip(heads, row, strict=True) if cell)
        for row in rows
    ]
    return "\n".join(blocks)
