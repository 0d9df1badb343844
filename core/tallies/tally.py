"""The tally of some elements: a value that can be merged."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from smoothl1.checks import is_sum
from smoothl1.numerics.exact_sum import UNIT_EXPONENT, ExactSum
from smoothl1.numerics.row_moments import NO_ROWS, Moments, sizes_of_ones

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

    from smoothl1.numerics.ratio import Ratio
    from smoothl1.pairing.nan_policy import Pairs

T = TypeVar("T")


class Tally(NamedTuple):
    """Sums and counts of the losses of some elements at one beta; never means.

    Laws: `Tally()` is the identity of `merge`; `merge` is associative and commutative; and the
    tally of some elements does not depend on how they were cut into chunks or in which order.

    Attributes:
        n: Elements seen.
        n_nan: Elements whose loss is NaN. Counted here, never put into `total`.
        n_inf: Elements whose loss is infinite. Counted here, never put into `total`.
        n_quadratic: Elements with |x - y| < beta.
        total: Exact sum of the finite losses.
        min: Smallest loss that is not NaN; +inf if there is none.
        max: Largest loss that is not NaN; -inf if there is none.
        first_nan: Position of the first NaN loss among all elements, if any.
        n_missing: Elements with a side missing, whether omitted or counted as NaN.
        n_omitted: Elements left out because a side is NaN or missing, or the target is one to be
            ignored; not among `n`.
        n_weightless: Elements left out because their weight is 0; not among `n`.
        weight: Exact sum of the weights of the elements that have both sides; None without weights.
            With weights, `total` is the sum of the weighted losses. In the tallies of a result
            whose mean is divided by the count, the number of elements in place of that sum.
        moments: Moments of the rows, or of the clusters of rows; None if not wanted.
        n_ignored: Elements among the omitted whose target is one to be ignored.
    """

    n: int = 0
    n_nan: int = 0
    n_inf: int = 0
    n_quadratic: int = 0
    total: ExactSum = ExactSum()
    min: float = math.inf
    max: float = -math.inf
    first_nan: int | None = None
    n_missing: int = 0
    n_omitted: int = 0
    n_weightless: int = 0
    weight: ExactSum | None = None
    moments: Moments | None = NO_ROWS
    n_ignored: int = 0

    def __repr__(self) -> str:
        return f"<{type(self).__name__} mean {self.mean!r}, n {self.n}>"

    @property
    def count(self) -> int:  # type: ignore[override]  # else a method of tuples, without a word
        """Elements seen, as tables call them."""
        return self.n

    @property
    def n_undefined(self) -> int:
        """Elements left out because a side is NaN or missing."""
        return self.n_omitted - self.n_ignored

    @property
    def n_seen(self) -> int:
        """All elements, also those that were left out."""
        return self.n + self.n_omitted + self.n_weightless

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
            first_nan=_joined(min, self.first_nan, other.first_nan),
            n_missing=self.n_missing + other.n_missing,
            n_omitted=self.n_omitted + other.n_omitted,
            n_weightless=self.n_weightless + other.n_weightless,
            weight=_joined(ExactSum.__add__, self.weight, other.weight),
            moments=None
            if self.moments is None or other.moments is None
            else self.moments + other.moments,
            n_ignored=self.n_ignored + other.n_ignored,
        )

    @classmethod
    def of_rest(cls, pairs: Pairs, start: int) -> Tally:
        """The tally of those pairs of a chunk whose loss is not computed.

        Args:
            pairs: All pairs of the chunk, and which are kept.
            start: Position of the first of them among all elements.
        """
        n_lost = 0 if pairs.lost is None else int(pairs.lost.sum())
        counts: dict[str, Any] = {name: int(mask.sum()) for name, mask in pairs.counted.items()}
        return cls(
            n=n_lost,
            n_nan=n_lost,
            first_nan=start + int(pairs.lost.argmax())
            if n_lost and pairs.lost is not None
            else None,
            weight=None if pairs.lost_weight is None else ExactSum.of(pairs.lost_weight),
            **counts,
        )

    def counted_among_all(self, kept: NDArray[np.bool_], start: int) -> Tally:
        """This tally, with the position of the first NaN counted among all elements of a chunk.

        Args:
            kept: Which elements of the chunk were tallied.
            start: Position of the first element of the chunk among all elements.
        """
        if self.first_nan is None:
            return self
        nth = self.first_nan - start
        return self._replace(first_nan=start + int(kept.nonzero()[0][nth]))

    @property
    def not_finite(self) -> float | None:
        """NaN if any loss is NaN, else inf if any is infinite, else None."""
        if self.n_nan:
            return math.nan
        return math.inf if self.n_inf else None

    @property
    def sum(self) -> float:
        """The sum of the losses, rounded once to binary64; 0 for no elements.

        NaN if there were elements, but all were left out: that is not a loss of 0.
        """
        if self.n == 0 and self.n_omitted + self.n_weightless:
            return math.nan
        return float(self.total) if self.not_finite is None else self.not_finite

    @property
    def mean(self) -> float:
        """The exact sum divided by the count or the sum of weights, rounded once; NaN if empty."""
        if self.n == 0:
            return math.nan
        if self.not_finite is not None:
            return self.not_finite
        return self.total.over(self.n) if self.weight is None else self.total.ratio(self.weight)

    def by_count(self) -> Tally:
        """This tally, with a mean that is divided by the count, also of elements of weight 0."""
        return self._replace(weight=ExactSum(self.n + self.n_weightless << -UNIT_EXPONENT))

    @property
    def size(self) -> ExactSum:
        """The divisor of the mean: the count, or the sum of the weights."""
        return ExactSum(self.n << -UNIT_EXPONENT) if self.weight is None else self.weight

    @property
    def ratio(self) -> Ratio | None:
        """The mean with the moments of its rows or clusters; None if either is not known."""
        return self._ratio(with_third=True)

    @property
    def standard_error(self) -> float:
        """The standard error of the mean, of rows or clusters as units; NaN if not known."""
        moments = self.moments
        if moments is not None and self._has_rows_of_size_1(moments):
            from smoothl1.numerics.ratio import error_of_ones  # late, as below

            return error_of_ones(self.n, self.total.units, moments.squares)
        ratio = self._ratio(with_third=False)
        return math.nan if ratio is None else float(ratio.standard_error)

    def _has_rows_of_size_1(self, moments: Moments) -> bool:
        """Whether there are several rows, of which each is one finite loss, without a weight."""
        are_rows = moments.n == self.n > 1 and self.weight is None and not moments.n_overflowed
        return (
            are_rows
            and self.not_finite is None
            and moments.cross == self.total.units << -UNIT_EXPONENT
            and moments.sizes == sizes_of_ones(self.n)
        )

    def _ratio(self, *, with_third: bool) -> Ratio | None:
        if self.moments is None or self.n == 0 or self.not_finite is not None:
            return None
        from smoothl1.numerics.ratio import ratio_of  # late, as is all that not every run needs

        sums = self.total.units, self.size.units
        return ratio_of(*sums, self.moments, with_third=with_third)


def _joined(join: Callable[[T, T], T], one: T | None, other: T | None) -> T | None:
    """Two values joined; that which is there if only one is."""
    if one is None or other is None:
        return other if one is None else one
    return join(one, other)


def value_of(tally: Tally, reduction: str) -> float:
    """The mean of a tally, or its sum.

    Args:
        tally: The tally.
        reduction: One of `REDUCTIONS`; the mean for "none".
    """
    return tally.sum if is_sum(reduction) else tally.mean
