"""What a pass over some elements learned, as a value that can be merged."""

from __future__ import annotations

import math
from dataclasses import dataclass

from smoothl1.exact import ExactSum


@dataclass(frozen=True, slots=True)
class Tally:
    """Sums and counts of the losses of some elements at one beta; never means.

    Laws: `Tally()` is the identity of `merge`; `merge` is associative and commutative; and the
    tally of some elements does not depend on how they were cut into chunks or in which order.

    Attributes:
        n: Elements seen.
        n_nan: Elements whose loss is NaN. Counted here, never put into `total`.
        n_inf: Elements whose loss is infinite. Counted here, never put into `total`.
        n_quadratic: Elements with |x - y| < beta.
        total: Exact sum of the finite losses.
        min: Smallest loss that is not NaN; +inf where there is none.
        max: Largest loss that is not NaN; -inf where there is none.
        first_nan: Position of the first NaN loss among all elements, if any.
    """

    n: int = 0
    n_nan: int = 0
    n_inf: int = 0
    n_quadratic: int = 0
    total: ExactSum = ExactSum()  # noqa: RUF009  frozen
    min: float = math.inf
    max: float = -math.inf
    first_nan: int | None = None

    def merge(self, other: Tally) -> Tally:
        """The tally of both sets of elements together."""
        return Tally(
            n=self.n + other.n,
            n_nan=self.n_nan + other.n_nan,
            n_inf=self.n_inf + other.n_inf,
            n_quadratic=self.n_quadratic + other.n_quadratic,
            total=self.total + other.total,
            min=min(self.min, other.min),
            max=max(self.max, other.max),
            first_nan=_earlier(self.first_nan, other.first_nan),
        )

    @property
    def not_finite(self) -> float | None:
        """NaN if any loss is NaN, else inf if any is infinite, else None."""
        if self.n_nan:
            return math.nan
        return math.inf if self.n_inf else None

    @property
    def sum(self) -> float:
        """The sum of the losses, rounded once to binary64; 0 for no elements."""
        return float(self.total) if self.not_finite is None else self.not_finite

    @property
    def mean(self) -> float:
        """The exact quotient of sum and count, rounded once to binary64; NaN for no elements."""
        if self.n == 0:
            return math.nan
        return self.total.over(self.n) if self.not_finite is None else self.not_finite


def _earlier(one: int | None, other: int | None) -> int | None:
    if one is None or other is None:
        return other if one is None else one
    return min(one, other)
