"""Numeric columns that number the rows instead of describing them: ids.

Where columns are matched by name, an id would be averaged in as a perfect prediction. So columns
are looked at before. One that has no value twice, and the same values in the same rows on all
sides, is an id. Whole numbers that are the same on all sides, but in another order, say that the
rows are not paired as they should be.

Reading ends as soon as no column can be an id any more: of predictions and targets, usually after
the first block.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from smoothl1.alignment import aligned
from smoothl1.errors import DataError, ShapeError
from smoothl1.row_hashes import of_integers
from smoothl1.sources.columns import shown
from smoothl1.sources.contract import Part, Wanted
from smoothl1.sources.counting import keep_streams

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from numpy.typing import NDArray

    from smoothl1.sources.contract import Columns, Numbers
    from smoothl1.sources.table import Table

    Values = NDArray[Any]

_BLOCK_ROWS = 1 << 16


class _Column:
    """What has been seen of a column on all sides.

    Attributes:
        n_rows: Rows seen.
        first_difference: The first row in which a side differs from the first; None if none does.
        rises: Whether each value is greater than the one before, for each side.
    """

    def __init__(self, n_sides: int) -> None:
        self.n_rows = 0
        self.first_difference: int | None = None
        self.rises = [True] * n_sides
        self._is_distinct = True  # as far as the first rows tell
        self._is_whole = True
        self._balances = [0] * (n_sides - 1)
        self._last = [-np.inf] * n_sides

    def add(self, sides: Sequence[Numbers]) -> None:
        """Add the same rows of all sides."""
        values = [side.values for side in sides]
        differs = np.logical_or.reduce([values[0] != other for other in values[1:]])
        if self.n_rows == 0:
            self._is_distinct = bool(np.unique(values[0]).size == values[0].size)
        missing = [side.missing for side in sides if side.missing is not None]
        self._is_whole &= not missing and all(map(_are_whole, values))
        for mask in missing:
            differs |= mask
        if differs.any() and self.first_difference is None:
            self.first_difference = self.n_rows + int(differs.argmax())
        for i, of_side in enumerate(values):
            self.rises[i] &= bool(of_side[0] > self._last[i] and (of_side[1:] > of_side[:-1]).all())
            self._last[i] = of_side[-1]
        if self._is_whole:
            sums = [int(_hashes(of_side).sum(dtype=np.uint64)) for of_side in values]
            self._balances = [
                balance + sums[0] - other
                for balance, other in zip(self._balances, sums[1:], strict=True)
            ]
        self.n_rows += values[0].size

    @property
    def is_open(self) -> bool:
        """Whether the column may still turn out to be an id."""
        return self._is_distinct and (self.first_difference is None or self._is_whole)

    @property
    def agrees(self) -> bool:
        """Whether all sides are equal in every row; a single row would say nothing."""
        return self.first_difference is None and self.n_rows > 1

    @property
    def is_permuted(self) -> bool:
        """Whether the sides hold the same whole numbers, in another order."""
        same = all(balance % (1 << 64) == 0 for balance in self._balances)
        return self.first_difference is not None and self._is_whole and same

    @property
    def all_rise(self) -> bool:
        """Whether the whole numbers of all sides are strictly ascending, and differ."""
        is_doubtful = self.first_difference is not None and self._is_whole
        return is_doubtful and self.n_rows > 1 and all(self.rises)


def find_ids(tables: Sequence[Table], names: Columns) -> Columns:
    """Find the columns that number the rows.

    Args:
        tables: The sides, each of which has these columns. They are read; streams are kept.
        names: Numeric columns that all sides have.

    Raises:
        DataError: Such a column says that the rows of the sides are in different orders.
    """
    keep_streams(tables)
    sources = [table.select(Wanted(tuple((name,) for name in names))) for table in tables]
    columns = {name: _Column(len(tables)) for name in names}
    parts = Part(0, sources[0].n_rows)
    try:
        for blocks in aligned(sources, parts, _BLOCK_ROWS):
            for i, name in enumerate(names):
                if columns[name].is_open:
                    columns[name].add([block.fields[i] for block in blocks])
            if not any(column.is_open for column in columns.values()):
                break
    except ShapeError:
        return ()  # the sides have different rows, which is said when they are paired
    for name, column in columns.items():
        is_doubtful = column.is_open and (column.is_permuted or column.all_rise)
        if is_doubtful and _is_distinct(tables[0], name):
            raise _misplaced(tables, name, column)
    ids = (name for name, column in columns.items() if column.is_open and column.agrees)
    return tuple(name for name in ids if columns[name].rises[0] or _is_distinct(tables[0], name))


def _are_whole(values: Values) -> bool:
    return values.dtype.kind in "iu" or bool((values == np.trunc(values)).all())


def _hashes(values: Values) -> NDArray[np.uint64]:
    """Of whole numbers, whatever their dtype."""
    return of_integers((values.astype(np.float64) + 0.0).view(np.int64))


def _is_distinct(table: Table, name: str) -> bool:
    """Whether no value of a column is there twice. It is held in memory."""
    source = table.select(Wanted(((name,),)))
    blocks = source.blocks(Part(0, source.n_rows), _BLOCK_ROWS)
    values = np.sort(np.concatenate([block.fields[0].values.copy() for block in blocks]))
    return bool((values[1:] != values[:-1]).all())


def _misplaced(tables: Sequence[Table], name: str, column: _Column) -> DataError:
    others = " and ".join(table.path for table in tables[1:])
    what = "holds the same values in another order" if column.is_permuted else "rises on both sides"
    row = 0 if column.first_difference is None else column.first_difference
    return DataError(
        f"column {shown(name)} differs from that of {others} from row {row + 1} on, and {what}: "
        "are the rows paired as they should be?",
        path=tables[0].path,
        hint=f"--key {name} matches them; --pred and --target choose columns",
    )
