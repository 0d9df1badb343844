"""Whether a column holds the numbers of its rows, 0, 1, 2, ... or 1, 2, 3, ..., in any order.

Such a column tells which row was meant even beside an input that has no ids, or counts from another
number.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from smoothl1.sources.columns import shown
from smoothl1.sources.ids import is_id
from smoothl1.witnesses.hash_sums import sum_of, wrapped
from smoothl1.witnesses.hashes import of_integers
from smoothl1.witnesses.monotonic import FEWEST_ROWS
from smoothl1.witnesses.shared_column import SharedColumn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from smoothl1.witnesses.agreement import Agreement
    from smoothl1.witnesses.free_columns import FreeColumn
    from smoothl1.witnesses.hashes import Hashes

_BEGINNINGS = (0, 1)
"""Numbers from which rows are counted."""

_PIECE_ROWS = 1 << 16
"""Numbers that are hashed at a time, so that they stay in the processor's cache."""


class Numbering:
    """The hashes of a column, as far as they tell whether it numbers its rows. Merged.

    Attributes:
        n_rows: Number of rows seen.
    """

    def __init__(self) -> None:
        self.n_rows = 0
        self._total = 0  # of all hashes, which does not depend on their order
        self._in_order = set(_BEGINNINGS)  # the numbers from which rows are counted in order

    def add(self, row: int, hashes: Hashes) -> None:
        """Add the hashes of some rows, of which the first is at `row`."""
        self.n_rows += len(hashes)
        self._total = wrapped(self._total + sum_of(hashes))
        self._in_order = {
            begin
            for begin in self._in_order
            if np.array_equal(hashes, _of_numbers(row + begin, len(hashes)))
        }

    def merge(self, other: Numbering) -> None:
        """Add other rows."""
        self.n_rows += other.n_rows
        self._total = wrapped(self._total + other._total)
        self._in_order &= other._in_order

    @property
    def is_in_order(self) -> bool:
        """Whether the numbers rise by one in each row."""
        return bool(self._in_order)

    @property
    def begin(self) -> int | None:
        """The least number, if these are the numbers of all rows; None for fewer than 8 rows."""
        if self.n_rows < FEWEST_ROWS:
            return None
        pieces = range(0, self.n_rows, _PIECE_ROWS)
        total = sum(sum_of(_of_numbers(i, min(_PIECE_ROWS, self.n_rows - i))) for i in pieces)
        for begin in _BEGINNINGS:
            if self._total == wrapped(total):
                return begin
            ends = _of_numbers(begin + self.n_rows, 1), _of_numbers(begin, 1)
            total += sum_of(ends[0]) - sum_of(ends[1])
        return None

    def is_renumbered(self, other: Numbering, n_rows: int) -> bool:
        """Whether another column of these rows numbers them from another number, out of order.

        Args:
            other: The other column.
            n_rows: The number of all rows, of which both may have seen fewer.
        """
        if (self.is_in_order and other.is_in_order) or self.n_rows != n_rows:
            return False
        begin = self.begin
        return begin is not None and other.begin == 1 - begin


def _of_numbers(begin: int, n: int) -> Hashes:
    return of_integers(np.arange(begin, begin + n))


def lone_ids(
    free: Sequence[dict[str, FreeColumn]], pairs: Iterable[tuple[int, int]]
) -> list[SharedColumn]:
    """Find ids of inputs beside inputs that have no labels at all, such as arrays.

    An index without a name is no label if it just counts its rows, as most of them do.

    Args:
        free: The columns of each input that are not evaluated, and those that are.
        pairs: Which two inputs are paired by position, in ascending order.

    Returns:
        At most one column of each input.
    """
    labels = [list(filter(_is_label, columns.values())) for columns in free]
    found: dict[int, SharedColumn] = {}
    for pair in pairs:
        for i, bare in (pair, pair[::-1]):
            name = next((c.name for c in labels[i] if _may_number(c)), "")
            if name and all(c.is_index and c.called for c in labels[bare]):
                is_unsure = not all(c.counts_rows for c in labels[bare])
                column = SharedColumn(name, name, i, i, lone_beside=bare, is_beside_index=is_unsure)
                found.setdefault(i, column)
    return list(found.values())


def _is_label(column: FreeColumn) -> bool:
    return not (column.is_evaluated or column.is_group or column.kind == "rows")


def _may_number(column: FreeColumn) -> bool:
    return column.kind in ("integer", "text") and not column.is_index and is_id(column.name)


def warn_of_numbered(
    found: Sequence[tuple[SharedColumn, Numbering]],
    compared: Sequence[tuple[SharedColumn, Agreement]],
    paths: Sequence[str],
    warn: Callable[[str], None],
) -> None:
    """Warn of ids that number the rows in another order, beside an input without ids.

    Args:
        found: What `lone_ids` found, and the hashes of each.
        compared: The columns in common, and the comparison of each. An id that agrees with another
            input's says that the rows are in an order of their own.
        paths: The paths of all inputs.
        warn: Takes the warning.
    """
    agree = [c for c, a in compared if a.agrees]
    agreeing = {end for c in agree for end in ((c.one, c.name), (c.other, c.other_name))}
    counting = set(_indexes_that_count(compared))
    for column, numbering in found:
        is_open = not numbering.is_in_order and (column.one, column.name) not in agreeing
        is_open &= not column.is_beside_index or column.lone_beside in counting
        begin = numbering.begin if is_open else None
        if begin is not None and column.lone_beside is not None:
            warn(
                f"{paths[column.one]}: {shown(column.name)} numbers the rows from {begin} to "
                f"{begin + numbering.n_rows - 1}, but not in this order, and "
                f"{paths[column.lone_beside]} has no ids to compare: is it in the order of the "
                "ids? (sort the rows by the ids if it is; --no-key-check pairs them as they stand)"
            )


def _indexes_that_count(compared: Iterable[tuple[SharedColumn, Agreement]]) -> Iterator[int]:
    """The inputs of which an index was compared, and just counts the rows."""
    for column, agreement in compared:
        for side, i in enumerate((column.one, column.other)):
            is_index = column.is_index or column.index_side == side
            if is_index and agreement.side_counts_rows(side):
                yield i
