"""Exact sums over the distances of predictions from their targets, and the metrics that follow.

    d = |x - y|                        as `numerics.loss` rounds it; MAE, MSE, RMSE and the maximum
    x - y                              the values of both sides, summed without rounding; the bias

Each metric is an exact quotient (RMSE the square root of one), rounded once. With weights w it is
the sum of w * d, w * d * d or w * (x - y), products of which nothing is rounded, over that of w.

Huber's loss with delta is delta times the Smooth L1 loss at beta = delta: P. J. Huber, "Robust
estimation of a location parameter", Ann. Math. Statist. 35(1), 1964, doi:10.1214/aoms/1177703732.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from smoothl1.numerics.exact_sum import UNIT_EXPONENT
from smoothl1.numerics.rounded import quotient, root_of_quotient

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from smoothl1.tallies.tally import Tally

_UNIT_BITS = -UNIT_EXPONENT


class DistanceSums(NamedTuple):
    """Sums over the pairs of a group; those that no metric needs are None.

    Laws: as those of `Tally`.

    Attributes:
        n_inf: Pairs whose distance is infinite; they are in no sum of distances.
        largest: Largest distance that is not NaN; -inf if there is none.
        total: Sum of d or w * d, as a whole number of 2**-2148.
        squares: Sum of d * d or w * d * d, as a whole number of 2**-3222.
        differences: Sum of x - y or w * (x - y), as a whole number of 2**-2148; without pairs of
            which a side is infinite.
        n_above: Pairs whose x - y is +inf because a side is infinite.
        n_below: Pairs whose x - y is -inf for that reason.
    """

    n_inf: int = 0
    largest: float | None = None
    total: int | None = None
    squares: int | None = None
    differences: int | None = None
    n_above: int = 0
    n_below: int = 0

    @classmethod
    def empty(cls, names: Sequence[str]) -> DistanceSums:
        """The sums over no pairs, as some metrics need them."""
        return cls(
            largest=-math.inf if "max" in names else None,
            total=0 if "mae" in names else None,
            squares=0 if {"mse", "rmse"} & {*names} else None,
            differences=0 if "bias" in names else None,
        )

    def merge(self, other: DistanceSums) -> DistanceSums:
        """The sums over both sets of pairs."""
        largest = None
        if self.largest is not None and other.largest is not None:
            largest = max(self.largest, other.largest)
        return DistanceSums(
            self.n_inf + other.n_inf,
            largest,
            _sum(self.total, other.total),
            _sum(self.squares, other.squares),
            _sum(self.differences, other.differences),
            self.n_above + other.n_above,
            self.n_below + other.n_below,
        )

    def metric(self, name: str, beta: float, tally: Tally) -> float:
        """A metric of the group, rounded once.

        Args:
            name: One of `settings.ALSO`.
            beta: The transition point; Huber's delta.
            tally: The tally of the group at that beta.

        Returns:
            NaN if there are no pairs or any loss is NaN, an infinity if a distance is infinite.
        """
        if tally.n == 0 or tally.n_nan:
            return math.nan
        if self.n_inf and name != "bias":
            return math.inf
        return _FORMULAS[name](self, beta, tally)


def _mae(sums: DistanceSums, beta: float, tally: Tally) -> float:
    return quotient(sums.total or 0, tally.size.units << _UNIT_BITS)


def _mse(sums: DistanceSums, beta: float, tally: Tally) -> float:
    return quotient(sums.squares or 0, tally.size.units << 2 * _UNIT_BITS)


def _rmse(sums: DistanceSums, beta: float, tally: Tally) -> float:
    return root_of_quotient(sums.squares or 0, tally.size.units << 2 * _UNIT_BITS)


def _bias(sums: DistanceSums, beta: float, tally: Tally) -> float:
    if sums.n_above or sums.n_below:
        one_sided = math.inf if sums.n_above else -math.inf
        return math.nan if sums.n_above and sums.n_below else one_sided
    return quotient(sums.differences or 0, tally.size.units << _UNIT_BITS)


def _huber(sums: DistanceSums, beta: float, tally: Tally) -> float:
    if tally.n_inf:  # by its weight, a finite loss may be beyond binary64
        return math.inf
    numerator, denominator = beta.as_integer_ratio()
    return quotient(numerator * tally.total.units, denominator * tally.size.units)


def _max(sums: DistanceSums, beta: float, tally: Tally) -> float:
    return math.nan if sums.largest is None else sums.largest


_FORMULAS: dict[str, Callable[[DistanceSums, float, Tally], float]] = {
    "mae": _mae,
    "mse": _mse,
    "rmse": _rmse,
    "bias": _bias,
    "huber": _huber,
    "max": _max,
}


def _sum(one: int | None, other: int | None) -> int | None:
    return None if one is None or other is None else one + other
