"""Rows in which dates have slashes behind the day or the month, `1/31/2024`."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

from smoothl1.witnesses.date_spellings import (
    READINGS,
    has_slash_dates,
    possible_readings,
    with_dates_read,
)
from smoothl1.witnesses.hash_sums import Sums

if TYPE_CHECKING:
    import pyarrow as pa

    from smoothl1.witnesses.hashes import Hashes

    Pair = tuple[int, int]

PAIRS = tuple(product(range(len(READINGS)), repeat=2))
"""How dates with slashes may be read on each of two sides, by positions in `READINGS`."""


class ReadingsOfSides:
    """How dates with slashes can be read on two sides, of which each has one way. Merged.

    Attributes:
        have_slashes: Whether each side has such dates.
    """

    def __init__(self) -> None:
        self.have_slashes = [False, False]
        self._possible = [set(range(len(READINGS))) for _ in self.have_slashes]

    def add(self, sides: tuple[pa.Array, pa.Array]) -> bool:
        """Add the values of both sides in some rows; return whether one is such a date."""
        have_slashes = list(map(has_slash_dates, sides))
        for side, values in enumerate(sides):
            if have_slashes[side]:
                self.have_slashes[side] = True
                self._possible[side] &= possible_readings(values)
        return any(have_slashes)

    def merge(self, other: ReadingsOfSides) -> None:
        """Add other rows."""
        for side in (0, 1):
            self.have_slashes[side] |= other.have_slashes[side]
            self._possible[side] &= other._possible[side]

    @property
    def pairs(self) -> list[Pair]:
        """Those that are possible: one for both sides, unless each has such dates."""
        both = all(self.have_slashes)
        one, other = self._possible
        return [(i, j) for i, j in PAIRS if i in one and j in other and (both or i == j)]

    @property
    def certain(self) -> list[Pair]:
        """Those of one way for both sides, and others if a day above 12 settles that of a side."""
        is_settled = any(len(possible) == 1 for possible in self._possible)
        return [(i, j) for i, j in self.pairs if i == j or is_settled]


class SlashDates:
    """The rows in which a date of a side has slashes, `1/2/2024`. Merged.

    The day or the month may come first. So all ways of reading are tried, each for all rows.
    """

    def __init__(self) -> None:
        self.as_written = Sums()
        self._how = ReadingsOfSides()
        self._sums = {pair: Sums() for pair in PAIRS}

    def add(self, values: tuple[pa.Array, pa.Array], hashes: tuple[Hashes, Hashes]) -> bool:
        """Add some rows in which columns differ, if there are such dates; return whether there are.

        Args:
            values: The values of both columns: texts as bytes, or of another type.
            hashes: Their hashes as they are written.
        """
        from smoothl1.witnesses.hashes import hashes_of

        if not self._how.add(values):
            return False
        self.as_written.add(*hashes)
        one, other = (
            [hashes_of(with_dates_read(column, how)) for how in READINGS] for column in values
        )
        for (i, j), sums in self._sums.items():
            sums.add(one[i], other[j])
        return True

    def merge(self, other: SlashDates) -> None:
        """Add other rows."""
        self.as_written.merge(other.as_written)
        self._how.merge(other._how)
        for pair, sums in self._sums.items():
            sums.merge(other._sums[pair])

    def possible(self, others: Sums) -> list[Sums]:
        """The sums of all rows in each possible way of reading; none if no row has such dates.

        Args:
            others: Those of the other rows.
        """
        return self._joined(self._how.pairs, others)

    def certain(self, others: Sums) -> list[Sums]:
        """Those of `possible` that show whether values are the same."""
        return self._joined(self._how.certain, others)

    def _joined(self, pairs: list[Pair], others: Sums) -> list[Sums]:
        if not self.as_written.differ:
            return []
        return [others.joined(self._sums[pair]) for pair in pairs]
