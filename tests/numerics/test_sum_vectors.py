"""Sums whose exact value is known by hand, where summing in floating point goes wrong.

The kinds are those by which R. M. Neal tested his superaccumulators, "Fast exact summation using
small and large superaccumulators", 2015, arXiv:1505.05571; the numbers are our own.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import pytest

from smoothl1 import ExactSum, evaluate
from smoothl1.numerics.group_sums import ExactSums
from tests.oracle import LARGEST, SMALLEST, exact_sum, rounded

TWO_53 = 2.0**53
HALF_ULP = 2.0**970
"""Half of the distance between the largest numbers."""

POWERS = [math.ldexp(1.0, exponent) for exponent in range(-1074, 1024)]


class Vector(NamedTuple):
    """Numbers, and their sum rounded once to binary64."""

    values: list[float]
    total: float


VECTORS = {
    "nothing": Vector([], 0.0),
    "minus zeros": Vector([-0.0, -0.0], 0.0),
    "the smallest": Vector([SMALLEST], SMALLEST),
    "the largest negative": Vector([-LARGEST], -LARGEST),
    "opposites": Vector([*POWERS, *(-power for power in reversed(POWERS))], 0.0),
    "one left of opposites": Vector([2.0**1000, 1.5, -(2.0**1000), 2.0**-1000, -1.5], 2.0**-1000),
    "a subnormal among the largest": Vector([LARGEST, LARGEST, 5e-324, -LARGEST, -LARGEST], 5e-324),
    "more than the largest on the way": Vector([LARGEST] * 9 + [-LARGEST] * 8, LARGEST),
    "a carry over all exponents": Vector(POWERS[:-1], 2.0**1023),
    "a borrow over all exponents": Vector([2.0**1023, -SMALLEST], 2.0**1023),
    "a borrow that is seen": Vector(
        [2.0**1023, -SMALLEST, -(2.0**1023), 2.0**-1022], 2.0**-1022 - SMALLEST
    ),
    "all ones below 1": Vector([0.5**i for i in range(1, 54)], 1.0 - 2.0**-53),
    "all ones below 1 and one more": Vector([*(0.5**i for i in range(1, 54)), 0.5**53], 1.0),
    "a tie to even below": Vector([TWO_53, 1.0], TWO_53),
    "a tie to even above": Vector([TWO_53 + 2, 1.0], TWO_53 + 4),
    "a little more than a tie": Vector([SMALLEST, TWO_53, 1.0], TWO_53 + 2),
    "a little less than a tie": Vector([TWO_53 + 2, -SMALLEST, 1.0], TWO_53 + 2),
    "a negative tie": Vector([-TWO_53, -1.0], -TWO_53),
    "a little more than a negative tie": Vector([-TWO_53, -SMALLEST, -1.0], -TWO_53 - 2),
    "a tie at a power of two": Vector([1.0, -(2.0**-54)], 1.0),
    "a little less than that": Vector([1.0, -(2.0**-54), -SMALLEST], 1.0 - 2.0**-53),
    "subnormals that become normal": Vector(
        [2.0**-1074] * 2 + [2.0**-1022 - 2.0**-1073], 2.0**-1022
    ),
    "subnormals of both signs": Vector([3 * SMALLEST, -5 * SMALLEST], -2 * SMALLEST),
    "just not too large": Vector([LARGEST, HALF_ULP, -SMALLEST], LARGEST),
    "just too large": Vector([LARGEST, HALF_ULP], math.inf),
    "just too negative": Vector([-LARGEST, -HALF_ULP], -math.inf),
    "many that carry once": Vector([2.0**52 + 1] * 4096, 2.0**64 + 4096),
    "decimal tenths": Vector([0.1] * 10, 1.0),
    "Kahan's": Vector([1.0, 1e100, 1.0, -1e100] * 10_000, 20_000.0),
}


@pytest.mark.parametrize("name", VECTORS)
def test_every_way_to_sum_gives_the_sum_that_is_known(name: str) -> None:
    values, total = VECTORS[name]
    assert rounded(exact_sum(values)) == total
    one_by_one = ExactSum()
    for value in values[:500]:
        one_by_one += ExactSum.of([value])
    for found in (
        ExactSum.of(values),
        ExactSum.of(values[::-1]),
        one_by_one + ExactSum.of(values[500:]),
        sum_of_group(values, 1),
        sum_of_group(values, 3),
    ):
        assert (float(found), math.copysign(1.0, float(found))) == (
            total,
            math.copysign(1.0, total),
        )


def sum_of_group(values: list[float], n_groups: int) -> ExactSum:
    """The sum by groups of all numbers, put together."""
    sums = ExactSums(n_groups)
    sums.add(np.arange(len(values)) % n_groups, np.array(values))
    total = ExactSum()
    for each in sums.sums():
        total += each
    return total


@pytest.mark.parametrize("backend", ["cpu", "native"])
def test_losses_sum_to_what_is_known(monkeypatch: pytest.MonkeyPatch, backend: str) -> None:
    monkeypatch.setenv("SMOOTHL1_BACKEND", backend)
    for name, (values, _) in VECTORS.items():
        if values:
            found = evaluate(values, [0.0] * len(values), betas=0.0)
            assert found.backend == backend
            assert found.sum == rounded(exact_sum(map(abs, values))), name


@pytest.mark.parametrize("backend", ["cpu", "native"])
def test_what_is_not_finite_is_no_part_of_a_sum(
    monkeypatch: pytest.MonkeyPatch, backend: str
) -> None:
    monkeypatch.setenv("SMOOTHL1_BACKEND", backend)
    nan, inf = math.nan, math.inf
    for values, total in (([1.0, inf, 2.0], inf), ([1.0, -inf], inf), ([inf, nan, 1.0], nan)):
        found = evaluate(values, [0.0] * len(values), betas=0.0, warn=lambda _: None)
        assert str(found.sum) == str(total)
        finite = [abs(value) for value in values if math.isfinite(value)]
        assert float(found.tallies[0].total) == sum(finite)
