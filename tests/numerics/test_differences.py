"""The two sides of a difference, as numbers of binary64 that add up to it exactly."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import numpy as np

from smoothl1.numerics.differences import exact_sides

VALUES = {
    "u1": [0, 255],
    "i4": [-(2**31), 2**31 - 1],
    "i8": [-(2**63), -(2**53) - 1, -1, 0, 2**53 + 1, 2**63 - 1],
    "u8": [0, 2**53 + 1, 2**64 - 1],
    "?": [False, True],
}


def test_integers_add_up_to_their_difference_at_every_magnitude() -> None:
    for one, other in product(VALUES, VALUES):
        pairs = [*product(VALUES[one], VALUES[other])]
        pred = np.array([pair[0] for pair in pairs], one)
        target = np.array([pair[1] for pair in pairs], other)
        parts = exact_sides(pred, target)
        assert all(part.dtype == np.float64 for part in parts)
        for i, (x, y) in enumerate(pairs):
            assert sum(Fraction(float(part[i])) for part in parts) == int(x) - int(y)


def test_an_integer_beside_a_fraction_is_rounded_as_the_loss_rounds_it() -> None:
    parts = exact_sides(np.array([2**53 + 1]), np.array([0.5]))
    assert sum(Fraction(float(part[0])) for part in parts) == Fraction(2**53) - Fraction(1, 2)
