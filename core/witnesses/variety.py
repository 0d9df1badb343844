"""The number of different values of a column, counted until it cannot be a coincidence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from smoothl1.witnesses.monotonic import FEWEST_VALUES

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_FIRST = 4096
"""Number of values that are examined first: mostly enough of them are different."""


class Variety:
    """The different values seen so far, up to a number that cannot be a coincidence."""

    def __init__(self) -> None:
        self._hashes: set[int] = set()

    def add(self, hashes: NDArray[np.uint64]) -> None:
        """Add values by their hashes."""
        for some in (hashes[:_FIRST], hashes[_FIRST:]):
            rest = some
            for known in self._hashes:
                rest = rest[rest != known]
            while rest.size and not self.is_large:
                self._hashes.add(int(rest[0]))
                rest = rest[rest != rest[0]]
            if self.is_large:
                return

    def merge(self, other: Variety) -> None:
        """Add the values that another `Variety` has seen."""
        self._hashes |= other._hashes

    @property
    def is_large(self) -> bool:
        """Whether there are so many different values that another order is no coincidence."""
        return len(self._hashes) >= FEWEST_VALUES
