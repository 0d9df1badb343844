"""Second moments of rows, from which standard errors follow.

The elements of one row (say, the coordinates of one box) are not independent of each other, so rows
are the units. Of each row r there is the sum s_r of its losses, weighted if there are weights, and
its size m_r: the number of its elements, or the sum of their weights. The mean loss is the ratio

    mean = (sum of s_r) / (sum of m_r)

and its variance, by linearisation with the residuals e_r = s_r - mean * m_r of n rows,

    variance = n / (n - 1) * (sum of e_r**2) / (sum of m_r)**2

which for rows of one element without weights is the textbook s**2 / n. Held are the exact sums of
s*s, s*m and m*m, so that merged parts lose nothing, and nothing cancels where the mean is much
larger than the spread: each product is formed without error as a binary64 and a remainder.

Sources: W. G. Cochran, "Sampling Techniques", 3rd edition, Wiley 1977, sections 2.11 and 9A.3
(ratio estimates, and means over clusters of unequal size); T. J. Dekker, "A floating-point
technique for extending the available precision", Numerische Mathematik 18, 1971,
doi:10.1007/BF01397083 (the remainder of a product, without fused multiply-add).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from smoothl1.exact import UNIT_EXPONENT, ExactSum

if TYPE_CHECKING:
    from fractions import Fraction

    from numpy.typing import NDArray

_SPLITTER = float((1 << 27) + 1)


@dataclass(frozen=True, slots=True)
class Moments:
    """Sums over rows of which at least one element counts, and whose loss is not NaN.

    Laws: `Moments()` is the identity of `+`, which is associative and commutative.

    Attributes:
        n: Rows.
        squares: Exact sum of s*s. Below about 1e-146, s*s has less than all its digits.
        cross: Exact sum of s*m.
        sizes: Exact sum of m*m.
        n_overflowed: Rows one of whose products is beyond binary64; not in the sums.
    """

    n: int = 0
    squares: ExactSum = ExactSum()  # noqa: RUF009  frozen
    cross: ExactSum = ExactSum()  # noqa: RUF009
    sizes: ExactSum = ExactSum()  # noqa: RUF009
    n_overflowed: int = 0

    def __add__(self, other: Moments) -> Moments:
        if other is NO_ROWS or self is NO_ROWS:  # where nobody asked for moments, in every chunk
            return self if other is NO_ROWS else other
        return Moments(
            self.n + other.n,
            self.squares + other.squares,
            self.cross + other.cross,
            self.sizes + other.sizes,
            self.n_overflowed + other.n_overflowed,
        )

    def standard_error(self, total: ExactSum, size: Fraction) -> float:
        """The standard error of a mean.

        Args:
            total: Exact sum of s over all rows; signed, if these are differences.
            size: Exact sum of m over all rows, above 0.

        Returns:
            NaN for less than two rows; infinite if a square is beyond binary64.
        """
        if self.n_overflowed:
            return math.inf
        if self.n < 2:
            return math.nan
        from fractions import Fraction  # late: a few milliseconds that most runs do not need

        unit = Fraction(1, 1 << -UNIT_EXPONENT)
        mean = total.units * unit / size
        residuals = (
            self.squares.units - 2 * mean * self.cross.units + mean * mean * self.sizes.units
        ) * unit
        variance = Fraction(self.n, self.n - 1) * max(residuals, Fraction(0)) / (size * size)
        return _root(variance)


NO_ROWS = Moments()


def _root(value: Fraction) -> float:
    """The square root of a rational, which itself may be beyond binary64."""
    if value == 0:
        return 0.0
    shift = (value.numerator.bit_length() - value.denominator.bit_length()) // 2
    scaled = value / type(value)(4) ** shift
    try:
        return math.ldexp(math.sqrt(scaled), shift)
    except OverflowError:
        return math.inf


class Rows(NamedTuple):
    """Sums and sizes of some rows whose loss is not NaN, and which of all rows these are.

    Attributes:
        sums: s of each; infinite where it is beyond binary64.
        sizes: m of each; None where all are 1.
        kept: Which rows they are; None for all.
    """

    sums: NDArray[np.float64]
    sizes: NDArray[np.float64] | None
    kept: NDArray[np.bool_] | None


def rows_of(
    terms: NDArray[np.float64],
    n_rows: int,
    kept: NDArray[np.bool_] | None,
    weight: NDArray[np.float64] | None,
) -> Rows:
    """Sum the elements of each row, from left to right, each addition rounded.

    Args:
        terms: Losses of the elements that count, weighted if there are weights; row by row.
        n_rows: All rows; each has equally many elements.
        kept: Which of all elements count; None for all.
        weight: Of the elements that count, if there are weights.
    """
    n_elements = terms.size if kept is None else kept.size
    if n_elements == n_rows:
        sums, sizes, some = terms, weight, kept
    else:
        sizes_of = np.ones(terms.size) if weight is None else weight
        sums = _row_sums(terms, n_rows, kept)
        sizes = _row_sums(sizes_of, n_rows, kept)
        some = sizes > 0
        sums, sizes = sums[some], sizes[some]
    is_nan = np.isnan(sums)
    if not is_nan.any():
        return Rows(sums, sizes, some)
    chosen = np.ones(n_rows, np.bool_) if some is None else some.copy()
    chosen[chosen] = ~is_nan
    return Rows(sums[~is_nan], None if sizes is None else sizes[~is_nan], chosen)


def _row_sums(
    values: NDArray[np.float64], n_rows: int, kept: NDArray[np.bool_] | None
) -> NDArray[np.float64]:
    whole = values
    if kept is not None:
        whole = np.zeros(kept.size)
        whole[kept] = values
    with np.errstate(over="ignore"):
        sums: NDArray[np.float64] = np.add.accumulate(whole.reshape(n_rows, -1), axis=1)[:, -1]
    return sums


class Products(NamedTuple):
    """Products of the rows that do not overflow, each list of terms to be summed exactly.

    Attributes:
        n: Rows that do not overflow.
        squares: Terms of s*s: products and their remainders.
        cross: Terms of s*m.
        sizes: Terms of m*m; None where every m is 1.
        finite: Which rows do not overflow; None for all.
    """

    n: int
    squares: list[NDArray[np.float64]]
    cross: list[NDArray[np.float64]]
    sizes: list[NDArray[np.float64]] | None
    finite: NDArray[np.bool_] | None


def products_of(rows: Rows) -> Products:
    """The products whose sums are held, without error."""
    sums, sizes = rows.sums, rows.sizes
    with np.errstate(all="ignore"):
        finite = np.isfinite(sums * sums)
        if sizes is not None:
            finite &= np.isfinite(sums * sizes) & np.isfinite(sizes * sizes)
    kept = None if finite.all() else finite
    if kept is not None:
        sums, sizes = sums[kept], None if sizes is None else sizes[kept]
    return Products(
        n=sums.size,
        squares=exact_product(sums, sums),
        cross=[sums] if sizes is None else exact_product(sums, sizes),
        sizes=None if sizes is None else exact_product(sizes, sizes),
        finite=kept,
    )


def exact_product(
    one: NDArray[np.float64], other: NDArray[np.float64]
) -> list[NDArray[np.float64]]:
    """Products and their remainders, whose sum is the product without error.

    Args:
        one: Numbers whose products with `other` do not overflow.
        other: Equally many.
    """
    with np.errstate(all="ignore"):
        product = one * other
        high, low = _halves(one)
        other_high, other_low = (high, low) if other is one else _halves(other)
        remainder = high * other_high - product
        remainder += high * other_low
        remainder += low * other_high
        remainder += low * other_low
    remainder[~np.isfinite(remainder)] = 0.0  # a factor of over 2**996, which cannot be halved
    return [product, remainder]


def _halves(values: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Numbers as sums of two of 26 bits (Veltkamp's splitting)."""
    scaled = values * _SPLITTER
    high = scaled - (scaled - values)
    return high, values - high


def moments_of(rows: Rows) -> Moments:
    """The moments of some rows."""
    products = products_of(rows)
    sizes = ExactSum(products.n << -UNIT_EXPONENT)
    return Moments(
        n=products.n,
        squares=_sum_of(products.squares),
        cross=_sum_of(products.cross),
        sizes=sizes if products.sizes is None else _sum_of(products.sizes),
        n_overflowed=rows.sums.size - products.n,
    )


def _sum_of(terms: list[NDArray[np.float64]]) -> ExactSum:
    return sum(map(ExactSum.of, terms), ExactSum())
