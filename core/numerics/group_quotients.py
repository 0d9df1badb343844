"""Exact sums of many groups over integers, each rounded once, in arrays.

A sum is divided digit by digit in base 2**32, as by hand. Of the quotient, 64 bits from its first
bit on are kept. If anything is left below them, the last of these is set, so that rounding them to
binary64 rounds the exact quotient (rounding to odd, as in `ExactSum.over_as`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from smoothl1.numerics.exact_sum import UNIT_EXPONENT, ExactSum

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from smoothl1.numerics.group_sums import ExactSums

    Words = NDArray[np.uint64]

_WORD_BITS = 32
_WORD = np.uint64((1 << _WORD_BITS) - 1)
_SHIFT = np.uint64(_WORD_BITS)

_N_FRACTION = 3
"""Words of a quotient below the unit of its sum: with a divisor below 2**32, the first one that is
not 0 has two more below it, and so 65 bits at least."""

_BLOCK = 1 << 14
"""Groups at a time: a word of each of them takes 128 KiB."""

_LEAST_EXPONENT = -1022
"""Exponent of the smallest normal binary64. Numbers below it have fewer bits."""


def quotients(sums: ExactSums, divisors: NDArray[np.int64]) -> NDArray[np.float64]:
    """The quotient of each sum and an integer, rounded once to binary64.

    Args:
        sums: Exact sums of n groups.
        divisors: Shape (n,), at least 0.

    Returns:
        Shape (n,): an infinity where a quotient is too large, NaN where the divisor is 0.
    """
    sums.carry()
    found = np.full(sums.n, np.nan)
    for low in range(0, sums.n, _BLOCK):
        at = slice(low, low + _BLOCK)
        found[at] = _of_block(sums.digits[at], sums.lowest, divisors[at])
    return found


def _of_block(
    digits: NDArray[np.int64], lowest: int, divisors: NDArray[np.int64]
) -> NDArray[np.float64]:
    words, is_negative = _words_of(digits)
    is_short = (divisors > 0) & (divisors <= int(_WORD)) & ~is_negative
    quotient, is_inexact = _divided(words, np.where(is_short, divisors, 1).view(np.uint64))
    first, bits, n_zeros = _first_bits(quotient, is_inexact)
    place = words.shape[0] - 1 - first + lowest  # of the first word that is not 0
    exponent = _WORD_BITS * (place - 1) + UNIT_EXPONENT - n_zeros.astype(np.int64)
    with np.errstate(over="ignore"):
        found: NDArray[np.float64] = np.ldexp(bits.astype(np.float64), exponent.astype(np.intc))
    is_normal = (exponent + 2 * _WORD_BITS - 1 >= _LEAST_EXPONENT) | (bits == 0)
    for i in np.flatnonzero(~(is_short & is_normal)).tolist():
        found[i] = _exactly(digits[i].tolist(), lowest, int(divisors[i]))
    return found


def _words_of(digits: NDArray[np.int64]) -> tuple[Words, NDArray[np.bool_]]:
    """Sums as words of 32 bits without a sign, the highest first; and which are negative."""
    n, n_places = digits.shape
    words = np.zeros((n_places + 1, n), np.uint64)
    over = np.zeros(n, np.int64)
    for i in range(n_places):
        digit = digits[:, i] + over
        words[n_places - i] = digit & int(_WORD)
        over = digit >> _WORD_BITS
    words[0] = over & int(_WORD)
    return words, over < 0


def _divided(words: Words, divisors: Words) -> tuple[Words, NDArray[np.bool_]]:
    """The words of quotients, and of those that are not integers the first words of the fraction.

    Also whether more would follow.
    """
    found = np.zeros((len(words) + _N_FRACTION, divisors.size), np.uint64)
    rest = np.zeros_like(divisors)
    for i in range(len(found)):
        rest <<= _SHIFT
        if i < len(words):
            rest |= words[i]
        np.divmod(rest, divisors, out=(found[i], rest))
    return found, rest != 0


def _first_bits(
    words: Words, is_inexact: NDArray[np.bool_]
) -> tuple[NDArray[np.intp], Words, Words]:
    """64 bits from the first bit that is set on, rounded to odd.

    Returns:
        For each number the place of its first word that is not 0, counted from the highest; its 64
        bits, or 0; and the zeros before them in that word.
    """
    first: NDArray[np.intp] = (words != 0).argmax(axis=0)
    groups = np.arange(first.size)
    is_more = np.zeros((len(words) + 1, first.size), np.bool_)
    is_more[-1] = is_inexact  # the others: whether any word from there on is not 0
    for i in reversed(range(len(words))):
        is_more[i] = is_more[i + 1] | (words[i] != 0)
    one, two, three = (words[first + i, groups] for i in range(3))
    n_zeros = (_WORD_BITS - np.frexp(one.astype(np.float64))[1]).astype(np.uint64)
    bits = ((one << _SHIFT | two) << n_zeros) | (three << n_zeros >> _SHIFT)
    bits |= ((three << n_zeros & _WORD) != 0) | is_more[first + 3, groups]
    return first, bits, n_zeros


def _exactly(digits: list[int], lowest: int, divisor: int) -> float:
    """The same by Python's integers."""
    if divisor == 0:
        return np.nan
    units = sum(digit << _WORD_BITS * (lowest + i) for i, digit in enumerate(digits))
    return ExactSum(units).over(divisor)
