"""Quotients of exact integers and their square roots, rounded once to binary64."""

from __future__ import annotations

import math

_ROOT_BITS = 64
"""Bits of a root before it is rounded: more than a binary64 has, by two at least."""


def quotient(numerator: int, denominator: int) -> float:
    """A quotient of integers, rounded once; an infinity if it is too large.

    Args:
        numerator: Of any sign and size.
        denominator: Above 0.
    """
    try:
        return numerator / denominator
    except OverflowError:
        return math.inf if numerator > 0 else -math.inf


def root_of_quotient(numerator: int, denominator: int) -> float:
    """The square root of a quotient of integers, rounded once; an infinity if it is too large.

    The root is cut off after 64 bits at least. If anything is left below them, one more bit is set,
    so that rounding to binary64 rounds the exact root (rounding to odd, as in `ExactSum.over_as`).

    Args:
        numerator: At least 0.
        denominator: Above 0.
    """
    n_bits = max(0, _ROOT_BITS - (numerator.bit_length() - denominator.bit_length()) // 2)
    scaled, rest = divmod(numerator << 2 * n_bits, denominator)
    root = math.isqrt(scaled)
    is_inexact = rest != 0 or root * root != scaled
    return quotient(2 * root + is_inexact, 1 << n_bits + 1)
