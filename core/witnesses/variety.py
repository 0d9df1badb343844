"""Counts the different values of a column until they are too many to be a coincidence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from smoothl1.witnesses.monotonic import FEWEST_VALUES

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_FIRST = 4096
"""Values that are looked at before all others: they mostly hold enough different ones."""


class Variety:
    """Different values among those seen, as far as it matters how many they are."""

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
        """Add the values that another one has seen."""
        self._hashes |= other._hashes

    @property
    def is_large(self) -> bool:
        """Whether so many different values in another order are no coincidence."""
        return len(self._hashes) >= FEWEST_VALUES
