"""Intervals and p-values by their definition: residuals in rationals, Hall's g solved by bisection.

Of rows with sums s and sizes m, the residuals e = s - mean * m, z a quantile of Student's t:

    a = skewness / 3 - coupling      skewness = (sum of e**3) / (sum of e**2)**(3/2)
    b = skewness / 6                 coupling = (sum of e * m) / (M * sqrt(sum of e**2))
    g(t) = t + a * t**2 + a**2 * t**3 / 3 + b

with (a, b), (-coupling, 0) and (0, 0); each bound is the outermost of the three. The mean of what
cannot be below 0 has no bound below 0.
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING, Any, NamedTuple

from scipy import stats

if TYPE_CHECKING:
    from collections.abc import Sequence


class Sample(NamedTuple):
    """What follows from some rows, in floats of exact rationals."""

    mean: float
    error: float
    df: float
    skewness: float
    coupling: float

    def interval(self, confidence: float) -> tuple[float, float]:
        """Lower and upper bound."""
        z = float(stats.t.isf((1 - confidence) / 2, self.df))
        highest = max(_solved(z, *case) for case in self.cases())
        lowest = min(_solved(-z, *case) for case in self.cases())
        return self.mean - highest * self.error, self.mean - lowest * self.error

    def interval_of_losses(self, confidence: float) -> tuple[float, float]:
        """Lower and upper bound of a mean that cannot be below 0."""
        low, high = self.interval(confidence)
        return (low, high) if low > 0 else (0.0, high)

    def p_value(self) -> float:
        """Of the mean being 0."""
        t = self.mean / self.error
        of_cases = [_g(t, *case) for case in self.cases()]
        nearest = min(of_cases) if t > 0 else -max(of_cases)
        return 2 * float(stats.t.sf(max(nearest, 0.0), self.df))

    def cases(self) -> list[tuple[float, float]]:
        """The three pairs of a and b."""
        both = (self.skewness / 3 - self.coupling, self.skewness / 6)
        return [(0.0, 0.0), (-self.coupling, 0.0), both]


def sample_of(sums: Sequence[Any], sizes: Sequence[Any] | None = None) -> Sample:
    """Of rows, from their sums and sizes (1 unless given)."""
    s = [Fraction(x) for x in map(float, sums)]
    m = [Fraction(x) for x in map(float, sizes)] if sizes is not None else [Fraction(1)] * len(s)
    total, size = sum(s), sum(m)
    mean = Fraction(total) / size
    e = [x - mean * y for x, y in zip(s, m, strict=True)]
    squares, of_sizes = sum(x * x for x in e), sum(y * y for y in m)
    root = math.sqrt(squares)
    return Sample(
        mean=float(mean),
        error=math.sqrt(squares / (size * size - of_sizes)),
        df=float((size * size - of_sizes) / of_sizes),
        skewness=float(sum(x**3 for x in e)) / root**3 if squares else 0.0,
        coupling=float(sum(x * y for x, y in zip(e, m, strict=True)) / size) / root
        if squares
        else 0.0,
    )


def _g(t: float, a: float, b: float) -> float:
    return t + a * t**2 + a**2 * t**3 / 3 + b


def _solved(z: float, a: float, b: float) -> float:
    low, high = -1.0, 1.0
    while _g(low, a, b) > z:
        low *= 2
    while _g(high, a, b) < z:
        high *= 2
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if _g(middle, a, b) < z else (low, middle)
    return low
