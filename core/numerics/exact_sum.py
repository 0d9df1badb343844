"""Exact sums of binary64 numbers: formed without error, rounded once, the same in any order.

Every finite binary64 is a whole number of units of 2**-1074, so a sum of them is a Python integer.
Integers add without error in any order, and `a / b` on Python integers is correctly rounded.

A block of numbers becomes an integer in a few vectorised folds of error-free extraction. With
C = 1.5 * 2**52 * u for a power of two u, every v with |v| <= 2**51 * u satisfies

    t = fl(v + C)      lies in [2**52 u, 2**53 u], so it is a whole multiple of u
    q = t - C          exact: v rounded to a multiple of u
    v - q              exact: the remainder, at most u/2

and the bit patterns of t, read as 64-bit integers, are bits(C) + q/u: adding them up as integers
gives the sum of q exactly. The remainders go to the next fold, until none is left.

Sources: S. M. Rump, T. Ogita, S. Oishi, "Accurate floating-point summation part I: faithful
rounding", SIAM J. Sci. Comput. 31(1), 2008, doi:10.1137/050645671 (error-free extraction);
J. Demmel, H. D. Nguyen, "Parallel reproducible summation", IEEE Trans. Comput. 64(7), 2015,
doi:10.1109/TC.2014.2345391 (order-free sums by extraction against fixed units).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from operator import index
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

UNIT_EXPONENT = -1074
"""Exponent of the smallest positive binary64, in whose multiples sums are held."""

SQUARE_EXPONENT = 2 * UNIT_EXPONENT
"""Exponent of the square of that number, in whose multiples sums of products of two are held."""

CUBE_EXPONENT = 3 * UNIT_EXPONENT
"""Exponent of the cube of that number, in whose multiples sums of products of three are held."""

BLOCK = 1 << 16
"""Most elements in one extraction. They are 512 KiB of binary64: a few such buffers stay in a
core's cache, and with fewer, longer operations two threads wait less for each other (half the size
is slower with two)."""

_FOLD_BITS = 46
"""Bits taken by one fold: BLOCK values of at most 2**46 units each sum to less than 2**63."""

_FEW = 16
"""If fewer than one remainder in 16 is not 0, the next folds take only these. With more it costs
less to fold all again: picking half of a block at random takes 4 ns a value."""

_LARGE_EXPONENT = 1017
"""From 2**1017 on, C itself would overflow: such values are scaled down exactly and summed
apart."""

_SCALE_EXPONENT = 200


@dataclass(frozen=True, slots=True, repr=False)
class ExactSum:
    """An exact sum of finite binary64 numbers.

    Laws: `ExactSum()` is the identity of `+`; `+` is associative and commutative; and
    `ExactSum.of(a) + ExactSum.of(b) == ExactSum.of(a and b in any order)`.

    Attributes:
        units: The sum as a whole number of 2**-1074.

    Example:
        >>> float(ExactSum.of([1e16, 1.0, -1e16]))
        1.0
    """

    units: int = 0

    @classmethod
    def of(cls, values: NDArray[np.float64] | list[float]) -> ExactSum:
        """Sum numbers exactly.

        Args:
            values: Any shape; read as binary64; every one finite.

        Raises:
            ValueError: A value is NaN or infinite.
        """
        flat = np.asarray(values, dtype=np.float64).reshape(-1)
        scratch = np.empty(min(BLOCK, flat.size))
        units = 0
        for start in range(0, flat.size, BLOCK):
            block = flat[start : start + BLOCK].copy()
            limit = float(np.abs(block).max())
            if not math.isfinite(limit):
                raise ValueError("an exact sum takes finite numbers only")
            units += extract_units(block, limit, scratch)
        return cls(units)

    def __add__(self, other: ExactSum) -> ExactSum:
        return ExactSum(self.units + other.units)

    def __repr__(self) -> str:
        """The sum as that of a few numbers, the first of which is the sum rounded once."""
        name, rest, terms = type(self).__name__, self, list[float]()
        while rest.units:
            terms.append(float(rest))
            if math.isinf(terms[-1]):
                return f"{name}(units={self.units})"
            numerator, denominator = terms[-1].as_integer_ratio()
            rest = ExactSum(rest.units - (numerator << -UNIT_EXPONENT) // denominator)
        return f"{name}.of({terms})" if terms else f"{name}()"

    def __float__(self) -> float:
        """The sum rounded once to binary64; an infinity if it is too large."""
        return self.over(1)

    def over(self, divisor: int) -> float:
        """The exact quotient of the sum and a positive integer, rounded once to binary64."""
        try:
            return self.units / (index(divisor) << -UNIT_EXPONENT)
        except OverflowError:
            return math.inf if self.units > 0 else -math.inf

    def ratio(self, divisor: ExactSum) -> float:
        """The exact quotient of two sums, rounded once to binary64; the divisor is not 0."""
        try:
            return self.units / divisor.units
        except OverflowError:
            return math.inf if (self.units > 0) == (divisor.units > 0) else -math.inf

    def over_as(self, divisor: int, dtype: np.dtype[np.floating]) -> np.floating:
        """The exact quotient of the sum and a positive integer, rounded once to a narrower dtype.

        Rounding to binary64 and then again would round twice. Rounding to odd in between does not
        (S. Boldo, G. Melquiond, "Emulation of a FMA and correctly rounded sums", IEEE Trans.
        Comput. 57(4), 2008): an inexact binary64 with an even last bit is moved one step towards
        the exact value, so that it can never look like a tie.

        Args:
            divisor: At least 1.
            dtype: float16, float32, float64, or bfloat16, which is rounded from float32.
        """
        near = self.over(divisor)
        if dtype.itemsize < 8 and math.isfinite(near):
            near = self._to_odd(near, divisor)
        with np.errstate(all="ignore"):
            return dtype.type(near if dtype.kind == "f" else _float32_to_odd(near))

    def _to_odd(self, near: float, divisor: int) -> float:
        numerator, denominator = near.as_integer_ratio()
        gap = self.units * denominator - numerator * (index(divisor) << -UNIT_EXPONENT)
        even = int(np.float64(near).view(np.int64)) % 2 == 0
        return math.nextafter(near, math.inf if gap > 0 else -math.inf) if gap and even else near


def _float32_to_odd(near: float) -> np.float32:
    """A binary64 as float32, rounded to odd."""
    single = np.float32(near)
    if not np.isfinite(single) or float(single) == near or int(single.view(np.int32)) % 2:
        return single
    beyond = math.copysign(math.inf, near - float(single))
    odd: np.float32 = np.nextafter(single, np.float32(beyond))
    return odd


def shifted(units: int, n_bits: int) -> int:
    """An integer times 2**n_bits, where that is an integer."""
    return units << n_bits if n_bits >= 0 else units >> -n_bits


def extract_units(values: NDArray[np.float64], limit: float, scratch: NDArray[np.float64]) -> int:
    """Sum one block of numbers exactly.

    Args:
        values: At most `BLOCK` finite numbers, one dimension. Used as working space: destroyed.
        limit: A finite number that no |value| exceeds.
        scratch: Working space, at least as long as `values`.

    Returns:
        The sum in units of 2**-1074.
    """
    exponent = math.frexp(limit)[1]  # limit < 2**exponent
    if exponent > _LARGE_EXPONENT:
        return _extract_large(values, limit, scratch)
    units = 0
    while True:
        rounded = scratch[: values.size]
        unit_exponent = max(exponent - _FOLD_BITS, UNIT_EXPONENT)
        anchor = math.ldexp(1.5, unit_exponent + 52)
        np.add(values, anchor, out=rounded)
        units += _sum_multiples(rounded, unit_exponent) << (unit_exponent - UNIT_EXPONENT)
        np.subtract(rounded, anchor, out=rounded)
        exact = np.equal(rounded, values)
        if exact.all():
            return units
        np.subtract(values, rounded, out=values)
        if exact.size - np.count_nonzero(exact) < exact.size // _FEW:
            values = values[~exact]
        exponent = unit_exponent


def _sum_multiples(rounded: NDArray[np.float64], unit_exponent: int) -> int:
    """Sum of (t - C) / u over all t, from the bit patterns; exact modulo 2**64, so exact."""
    anchor_bits = (unit_exponent + 52 + 1023 << 52) + (1 << 51)
    bits = int(np.add.reduce(rounded.view(np.int64))) - rounded.size * anchor_bits
    return (bits + (1 << 63)) % (1 << 64) - (1 << 63)


def _extract_large(values: NDArray[np.float64], limit: float, scratch: NDArray[np.float64]) -> int:
    """Like `extract_units`, but values near the overflow threshold are scaled and summed apart."""
    is_large = np.abs(values) >= math.ldexp(1.0, _LARGE_EXPONENT - _SCALE_EXPONENT)
    scaled = values[is_large] * math.ldexp(1.0, -_SCALE_EXPONENT)
    values[is_large] = 0.0
    rest = math.ldexp(1.0, _LARGE_EXPONENT - _SCALE_EXPONENT)
    large = extract_units(scaled, math.ldexp(limit, -_SCALE_EXPONENT), scratch)
    return (large << _SCALE_EXPONENT) + extract_units(values, rest, scratch)
