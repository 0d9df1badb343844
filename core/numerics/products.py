"""Sums of products of the sums and sizes of rows, without error and at any magnitude.

A product of two binary64 numbers is a binary64 and a remainder that is another (T. J. Dekker), as
long as neither over- nor underflows. To prevent that, numbers are scaled by powers of two, which
rounds nothing: rows are grouped into windows of 2**512 in magnitude, nearly always one, and scaled
to lie around 1. The sum, an integer, is multiplied by the power again.

A binary64 is a whole number of 2**-1074, a product of two one of 2**-2148, a product of three one
of 2**-3222: in these units the sums are Python integers.

Source: T. J. Dekker, "A floating-point technique for extending the available precision", Numerische
Mathematik 18, 1971, doi:10.1007/BF01397083 (the remainder, without fused multiply-add).
"""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from smoothl1.numerics.exact_sum import UNIT_EXPONENT, ExactSum, shifted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    Factors = tuple[str, ...]

SECOND: tuple[Factors, ...] = (("s", "s"), ("s", "m"), ("m", "m"))
"""The factors of the second moments; s is the sum of a row, m its size."""

THIRD: tuple[Factors, ...] = (("s", "s", "s"), ("s", "s", "m"), ("s", "m", "m"), ("m", "m", "m"))
"""The factors of the third moments."""

WINDOW_BITS = 512
"""Binary places of a window: a multiple of 32, so that digits move by whole places. Products of
three numbers from 2**-257 to 2**256 and their remainders lie from 2**-930 to 2**768, and their
factors below 2**996, from which on numbers cannot be split in two."""

LEAST_NEAR_ONE, MOST_NEAR_ONE = 2.0 ** (-WINDOW_BITS // 2 - 1), 2.0 ** (WINDOW_BITS // 2)
"""The window around 1: magnitudes from the first bound to below the second."""

_SPLITTER = float((1 << 27) + 1)


class Terms(NamedTuple):
    """Numbers whose exact sum is that of some products.

    Attributes:
        values: One array or several, each with a number for each row.
        exponent: The exponent of the power of two to multiply by; a multiple of 32.
    """

    values: list[NDArray[np.float64]]
    exponent: int


class Window(NamedTuple):
    """Rows whose sums have similar magnitudes, and whose sizes do.

    Attributes:
        at: Positions of these rows among all rows; None for all.
        numbers: The scaled sums "s", and the scaled sizes "m" unless all are 1.
        exponents: The exponent of the power of two by which each is to be multiplied.
    """

    at: NDArray[np.bool_] | None
    numbers: dict[str, NDArray[np.float64]]
    exponents: dict[str, int]

    def terms(self, factors: Factors) -> Terms:
        """The products of some factors: "s" and "m", two or three of them."""
        values: list[NDArray[np.float64]] = []
        for name in factors:
            if name in self.numbers:
                number = self.numbers[name]
                products = [exact_product(value, number) for value in values]
                values = [part for parts in products for part in parts] or [number]
        exponent = sum(self.exponents.get(name, 0) for name in factors)
        return Terms(values or [np.ones_like(self.numbers["s"])], exponent)


def windows_of(
    sums: NDArray[np.float64], sizes: NDArray[np.float64] | None = None
) -> Iterator[Window]:
    """Group rows into windows of similar magnitude.

    Args:
        sums: Finite sums of rows.
        sizes: As many finite sizes; None if all are 1.
    """
    numbers = {"s": sums} if sizes is None else {"s": sums, "m": sizes}
    if all(map(_is_near_one, numbers.values())):
        yield Window(None, numbers, {})
        return
    exponents = {name: _window_exponents(values) for name, values in numbers.items()}
    for case in product(*(np.unique(some).tolist() for some in exponents.values())):
        chosen = dict(zip(numbers, case, strict=True))
        at = np.logical_and.reduce([exponents[name] == chosen[name] for name in numbers])
        if at.any():
            scaled = {name: np.ldexp(numbers[name][at], -chosen[name]) for name in numbers}
            yield Window(at, scaled, chosen)


def products_of(
    sums: NDArray[np.float64],
    sizes: NDArray[np.float64] | None,
    products: tuple[Factors, ...],
) -> tuple[int, ...]:
    """The exact sum of each of some products over rows, in units of 2**(-1074 * factors)."""
    totals = [0] * len(products)
    for window in windows_of(sums, sizes):
        for i, factors in enumerate(products):
            values, exponent = window.terms(factors)
            units = sum(ExactSum.of(some).units for some in values)
            totals[i] += shifted(units, exponent + (1 - len(factors)) * UNIT_EXPONENT)
    return tuple(totals)


def exact_product(
    one: NDArray[np.float64], other: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Products and their remainders, whose sum is the product without error.

    Args:
        one: Numbers below 2**996 whose products with `other` neither over- nor underflow.
        other: As many numbers.
    """
    rounded = one * other
    high, low = _halves(one)
    other_high, other_low = (high, low) if other is one else _halves(other)
    remainder = high * other_high - rounded
    remainder += high * other_low
    remainder += low * other_high
    remainder += low * other_low
    return rounded, remainder


def _halves(values: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Numbers as sums of two of 26 bits (Veltkamp's splitting)."""
    scaled = values * _SPLITTER
    high = scaled - (scaled - values)
    return high, values - high


def _is_near_one(values: NDArray[np.float64]) -> bool:
    """Whether all numbers but zeros are in the window around 1."""
    magnitudes = np.abs(values)
    if not float(magnitudes.max(initial=0.0)) < MOST_NEAR_ONE:
        return False
    if float(magnitudes.min(initial=MOST_NEAR_ONE)) >= LEAST_NEAR_ONE:
        return True
    return bool(((magnitudes >= LEAST_NEAR_ONE) | (magnitudes == 0.0)).all())


def _window_exponents(values: NDArray[np.float64]) -> NDArray[np.intp]:
    """For each number, the middle of its window as an exponent; 0 for zeros."""
    exponents = np.frexp(values)[1].astype(np.intp)
    return (exponents + WINDOW_BITS // 2) // WINDOW_BITS * WINDOW_BITS
