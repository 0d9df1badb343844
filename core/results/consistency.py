"""Checks that the counts, extremes and groups of a result that was read do not contradict."""

from __future__ import annotations

import math
import operator
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING

from smoothl1.nan_policies import NAN_POLICIES
from smoothl1.numerics.exact_sum import SQUARE_EXPONENT, UNIT_EXPONENT
from smoothl1.numerics.row_moments import NO_ROWS
from smoothl1.results.contradictions import damaged
from smoothl1.results.elements import MOST_ELEMENTS, n_seen_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from smoothl1.numerics.row_moments import Moments
    from smoothl1.results.result import Result
    from smoothl1.settings import EvalSettings
    from smoothl1.tallies.tally import Tally


def check_consistent(result: Result, unsure: Sequence[tuple[int, Tally]]) -> None:
    """Check that the parts of a result agree.

    Args:
        result: The result.
        unsure: The places and the tallies that may contradict themselves.

    Raises:
        DataError: They do not.
    """
    settings = result.settings
    for i, group in enumerate(result.groups):
        if len(group.levels) != len(settings.levels) or (
            (group.column is None) == settings.by_column
        ):
            what = "it does not have the groups that the settings name"
            raise damaged(what, f"results[{i}]")
    for i, tally in unsure:
        if (tally.weight is None) == settings.weighted:
            what = "it does not have the weights that the settings name"
            raise damaged(what, f"results[{i}]")
        if contradiction := _contradiction(tally, settings):
            raise damaged(contradiction, f"results[{i}]")
    n_groups = len(result.groups)
    for i in range(n_groups) if len(settings.betas) > 1 else ():
        if len({_seen(tally) for tally in result.tallies[i::n_groups]}) > 1:
            what = "the results of several betas are not of the same elements"
            raise damaged(what, f"results[{i}]")
    _check_elements(result, unsure)
    _check_rows(result)


def _check_elements(result: Result, unsure: Sequence[tuple[int, Tally]]) -> None:
    """Check that the inputs have the elements that were counted, and that the first NaN is one."""
    n_seen = n_seen_of(result)
    if n_seen > MOST_ELEMENTS:
        raise damaged(f"more than {MOST_ELEMENTS} elements")
    for side in result.inputs:
        n_all = n_seen if side.shape is None else math.prod(side.shape)
        if n_seen > n_all or (n_seen < n_all and result.part is None):
            raise damaged("the inputs do not have the elements of the results")
    if result.part is not None:  # positions are those among the elements of all parts
        n_seen = math.prod(result.inputs[0].shape or ())
    for i, tally in unsure:
        if (tally.first_nan or 0) >= max(1, n_seen):
            raise damaged("a first NaN beyond all elements", f"results[{i}]")


def shape_of(result: Result) -> tuple[int, ...] | None:
    """The shape of the rows that were paired; None if it is not known.

    Inputs of different shapes were paired element by element, and have no rows.
    """
    shape, other = (side.shape for side in result.inputs)
    return shape if shape == other else None


def _check_rows(result: Result) -> None:
    """Check that whole rows of one length have the moments of such rows."""
    settings, shape = result.settings, shape_of(result)
    if shape is None or result.part is not None or settings.weighted or settings.cluster:
        return
    length = math.prod(shape[1:])
    if length < 2 or settings.by_column or settings.levels:
        return
    for i, tally in enumerate(result.tallies):
        if not _has_moments_of_rows(tally, length):
            raise damaged("moments of rows that are not those of the inputs", f"results[{i}]")


def _has_moments_of_rows(tally: Tally, length: int) -> bool:
    """Whether moments may be of rows of one length; also where some elements do not count.

    Sizes are this length then, and one factor of it leads from each sum to another.

    Args:
        tally: The tally of all elements, without weights.
        length: The number of elements of a row.
    """
    moments = tally.moments
    if moments is None or moments.n_overflowed or tally.n_nan or tally.n_inf or tally.n_omitted:
        return True
    if moments.n * length != tally.n:
        return False
    if moments.sizes != moments.n * length**2 << -SQUARE_EXPONENT:
        return False
    third, lower = moments.third, (moments.sizes, moments.cross, moments.squares)
    alike = tuple(length * units << -UNIT_EXPONENT for units in lower)
    return third is None or (third.mmm, third.smm, third.ssm) == alike


