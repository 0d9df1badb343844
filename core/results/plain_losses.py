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
from smoothl1.numerics.single_losses import has_distance, loss_of
from smoothl1.tallies.finite_losses import Losses

if TYPE_CHECKING:
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
    if not math.isfinite(tally.max):
        return False
    sums = [tally.total.units]
    if moments is not None and moments.third is not None:
        if not _are_of_single_losses(tally, moments):
            return False
        sums += [moments.squares, moments.third.sss]
    scaled = tuple((units, power * UNIT_EXPONENT) for power, units in enumerate(sums, start=1))
    return are_surely_possible(Losses(n, tally.n_quadratic, tally.min, tally.max, scaled), beta)


def are_surely_possible(losses: Losses, beta: float) -> bool:
    """Whether some distances surely have these losses; False where it takes a closer look.

    Args:
        losses: Losses whose counts and extremes do not contradict each other.
        beta: The transition point.
    """
    have_distances = has_distance(losses.min, beta) and has_distance(losses.max, beta)
    return have_distances and _fit_beta(losses, beta) and _are_within(losses, *_losses_at(beta))


def _fit_beta(losses: Losses, beta: float) -> bool:
    """Whether the extremes surely are on those sides of beta that the count of close pairs says."""
    below, at = _losses_at(beta)
    least_fits = losses.min < at if losses.n_quadratic else losses.min > below
    return least_fits and (
        losses.max < at if losses.n_quadratic == losses.n else losses.max > below
    )


@lru_cache(maxsize=16)
def _losses_at(beta: float) -> tuple[float, float]:
    """The largest loss of a distance below beta, and the loss of beta."""
    below = math.nextafter(beta, 0.0)
    return (loss_of(below, beta) if beta > 0 else -1.0), loss_of(beta, beta)


def _are_of_single_losses(tally: Tally, moments: Moments) -> bool:
    """Whether moments are those of rows of one loss each, but for sums of products of losses."""
    return moments.cross == tally.total.units << -UNIT_EXPONENT and moments.are_of_size_1


def _are_within(losses: Losses, below: float, at: float) -> bool:
    """Whether sums of powers are between those of the smallest and of the largest possible losses.

    Args:
        losses: The losses.
        below: The largest loss of a distance below beta.
        at: The smallest loss of another distance.
    """
    n, n_quadratic, least, most, sums = losses
    if n == 1 and least != most:
        return False
    n_close = max(min(n_quadratic, n - 1) - 1, 0)  # of those between the extremes
    n_far = max(n - 2, 0) - n_close
    bases, exponent = _integers(least, most, max(least, at), max(min(most, below), 0.0))
    powers = bases
    for power, (found, of_found) in enumerate(sums, start=1):
        of_least, of_most, of_far, of_close = powers
        ends = of_least + of_most if n > 1 else of_least
        smallest = ends + n_close * of_least + n_far * of_far
        largest = ends + n_close * of_close + n_far * of_most
        n_bits = of_found - power * exponent  # the unit of what was found, over that of the bounds
        over, under = max(n_bits, 0), max(-n_bits, 0)
        if not smallest << under <= found << over <= largest << under:
            return False
        powers = list(map(mul, powers, bases))
    return True


def _integers(*numbers: float) -> tuple[list[int], int]:
    """Finite numbers as integers times one power of two, and its exponent."""
    ratios = [number.as_integer_ratio() for number in numbers]
    n_bits = max(denominator.bit_length() for _, denominator in ratios)
    return [one << n_bits - other.bit_length() for one, other in ratios], 1 - n_bits
