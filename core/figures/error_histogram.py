"""Signed errors in bins of equal ratio: counts that do not depend on order, and need no range.

The upper 16 bits of a binary64 number are its sign, its exponent and four bits of its fraction. So
there are 16 bins in each octave, of either sign, and a bin's edges are numbers of binary64.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

N_BINS = 1 << 16
_SHIFT = np.uint64(48)
_NEGATIVE = 1 << 15
_INFINITE = 0x7FF0
"""The first bin of magnitudes that are not finite."""


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
        counts: Counts by the upper 16 bits, int64. NaN has no bin.
        n_nan: Errors that are NaN.
    """

    def __init__(self) -> None:
        self.counts = np.zeros(N_BINS, np.int64)
        self.n_nan = 0

    def add(self, errors: NDArray[np.float64]) -> None:
        """Count errors: one dimension, binary64, contiguous."""
        codes = (errors.view(np.uint64) >> _SHIFT).astype(np.intp)
        counts = np.bincount(codes, minlength=N_BINS)
        if counts[_INFINITE:_NEGATIVE].any() or counts[_NEGATIVE + _INFINITE :].any():
            n_nan = int(np.isnan(errors).sum())
            self.n_nan += n_nan
            counts[_INFINITE + 1 : _NEGATIVE] = 0
            counts[_NEGATIVE + _INFINITE + 1 :] = 0
            for start, value in ((_INFINITE, np.inf), (_NEGATIVE + _INFINITE, -np.inf)):
                counts[start] = int((errors == value).sum())
        self.counts += counts

    def merge(self, other: ErrorHistogram) -> None:
        """Add the counts of other errors."""
        self.counts += other.counts
        self.n_nan += other.n_nan

    def signed(self) -> Bins:
        """The bins of finite errors, from the lowest that holds any to the highest."""
        negative = self.counts[_NEGATIVE : _NEGATIVE + _INFINITE][::-1]
        positive = self.counts[:_INFINITE]
        edges = _edges()
        both = np.concatenate([negative, positive])
        return _trimmed(Bins(np.concatenate([-edges[:0:-1], edges]), both))

    def magnitudes(self) -> Bins:
        """The bins of finite magnitudes, likewise."""
        counts = self.counts[:_INFINITE] + self.counts[_NEGATIVE : _NEGATIVE + _INFINITE]
        return _trimmed(Bins(_edges(), counts))

    @property
    def n_infinite(self) -> int:
        """How many errors are infinite."""
        return int(self.counts[_INFINITE] + self.counts[_NEGATIVE + _INFINITE])


def _edges() -> NDArray[np.float64]:
    """The lower edges of the bins of numbers from 0 on, and the largest number."""
    edges: NDArray[Any] = np.arange(_INFINITE + 1, dtype=np.uint64) << _SHIFT
    edges[-1] -= np.uint64(1)
    return edges.view(np.float64)


def _trimmed(bins: Bins) -> Bins:
    held = bins.counts.nonzero()[0]
    if not held.size:
        return Bins(bins.edges[:1], bins.counts[:0])
    first, last = int(held[0]), int(held[-1]) + 1
    return Bins(bins.edges[first : last + 1], bins.counts[first:last])
