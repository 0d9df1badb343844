"""The memory that the kernels read and write: curves in, and words out, which become tallies."""

from __future__ import annotations

import math
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from smoothl1.numerics.exact_sum import SQUARE_EXPONENT, ExactSum, shifted
from smoothl1.numerics.row_moments import NO_ROWS, moments_of_ones
from smoothl1.tallies.tally import Tally

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

ITEMS = 8
"""Elements of a thread in a tile."""

DEFINES = {"ITEMS": ITEMS, "ROUND": 16, "MOST_ADDED": 2048}
"""Macros of `kernels.cu`: tiles between two looks at the folds, and elements that a thread may add
to its totals of folds. THREADS, the number of threads of a block, is the device's choice."""

SQUARE_UNIT = -2162
"""Exponent of the unit in which squares are summed: LEAST_SQUARE of `_element.h`."""

SHARED_BYTES = 48 << 10
"""Shared memory that a block may have on every GPU."""

CURVE = np.dtype([("beta", "f8"), ("reciprocal", "f8"), ("form", "i8")])
"""The loss as a function of |x - y|, or the sum of the weights."""

_L1, _MULTIPLY, _DIVIDE, _, _WEIGHTS = range(5)
_N_NAN, _FIRST_NAN, _LEAST_ERROR, _LARGEST_ERROR, _N_SEEN = range(5)
_N_QUADRATIC, _N_INFINITE, _N_COUNTS = range(3)
_N_DIGITS, _N_SQUARE_DIGITS, _FOLDS_WORDS = 68, 134, 16
_N_KINDS, _N_KINDS_WITH_SQUARES = 4, 10
_DIGIT_BITS = 32
_NO_PLACE = (1 << 63) - 1
_INFINITY_BITS = 0x7FF << 52


def curves_of(betas: Sequence[float], *, with_weights: bool = False) -> NDArray[np.void]:
    """The losses at some betas, and last the sum of the weights if it is wanted."""
    curves = [(0.0, 0.0, _WEIGHTS)] if with_weights else []
    for beta in reversed(betas):
        mantissa, exponent = math.frexp(beta)
        if mantissa == 0.5 and -1020 < exponent < 1020:  # the reciprocal is exact
            curves.append((beta, 1.0 / beta, _MULTIPLY))
        else:
            curves.append((beta, 0.0, _DIVIDE if beta else _L1))
    return np.array(curves[::-1], CURVE)


def shared_bytes(n_threads: int, n_sums: int, *, squares: bool) -> int:
    """The shared memory of a block that forms some sums."""
    kinds = _N_KINDS_WITH_SQUARES if squares else _N_KINDS
    n_slots = (1 + n_sums * kinds) * n_threads
    return 8 * (n_slots + n_sums * (_digits(squares=squares) + _FOLDS_WORDS))


@cache
def most_sums(n_threads: int, *, squares: bool) -> int:
    """Sums that a block can form at a time."""
    n = 1
    while shared_bytes(n_threads, n + 1, squares=squares) <= SHARED_BYTES:
        n += 1
    return n


class Words(NamedTuple):
    """What kernels added up over some pairs.

    Attributes:
        seen: Words of all elements: the number of NaN, the place of the first, the bits of the
            least and of the largest |x - y| that is not NaN.
        sums: A row for each curve: counts of quadratic elements and of infinite terms, the digits
            of the sum, and those of the sum of squares if there are squares.
    """

    seen: NDArray[np.int64]
    sums: NDArray[np.int64]

    @classmethod
    def new(cls, n_sums: int, *, squares: bool) -> Words:
        """The words before the first pair."""
        seen = np.array([0, _NO_PLACE, _INFINITY_BITS, -1], np.int64)
        return cls(seen, np.zeros((n_sums, _N_COUNTS + _digits(squares=squares)), np.int64))

    @property
    def flat(self) -> NDArray[np.int64]:
        """All words, as the kernels have them."""
        return np.concatenate([self.seen, self.sums.reshape(-1)])

    def like(self, flat: NDArray[np.int64]) -> Words:
        """Words of as many sums, from what a kernel left."""
        return Words(flat[:_N_SEEN], flat[_N_SEEN:].reshape(self.sums.shape))

    def merge(self, other: Words) -> Words:
        """The words of both sets of pairs."""
        n_nan, first, least, largest = zip(self.seen.tolist(), other.seen.tolist(), strict=True)
        seen = np.array([sum(n_nan), min(first), min(least), max(largest)], np.int64)
        return Words(seen, self.sums + other.sums)

    def total(self, i: int) -> ExactSum:
        """The sum of a curve."""
        return ExactSum(_integer(self.sums[i, _N_COUNTS : _N_COUNTS + _N_DIGITS]))

    def tally(self, i: int, beta: float, n: int) -> Tally:
        """The tally at the beta of a curve; positions are counted from the first pair.

        Args:
            i: The place of the curve.
            beta: Its beta.
            n: The number of pairs.
        """
        n_nan, first_nan, least, largest = self.seen.tolist()
        n_quadratic, n_infinite = self.sums[i, :_N_COUNTS].tolist()
        total, moments = self.total(i), NO_ROWS
        if n and self.sums.shape[1] > _N_COUNTS + _N_DIGITS:
            units = _integer(self.sums[i, _N_COUNTS + _N_DIGITS :])
            squares = shifted(units, SQUARE_UNIT - SQUARE_EXPONENT)
            moments = moments_of_ones(n - n_nan - n_infinite, n_infinite, total, squares)
        return Tally(
            n=n,
            n_nan=n_nan,
            n_inf=n_infinite,
            n_quadratic=n_quadratic,
            total=total,
            min=_loss_of(_number(least), beta),
            max=-math.inf if largest < 0 else _loss_of(_number(largest), beta),
            first_nan=first_nan if n_nan else None,
            moments=moments,
        )


def _digits(*, squares: bool) -> int:
    return _N_DIGITS + (_N_SQUARE_DIGITS if squares else 0)


def _integer(digits: NDArray[np.int64]) -> int:
    halves = digits.view("<u4")  # digits are not negative
    low, high = (int.from_bytes(halves[i::2].tobytes(), "little") for i in (0, 1))
    return low + (high << _DIGIT_BITS)


def _number(bits: int) -> float:
    return float(np.int64(bits).view(np.float64))


def _loss_of(error: float, beta: float) -> float:
    """The loss of one |x - y|, by the operations of `loss.loss_of_error`."""
    if beta == 0.0:
        return error
    clipped = min(error, beta)
    return (clipped / beta) * (error - clipped * 0.5)
