"""Confidence intervals of means and sums, and of the difference between two results.

Losses are skewed, and so is Student's t of their mean: the interval value -+ quantile * (standard
error) misses too often above and hardly ever below. Hall's transformation removes the skewness.
With a and b of `ratio`,

    g(t) = t + a * t**2 + a**2 * t**3 / 3 + b = ((1 + a * t)**3 - 1) / (3 * a) + b

is distributed as Student's t to the order of 1/n. It is monotone, and solved for t in closed form.
But skewness and coupling are estimates themselves, and they do harm if both tails are heavy. So
each bound is the outermost of three: without either, with the coupling, and with both.
An interval is never narrower than Student's, and wider where the data look skewed. What cannot be
below 0, as losses and their means and sums, has no lower bound below 0: that changes no coverage.

Sources: P. Hall, "On the removal of skewness by transformation", J. R. Statist. Soc. B 54(1), 1992,
pages 221 to 228; X.-H. Zhou, S. Gao, "One-sided confidence intervals for means of positively skewed
distributions", The American Statistician 54(2), 2000, pages 100 to 104 (how well it does);
X.-H. Zhou, P. Dinh, "Nonparametric confidence intervals for the one- and two-sample problems",
Biostatistics 6(2), 2005, pages 187 to 200 (differences).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from smoothl1.checks import is_sum
from smoothl1.numerics.ratio import ldexp
from smoothl1.numerics.student_t import quantile, two_sided_p
from smoothl1.tallies.tally import value_of

if TYPE_CHECKING:
    from smoothl1.numerics.ratio import Ratio, Scaled
    from smoothl1.tallies.tally import Tally

_SMALL = 2.0**-40
"""Below it a * t**2 is less than the error of the quantile."""


class Transformation(NamedTuple):
    """Hall's transformation, which removes the skewness from t.

    Attributes:
        a: The a of g in the module's docstring.
        b: The b of g.
    """

    a: float
    b: float

    def z_of(self, t: float) -> float:
        """g(t)."""
        if math.isinf(t) or abs(self.a) < _SMALL:
            return t + self.b
        return t * (1 + self.a * t * (1 + self.a * t / 3)) + self.b

    def t_of(self, z: float) -> float:
        """The t at which g is z."""
        shifted = z - self.b
        product = 3 * self.a * shifted
        if math.isinf(shifted) or abs(self.a) < _SMALL:
            return shifted
        if product > -1.0:
            return math.expm1(math.log1p(product) / 3) / self.a
        return (-math.cbrt(-1.0 - product) - 1) / self.a


class InUnit(NamedTuple):
    """An estimate in units of 2**exponent, in which it neither over- nor underflows."""

    value: float
    standard_error: float
    exponent: int


class Estimate(NamedTuple):
    """A number that was estimated from a sample.

    Attributes:
        value: The mean or the sum.
        standard_error: Standard error of the value.
        df: Degrees of freedom of the standard error: effective rows less one.
        skewness: Skewness of the value, as `ratio` defines it; 0 if it is not known.
        coupling: Coupling, as `ratio` defines it; 0 if it is not known.
        scaled: Value and standard error, if binary64 does not hold all their digits.
        is_nonnegative: Whether the true value cannot be below 0, as that of losses.
    """

    value: float
    standard_error: float
    df: float
    skewness: float = 0.0
    coupling: float = 0.0
    scaled: InUnit | None = None
    is_nonnegative: bool = False

    @property
    def in_unit(self) -> InUnit:
        """Value and standard error with all digits."""
        return self.scaled or InUnit(self.value, self.standard_error, 0)

    def interval(self, confidence: float) -> tuple[float, float]:
        """The confidence interval of the true value.

        Args:
            confidence: Above 0 and below 1.

        Returns:
            Lower and upper bound; NaN if there are fewer than two rows, or the standard error is
            not finite.
        """
        exponent = self.in_unit.exponent
        low, high = self.interval_in_unit(confidence)
        return ldexp(low, exponent), ldexp(high, exponent)

    def interval_in_unit(self, confidence: float) -> tuple[float, float]:
        """The confidence interval in the unit of `in_unit`."""
        value, error, _ = self.in_unit
        if not (self.df > 0 and math.isfinite(error)):
            return math.nan, math.nan
        if error == 0.0:
            return value, value
        z = quantile(confidence, self.df)
        highest = max(some.t_of(z) for some in self._transformations)
        lowest = min(some.t_of(-z) for some in self._transformations)
        low, high = value - highest * error, value - lowest * error
        return max(low, 0.0) if self.is_nonnegative else low, high

    def p_value(self, t: float) -> float:
        """1 minus the confidence at which the interval just reaches a number.

        Args:
            t: How many standard errors the value lies above that number.
        """
        if not self.df > 0:
            return math.nan
        nearest = min((some.z_of(t) for some in self._transformations), key=abs)
        is_beyond = all(some.z_of(t) * t > 0 for some in self._transformations)
        return two_sided_p(nearest, self.df) if is_beyond or math.isnan(t) else 1.0

    def minus(self, other: Estimate) -> Estimate:
        """The difference to an estimate from another sample.

        Degrees of freedom by B. L. Welch, "The generalization of 'Student's' problem when several
        different population variances are involved", Biometrika 34, 1947,
        doi:10.1093/biomet/34.1-2.28. Third cumulants of independent numbers subtract, and in the
        third power of the standard error so do skewness and coupling.
        """
        unit = max(self.in_unit.exponent, other.in_unit.exponent)
        one, two = self._errors_in(unit), other._errors_in(unit)
        error = math.hypot(one.standard_error, two.standard_error)
        scaled = InUnit(one.value - two.value, error, unit)
        value, plain = self.value - other.value, ldexp(error, unit)
        if error == 0 or not math.isfinite(error):
            return Estimate(value, plain, min(self.df, other.df), scaled=scaled)
        if not (self.df > 0 and other.df > 0):
            return Estimate(value, plain, math.nan, scaled=scaled)
        share, rest = one.standard_error / error, two.standard_error / error
        return Estimate(
            value,
            plain,
            1 / (share**4 / self.df + rest**4 / other.df),
            self.skewness * share**3 - other.skewness * rest**3,
            self.coupling * share**3 - other.coupling * rest**3,
            scaled,
        )

    def _errors_in(self, exponent: int) -> InUnit:
        value, error, mine = self.in_unit
        return InUnit(ldexp(value, mine - exponent), ldexp(error, mine - exponent), exponent)

    @property
    def _transformations(self) -> tuple[Transformation, ...]:
        """The transformations without skewness and coupling, with the coupling, and with both."""
        return (
            Transformation(0.0, 0.0),
            Transformation(-self.coupling, 0.0),
            Transformation(self.skewness / 3 - self.coupling, self.skewness / 6),
        )


def estimate_of(tally: Tally, reduction: str) -> Estimate:
    """The mean of a tally, or its sum, with its standard error.

    A sum is the mean times the count or the sum of the weights, which are taken as fixed.

    Args:
        tally: A tally with the moments of its rows; without them the standard error is NaN.
        reduction: One of `REDUCTIONS`; the mean for "none".
    """
    value = value_of(tally, reduction)
    ratio = tally.ratio
    if ratio is None:
        return Estimate(value, math.nan, math.nan, is_nonnegative=True)
    if is_sum(reduction):
        found = _estimate(ratio, value, ratio.sum, ratio.standard_error_of_sum)
    else:
        found = _estimate(ratio, value, ratio.mean, ratio.standard_error)
    return found._replace(is_nonnegative=True)


def estimate_of_mean(ratio: Ratio, mean: float) -> Estimate:
    """The mean of a ratio, which may be one of differences, with its standard error.

    Args:
        ratio: The ratio of sums over rows.
        mean: The ratio as a number, rounded once.
    """
    return _estimate(ratio, mean, ratio.mean, ratio.standard_error)


def _estimate(ratio: Ratio, plain: float, value: Scaled, error: Scaled) -> Estimate:
    unit = max((some.exponent for some in (value, error) if some.value), default=0)
    return Estimate(
        plain,
        float(error),
        ratio.df,
        ratio.skewness,
        ratio.coupling,
        InUnit(value.within(unit), error.within(unit), unit) if unit else None,
    )


def level_text(confidence: float) -> str:
    """A level of confidence as a percentage: "95%"."""
    return f"{100 * confidence:.6g}%"
