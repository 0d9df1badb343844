"""Two columns of digits that may be one column of numbers with decimal commas: 1,5 and 2,25."""

from __future__ import annotations

from typing import TYPE_CHECKING

from smoothl1.errors import DataError
from smoothl1.sources.columns import choosing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from smoothl1.sources.table import Table

_OPTIONS = "--delimiter ';' --decimal ','"


def decimal_hint(tables: Sequence[Table]) -> str:
    """The rest of a hint about columns, if two columns may be one with decimal commas."""
    may_be_one = any(info.decimals for table in tables for info in table.columns)
    return f"; {_OPTIONS} if the commas are decimal marks" if may_be_one else ""


def refuse_decimals(sides: Sequence[Table], options: Sequence[str]) -> None:
    """Refuse two columns that nobody chose if they look like one with decimal commas.

    Args:
        sides: One table for each side.
        options: The options that choose columns of the sides.

    Raises:
        DataError: The second of two columns of digits has zeros at the beginning: 1,05.
    """
    for table in sides:
        if any(info.decimals == "likely" for info in table.columns):
            raise DataError(
                "two columns of digits, with zeros at the beginning of the second: are the commas "
                "decimal marks?",
                path=table.path,
                hint=f"{_OPTIONS} if they are; {choosing(options)} columns",
            )
