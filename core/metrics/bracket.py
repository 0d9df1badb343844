"""A quantile between two bounds: distances between them are held, those below are counted.

The bounds come from the first distances and are drawn closer whenever too many are held, so that
memory is constant. Whatever the bounds, counts prove whether the quantile is between them.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from smoothl1.numerics.ranks import rank_of, summed

if TYPE_CHECKING:
    from numpy.typing import NDArray

MOST_VALUES = 1 << 18
"""Most distances held: 4 MiB with their counts. All of so many rows are held, however they come."""

_SAMPLE = 1 << 16
"""Distances of which the first bounds are quantiles."""

_MARGIN = 64
"""The first bounds are 1 / 64 of the distances below and above the estimate: data that drift slowly
stay between them, and few are held."""


class Bracket:
    """The distances near a quantile.

    Args:
        q: The quantile.
    """

    def __init__(self, q: float) -> None:
        self._q = q
        self._n = self._n_below = 0
        self._low, self._high = -math.inf, math.inf
        self._values, self._counts = np.empty(0), np.empty(0, np.int64)
        self._new: list[NDArray[np.float64]] = []
        self._n_new = 0

    def add(self, distances: NDArray[np.float64]) -> None:
        """Add distances that are not NaN."""
        if self._n == 0 and distances.size > MOST_VALUES // 2:
            self._choose_bounds(distances)
        low, high = self.bounds
        n_below, between = 0, distances
        if self.has_bounds:
            n_below = int(np.count_nonzero(distances < low))
            between = distances[(distances >= low) & (distances <= high)]
        self.add_between(distances.size, n_below, between)

    @property
    def has_bounds(self) -> bool:
        """Whether any distance would not be held."""
        return self.bounds != (-math.inf, math.inf)

    @property
    def bounds(self) -> tuple[float, float]:
        """The bounds, between which distances are held; both may be held themselves."""
        return self._low, self._high

    def add_between(self, n: int, n_below: int, between: NDArray[np.float64]) -> None:
        """Add distances of which those between the bounds are known.

        Args:
            n: The number of all of them that are not NaN.
            n_below: The number of those below the bounds.
            between: Those between the bounds; kept.
        """
        self._n += n
        self._n_below += n_below
        self._new.append(between)
        self._n_new += between.size
        if self._n_new + self._values.size > MOST_VALUES:
            self._settle()
            self._draw_closer()

    def merge(self, other: Bracket) -> None:
        """Add the distances of another bracket, and keep what is between the bounds of both."""
        self._settle()
        other._settle()
        low, high = max(self._low, other._low), min(self._high, other._high)
        self._n += other._n
        self._n_below += other._n_below
        values = np.concatenate([self._values, other._values])
        counts = np.concatenate([self._counts, other._counts])
        self._values, self._counts = summed(values, counts)
        self._narrow(low, high)
        if self._values.size > MOST_VALUES:
            self._draw_closer()

    def at(self, rank: int) -> float | None:
        """The distance of a rank, from 1 on; None if it is not between the bounds."""
        self._settle()
        total = np.cumsum(self._counts)
        place = int(np.searchsorted(total, rank - self._n_below))
        if rank <= self._n_below or place == total.size:
            return None
        return float(self._values[place])

    def _choose_bounds(self, distances: NDArray[np.float64]) -> None:
        some = np.sort(distances[:: -(-distances.size // _SAMPLE)])
        place = rank_of(self._q, some.size) - 1
        margin = some.size // _MARGIN
        if place >= margin:
            self._low = float(some[place - margin])
        if place + margin < some.size:
            self._high = float(some[place + margin])

    def _draw_closer(self) -> None:
        """Let go of half of what is held, as far from the quantile of all so far as possible."""
        total = np.cumsum(self._counts)
        place = int(np.searchsorted(total, rank_of(self._q, max(1, self._n)) - self._n_below))
        keep = MOST_VALUES // 2
        start = min(max(0, place - keep // 2), max(0, self._values.size - keep))
        stop = start + keep
        low = float(self._values[start]) if start > 0 else self._low
        high = float(self._values[stop - 1]) if stop < self._values.size else self._high
        self._narrow(low, high)

    def _narrow(self, low: float, high: float) -> None:
        start, stop = (
            np.searchsorted(self._values, low),
            np.searchsorted(self._values, high, "right"),
        )
        self._n_below += int(self._counts[:start].sum())
        self._values, self._counts = self._values[start:stop], self._counts[start:stop]
        self._low, self._high = low, high

    def _settle(self) -> None:
        """Sort what is held, each distance once."""
        if not self._new:
            return
        values, counts = self._values, self._counts
        self._values, self._counts = _run_lengths(np.sort(np.concatenate(self._new)))
        self._new, self._n_new = [], 0
        if values.size:
            both = np.concatenate([values, self._values])
            self._values, self._counts = summed(both, np.concatenate([counts, self._counts]))


def _run_lengths(
    values: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """The distinct ones of sorted numbers, and how often each occurs."""
    is_first = np.ones(values.size, np.bool_)
    np.not_equal(values[1:], values[:-1], out=is_first[1:])
    starts = np.flatnonzero(is_first)
    return values[starts], np.diff(starts, append=values.size)
