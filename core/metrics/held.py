"""All distances, as long as they are few: a complete state, which can be merged exactly."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from smoothl1.tallies.group_numbers import Codes

MOST_HELD = 1 << 14
"""Most distances, those of all groups together, that are held: some 400 KB of JSON."""

Held = tuple[tuple[float, int], ...]
"""The different distances of a group, ascending, and how often each occurs."""


class HeldDistances:
    """The distances of each group, as long as they are not too many in all.

    Attributes:
        is_complete: Whether all distances so far are held; if not, none is.
    """

    def __init__(self) -> None:
        self.is_complete = True
        self._codes = np.empty(0, np.intp)
        self._values = np.empty(0)
        self._counts = np.empty(0, np.int64)

    def add(self, codes: Codes, distances: NDArray[np.float64]) -> None:
        """Add distances that are not NaN, each to its group."""
        if not self.is_complete or distances.size == 0:
            return
        if distances.size > MOST_HELD:
            self.drop()
        else:
            self._add(codes, distances, np.ones(distances.size, np.int64))

    def merge(self, other: HeldDistances, codes: Codes) -> None:
        """Add those of other groups; `codes` says which group here each of them is."""
        if not other.is_complete:
            self.drop()
        elif self.is_complete:
            self._add(codes[other._codes], other._values, other._counts)

    def of_groups(self, order: Sequence[int]) -> list[Held]:
        """What each group holds."""
        starts = np.searchsorted(self._codes, np.arange(max(order, default=0) + 2))
        return [
            tuple(zip(self._values[at].tolist(), self._counts[at].tolist(), strict=True))
            for at in (slice(starts[code], starts[code + 1]) for code in order)
        ]

    def _add(self, codes: Codes, values: NDArray[np.float64], counts: NDArray[np.int64]) -> None:
        codes = np.concatenate([self._codes, codes])
        values = np.concatenate([self._values, values])
        counts = np.concatenate([self._counts, counts])
        if counts.sum() > MOST_HELD:
            self.drop()
            return
        order = np.lexsort((values, codes))
        codes, values, counts = codes[order], values[order], counts[order]
        is_first = np.ones(codes.size, np.bool_)
        is_first[1:] = (codes[1:] != codes[:-1]) | (values[1:] != values[:-1])
        starts = np.flatnonzero(is_first)
        if starts.size:
            self._codes, self._values = codes[starts], values[starts]
            self._counts = np.add.reduceat(counts, starts)

    def drop(self) -> None:
        """Hold nothing any more: there are too many."""
        self.is_complete = False
        self._codes, self._values, self._counts = (
            self._codes[:0],
            self._values[:0],
            self._counts[:0],
        )
