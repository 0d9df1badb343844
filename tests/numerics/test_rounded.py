"""Quotients of integers and their roots, rounded once, against fractions."""

from __future__ import annotations

import math
import random
from fractions import Fraction

from smoothl1.numerics.rounded import quotient, root_of_quotient
from tests.oracle import rounded


def test_a_quotient_is_rounded_once_and_infinite_beyond_the_largest() -> None:
    rng = random.Random(1)
    for _ in range(200):
        x = rng.randint(-(10 ** rng.randint(0, 60)), 10 ** rng.randint(0, 60))
        y = rng.randint(1, 10 ** rng.randint(0, 60))
        assert quotient(x, y) == rounded(Fraction(x, y))
    huge = 1 << 5000
    assert (quotient(huge, 3), quotient(-huge, 3)) == (math.inf, -math.inf)
    assert quotient(huge, huge + 1) == 1.0


def is_nearest(found: float, square: Fraction) -> bool:
    """Whether no number of binary64 is nearer to the root: the middles are squared."""
    root = Fraction(found)
    below = (root + Fraction(math.nextafter(found, 0.0))) / 2
    above = (root + Fraction(math.nextafter(found, math.inf))) / 2
    return below * below <= square <= above * above


def test_a_root_is_rounded_once() -> None:
    rng = random.Random(2)
    for _ in range(300):
        x = rng.randint(0, 10 ** rng.randint(0, 90))
        y = rng.randint(1, 10 ** rng.randint(0, 90))
        assert x == 0 or is_nearest(root_of_quotient(x, y), Fraction(x, y)), (x, y)
    assert [root_of_quotient(n * n, 9) for n in (0, 3, 6)] == [0.0, 1.0, 2.0]
    assert root_of_quotient(1 << 5000, 3) == math.inf


def test_a_root_just_beside_a_middle_is_rounded_to_its_side() -> None:
    """(2**53 + 1) / 2 lies between two numbers once its double is one of 54 bits."""
    middle = 2**54 + 1  # between 2**54 and 2**54 + 4: nearer to the first
    for by, other in ((-1, 2.0**54), (0, 2.0**54), (1, 2.0**54)):
        assert root_of_quotient(middle * middle + by, 1) == other
    middle = 2**54 + 2  # the very middle: to even, unless something is left
    for by, other in ((-1, 2.0**54), (0, 2.0**54), (1, 2.0**54 + 4)):
        assert root_of_quotient(middle * middle + by, 1) == other
