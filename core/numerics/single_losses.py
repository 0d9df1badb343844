"""The loss of one distance, and the distances that have one loss.

The loss of `numerics.loss` never falls as the distance rises: each of its operations rounds, and
rounding keeps the order. So the distances of one loss are neighbours, and are found by bisection
over the bit patterns of binary64, which are in the order of the numbers from 0 on.
"""

from __future__ import annotations

import math
import struct
from bisect import bisect_left, bisect_right
from functools import lru_cache

from smoothl1.numerics.exact_sum import UNIT_EXPONENT

_PATTERNS = range(0x7FF0_0000_0000_0001)
"""The bit patterns of all numbers from 0 to infinity."""

_STEPS = 8
"""Numbers beside an estimate that are looked at first: its error is that of a few roundings, unless
numbers are subnormal."""


def loss_of(distance: float, beta: float) -> float:
    """The loss of a distance, with the bits of `numerics.loss`.

    Args:
        distance: From 0 to infinity.
        beta: Transition point, finite, >= 0.
    """
    if beta == 0.0:
        return distance
    part = min(distance, beta)
    return (part / beta) * (distance - part / 2)


@lru_cache(maxsize=1024)
def distances_of(loss: float, beta: float) -> tuple[float, float] | None:
    """The smallest and the largest distance that have a loss; None if no distance has it.

    Args:
        loss: From 0 to infinity.
        beta: Transition point, finite, >= 0.
    """
    if beta == 0.0:
        return loss, loss
    found = _near_estimate(loss, beta)
    if found is not None:
        return found

    def of_pattern(bits: int) -> float:
        return loss_of(_number(bits), beta)

    first = bisect_left(_PATTERNS, loss, key=of_pattern)
    beyond = bisect_right(_PATTERNS, loss, first, key=of_pattern)
    return (_number(first), _number(beyond - 1)) if first < beyond else None


def has_distance(loss: float, beta: float) -> bool:
    """Whether a distance surely has a loss; False where it takes bisection to know.

    Args:
        loss: A finite number from 0 on.
        beta: Transition point, finite, >= 0.
    """
    return beta == 0.0 or _near(loss, beta) is not None


def units_of(number: float) -> int:
    """A finite number as a whole number of 2**-1074."""
    numerator, denominator = number.as_integer_ratio()
    return numerator << (1 - UNIT_EXPONENT - denominator.bit_length())


def _near_estimate(loss: float, beta: float) -> tuple[float, float] | None:
    """The distances of a loss, if they are near an estimate, and few."""
    distance = _near(loss, beta)
    if distance is None:
        return None
    low, high = (_last(loss, beta, distance, towards) for towards in (0.0, math.inf))
    return None if low is None or high is None else (low, high)


def _near(loss: float, beta: float) -> float | None:
    """A distance near an estimate that has a loss, if one has it."""
    far = loss + beta / 2
    distance = far if far >= beta else math.sqrt(beta) * math.sqrt(loss) * math.sqrt(2.0)
    for _ in range(_STEPS):
        found = loss_of(distance, beta)
        if found == loss:
            return distance
        distance = math.nextafter(distance, math.inf if found < loss else 0.0)
    return None


def _last(loss: float, beta: float, distance: float, towards: float) -> float | None:
    """The last distance with a loss on the way from one that has it; None if the way is long."""
    for _ in range(_STEPS):
        beyond = math.nextafter(distance, towards)
        if loss_of(beyond, beta) != loss:
            return distance
        distance = beyond
    return None


def _number(bits: int) -> float:
    found: float = struct.unpack("<d", struct.pack("<Q", bits))[0]
    return found
