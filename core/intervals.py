"""Confidence intervals of means and sums, and of the difference between two results."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from smoothl1.student import quantile

if TYPE_CHECKING:
    from smoothl1.tally import Tally


class Estimate(NamedTuple):
    """A number that was estimated from a sample.

    Attributes:
        value: The mean or the sum.
        standard_error: Of the value.
        df: Degrees of freedom of the standard error: rows less one.
    """

    value: float
    standard_error: float
    df: float

    def interval(self, confidence: float) -> tuple[float, float]:
        """Where the true value lies with this confidence, by Student's t.

        Args:
            confidence: Above 0 and below 1.

        Returns:
            Lower and upper bound; NaN where there are less than two rows, or the standard error is
            not finite.
        """
        if not (self.df > 0 and math.isfinite(self.standard_error)):
            return math.nan, math.nan
        half = quantile(confidence, self.df) * self.standard_error
        return self.value - half, self.value + half

    def minus(self, other: Estimate) -> Estimate:
        """The difference to an estimate from another sample.

        Degrees of freedom by B. L. Welch, "The generalization of 'Student's' problem when several
        different population variances are involved", Biometrika 34, 1947,
        doi:10.1093/biomet/34.1-2.28.
        """
        error = math.hypot(self.standard_error, other.standard_error)
        value = self.value - other.value
        if error == 0 or not math.isfinite(error):
            return Estimate(value, error, min(self.df, other.df))
        share = (self.standard_error / error) ** 2
        if not (self.df > 0 and other.df > 0):
            return Estimate(value, error, math.nan)
        return Estimate(value, error, 1 / (share**2 / self.df + (1 - share) ** 2 / other.df))


def estimate_of(tally: Tally, reduction: str) -> Estimate:
    """The mean of a tally, or its sum, with its standard error.

    A sum is the mean times the count or the weights, which are taken as given.

    Args:
        tally: With the moments of its rows; without, the standard error is NaN.
        reduction: "sum"; anything else is the mean.
    """
    df = float(tally.moments.n - 1) if tally.moments is not None else math.nan
    if reduction != "sum":
        return Estimate(tally.mean, tally.standard_error, df)
    try:
        return Estimate(tally.sum, tally.standard_error * float(tally.size), df)
    except OverflowError:  # weights whose sum is beyond binary64
        return Estimate(tally.sum, tally.standard_error * math.inf, df)
