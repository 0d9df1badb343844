"""The losses of two models at one beta and for one group, paired: is the second better or worse?

The comparison is paired. Each row r has the difference D_r, the loss of B minus that of A, so what
makes a row hard for both models cancels. The mean difference is exact. Its standard error is that
of `ratio`, with the differences in place of the losses. The statistic

    t = (mean difference) / (standard error)        with (rows - 1) degrees of freedom

is Student's paired t for rows of one element without weights.

Source: Student, "The probable error of a mean", Biometrika 6(1), 1908, doi:10.1093/biomet/6.1.1.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING

from smoothl1.checks import check_confidence
from smoothl1.numerics.exact_sum import ExactSum
from smoothl1.numerics.ratio import ratio_of
from smoothl1.results.increase import as_float
from smoothl1.results.intervals import Estimate, estimate_of_mean
from smoothl1.results.model_names import Pair
from smoothl1.settings import CONFIDENCE

if TYPE_CHECKING:
    from smoothl1.numerics.ratio import Ratio
    from smoothl1.numerics.row_moments import Moments
    from smoothl1.results.increase import Increase
    from smoothl1.tallies.tally import Tally


@dataclass(frozen=True, slots=True, repr=False)
class Difference:
    """The losses of two models at one beta and for one group.

    Attributes:
        a: Tally of the first model.
        b: Tally of the second model, of the same elements.
        moments: Moments of the differences of rows, B - A; or of clusters of rows.
        n_a_better: Number of rows in which the loss of A is smaller.
        n_b_better: Number of rows in which the loss of B is smaller.
        n_ties: Number of rows in which both losses are equal.
        are_clustered: Whether the moments are those of clusters.
        pair: What the models are called in sentences. Not compared.
    """

    a: Tally
    b: Tally
    moments: Moments
    n_a_better: int
    n_b_better: int
    n_ties: int
    are_clustered: bool = False
    pair: Pair = field(default=Pair(), compare=False)

    @property
    def estimate(self) -> Estimate:
        """The mean difference B - A, exact and rounded once, with its standard error."""
        ratio = self.ratio
        if ratio is None:
            return Estimate(math.nan, math.nan, math.nan)
        return estimate_of_mean(ratio, self._total.ratio(self.a.size))

    @property
    def mean(self) -> float:
        """The mean difference B - A, exact and rounded once."""
        return self.estimate.value

    @property
    def sum(self) -> float:
        """The sum of the differences B - A, exact and rounded once.

        NaN if a loss is not finite, or if there is none.
        """
        are_finite = self.a.not_finite is None and self.b.not_finite is None
        return float(self._total) if self.a.n and are_finite else math.nan

    @property
    def ratio(self) -> Ratio | None:
        """The mean difference with the moments of its rows; None if a loss is not finite."""
        if self.a.n == 0 or not (self.a.not_finite is None and self.b.not_finite is None):
            return None
        return ratio_of(self._total.units, self.a.size.units, self.moments)

    @property
    def _total(self) -> ExactSum:
        return ExactSum(self.b.total.units - self.a.total.units)

    @property
    def t(self) -> float:
        """The test statistic; infinite if all rows differ equally, NaN if no row differs."""
        ratio = self.ratio
        return math.nan if ratio is None else ratio.t

    def interval(self, confidence: float = CONFIDENCE) -> tuple[float, float]:
        """The confidence interval of the mean difference: see `Estimate.interval`."""
        check_confidence(confidence)
        return self.estimate.interval(confidence)

    def verdict(self, confidence: float = CONFIDENCE) -> str:
        """Which model is better, and how sure that is, as a sentence: see `Comparison.verdict`."""
        from smoothl1.results.comparison_gate import Rule, check_rule  # late, since few ask for it
        from smoothl1.results.comparison_sentence import verdict

        return verdict(self, check_rule(Rule(confidence)), self.pair)

    def allowed(self, margin: Increase) -> Fraction | float:
        """By how much B may be worse, in the unit of the loss: exact, of the exact mean of A.

        Args:
            margin: An amount, or a share of the mean loss of A.

        Returns:
            The margin; NaN if it is a share of a mean that is not finite, or of nothing.
        """
        if self.a.n == 0 or self.a.not_finite is not None:
            return math.nan if margin.is_relative else margin.amount
        return margin.over(Fraction(self.a.total.units, self.a.size.units))

    def numbers(self, confidence: float, margin: Increase | None = None) -> dict[str, float | int]:
        """All that a comparison tells, by the names of its JSON: counts as int, the rest as float.

        Args:
            confidence: The confidence level of the interval from `low` to `high`.
            margin: By how much B may be worse, if that is told, too.
        """
        estimate, t = self.estimate, self.t
        low, high = estimate.interval(confidence)
        return {
            "mean_a": self.a.mean,
            "mean_b": self.b.mean,
            "difference": estimate.value,
            "stderr": estimate.standard_error,
            "low": low,
            "high": high,
            "t": t,
            "df": estimate.df,
            "p_value": estimate.p_value(t),
            **({} if margin is None else {"margin": as_float(self.allowed(margin))}),
            "count": self.a.n,
            "rows": self.n_a_better + self.n_b_better + self.n_ties,
            **({"clusters": self.n_clusters} if self.are_clustered else {}),
            "a_better": self.n_a_better,
            "b_better": self.n_b_better,
            "ties": self.n_ties,
            "nan_a": self.a.n_nan,
            "nan_b": self.b.n_nan,
            "missing": self.a.n_missing,
            "omitted": self.a.n_omitted,
            "zero_weight": self.a.n_weightless,
        }

    def __getattr__(self, name: str) -> float:
        """A number by its name in tables, such as `stderr`; `low` and `high` are at 95%."""
        if not name.startswith("_") and name in (numbers := self.numbers(CONFIDENCE)):
            return numbers[name]
        raise AttributeError(f"a {type(self).__name__} has no attribute {name!r}")

    def __float__(self) -> float:
        """The mean difference B - A."""
        return self.mean

    def __format__(self, spec: str) -> str:
        """The mean as a format such as ".3f" says; else a short representation."""
        return format(self.mean, spec) if spec else str(self)

    def __repr__(self) -> str:
        told = self.numbers(CONFIDENCE)
        names = ("difference", "stderr", "mean_a", "mean_b", "count")
        of = self.pair.difference
        return f"<{type(self).__name__} {of}: {', '.join(f'{n} {told[n]!r}' for n in names)}>"

    def merge(self, other: Difference) -> Difference:
        """The difference of both sets of rows together, which have no row in common."""
        return Difference(
            self.a.merge(other.a),
            self.b.merge(other.b),
            self.moments + other.moments,
            self.n_a_better + other.n_a_better,
            self.n_b_better + other.n_b_better,
            self.n_ties + other.n_ties,
            self.are_clustered,
            self.pair,
        )

    def reversed(self) -> Difference:
        """The same models the other way round: what a comparison of B with A gives, to the bit.

        Each model keeps its name.
        """
        return Difference(
            self.b,
            self.a,
            self.moments.negated(),
            self.n_b_better,
            self.n_a_better,
            self.n_ties,
            self.are_clustered,
            Pair(self.pair.b, self.pair.a),
        )

    @property
    def n_clusters(self) -> int:
        """Number of clusters, if these are the units."""
        return self.moments.n + self.moments.n_overflowed

    @property
    def p_value(self) -> float:
        """Probability of a |t| at least this large if the models were equally good.

        It is 1 minus the confidence at which the interval just reaches 0.
        """
        return self.estimate.p_value(self.t)
