"""Signed errors in bins of equal ratio: counts that do not depend on order, and need no range.

A bin is the numbers of binary64 whose upper 16 bits are equal, a sixteenth of an octave. Its edges
are numbers of binary64.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from smoothl1.numerics.histograms import INFINITE, N_UPPER, NAN, NEGATIVE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from smoothl1.backends.contract import Backend


_LEAST = 5e-324
"""The least number of binary64 above 0."""


class Bins(NamedTuple):
    """Bins of numbers, in the order of the numbers.

    Attributes:
        edges: Binary64, ascending, one more than there are bins. A bin of numbers above 0 has its
            lower edge, one of numbers below 0 its upper edge, and 0 is in the first bin above it.
        counts: The numbers in each bin.
    """

    edges: NDArray[np.float64]
    counts: NDArray[np.int64]


class ErrorHistogram:
    """Counts of errors, prediction minus target, rounded once to binary64.

    Attributes:
        counts: Counts by the upper 16 bits, int64. NaN of either sign is in one bin.
        n_zero: Errors that are 0, which are in the first bin above it.
    """

    def __init__(self) -> None:
        self.counts = np.zeros(N_UPPER, np.int64)
        self.n_zero = 0

    def add(self, backend: Backend, errors: NDArray[np.float64]) -> None:
        """Count errors: one dimension, binary64, contiguous; overwritten."""
        np.add(errors, 0.0, out=errors)  # -0 becomes 0
        backend.count_errors(errors, self.counts)
        self.n_zero += errors.size - int(np.count_nonzero(errors))

    def add_nan(self, n: int) -> None:
        """Count errors that are NaN."""
        self.counts[NAN] += n

    def merge(self, other: ErrorHistogram) -> None:
        """Add the counts of other errors."""
        self.counts += other.counts
        self.n_zero += other.n_zero

    def signed(self) -> Bins:
        """The bins of finite errors, from the lowest that holds any to the highest."""
        negative = self.counts[NEGATIVE : NEGATIVE + INFINITE][::-1]
        positive = self.counts[:INFINITE]
        edges = _edges()
        both = np.concatenate([negative, positive])
        return _trimmed(Bins(np.concatenate([-edges[:0:-1], edges]), both))

    def magnitudes(self) -> Bins:
        """The bins of finite magnitudes above 0, likewise; the first edge is above 0, too."""
        counts = self.counts[:INFINITE] + self.counts[NEGATIVE : NEGATIVE + INFINITE]
        counts[0] -= self.n_zero
        edges = _edges()
        edges[0] = _LEAST
        return _trimmed(Bins(edges, counts))

    @property
    def n_nan(self) -> int:
        """How many errors are NaN."""
        return int(self.counts[NAN])

    @property
    def n_infinite(self) -> int:
        """How many errors are infinite."""
        return int(self.counts[INFINITE] + self.counts[NEGATIVE + INFINITE])


def _edges() -> NDArray[np.float64]:
    """The lower edges of the bins of numbers from 0 on, and the largest number."""
    edges: NDArray[Any] = np.arange(INFINITE + 1, dtype=np.uint64) << np.uint64(48)
    edges[-1] -= np.uint64(1)
    return edges.view(np.float64)


def _trimmed(bins: Bins) -> Bins:
    held = bins.counts.nonzero()[0]
    if not held.size:
        return Bins(bins.edges[:1], bins.counts[:0])
    first, last = int(held[0]), int(held[-1]) + 1
    return Bins(bins.edges[first : last + 1], bins.counts[first:last])
