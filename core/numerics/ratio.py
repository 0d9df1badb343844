"""The mean loss as a ratio of sums over rows: its standard error, and how skewed it is.

With s and m of each row as in `row_moments` and S and M their sums over n rows, the mean is the
ratio S / M. By linearisation, with the residuals e = s - (S / M) * m,

    variance of the mean = (sum of e**2) / (M**2 - (sum of m**2))

As M**2 / (sum of m**2) is Kish's effective number of rows k, that is

    k / (k - 1) * (sum of e**2) / M**2        with k - 1 degrees of freedom

For rows that are alike in size k is n, and of rows of one element without weights it is the
textbook's s**2 / n. The statistic t = (mean - truth) / (standard error) is skewed where losses are:
to the order of 1 / sqrt(n) it is distributed as z - a * z**2 - b, z being standard normal, with

    a = skewness / 3 - coupling       skewness = (sum of e**3) / (sum of e**2)**(3/2)
    b = skewness / 6                  coupling = (sum of e * m) / (M * sqrt(sum of e**2))

The coupling is 0 where rows are alike in size. It is what Hall's expansion of a mean becomes for a
ratio: the residuals are taken about the estimate, and if that errs by d, the sum of their squares
changes by -2 * d * (sum of e * m). Everything is formed from exact integers and rounded at the end,
so that scaling the losses or the weights by a power of two changes no bit of a number without a
unit.

Sources: W. G. Cochran, "Sampling Techniques", 3rd edition, Wiley 1977, sections 2.11 and 9A.3
(ratio estimates, and means over clusters of unequal size); L. Kish, "Survey Sampling", Wiley 1965,
section 11.7 (unequal weights); P. Hall, "On the removal of skewness by transformation", J. R.
Statist. Soc. B 54(1), 1992, pages 221 to 228 (a and b of a mean).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from smoothl1.numerics.exact_sum import UNIT_EXPONENT

if TYPE_CHECKING:
    from smoothl1.numerics.row_moments import Moments, ThirdMoments

_ORDINARY_BITS = 500
"""Numbers between 2**-500 and 2**500 are used as they are, others in another unit, so that neither
they nor their squares over- or underflow."""


class Scaled(NamedTuple):
    """A number of any magnitude: value * 2**exponent."""

    value: float
    exponent: int

    def __float__(self) -> float:
        """The number rounded to binary64; an infinity if it is too large."""
        return ldexp(self.value, self.exponent) if self.exponent else self.value

    def within(self, exponent: int) -> float:
        """The number in units of 2**exponent."""
        return ldexp(self.value, self.exponent - exponent)


class Ratio(NamedTuple):
    """A mean and the moments of its rows, all in units in which they are short integers.

    Attributes:
        total: S as a whole number of 2**total_exponent; signed, if these are differences.
        size: M as a whole number of 2**size_exponent, above 0.
        squares: M**2 times the sum of e**2, in units that follow from the two exponents.
        moments: The moments of the rows, in units that follow likewise.
        total_exponent: The exponent of the unit of sums.
        size_exponent: The exponent of the unit of sizes.
    """

    total: int
    size: int
    squares: int
    moments: Moments
    total_exponent: int
    size_exponent: int

    @property
    def is_known(self) -> bool:
        """Whether there is a standard error: at least two rows, all within binary64."""
        return self.moments.n >= 2 and self.moments.n_overflowed == 0 and self._spread > 0

    @property
    def mean(self) -> Scaled:
        """S / M."""
        return quotient(self.total, self.size, self.total_exponent - self.size_exponent)

    @property
    def sum(self) -> Scaled:
        """S."""
        return quotient(self.total, 1, self.total_exponent)

    @property
    def standard_error(self) -> Scaled:
        """Standard error of the mean; NaN for fewer than two rows, inf for one beyond binary64."""
        divisor = self.size**2 * self._spread
        return self._error(divisor, self.total_exponent - self.size_exponent)

    @property
    def standard_error_of_sum(self) -> Scaled:
        """Standard error of the sum; the sizes are taken as fixed."""
        return self._error(self._spread, self.total_exponent)

    @property
    def effective_rows(self) -> float:
        """Kish's effective number of rows, in rows of equal size; NaN without rows."""
        sizes = self.moments.sizes
        return float(quotient(self.size**2, sizes)) if sizes else math.nan

    @property
    def df(self) -> float:
        """Degrees of freedom: effective rows less one."""
        sizes = self.moments.sizes
        return float(quotient(self._spread, sizes)) if sizes else math.nan

    @property
    def t(self) -> float:
        """Student's t of the mean against 0; NaN if no row differs from 0, or none is known."""
        if not self.is_known:
            return math.nan
        if self.squares == 0:
            return _signed(math.inf, self.total) if self.total else math.nan
        return _signed(float(_root(self.total**2 * self._spread, self.squares)), self.total)

    @property
    def skewness(self) -> float:
        """Skewness of the mean, in the third power of its standard error; 0 if it is not known."""
        third, (s, m) = self.moments.third, self[:2]
        if third is None or self.squares == 0:
            return 0.0
        cubes = m**3 * third.sss - s * (
            3 * m**2 * third.ssm - s * (3 * m * third.smm - s * third.mmm)
        )
        return _signed(float(_root(cubes**2, self.squares**3)), cubes)

    @property
    def coupling(self) -> float:
        """Coupling of the mean and its standard error through the sizes."""
        if self.squares == 0:
            return 0.0
        product = self.moments.cross * self.size - self.total * self.moments.sizes
        return _signed(float(_root(product**2, self.size**2 * self.squares)), product)

    @property
    def _spread(self) -> int:
        """M**2 minus the sum of m**2."""
        return self.size**2 - self.moments.sizes

    def _error(self, divisor: int, exponent: int) -> Scaled:
        if self.moments.n_overflowed:
            return Scaled(math.inf, 0)
        return _root(self.squares, divisor, exponent) if self.is_known else Scaled(math.nan, 0)


