"""A numeric column of several inputs, compared for as long as it may number the rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from smoothl1.sources.ids import is_id
from smoothl1.witnesses.hash_sums import sum_of, wrapped
from smoothl1.witnesses.hashes import of_numbers
from smoothl1.witnesses.monotonic import FEWEST_ROWS, FEWEST_VALUES, Track, go_alike, track_of
from smoothl1.witnesses.variety import Variety

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from numpy.typing import NDArray

    from smoothl1.sources.contract import Numbers


class Candidate:
    """A numeric column of all sides that may number the rows, as far as it has been read.

    Attributes:
        name: The name of the column.
        n_rows: Number of rows seen.
        first_difference: The first row in which the sides differ; None if they never do.
        is_whole: Whether all sides have only whole numbers.
    """

    def __init__(self, name: str, n_sides: int, *, in_any_order: bool) -> None:
        self.name = name
        self._in_any_order = in_any_order
        self.n_rows = 0
        self.first_difference: int | None = None
        self.is_whole = True
        self._tracks: list[Track] = []
        self._n_first, self._n_different = 0, 0  # rows of the first block, different values in it
        self._variety = Variety()  # values of the first side in rows that differ
        self._balances = [0] * (n_sides - 1)

    def add(self, sides: Sequence[Numbers]) -> None:
        """Add the same rows of all sides."""
        values = [side.values for side in sides]
        differs = np.logical_or.reduce([values[0] != other for other in values[1:]])
        if self.n_rows == 0:
            self._n_first, self._n_different = values[0].size, np.unique(values[0]).size
        missing = [side.missing for side in sides if side.missing is not None]
        self.is_whole &= not missing and all(map(_are_whole, values))
        for mask in missing:
            differs |= mask
        if differs.any() and self.first_difference is None:
            self.first_difference = self.n_rows + int(differs.argmax())
        if differs.any() and (self.is_whole or self._in_any_order):
            mine, *others = map(_sum_of_hashes, sides)
            pairs = zip(self._balances, others, strict=True)
            self._balances = [wrapped(balance + mine - other) for balance, other in pairs]
            if not self._variety.is_large:
                self._variety.add(of_numbers(values[0][differs]))
        tracks = map(track_of, values)
        self._tracks = list(map(Track.then, self._tracks, tracks)) if self.n_rows else list(tracks)
        self.n_rows += values[0].size

    @property
    def agrees(self) -> bool:
        """Whether all sides are equal in every row. A single row counts only for a named id."""
        return self.first_difference is None and (self.n_rows > 1 or is_id(self.name))

    @property
    def is_open(self) -> bool:
        """Whether more rows may tell more about the column."""
        return self.first_difference is None or self.is_whole or self._in_any_order

    @property
    def begins_distinct(self) -> bool:
        """Whether no value of the first side occurs twice in the first block of rows."""
        return self._n_different == self._n_first

    @property
    def is_varied(self) -> bool:
        """Whether the first rows have no value twice, or there are many different values."""
        are_distinct = self._n_different >= min(self._n_first, FEWEST_VALUES)
        return are_distinct or self._variety.is_large

    @property
    def differs_in_order(self) -> bool:
        """Whether the sides hold different whole numbers that all rise, or fall, not by chance."""
        differs = self.first_difference is not None and self.is_whole
        return differs and self.n_rows >= FEWEST_ROWS and go_alike(self._tracks)

    @property
    def counts_rows(self) -> bool:
        """Whether the values just count rows, as each side may have done by itself."""
        return self._tracks[0].counts(self.n_rows)

    @property
    def has_same_values(self) -> bool:
        """Whether all sides hold the same values, in any order."""
        same = all(balance == 0 for balance in self._balances)
        return same and (self.agrees or self.is_whole or self._in_any_order)

    @property
    def is_permuted(self) -> bool:
        """Whether the sides hold the same values, in another order."""
        return self.first_difference is not None and self.has_same_values


def _sum_of_hashes(side: Numbers) -> int:
    hashes = of_numbers(side.values)
    if side.missing is not None:
        hashes = np.where(side.missing, np.uint64(0), hashes)
    return sum_of(hashes)


def _are_whole(values: NDArray[Any]) -> bool:
    return values.dtype.kind in "iu" or bool((values == np.trunc(values)).all())
