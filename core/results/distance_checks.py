"""Checks that a result that was read is one that some distances have.

All figures of a group are of the same distances: counts, extremes, sums, quantiles and worst rows.
"""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING

from smoothl1.errors import DataError
from smoothl1.numerics.exact_sum import SQUARE_EXPONENT, UNIT_EXPONENT
from smoothl1.numerics.single_losses import loss_of, units_of
from smoothl1.results.distance_facts import AGAIN, LARGEST, DistanceFacts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from smoothl1.results.result import Result
    from smoothl1.settings import EvalSettings
    from smoothl1.tallies.tally import Tally

_PRECISION = 53
"""Bits of a binary64: rounding changes a number by at most its 2**-53, or by half of a unit."""


def check_distances(result: Result) -> None:
    """Check that the figures of each group are those of some distances.

    Raises:
        DataError: They contradict each other; the error names the entry.
    """
    settings, n_groups = result.settings, len(result.groups)
    facts = [facts_of(result.tallies[i::n_groups], settings.betas) for i in range(n_groups)]
    if result.metrics:
        from smoothl1.results.metrics_json import note_distances  # late: most results have none

        note_distances(result, facts)
    for i, some in enumerate(facts):
        if some.contradict:
            what = f"damaged: results[{i}]: its extremes, counts and metrics contradict"
            raise DataError(what, hint=AGAIN)
    if settings.also:
        from smoothl1.results.distances_json import check_sums

        check_sums(result, facts)
    for i, tally in enumerate(result.tallies):
        beta = settings.betas[i // n_groups]
        if contradiction := contradicting_sum(tally, beta, settings, facts[i % n_groups]):
            raise DataError(f"damaged: results[{i}]: {contradiction}", hint=AGAIN)
    by_beta = sorted(range(len(settings.betas)), key=settings.betas.__getitem__, reverse=True)
    for one, other in pairwise(by_beta):
        for i in range(n_groups):
            smaller, larger = (result.tallies[at * n_groups + i] for at in (one, other))
            if _size(smaller) > _size(larger):
                raise DataError("damaged: the sum of the losses rises with beta")


def _size(tally: Tally) -> tuple[int, int]:
    """What does not rise with beta, since no loss does."""
    return tally.n_inf, tally.total.units


def facts_of(tallies: Sequence[Tally], betas: Sequence[float]) -> DistanceFacts:
    """What the tallies of a group say of its distances, one for each beta."""
    n = tallies[0].n - tallies[0].n_nan
    facts = DistanceFacts(n)
    facts.at_most(math.inf, n)
    facts.at_least(0.0, n)
    for tally, beta in zip(tallies, betas, strict=True) if n else ():
        facts.loss_of_rank(tally.min, beta, 1)
        facts.loss_of_rank(tally.max, beta, n)
        if beta > 0.0:
            facts.count(math.nextafter(beta, 0.0), tally.n_quadratic)
        if tally.weight is None:
            facts.count(LARGEST, n - tally.n_inf)
        else:  # a weight may take a finite loss beyond binary64
            facts.at_most(LARGEST, n - tally.n_inf)
    return facts


def contradicting_sum(
    tally: Tally, beta: float, settings: EvalSettings, facts: DistanceFacts
) -> str | None:
    """Describe which sum of a tally its distances cannot have, if any.

    Args:
        tally: The tally of a group at a beta.
        beta: The transition point.
        settings: The settings of the result.
        facts: What is known of the distances of the group.
    """
    if beta == 0.0 and tally.n_quadratic:
        return "pairs closer than a beta of 0"
    if facts.n == tally.n_inf:
        return "a sum of no losses" if tally.total.units else None
    if tally.weight is None:
        one = tally._replace(moments=None) if settings.cluster is not None else tally
        return _contradicting_plain_sum(one, beta, facts)
    least, most = (loss_of(end, beta) for end in facts.ends(facts.n))
    if settings.by_count:  # the sum of the weights is not known
        return "a sum of losses that are all 0" if most == 0.0 and tally.total.units else None
    is_within = weighted_sum_is_within(tally, least, most)
    return None if is_within else "the sum of the losses is none of these extremes and weights"


def weighted_sum_is_within(tally: Tally, least: float, most: float) -> bool:
    """Whether a weighted sum may be that of losses between two numbers.

    Args:
        tally: The tally, whose products of weights and losses are each rounded once.
        least: No loss is smaller.
        most: None is larger.
    """
    weight = 0 if tally.weight is None else tally.weight.units
    scale, n_bits = 1 << _PRECISION, _PRECISION - UNIT_EXPONENT
    half_units = tally.n << n_bits - 1
    total = tally.total.units << n_bits
    if math.isfinite(most) and total > units_of(most) * weight * (scale + 1) + half_units:
        return False
    if tally.n_nan or tally.n_inf:  # their weights are among the others
        return True
    return total >= units_of(least) * weight * (scale - 1) - half_units


def _contradicting_plain_sum(tally: Tally, beta: float, facts: DistanceFacts) -> str | None:
    """The same of a tally without weights."""

    def units_of_loss(distance: float) -> int:
        return units_of(loss_of(distance, beta))

    n = facts.n - tally.n_inf
    least, most = facts.sums(n, units_of_loss)
    if not least <= tally.total.units <= most:
        return "the sum of the losses is none of these extremes and counts"
    moments = tally.moments
    if moments is None or moments.n_overflowed or moments.n < tally.n or tally.n_nan + tally.n_inf:
        return None
    # As many rows as losses: the sum of each row is a loss, and its size is 1.
    least, most = facts.sums(n, lambda distance: units_of_loss(distance) ** 2)
    expected = tally.n << -SQUARE_EXPONENT, tally.total.units << -UNIT_EXPONENT
    if (moments.sizes, moments.cross) != expected or not least <= moments.squares <= most:
        return "the moments of the rows are not those of the losses"
    third = moments.third
    if third is None:
        return None
    least, most = facts.sums(n, lambda distance: units_of_loss(distance) ** 3)
    alike = tuple(units << -UNIT_EXPONENT for units in (*expected, moments.squares))
    if (third.mmm, third.smm, third.ssm) != alike or not least <= third.sss <= most:
        return "the third moments of the rows are not those of the losses"
    return None
