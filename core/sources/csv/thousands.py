"""Points that may part thousands: 1.234 and 987 of one column.

    Store;Forecast;Sales
    Wien;1.234;1.300
    Graz;987;950

No program writes fractions so: some of them end in zeros, so that all have three digits; but then
whole numbers have three digits behind the point, too. Spreadsheets write thousands so.
"""

from __future__ import annotations

import re
from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from smoothl1.errors import DataError, naming
from smoothl1.sources.columns import shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from smoothl1.sources.contract import Wanted
    from smoothl1.sources.csv.first_row import Cell
    from smoothl1.sources.csv.layout import Layout
    from smoothl1.sources.shard_source import Shard

_SAMPLE_BYTES = 1 << 12
"""Bytes read of the first rows, in some 10 ms: only of files that have such points."""

_GROUPED = re.compile(r"[+-]?[1-9][0-9]{0,2}\.[0-9]{3}")
_BELOW_THOUSAND = re.compile(r"[+-]?(?:0|[1-9][0-9]{0,2})")


class Written(NamedTuple):
    """How the numbers of a column are written in the first rows.

    Attributes:
        column: The name of the column.
        grouped: The first with a point that may part thousands, 1.234, and the first that ends in
            zero.
        whole: The first whole one below 1000, and the first two above 0 that differ.
        has_others: Whether another number shows that points are decimal marks.
    """

    column: str
    grouped: tuple[str, ...] = ()
    whole: tuple[str, ...] = ()
    has_others: bool = False

    @property
    def may_have_thousands(self) -> bool:
        """Whether there are points that may part thousands, if other rows have whole numbers."""
        return not self.has_others and any(text[-1] == "0" for text in self.grouped)

    def and_more(self, more: Written) -> Written:
        """How these numbers and those of further rows are written."""
        texts = (*self.grouped, *self.whole, *more.grouped, *more.whole)
        has_others = self.has_others or more.has_others
        return _written(self.column, texts)._replace(has_others=has_others)


def numbers_written(
    layout: Layout, chosen: Iterable[int], sample: Callable[[int], Sequence[Sequence[Cell]]]
) -> list[Written]:
    """How the numbers of each column are written in the first rows.

    Args:
        layout: The layout of a file.
        chosen: Positions of the columns.
        sample: A function that gives the rows of data in about so many bytes.
    """
    first, columns = layout.begins_with, list(chosen)
    if all(i < len(first) and not _may_be_grouped(first[i]) for i in columns):
        return [Written(layout.names[i], has_others=True) for i in columns]
    rows = [row for row in sample(_SAMPLE_BYTES) if len(row) == len(layout.names)]
    texts = ([row[i].text for row in rows if row[i].kind == "number"] for i in columns)
    return [_written(layout.names[i], of) for i, of in zip(columns, texts, strict=True)]


def refuse_thousands(columns: Sequence[Written]) -> None:
    """Refuse columns whose points may part thousands.

    In such a column all numbers with a point have three digits behind it and one to three before
    it, and all others are whole and below 1000. Some of them end in zero behind the point, and two
    of the whole ones differ: a single one may stand for a missing value.

    Args:
        columns: How the numbers of columns are written whose decimal mark is a point, though nobody
            said so.

    Raises:
        DataError: There are such columns.
    """
    found = [x for x in columns if x.grouped and x.whole and not x.has_others]
    counts = {text for x in found for text in x.whole if text[0] not in "+-0"}
    if len(counts) < 2 or not any(x.may_have_thousands for x in found):
        return
    column, grouped, whole, _ = found[0]
    raise DataError(
        f"column {shown(column)} has {shown(grouped[0])} and {shown(whole[0])}: "
        "a point before three digits may part thousands",
        hint="write numbers without separators if so; --decimal . if it is the decimal mark",
    )


def refuse_thousands_in_set(path: str, shards: Sequence[Shard]) -> None:
    """Refuse columns whose points may part thousands in all files of a set together.

    Small numbers may be in one file, and large ones in another.

    Args:
        path: The path of the set, as the user typed it.
        shards: Its CSV files.

    Raises:
        DataError: There are such columns.
    """
    first = shards[0]
    columns: list[Written] = []
    look = partial(_written_in_file, first.wanted)
    with closing(first.open.each(look, [shard.path for shard in shards])) as files:
        for of_file in files:
            pairs = zip(columns, of_file, strict=True)
            columns = [one.and_more(more) for one, more in pairs] if columns else of_file
            if all(column.has_others for column in columns):
                return
    with naming(path):
        refuse_thousands(columns)


def _written_in_file(wanted: Wanted, table: Any) -> list[Written]:
    written: list[Written] = table.numbers_written(table.select(wanted).positions)
    return written


def _written(column: str, texts: Sequence[str]) -> Written:
    """How numbers are written, of which few are kept: the first ones, and those that decide."""
    grouped = [text for text in texts if _GROUPED.fullmatch(text)]
    whole = [text for text in texts if _BELOW_THOUSAND.fullmatch(text)]
    rounded = [text for text in grouped if text[-1] == "0"]
    counts = [text for text in dict.fromkeys(whole) if text[0] not in "+-0"]
    few = (*grouped[:1], *rounded[:1]), (*whole[:1], *counts[:2])
    return Written(column, *few, has_others=len(grouped) + len(whole) < len(texts))


def _may_be_grouped(cell: Cell) -> bool:
    """Whether a cell does not show that the points of its column are decimal marks."""
    return cell.kind != "number" or any(
        pattern.fullmatch(cell.text) for pattern in (_GROUPED, _BELOW_THOUSAND)
    )
