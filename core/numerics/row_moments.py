"""Second and third moments of rows, from which standard errors and intervals follow.

The elements of one row (say, the coordinates of one box) are not independent of each other, so rows
are the units; or clusters of rows that depend on each other (`tallies.clusters`). Each row r has
the sum s_r of its losses, weighted if there are weights, and its size m_r: the number of its
elements, or the sum of their weights. The exact sums over rows of s*s, s*m and m*m are held as
integers. So merged parts lose nothing, nothing cancels if the mean is much larger than the spread,
and no magnitude is too small or too large. `ratio` computes statistics from them.

With at most `MOST_ROWS_OF_THIRD` rows the sums of s*s*s, s*s*m, s*m*m and m*m*m are held as well.
They correct intervals for skewness, by an amount that falls with the square root of the number of
rows, so that they are not needed for many rows. Whether they are held depends on the number of rows
alone, not on how these were cut into chunks or merged.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from smoothl1.numerics.exact_sum import SQUARE_EXPONENT, UNIT_EXPONENT

if TYPE_CHECKING:
    from smoothl1.numerics.exact_sum import ExactSum
    from smoothl1.numerics.row_sums import Rows

MOST_ROWS_OF_THIRD = 4096
"""Most rows with third moments. With more rows, a correction for skewness is not worth its time."""


class ThirdMoments(NamedTuple):
    """Exact sums over rows, as whole numbers of 2**-3222.

    Attributes:
        sss: Sum of s*s*s.
        ssm: Sum of s*s*m.
        smm: Sum of s*m*m.
        mmm: Sum of m*m*m.
    """

    sss: int = 0
    ssm: int = 0
    smm: int = 0
    mmm: int = 0


@dataclass(frozen=True, slots=True)
class Moments:
    """Sums over rows of which at least one element counts, and whose loss is not NaN.

    Laws: `Moments()` is the identity of `+`, which is associative and commutative.

    Attributes:
        n: Rows.
        squares: Exact sum of s*s, as a whole number of 2**-2148.
        cross: Exact sum of s*m, in the same unit.
        sizes: Exact sum of m*m, in the same unit.
        n_overflowed: Rows whose own s or m is beyond binary64; not in the sums.
        third: Third moments; None with more than `MOST_ROWS_OF_THIRD` rows, or if they are unknown.
    """

    n: int = 0
    squares: int = 0
    cross: int = 0
    sizes: int = 0
    n_overflowed: int = 0
    third: ThirdMoments | None = ThirdMoments()  # noqa: RUF009  frozen

    def __add__(self, other: Moments) -> Moments:
        if other is NO_ROWS or self is NO_ROWS:  # in every chunk, if moments are not wanted
            return self if other is NO_ROWS else other
        n = self.n + other.n
        return Moments(
            n,
            self.squares + other.squares,
            self.cross + other.cross,
            self.sizes + other.sizes,
            self.n_overflowed + other.n_overflowed,
            _joined(self.third, other.third) if n <= MOST_ROWS_OF_THIRD else None,
        )

    @property
    def are_of_size_1(self) -> bool:
        """Whether the sums are those of rows of size 1, as far as they tell."""
        if self.sizes != sizes_of_ones(self.n):
            return False
        alike = (self.squares, self.cross, self.sizes)
        return self.third is None or self.third[1:] == tuple(
            [units << -UNIT_EXPONENT for units in alike]
        )

    def negated(self) -> Moments:
        """The moments of the same rows with all s negated: exactly, since rounding is symmetric."""
        third = self.third
        if third is not None:
            third = third._replace(sss=-third.sss, smm=-third.smm)
        return replace(self, cross=-self.cross, third=third)


NO_ROWS = Moments()


def _joined(one: ThirdMoments | None, other: ThirdMoments | None) -> ThirdMoments | None:
    if one is None or other is None:
        return None
    return ThirdMoments(*map(int.__add__, one, other))


def moments_of(rows: Rows, *, with_third: bool = True, n_before: int = 0) -> Moments:
    """The moments of some rows.

    Args:
        rows: Sums and sizes of the rows.
        with_third: Whether third moments are wanted if there are few enough rows.
        n_before: Rows in the moments that these will be added to.
    """
    from smoothl1.numerics.products import (  # late: most runs want no moments
        SECOND,
        THIRD,
        products_of,
    )

    finite = rows.finite()
    sums, sizes, _ = rows.chosen(finite)
    n = sums.size
    is_third = with_third and n_before + n <= MOST_ROWS_OF_THIRD
    squares, cross, of_sizes = products_of(sums, sizes, SECOND)
    third = ThirdMoments(*products_of(sums, sizes, THIRD)) if is_third else None
    return Moments(n, squares, cross, of_sizes, rows.sums.size - n, third)


def moments_of_ones(n: int, n_overflowed: int, total: ExactSum, squares: int) -> Moments:
    """The moments of rows of size 1, without third moments, from the sums of their losses.

    Args:
        n: Rows with a finite loss.
        n_overflowed: Rows with an infinite loss.
        total: Sum of the finite losses.
        squares: Sum of their squares, as in `Moments`.
    """
    cross = total.units << -UNIT_EXPONENT  # the size m of each row is 1
    return Moments(n, squares, cross, sizes_of_ones(n), n_overflowed, None)


def sizes_of_ones(n: int) -> int:
    """The sum of m*m over n rows of size 1."""
    return n << -SQUARE_EXPONENT