def _seen(tally: Tally) -> tuple[int, int, int]:
    """The numbers of elements evaluated, left out, and of weight 0."""
    return tally.n, tally.n_omitted, tally.n_weightless


def counts_are_possible(tally: Tally) -> bool:
    """Whether there are as many elements as are infinite, or closer than beta.

    Without weights none is both. A weight may take the loss of a small distance beyond binary64.
    """
    n_infinite = tally.n_inf if tally.weight is None else 0
    return max(tally.n_inf, tally.n_quadratic + n_infinite) <= tally.n - tally.n_nan


def _contradiction(tally: Tally, settings: EvalSettings) -> str | None:
    """Describe which counts and extremes of a tally contradict each other, if any."""
    if not counts_are_possible(tally):
        return "more elements of a kind than there are elements"
    if tally.n_nan and NAN_POLICIES[settings.nan].is_error:
        return "losses that are NaN, which the settings refuse"
    if tally.n_missing > tally.n_nan + tally.n_undefined:
        return "more elements missing than are NaN or left out"
    if (
        (tally.n_undefined and not NAN_POLICIES[settings.nan].omits_target)
        or tally.n_undefined < 0
        or (tally.n_weightless and not settings.weighted)
    ):
        return "elements left out that the settings keep"
    if tally.first_nan is not None and tally.n_nan == 0:
        return "a first NaN where there is none"
    return _contradicting_sizes(tally, settings) or _contradicting_extremes(tally)


def _contradicting_sizes(tally: Tally, settings: EvalSettings) -> str | None:
    if settings.by_count and tally.weight != tally.by_count().weight:
        return "a mean that is not divided by the count, as the settings say"
    moments = tally.moments or NO_ROWS
    n_most = tally.n - tally.n_nan if settings.cluster is None else tally.n
    n_most += tally.n_weightless if settings.by_count else 0  # their rows have a size, too
    if moments.n + moments.n_overflowed > n_most:
        return "more rows than elements that are not NaN"
    return _contradicting_moments(tally, moments, settings)


def _contradicting_moments(tally: Tally, moments: Moments, settings: EvalSettings) -> str | None:
    """Describe which sums of products over rows are none of numbers, if any."""
    third = moments.third
    if not moments.n and (moments.squares or moments.cross or moments.sizes or any(third or ())):
        return "moments of no rows"
    squares, cross, sizes = _short(moments.squares, moments.cross, moments.sizes)
    are_products = squares * sizes >= cross**2  # Cauchy and Schwarz
    if third is not None:
        sss, ssm, smm, mmm = _short(*third)
        are_products = are_products and sss * smm >= ssm**2 and ssm * mmm >= smm**2
    if not are_products:
        return "moments of rows that no rows have"
    if tally.weight is None and settings.cluster is None and not (tally.n_nan or tally.n_inf):
        is_known = tally.moments is not None and not moments.n_overflowed
        if is_known and tally.n**2 << -SQUARE_EXPONENT > moments.n * moments.sizes:
            return "rows that do not have the elements of the result"
    return None


def _short(*sums: int) -> list[int]:
    """Sums in another unit: without the zeros at the end of all of them, which take most bits."""
    every = reduce(or_, sums)
    n_zeros = max((every & -every).bit_length() - 1, 0)
    return [units >> n_zeros for units in sums]


def _contradicting_extremes(tally: Tally) -> str | None:
    if tally.n == tally.n_nan:
        is_none = (tally.min, tally.max) == (math.inf, -math.inf)
        return None if is_none else "losses without a smallest and a largest one"
    # Extremes are without weights, and a weight may take a finite loss beyond binary64.
    contradict = operator.ne if tally.weight is None else operator.gt
    are_finite = tally.n > tally.n_nan + tally.n_inf
    if tally.min > tally.max or contradict(are_finite, tally.min < math.inf):
        return "a smallest loss that cannot be"
    if contradict(tally.max == math.inf, tally.n_inf > 0):
        return "a largest loss that cannot be"
    return None