def ratio_of(total: int, size: int, moments: Moments, *, with_third: bool = True) -> Ratio:
    """A mean and the moments of its rows, in short units.

    Args:
        total: S, exact, in units of 2**-1074; signed, if these are differences.
        size: M, exact, in units of 2**-1074; above 0.
        moments: The moments of the rows.
        with_third: Whether the third moments are kept: errors, t and df need none.
    """
    third = moments.third if with_third else None
    n_s, n_m = _common_zeros(total, size, moments, third)
    s, m, short = total >> n_s, size >> n_m, _shortened(moments, third, n_s, n_m)
    squares = m**2 * short.squares - s * (2 * m * short.cross - s * short.sizes)
    exponents = n_s + UNIT_EXPONENT, n_m + UNIT_EXPONENT
    return Ratio(s, m, max(squares, 0), short, *exponents)


def error_of_ones(n: int, total: int, squares: int, unit_exponent: int = UNIT_EXPONENT) -> float:
    """The standard error of a mean over rows of one element each: the bits of `Ratio`, sooner.

    All sizes are 1, so its sums are short: n**2 * squares less n * total**2 for the residuals.

    Args:
        n: The number of rows, at least 2.
        total: S, in units of 2**unit_exponent.
        squares: The sum of s*s, in squares of that unit.
        unit_exponent: The exponent of the unit.
    """
    n_s = min(_zeros(total), _zeros(squares) // 2)
    residuals = n * (squares >> 2 * n_s) - (total >> n_s) ** 2
    return float(_root(max(residuals, 0), n**2 * (n - 1), n_s + unit_exponent))


def _common_zeros(
    total: int, size: int, moments: Moments, third: ThirdMoments | None
) -> tuple[int, int]:
    """The number of trailing zero bits common to all s, and to all m, as far as the sums show."""
    n_m = min(_zeros(size), _zeros(moments.sizes) // 2)
    if third is not None:
        n_m = min(n_m, _zeros(third.mmm) // 3)
    n_s = min(_zeros(total), _zeros(moments.squares) // 2, _zeros(moments.cross) - n_m)
    if third is not None:
        of_third = (_zeros(third.ssm) - n_m) // 2, _zeros(third.smm) - 2 * n_m
        n_s = min(n_s, _zeros(third.sss) // 3, *of_third)
    return (n_s, n_m) if n_s >= 0 else (0, 0)


def _zeros(number: int) -> int:
    """The number of trailing zero bits; for 0, more than for any other number."""
    return (number & -number).bit_length() - 1 if number else -3 * UNIT_EXPONENT


def _shortened(moments: Moments, third: ThirdMoments | None, n_s: int, n_m: int) -> Moments:
    if third is not None:
        bits = (3 * n_s, 2 * n_s + n_m, n_s + 2 * n_m, 3 * n_m)
        third = type(third)(*map(int.__rshift__, third, bits))
    return type(moments)(
        moments.n,
        moments.squares >> 2 * n_s,
        moments.cross >> n_s + n_m,
        moments.sizes >> 2 * n_m,
        moments.n_overflowed,
        third,
    )


def quotient(numerator: int, denominator: int, exponent: int = 0) -> Scaled:
    """A quotient of integers times 2**exponent, rounded once; the denominator is above 0."""
    if numerator == 0:
        return Scaled(0.0, 0)
    bits = abs(numerator).bit_length() - denominator.bit_length()
    return _scaled(_over_power(numerator, denominator, bits), bits + exponent)


def ldexp(value: float, exponent: int) -> float:
    """A number times 2**exponent; an infinity if it is beyond binary64."""
    try:
        return math.ldexp(value, exponent)
    except OverflowError:
        return math.copysign(math.inf, value)


def _root(numerator: int, denominator: int, exponent: int = 0) -> Scaled:
    """The square root of a quotient of integers, neither below 0, times 2**exponent."""
    if numerator == 0:
        return Scaled(0.0, 0)
    half = (numerator.bit_length() - denominator.bit_length()) // 2
    return _scaled(math.sqrt(_over_power(numerator, denominator, 2 * half)), half + exponent)


def _scaled(value: float, exponent: int) -> Scaled:
    """A number not far from 1 times 2**exponent; multiplied out if no bit is lost."""
    if abs(exponent) < _ORDINARY_BITS:
        return Scaled(math.ldexp(value, exponent), 0)
    return Scaled(value, exponent)


def _signed(magnitude: float, sign: int) -> float:
    return -magnitude if sign < 0 else magnitude


def _over_power(numerator: int, denominator: int, exponent: int) -> float:
    """The quotient of integers over 2**exponent, which is not far from 1."""
    if exponent < 0:
        return (numerator << -exponent) / denominator
    return numerator / (denominator << exponent)
