"""A sample of the different values of a column, by their hashes: the same ones in any column."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from smoothl1.witnesses.hashes import Hashes

_MOST = 4096
"""Hashes that are kept: with more, those are left out whose next bit is set."""

_CHANCE = 64
"""Values by which a sample may have more than twice its part of those that are absent: by chance
once in 10**19 at most."""


class HashSample:
    """Some of the hashes of a column: those that end in a number of zero bits. Merged."""

    def __init__(self) -> None:
        self._hashes = np.empty(0, np.uint64)
        self._n_bits = 0

    def add(self, hashes: Hashes) -> None:
        """Add values by their hashes."""
        self._hashes = np.unique(np.concatenate([self._hashes, self._sampled(hashes)]))
        while self._hashes.size > _MOST:
            self._n_bits += 1
            self._hashes = self._sampled(self._hashes)

    def merge(self, other: HashSample) -> None:
        """Add the sample of other rows."""
        self._n_bits = max(self._n_bits, other._n_bits)
        self._hashes = self._sampled(self._hashes)
        self.add(other._hashes)

    def has_absent(self, other: HashSample, n_most: int) -> bool:
        """Whether certainly more than a number of values are not among those of another column."""
        n_bits = max(self._n_bits, other._n_bits)
        mine = self._hashes[self._hashes % np.uint64(1 << n_bits) == 0]
        n_absent = int((~np.isin(mine, other._hashes)).sum())
        if n_bits == 0:
            return n_absent > n_most
        return n_absent > 2 * n_most / (1 << n_bits) + _CHANCE

    def _sampled(self, hashes: Hashes) -> Hashes:
        found: Hashes = hashes[hashes % np.uint64(1 << self._n_bits) == 0]
        return found
