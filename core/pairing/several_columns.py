"""The error about several columns of numbers, none of which the user chose."""

from __future__ import annotations

from typing import TYPE_CHECKING

from smoothl1.errors import DataError
from smoothl1.lazy_patterns import lazy_pattern
from smoothl1.pairing.decimal_commas import decimal_hint
from smoothl1.pairing.headers import Headed, header_hint
from smoothl1.sources.columns import shown_names
from smoothl1.sources.nested_fields import hint_to_choose

if TYPE_CHECKING:
    from collections.abc import Sequence

    from smoothl1.sources.contract import Columns
    from smoothl1.sources.table import Table

_NO_NAME = lazy_pattern(r"@?[+-]?[0-9.]+(?:[eE][+-]?[0-9]+)?")
"""The place of a column without a name, or a number of the first row that was read as a name."""


def several_columns(
    table: Table,
    candidates: Columns,
    option: str,
    sides: Sequence[Table],
    others: Sequence[Columns] = (),
) -> DataError:
    """The error about a side with several columns of numbers.

    Args:
        table: The side.
        candidates: These columns.
        option: The command line's option that chooses one.
        sides: All sides.
        others: The columns of numbers of each side, if none was chosen of any side.
    """
    what = f"several numeric columns: {shown_names(candidates)}"
    for side, names in zip(sides, others, strict=False):
        if names and sorted(names) != sorted(candidates):
            what += f"; {side.path} has others: {shown_names(names)}"
            break
    hint = hint_to_choose(option, table)
    if comment := _comment_hint(sides):
        hint = f"{comment}; else {hint}"
    else:
        hint += f"{decimal_hint([table])}{header_hint(table)}"
    return DataError(what, path=table.path, hint=hint)


def _comment_hint(sides: Sequence[Table]) -> str | None:
    """The hint if the names of some CSV inputs are in a comment, as numpy.savetxt writes them."""
    marked = [s for s in sides if isinstance(s, Headed) and s.names[0].startswith("#")]
    plain = [side for side in sides if side.names and side not in marked]
    if not marked or not plain:
        return None
    what = f"if the line of {marked[0].path} that begins with # is a comment"
    nameless = [side for side in plain if all(map(_NO_NAME.fullmatch, side.names))]
    if not nameless:
        return f"--comment '#' --header {what}"
    is_read = any(not name.startswith("@") for side in nameless for name in side.names)
    return f"--comment '#'{' without --header' * is_read} {what}"
