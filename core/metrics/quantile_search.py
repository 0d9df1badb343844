"""Quantiles of distances by further passes: bins of their leading bits, then the distances in one.

The pattern of 64 bits of a distance is taken 16 bits at a time, the upper ones first. A pass counts
how often each continuation of the bits known so far occurs, or collects the distances that begin
with them once these are few.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from smoothl1.numerics.ranks import KeyCounts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from smoothl1.tallies.group_numbers import Codes
    from smoothl1.tallies.observed import Observed

BIN_BITS = 16
"""Bits of a bin: 16 bins for each power of two, when the first 16 bits are known."""

MOST_COLLECTED = 1 << 20
"""Most distances that a pass collects."""

_BITS = 64


class Targets(NamedTuple):
    """What is known of the quantiles that are searched for.

    Each array has a row for each quantile and a column for each group.

    Attributes:
        n_bits: The number of leading bits that are known.
        prefix: These bits, of type uint64.
        rank: The rank among the distances that begin with them, from 1 on; 0 where there is nothing
            to be found.
        n_left: The number of these distances.
    """

    n_bits: int
    prefix: NDArray[np.uint64]
    rank: NDArray[np.int64]
    n_left: NDArray[np.int64]

    @property
    def are_few(self) -> bool:
        """Whether the distances that begin with the known bits may be collected."""
        return int(self.n_left[self.rank > 0].sum()) <= MOST_COLLECTED

    @property
    def distances(self) -> NDArray[np.float64]:
        """The distances, where all of their bits are known."""
        return self.prefix.view(np.float64)

    def narrowed(self, counts: Sequence[KeyCounts]) -> Targets:
        """The targets with the bits of the next bin.

        Args:
            counts: For each quantile the counts of `bin_keys`.
        """
        prefix, rank, n_left = self.prefix.copy(), self.rank.copy(), self.n_left.copy()
        for i, of_quantile in enumerate(counts):
            at = np.flatnonzero(self.rank[i])
            lowest = at.astype(np.uint64) << np.uint64(BIN_BITS)
            places, below = of_quantile.find(lowest, self.rank[i, at])
            bins = of_quantile.keys[places] & np.uint64((1 << BIN_BITS) - 1)
            prefix[i, at] = (prefix[i, at] << np.uint64(BIN_BITS)) | bins
            rank[i, at] -= below
            n_left[i, at] = of_quantile.counts[places]
        return Targets(self.n_bits + BIN_BITS, prefix, rank, n_left)


def bin_keys(bits: NDArray[np.uint64], codes: Codes, n_known: int) -> NDArray[np.uint64]:
    """The number of a group, and below it the bin that follows the known bits."""
    shift = np.uint64(_BITS - BIN_BITS - n_known)
    bins = (bits >> shift) & np.uint64((1 << BIN_BITS) - 1)
    return (codes.astype(np.uint64) << np.uint64(BIN_BITS)) | bins


class SearchAccumulator:
    """What one more pass learns about targets: the counts of bins, or the distances.

    Args:
        targets: What is known.
    """

    def __init__(self, targets: Targets) -> None:
        self._targets = targets
        n = len(targets.prefix)
        self._counts = [KeyCounts() for _ in range(n)]
        self._collected: list[list[tuple[Codes, NDArray[np.uint64]]]] = [[] for _ in range(n)]

    def add(self, seen: Observed) -> None:
        targets = self._targets
        codes = seen.kept_codes
        bits = seen.distances.view(np.uint64)
        is_number = ~np.isnan(seen.distances)
        for i, (prefix, rank) in enumerate(zip(targets.prefix, targets.rank, strict=True)):
            at = is_number & (rank > 0)[codes]
            if targets.n_bits:
                at &= (bits >> np.uint64(_BITS - targets.n_bits)) == prefix[codes]
            some, chosen = bits[at], codes[at]
            if targets.are_few:
                self._collected[i].append((chosen, some))
            else:
                self._counts[i].add(bin_keys(some, chosen, targets.n_bits))

    def merge(self, other: SearchAccumulator, codes: Codes, n_groups: int) -> None:
        for i, counts in enumerate(other._counts):  # the groups have the same numbers in all
            self._counts[i].add(counts.keys, counts.counts)
            self._collected[i] += other._collected[i]

    def found(self) -> Targets:
        """The targets with what was learned."""
        targets = self._targets
        if not targets.are_few:
            return targets.narrowed(self._counts)
        prefix = targets.prefix.copy()
        for i, parts in enumerate(self._collected):
            codes = np.concatenate([codes for codes, _ in parts])
            bits = np.concatenate([bits for _, bits in parts])
            order = np.lexsort((bits, codes))
            at = np.flatnonzero(targets.rank[i])
            starts = np.searchsorted(codes[order], at)
            prefix[i, at] = bits[order][starts + targets.rank[i, at] - 1]
        return targets._replace(n_bits=_BITS, prefix=prefix)
