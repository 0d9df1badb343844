"""Checks that a result that was read is one that some distances have.

All figures of a group are of the same distances: counts, extremes, sums, quantiles and worst rows.
"""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING

from smoothl1.numerics.exact_sum import SQUARE_EXPONENT, UNIT_EXPONENT
from smoothl1.numerics.single_losses import loss_of, units_of
from smoothl1.results.contradictions import damaged
from smoothl1.results.distance_facts import LARGEST, PRECISION, DistanceFacts
from smoothl1.results.plain_losses import is_surely_possible

if TYPE_CHECKING:
    from collections.abc import Sequence

    from smoothl1.numerics.row_moments import Moments
    from smoothl1.results.result import Result
    from smoothl1.settings import EvalSettings
    from smoothl1.tallies.tally import Tally

_CONTRADICT = "its extremes, counts and metrics contradict"


def check_distances(result: Result, unsure: Sequence[tuple[int, Tally]]) -> None:
    """Check that the figures of each group are those of some distances.

    Args:
        result: The result.
        unsure: The places and the tallies that may be those of none.

    Raises:
        DataError: They contradict each other; the error names the entry.
    """
    if len(result.settings.betas) == 1 and not result.metric_states:
        _check_tallies(result.settings, unsure)
    else:
        _check_groups(result)


def _check_tallies(settings: EvalSettings, unsure: Sequence[tuple[int, Tally]]) -> None:
    """The same of a result with one beta, and without metrics: a tally is all that groups have."""
    for i, tally in unsure:
        if is_surely_possible(tally, settings.betas[0]):
            continue
        facts = facts_of([tally], settings.betas)
        if facts.contradict:
            raise damaged(_CONTRADICT, f"results[{i}]")
        if contradiction := contradicting_sum(tally, settings.betas[0], settings, facts):
            raise damaged(contradiction, f"results[{i}]")


def _check_groups(result: Result) -> None:
    """The same of several betas, or with metrics, which tell of the same distances."""
    settings, n_groups = result.settings, len(result.groups)
    facts = [facts_of(result.tallies[i::n_groups], settings.betas) for i in range(n_groups)]
    if result.metric_states:
        from smoothl1.results.metrics_json import note_distances  # late: most results have none

        note_distances(result, facts)
    for i, some in enumerate(facts):
        if some.contradict:
            raise damaged(_CONTRADICT, f"results[{i}]")
    if settings.also:
        from smoothl1.results.distances_json import check_sums

        check_sums(result, facts)
    for i, tally in enumerate(result.tallies):
        beta = settings.betas[i // n_groups]
        if contradiction := contradicting_sum(tally, beta, settings, facts[i % n_groups]):
            raise damaged(contradiction, f"results[{i}]")
    by_beta = sorted(range(len(settings.betas)), key=settings.betas.__getitem__, reverse=True)
    for one, other in pairwise(by_beta):
        for i in range(n_groups):
            smaller, larger = (result.tallies[at * n_groups + i] for at in (one, other))
            if _size(smaller) > _size(larger):
                place = f"results[{one * n_groups + i}]"
                raise damaged("the sum of the losses rises with beta", place)


def _size(tally: Tally) -> tuple[int, int]:
    """What does not rise with beta, since no loss does."""
    return tally.n_inf, tally.total.units


def facts_of(tallies: Sequence[Tally], betas: Sequence[float]) -> DistanceFacts:
    """What the tallies of a group say of its distances, one for each beta."""
    n = tallies[0].n - tallies[0].n_nan
    facts = DistanceFacts(n)
    facts.note_at_most(math.inf, n)
    facts.note_at_least(0.0, n)
    for tally, beta in zip(tallies, betas, strict=True) if n else ():
        facts.note_loss_of_rank(tally.min, beta, 1)
        facts.note_loss_of_rank(tally.max, beta, n)
        facts.note_count_below(beta, tally.n_quadratic)
        if tally.weight is None:
            facts.note_count(LARGEST, n - tally.n_inf)
        else:  # a weight may take a finite loss beyond binary64
            facts.note_at_most(LARGEST, n - tally.n_inf)
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
    is_within = _weighted_sum_is_within(tally, least, most)
    return None if is_within else "the sum of the losses is none of these extremes and weights"


def _weighted_sum_is_within(tally: Tally, least: float, most: float) -> bool:
    """Whether a weighted sum may be that of losses between two numbers.

    Args:
        tally: The tally, whose products of weights and losses are each rounded once.
        least: No loss is smaller.
        most: None is larger.
    """
    weight = 0 if tally.weight is None else tally.weight.units
    scale, n_bits = 1 << PRECISION, PRECISION - UNIT_EXPONENT
    half_units = tally.n << n_bits - 1
    total = tally.total.units << n_bits
    if math.isfinite(most) and total > units_of(most) * weight * (scale + 1) + half_units:
        return False
    if tally.n_nan or tally.n_inf:  # their weights are among the others
        return True
    return total >= units_of(least) * weight * (scale - 1) - half_units


def _contradicting_plain_sum(tally: Tally, beta: float, facts: DistanceFacts) -> str | None:
    """The same of a tally without weights."""
    n, total = facts.n - tally.n_inf, tally.total.units
    moments = _moments_of_losses(tally)
    n_powers = 1 if moments is None else 2 if moments.third is None else 3
    between = facts.sums(n, lambda distance: loss_of(distance, beta), n_powers)
    if not between[0][0] <= total <= between[0][1]:
        return "the sum of the losses is none of these extremes and counts"
    return None if moments is None else _contradicting_row_moments(tally, moments, between)


def _moments_of_losses(tally: Tally) -> Moments | None:
    """The moments of rows, if there are as many rows as losses and all are finite."""
    moments = tally.moments
    if moments is None or moments.n_overflowed or moments.n < tally.n:
        return None
    return None if tally.n_nan or tally.n_inf else moments


def _contradicting_row_moments(
    tally: Tally, moments: Moments, between: Sequence[tuple[int, int]]
) -> str | None:
    """Describe which moments are not those of rows of one loss each, whose size is 1, if any."""
    expected = tally.n << -SQUARE_EXPONENT, tally.total.units << -UNIT_EXPONENT
    least, most = between[1]
    if (moments.sizes, moments.cross) != expected or not least <= moments.squares <= most:
        return "the moments of the rows are not those of the losses"
    third = moments.third
    if third is None:
        return None
    least, most = between[2]
    alike = tuple(units << -UNIT_EXPONENT for units in (*expected, moments.squares))
    if (third.mmm, third.smm, third.ssm) != alike or not least <= third.sss <= most:
        return "the third moments of the rows are not those of the losses"
    return None
