"""A quick look at the losses of a group, which passes most groups that are possible.

It says of one tally without weights whether its counts, extremes and sums are surely those of some
distances. Where it does not know, as with losses so close to beta that rounding decides,
`distance_checks` looks at the distances themselves.
"""

from __future__ import annotations

import math
from functools import lru_cache
from operator import mul
from typing import TYPE_CHECKING

from smoothl1.numerics.exact_sum import UNIT_EXPONENT
from smoothl1.numerics.single_losses import has_distance, loss_of, units_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from smoothl1.numerics.row_moments import Moments
    from smoothl1.tallies.tally import Tally


def is_surely_possible(tally: Tally, beta: float) -> bool:
    """Whether some distances surely have the counts, the extremes and the sums of a tally.

    Args:
        tally: A tally whose counts and extremes do not contradict each other.
        beta: The transition point.

    Returns:
        Whether they surely do; False where it takes a closer look to know.
    """
    n, moments = tally.n, tally.moments
    if not n or n == tally.n_inf or tally.weight is not None or tally.n_nan or tally.n_inf:
        return False
    if moments is not None and (moments.n != n or moments.n_overflowed or moments.third is None):
        return False
    least, most = tally.min, tally.max
    if not math.isfinite(most):
        return False
    if not (_fit_beta(tally, beta) and has_distance(least, beta) and has_distance(most, beta)):
        return False
    sums = [tally.total.units]
    if moments is not None and moments.third is not None:
        if not _are_of_single_losses(tally, moments):
            return False
        sums += [moments.squares, moments.third.sss]
    return _are_within(sums, tally, *_losses_at(beta))


def _fit_beta(tally: Tally, beta: float) -> bool:
    """Whether the extremes surely are on those sides of beta that the count of close pairs says."""
    below, at = _losses_at(beta)
    least_fits = tally.min < at if tally.n_quadratic else tally.min > below
    return least_fits and (tally.max < at if tally.n_quadratic == tally.n else tally.max > below)


@lru_cache(maxsize=16)
def _losses_at(beta: float) -> tuple[float, float]:
    """The largest loss of a distance below beta, and the loss of beta."""
    below = math.nextafter(beta, 0.0)
    return (loss_of(below, beta) if beta > 0 else -1.0), loss_of(beta, beta)


def _are_of_single_losses(tally: Tally, moments: Moments) -> bool:
    """Whether moments are those of rows of one loss each, but for sums of products of losses."""
    return moments.cross == tally.total.units << -UNIT_EXPONENT and moments.are_of_size_1


def _are_within(sums: Sequence[int], tally: Tally, below: float, at: float) -> bool:
    """Whether sums of powers are between those of the smallest and of the largest possible losses.

    Args:
        sums: For each power from 1 on the sum over all losses, in units of that power of 2**-1074.
        tally: Tells the extremes, how many losses there are, and how many are of distances below
            beta.
        below: The largest loss of a distance below beta.
        at: The smallest loss of another distance.
    """
    n, least, most = tally.n, tally.min, tally.max
    if n == 1 and least != most:
        return False
    n_close = max(min(tally.n_quadratic, n - 1) - 1, 0)  # of those between the extremes
    n_far = max(n - 2, 0) - n_close
    numbers = least, most, max(least, at), max(min(most, below), 0.0)
    units = list(map(units_of, numbers))
    every = units[0] | units[1] | units[2] | units[3]
    n_zeros = max((every & -every).bit_length() - 1, 0)
    bases = [one >> n_zeros for one in units]
    powers = bases
    for power, found in enumerate(sums, start=1):
        of_least, of_most, of_far, of_close = powers
        ends = of_least + of_most if n > 1 else of_least
        smallest = ends + n_close * of_least + n_far * of_far
        largest = ends + n_close * of_close + n_far * of_most
        if not smallest << power * n_zeros <= found <= largest << power * n_zeros:
            return False
        powers = list(map(mul, powers, bases))
    return True
