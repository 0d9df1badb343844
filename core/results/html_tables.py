"""Results as tables of HTML, for notebooks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from smoothl1.number_texts import as_typed, short
from smoothl1.results.columns import BETA, top_columns

if TYPE_CHECKING:
    from collections.abc import Sequence

    from smoothl1.results.columns import Cell, Column
    from smoothl1.results.comparison import Comparison
    from smoothl1.results.result import Result


def with_worst_rows(found: Result | Comparison, table: str) -> str:
    """A table of a result with that of its worst rows below it, if the settings ask for any.

    Args:
        found: The result.
        table: Its table.
    """
    if not found.top:
        return table
    return f"{table}<p>Worst rows</p>{html_table(top_columns(found), len(found.top))}"


def html_table(columns: Sequence[Column], n_rows: int, most_rows: int = 20) -> str:
    """Columns as a table of HTML, with numbers of six digits.

    Args:
        columns: At least one. Those that have rows, but no value in any, are left out.
        n_rows: The number of rows without those of all groups together, which stand below them.
        most_rows: Most of these rows that are shown; a sentence counts the others.
    """
    from html import escape

    empty = [len(c.cells) > 0 and all(cell is None for cell in c.cells) for c in columns]
    shown = [column for column, is_empty in zip(columns, empty, strict=True) if not is_empty]
    rows = list(zip(*(_texts(column) for column in shown), strict=True))
    head = "".join(f"<th>{escape(column.name)}</th>" for column in shown)
    more = max(0, n_rows - most_rows)
    body = "".join(
        f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>"
        for row in [*rows[:most_rows], *rows[most_rows + more :]]
    )
    note = f"<p>and {more:,} more row{'s' if more > 1 else ''}</p>" if more else ""
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{note}"


def _texts(column: Column) -> list[str]:
    return [_text(cell, is_chosen=column.name == BETA) for cell in column.cells]


def _text(cell: Cell, *, is_chosen: bool) -> str:
    if not isinstance(cell, float):
        return "" if cell is None else str(cell)
    return as_typed(cell) if is_chosen else short(cell, 6)
