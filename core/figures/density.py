"""Counts of pairs in a grid of square cells, which grow with the range of the numbers.

A cell is 2**exponent wide and begins at a multiple of its width, so that four cells are exactly one
cell of twice the width. The exponent is a function of the smallest and largest number alone. So the
grid does not depend on the order in which pairs came, or on how they were cut.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from smoothl1.backends.contract import Backend

SIDE = 256
"""Cells of a row and of a column of the grid."""

BLOCK = 1 << 15
"""Elements that are converted at a time: they stay in the processor's cache."""

_INDEX_BITS = 40
"""Bits of the number of a cell, so that cells are counted exactly in binary64."""

_LEAST_EXPONENT = -1074


class Density:
    """Counts of pairs of finite numbers.

    Attributes:
        counts: int64 of shape (SIDE, SIDE): rows are targets, columns predictions, both ascending.
        exponent: A cell is 2**exponent wide; None if there is no pair.
        first: The lower edge of the first row and column, in cells from 0.
        n_outside: Pairs with a side that is not finite.
        low: The smallest number of a pair; infinite if there is none.
        high: The largest one; -infinite if there is none.
    """

    def __init__(self) -> None:
        self.counts: NDArray[np.int64] = np.zeros((SIDE, SIDE), np.int64)
        self.exponent: int | None = None
        self.first = 0
        self.n_outside = 0
        self.low, self.high = math.inf, -math.inf

    def add(self, backend: Backend, pred: NDArray[Any], target: NDArray[Any]) -> None:
        """Count pairs: numbers of one dimension and of equal length, at least one."""
        ends = [float(end(side)) for side in (pred, target) for end in (np.min, np.max)]
        if all(map(math.isfinite, ends)):
            self._cover(min(ends), max(ends))
            for start in range(0, pred.size, BLOCK):
                block = slice(start, start + BLOCK)
                self._count(backend, pred[block], target[block])
            return
        finite = np.isfinite(pred) & np.isfinite(target)
        n_finite = int(np.count_nonzero(finite))
        self.n_outside += finite.size - n_finite
        if n_finite:
            self.add(backend, pred[finite], target[finite])

    def _count(self, backend: Backend, pred: NDArray[Any], target: NDArray[Any]) -> None:
        columns, rows = (side.astype(np.float64, copy=False) for side in (pred, target))
        backend.count_cells(columns, rows, *self._place(), self.counts)

    def merge(self, other: Density) -> None:
        """Add the counts of other pairs."""
        self.n_outside += other.n_outside
        if other.exponent is None:
            return
        self._cover(other.low, other.high)
        self.counts += _moved(other.counts, other.exponent, other.first, *self._place())

    @classmethod
    def of(cls, low: float, high: float, n_outside: int) -> Density:
        """Without counts, in the cells that hold all numbers between two.

        Args:
            low: The smallest number of a pair; infinite if there is none.
            high: The largest one; -infinite if there is none.
            n_outside: Pairs with a side that is not finite.
        """
        found = cls()
        found.n_outside = n_outside
        if low <= high:
            found._cover(low, high)
        return found

    def cell_of(self, value: float) -> int:
        """The row and column of a number from `low` to `high`."""
        exponent, first = self._place()
        return _cell(value, exponent) - first

    def edges(self, start: int = 0, step: int = 1, n: int = SIDE) -> NDArray[np.float64]:
        """The edges of the rows and of the columns.

        Args:
            start: The cell at which they begin.
            step: Cells between two edges.
            n: The number of such steps.

        Returns:
            n + 1 finite numbers of binary64.
        """
        exponent, first = self._place()
        cells = np.arange(n + 1, dtype=np.float64) * step + (first + start)
        with np.errstate(over="ignore"):
            edges = np.ldexp(cells, exponent)
        largest = np.finfo(np.float64).max
        found: NDArray[np.float64] = np.clip(edges, -largest, largest)
        return found

    def _place(self) -> tuple[int, int]:
        return (0 if self.exponent is None else self.exponent), self.first

    def _cover(self, low: float, high: float) -> None:
        """Widen the cells until all numbers between two have one."""
        if self.low <= low and high <= self.high:
            return
        self.low, self.high = min(low, self.low) + 0.0, max(high, self.high) + 0.0  # -0 becomes 0
        exponent = _exponent_of(self.low, self.high)
        first = _cell(self.low, exponent)
        if self.exponent is not None and (exponent, first) != (self.exponent, self.first):
            self.counts = _moved(self.counts, self.exponent, self.first, exponent, first)
        self.exponent, self.first = exponent, first


def _exponent_of(low: float, high: float) -> int:
    """The least exponent at which SIDE cells hold both numbers."""
    largest = max(abs(low), abs(high))
    if largest == 0.0:
        return _LEAST_EXPONENT
    exponent = max(_LEAST_EXPONENT, math.frexp(largest)[1] - _INDEX_BITS)
    while _n_cells(low, high, exponent) > SIDE:
        exponent += 1
    return exponent


def _n_cells(low: float, high: float, exponent: int) -> int:
    return _cell(high, exponent) - _cell(low, exponent) + 1


def _cell(value: float, exponent: int) -> int:
    """The cell of a number: see `histograms.count_cells`."""
    cell = math.floor(math.ldexp(value, -exponent))
    return min(cell, -1) if value < 0 else cell  # a quotient may underflow to -0


def _moved(
    counts: NDArray[np.int64], exponent: int, first: int, new_exponent: int, new_first: int
) -> NDArray[np.int64]:
    """The counts in wider cells, or in cells that begin elsewhere."""
    held = counts.nonzero()
    shift = min(new_exponent - exponent, 63)
    places = [((index + first) >> shift) - new_first for index in held]
    moved = np.zeros((SIDE, SIDE), np.int64)
    np.add.at(moved, tuple(places), counts[held])
    return moved
