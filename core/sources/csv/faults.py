"""The error about a fault in a row of a CSV file, with what to do about it."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from smoothl1.errors import DataError
from smoothl1.lazy_patterns import lazy_pattern
from smoothl1.sources.columns import shown
from smoothl1.sources.csv.hints import REPEATED_HINT, comment_hint, missing_hint
from smoothl1.sources.csv.rows import CUT_SHORT

if TYPE_CHECKING:
    from smoothl1.read_options import ReadOptions
    from smoothl1.sources.csv.layout import Layout
    from smoothl1.sources.csv.rows import RowError

_NAMES_OF_ROWS_HINT = (
    "if R wrote it, the header has no name for those of rows: write.table(..., col.names = NA)"
)

_UNITS_HINT = "remove the row below the names, if it holds units or other words"

_SYMBOL = lazy_pattern(r"'[A-Za-z]' is not a number")
"""A text of one letter, such as t or F, which is a unit as often as a flag."""

_WORD = lazy_pattern(r"'([^'\\0-9]{3,60})' is not a number")
"""A text without digits below numbers, such as `refused`, which may stand for a missing value."""


def fault_in_row(row: int, fault: RowError, layout: Layout, options: ReadOptions) -> DataError:
    """The error about a row that cannot be read.

    Args:
        row: The number of the row in the file, counted from 1.
        fault: What is wrong with it.
        layout: The layout of the file.
        options: How it is read.
    """
    names, what, hint = layout.names, fault.what, fault.hint
    name = None if fault.column is None else shown(names[fault.column])
    if layout.is_rewritten:  # so that it has no lines, nor rows of names or units
        what = what.replace("(empty)", "(null or empty)")
    elif layout.has_header and what == f"{name} is not a number":
        what, hint = f"{what}, but the name of the column", REPEATED_HINT
    elif row == layout.n_comments or (row < layout.n_comments and layout.has_header):
        hint = comment_hint(layout.n_comments, options) or hint
    elif what.endswith("(empty)"):
        hint = missing_hint(names, hint)
    elif row == 1 and what.endswith("is not a number") and _may_be_units(layout):
        hint = _UNITS_HINT if hint is None or _SYMBOL.fullmatch(what) else hint
    elif len(names) == 1 and what.endswith("is not a number"):
        hint = hint or (layout.hint_about_words(options) if row == 1 else None)
    elif options.delimiter == " " and row == 1 and what.startswith(f"has {len(names) + 1} cells"):
        hint = _NAMES_OF_ROWS_HINT
    if fault.is_last and (name is None or hint is None):
        hint = CUT_SHORT
    if hint is None and row > 1 and (word := _WORD.fullmatch(what)):
        hint = f"--missing-value {shlex.quote(word[1])} --nan omit if it is a missing value"
    column = "" if name is None else f", column {name}:"
    return DataError(f"row {row}{column} {what}", hint=hint)


def _may_be_units(layout: Layout) -> bool:
    """Whether the row below the header has no number in several columns."""
    cells = layout.begins_with
    return layout.has_header and bool(cells) and not any(cell.is_numeric for cell in cells)
