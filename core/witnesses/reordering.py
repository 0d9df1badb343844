"""Whether two columns of different names hold the same values in another order, in little time.

Where each input has several columns that may be meant, most of them have nothing to do with each
other. So each is hashed once, as it is stored, whatever the number of columns it is compared with.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from smoothl1.witnesses.base_names import BaseNames, base_hashes
from smoothl1.witnesses.first_rows import N_FIRST, FirstRows
from smoothl1.witnesses.hash_sums import sum_of, wrapped
from smoothl1.witnesses.hashes import mixed
from smoothl1.witnesses.monotonic import FEWEST_ROWS, FEWEST_VALUES
from smoothl1.witnesses.variety import Variety

if TYPE_CHECKING:
    import pyarrow as pa

    from smoothl1.witnesses.hashes import Hashes


class Hashed(NamedTuple):
    """A column in some rows.

    Attributes:
        hashes: A hash of each value.
        total: Their sum, which does not depend on the order.
        in_rows: The sum of hashes of each value together with its row.
        base_hashes: The hashes in which the spelling of texts does not count.
        some_different: Its different values, as far as their number matters.
    """

    hashes: Hashes
    total: int
    in_rows: int
    base_hashes: Hashes
    some_different: Variety


class Reordering:
    """The comparison of two columns of one kind over some rows. Merged in any order.

    Args:
        are_numbers: Whether one of them is of a type of fractions: they must be whole.

    Attributes:
        first_difference: Position of the first row in which they differ, if there is one.
        are_numbers: Whether they are added as integers, if all are whole.
        firsts: The values of the first rows.
    """

    def __init__(self, *, are_numbers: bool = False) -> None:
        self.are_numbers = are_numbers
        self._has_others = False
        self.first_difference: int | None = None
        self._balance = 0  # of the sums that do not depend on the order, modulo 2**64
        self._balance_in_rows = 0
        self._n_rows = 0
        self._base_names = BaseNames()
        self._variety = Variety()
        self.firsts = FirstRows()

    def see_other_numbers(self) -> None:
        """Note that some numbers are not whole: then the columns are not compared."""
        self._has_others = True

    def add(
        self, row: int, values: tuple[pa.Array, pa.Array], hashed: tuple[Hashed, Hashed]
    ) -> None:
        """Add the values of some rows, of which the first is at `row`, and their hashes."""
        from smoothl1.witnesses.values import as_stored

        one, other = hashed
        if one.in_rows != other.in_rows and self.first_difference is None:
            self.first_difference = row + int((one.hashes != other.hashes).argmax())
        self._balance = wrapped(self._balance + one.total - other.total)
        self._balance_in_rows = wrapped(self._balance_in_rows + one.in_rows - other.in_rows)
        self._n_rows += len(one.hashes)
        if one.in_rows != other.in_rows:
            stored = as_stored(values[0]), as_stored(values[1])
            self._base_names.add(row, stored, (one.base_hashes, other.base_hashes))
        self._variety.merge(one.some_different)
        if row < N_FIRST:
            mine, others = (as_stored(column.slice(0, N_FIRST - row)) for column in values)
            self.firsts.add(row, mine, others)

    def merge(self, other: Reordering) -> None:
        """Add the comparison of other rows."""
        firsts = (self.first_difference, other.first_difference)
        self.first_difference = min((row for row in firsts if row is not None), default=None)
        self._balance = wrapped(self._balance + other._balance)
        self._balance_in_rows = wrapped(self._balance_in_rows + other._balance_in_rows)
        self._n_rows += other._n_rows
        self._has_others |= other._has_others
        self._base_names.merge(other._base_names)
        self._variety.merge(other._variety)
        self.firsts.merge(other.firsts)

    @property
    def agrees(self) -> bool:
        """Whether the columns are the same in every row, but for the spelling of texts."""
        return not self._has_others and self._n_rows > 0 and self._is_equal

    @property
    def _is_equal(self) -> bool:
        if self.first_difference is None:
            return True
        return self._base_names.agree and not self.firsts.are_of_other_files

    @property
    def is_spelled_otherwise(self) -> bool:
        """Whether the columns hold the same texts in another order, but in other spellings."""
        return self._balance != 0 and self._base_names.are_permuted

    @property
    def begins_distinct(self) -> bool:
        """Whether there are several rows, and no value occurs twice in the first of them."""
        return self.firsts.are_distinct

    def begins_counting(self, side: int) -> bool:
        """Whether the first values of a side, 0 or 1, count its rows from 0, 1 or 2 on."""
        return self.firsts.count_rows(side)

    def is_no_coincidence(self, *, is_id: bool) -> bool:
        """Whether the columns hold the same values in another order, and not by chance.

        A predicted and a true class may be equally frequent, though in few rows they seldom are.

        Args:
            is_id: Whether one of the columns is called an id.
        """
        is_same = self._balance == 0 or self._base_names.are_permuted
        if self._has_others or self.first_difference is None or not is_same:
            return False
        if self.are_numbers and self._n_rows < FEWEST_ROWS:  # more often features than ids
            return False
        if self._n_rows > N_FIRST and self._variety.is_large:
            return True
        differing = self.firsts.differing()
        is_sure = self.firsts.are_distinct or len(np.unique(differing)) >= FEWEST_VALUES
        n_first = min(self._n_rows, N_FIRST)
        return is_sure or (is_id and n_first >= FEWEST_ROWS and 2 * differing.size > n_first)


def hashed_column(values: pa.Array, row: int) -> Hashed:
    """Hash the values of a column as they are stored: whole numbers, texts or times.

    Args:
        values: The values.
        row: Position of the first of these rows among all rows.
    """
    from smoothl1.witnesses.hashes import hashes_of_stored
    from smoothl1.witnesses.values import as_stored

    hashes = hashes_of_stored(values)
    rows = np.arange(row, row + len(hashes), dtype=np.uint64)
    in_rows = mixed(hashes + mixed(rows))
    sums = sum_of(hashes), sum_of(in_rows)
    some_different = Variety()
    some_different.add(hashes)
    return Hashed(hashes, *sums, base_hashes(as_stored(values), hashes), some_different)
