"""The exact sums over distances, to JSON and back."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from smoothl1.metrics.distance_sums import DistanceSums
from smoothl1.metrics.distances import COLUMNS, Distances
from smoothl1.metrics.many_sums import passing
from smoothl1.numerics.exact_sum import CUBE_EXPONENT, SQUARE_EXPONENT, UNIT_EXPONENT
from smoothl1.numerics.single_losses import units_of
from smoothl1.results.contradictions import damaged
from smoothl1.results.distance_facts import LARGEST, PRECISION
from smoothl1.results.json_fields import number
from smoothl1.results.moments_json import exact_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from smoothl1.results.distance_facts import DistanceFacts
    from smoothl1.results.json_reader import Reader
    from smoothl1.results.result import Result
    from smoothl1.settings import EvalSettings
    from smoothl1.tallies.tally import Tally

FIELDS: tuple[str, ...] = ("distances",)
_UNITS = {"total": SQUARE_EXPONENT, "squares": CUBE_EXPONENT, "differences": SQUARE_EXPONENT}
_COUNTS = {"infinite": "n_inf", "above": "n_above", "below": "n_below"}


def names(settings: EvalSettings) -> list[str]:
    """The names of the columns."""
    return [COLUMNS.get(name, name) for name in settings.also]


def encode(metric: Distances) -> dict[str, Any]:
    """The sums over each group as a field of the document: an iterator, for there may be many."""
    return {"distances": map(_encode, passing(metric.sums))}


def decode(result: Result, top: Reader) -> Distances:
    """The metrics whose sums are in a document.

    Raises:
        DataError: They are damaged.
    """
    also, items = result.settings.also, top.objects_of_groups("distances", len(result.groups))
    sums = tuple(_decode(also, item) for item in items)
    for item, some, tally in zip(items, sums, result.tallies, strict=False):
        if some.n_inf > tally.n - tally.n_nan or some.n_above + some.n_below > some.n_inf:
            raise item.damaged("infinite", "contradicts the counts of the result")
    return Distances(also, sums)


def note(metric: Distances, result: Result, facts: Sequence[DistanceFacts]) -> None:
    """Note the largest distances, and how many are infinite."""
    for some, sums in zip(facts, metric.sums, strict=True):
        if some.n:
            some.note_count(LARGEST, some.n - sums.n_inf)
        if some.n and sums.largest is not None:
            some.note_rank(sums.largest, some.n)


def check_sums(result: Result, facts: Sequence[DistanceFacts]) -> None:
    """Check that the sums over distances are those of the distances that other figures allow.

    Args:
        result: The result.
        facts: What is known of the distances of each group.

    Raises:
        DataError: They are not.
    """
    metric = next(one for one in result.metric_states if isinstance(one, Distances))
    n_groups, by_count = len(result.groups), result.settings.by_count
    for i, (sums, some) in enumerate(zip(metric.sums, facts, strict=True)):
        tallies = result.tallies[i::n_groups]
        is_possible = _are_of_distances(sums, some, tallies[0], by_count=by_count)
        if not is_possible or any(_losses_exceed_distances(tally, sums) for tally in tallies):
            raise damaged("no distances of the result have these sums", f"distances[{i}]")


def _are_of_distances(
    sums: DistanceSums, facts: DistanceFacts, tally: Tally, *, by_count: bool
) -> bool:
    """Whether some distances have the sums of a group."""
    n, n_bits = facts.n - sums.n_inf, -UNIT_EXPONENT
    total, squares, differences = sums.total, sums.squares, sums.differences or 0
    if not n:
        return not (total or squares)
    least, most = map(units_of, facts.ends(n))
    if by_count:  # the sum of the weights is not known
        return most > 0 or not (total or squares)
    size = n << n_bits if tally.weight is None else tally.weight.units
    of_total, of_squares = ((least**power * size, most**power * size) for power in (1, 2))
    if tally.weight is None:
        sums_of = facts.sums(n, float, 2)
        of_total, of_squares = ((low << n_bits, high << n_bits) for low, high in sums_of)
    elif tally.n_nan or sums.n_inf:  # their weights are among the others
        of_total, of_squares = (0, of_total[1]), (0, of_squares[1])
    is_total = total is None or of_total[0] <= total <= of_total[1]
    is_squares = squares is None or of_squares[0] <= squares <= of_squares[1]
    total_fits_squares = total is None or squares is None or total**2 <= squares * size
    largest = (of_total[1] if total is None else total) * ((1 << PRECISION) + 1)
    bias_is_possible = sums.n_inf > 0 or abs(differences) << PRECISION <= largest
    return is_total and is_squares and total_fits_squares and bias_is_possible


def _losses_exceed_distances(tally: Tally, sums: DistanceSums) -> bool:
    """Whether the losses of a tally are larger than their distances, which none is."""
    if sums.total is None:
        return False
    total = tally.total.units << PRECISION - UNIT_EXPONENT
    rounding = (
        0 if tally.weight is None else sums.total + (tally.n << PRECISION - 1 - UNIT_EXPONENT)
    )
    return total > (sums.total << PRECISION) + rounding


def _encode(sums: DistanceSums) -> dict[str, Any]:
    exact = {name: getattr(sums, name) for name in _UNITS}
    return {
        **{name: getattr(sums, count) for name, count in _COUNTS.items()},
        **({} if sums.largest is None else number("largest", sums.largest)),
        **{name: exact_text(u, _UNITS[name]) for name, u in exact.items() if u is not None},
    }


def _decode(also: Sequence[str], item: Reader) -> DistanceSums:
    needed = DistanceSums.empty(also)
    exact = [name for name in _UNITS if getattr(needed, name) is not None]
    has_largest = needed.largest is not None
    item.only(*_COUNTS, *(["largest", "largest_text"] if has_largest else []), *exact)
    counts = {count: item.count(name) for name, count in _COUNTS.items()}
    sums = {name: item.units(name, _UNITS[name], signed=name == "differences") for name in exact}
    largest = item.number("largest", "inf", "-inf") if has_largest else None
    if largest is not None and (largest == math.inf) != (counts["n_inf"] > 0):
        raise item.damaged("largest", "contradicts the number of infinite distances")
    return DistanceSums(largest=largest, **counts, **sums)
