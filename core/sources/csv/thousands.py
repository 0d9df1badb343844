"""Points that may part thousands: 1.234 and 987 of one column.

    Store;Forecast;Sales
    Wien;1.234;1.300
    Graz;987;950

No program writes fractions so: some of them end in zeros, so that all have three digits; but then
whole numbers have three digits behind the point, too. Spreadsheets write thousands so.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from smoothl1.errors import DataError
from smoothl1.sources.columns import shown
from smoothl1.sources.csv.first_row import is_whole

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from smoothl1.sources.csv.first_row import Cell
    from smoothl1.sources.csv.layout import Layout

_SAMPLE_BYTES = 1 << 14
"""Bytes read of the first rows, in some 40 ms: only of files that have such points."""

_GROUPED = re.compile(r"[+-]?[1-9][0-9]{0,2}\.[0-9]{3}")
_BELOW_THOUSAND = re.compile(r"[+-]?(?:0|[1-9][0-9]{0,2})")


def refuse_thousands(
    layout: Layout, chosen: Collection[int], sample: Callable[[int], Sequence[Sequence[Cell]]]
) -> None:
    """Refuse columns whose points may part thousands.

    In such a column all numbers with a point have three digits behind it and one to three before
    it, and all others are whole and below 1000. Some of them end in zero behind the point, and two
    of the whole ones differ: a single one may stand for a missing value.

    Args:
        layout: The layout of a file whose decimal mark is a point, though nobody said so.
        chosen: Positions of the columns that are read as numbers.
        sample: A function that gives the rows of data in about so many bytes.

    Raises:
        DataError: There are such columns.
    """
    first = layout.begins_with
    open_ones = [i for i in sorted(chosen) if i >= len(first) or _may_be_grouped(first[i])]
    if not open_ones:
        return
    rows = [row for row in sample(_SAMPLE_BYTES) if len(row) == len(layout.names)]
    found = {i: [row[i] for row in rows if row[i].kind == "number"] for i in open_ones}
    grouped = {i: texts for i, cells in found.items() if (texts := _grouped_in(cells))}
    whole = {i: [cell.text for cell in found[i] if is_whole(cell.text)] for i in grouped}
    counts = {text for texts in whole.values() for text in texts if text[0] not in "+-0"}
    if len(counts) < 2 or not any(text[-1] == "0" for texts in grouped.values() for text in texts):
        return
    column = next(iter(grouped))
    raise DataError(
        f"column {shown(layout.names[column])} has {shown(grouped[column][0])} and "
        f"{shown(whole[column][0])}: a point before three digits may part thousands",
        hint="write numbers without separators if so; --decimal . if it is the decimal mark",
    )


def _may_be_grouped(cell: Cell) -> bool:
    """Whether a cell does not show that the points of its column are decimal marks."""
    return cell.kind != "number" or any(
        pattern.fullmatch(cell.text) for pattern in (_GROUPED, _BELOW_THOUSAND)
    )


def _grouped_in(cells: Sequence[Cell]) -> list[str]:
    """The numbers with points, if all numbers are such or below 1000 and there are both."""
    grouped = [cell.text for cell in cells if _GROUPED.fullmatch(cell.text)]
    are_both = 0 < len(grouped) < len(cells)
    return grouped if are_both and all(map(_may_be_grouped, cells)) else []
