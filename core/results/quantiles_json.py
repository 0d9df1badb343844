"""Quantiles of distances, to JSON and back: the entries have them, a field what can be merged."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from smoothl1.metrics.quantiles import GroupQuantiles, Quantiles, column_name, quantiles_of
from smoothl1.numerics.ranks import rank_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from smoothl1.metrics.held import Held
    from smoothl1.results.distance_facts import DistanceFacts
    from smoothl1.results.json_reader import Reader
    from smoothl1.results.result import Result
    from smoothl1.settings import EvalSettings
    from smoothl1.tallies.tally import Tally

FIELDS: tuple[str, ...] = ("quantiles",)


def names(settings: EvalSettings) -> list[str]:
    """The names of the columns."""
    return [column_name(q) for q in settings.quantiles]


def encode(metric: Quantiles) -> dict[str, Any]:
    """For each group all distances, if they are held."""
    return {"quantiles": [_encode(group.held) for group in metric.groups]}


def decode(result: Result, top: Reader) -> Quantiles:
    """The quantiles that are in a document.

    Raises:
        DataError: They are damaged.
    """
    quantiles, n = result.settings.quantiles, len(result.groups)
    items = top.objects_of_groups("quantiles", n)
    entries = top.objects("results")[:n]
    found = zip(entries, items, result.tallies, strict=False)
    return Quantiles(quantiles, tuple(_decode(quantiles, *of_group) for of_group in found))


def _encode(held: Held | None) -> dict[str, Any]:
    if held is None:
        return {}
    n_infinite = sum(count for distance, count in held if math.isinf(distance))
    finite = [(distance, count) for distance, count in held if math.isfinite(distance)]
    return {
        "values": [distance for distance, _ in finite],
        "counts": [count for _, count in finite],
        "infinite": n_infinite,
    }


def _decode(
    quantiles: tuple[float, ...], entry: Reader, item: Reader, tally: Tally
) -> GroupQuantiles:
    held = _held(item) if item.content else None
    n = tally.n - tally.n_nan
    if held is not None and (sum(count for _, count in held) != n or tally.n_nan):
        raise item.damaged("counts", "contradict the counts of the result")
    if tally.n_nan:
        return GroupQuantiles(None, None)
    if held is not None or n == 0:
        return quantiles_of(quantiles, held or ())
    values = tuple(entry.number(column_name(q), "inf") for q in quantiles)
    by_q = [value for _, value in sorted(zip(quantiles, values, strict=True))]
    if by_q != sorted(by_q):
        raise entry.damaged(column_name(quantiles[0]), "and another contradict each other")
    return GroupQuantiles(values, None)


def _held(item: Reader) -> Held:
    """All distances of a group, as they are written."""
    item.only("values", "counts", "infinite")
    values, counts = item.list_of("values", float), item.list_of("counts", int)
    n_infinite = item.count("infinite")
    is_ascending = all(0 <= one < other for one, other in pairwise(values))
    if len(values) != len(counts) or not is_ascending or not all(map(math.isfinite, values)):
        raise item.damaged("values", "are not ascending distances, one for each count")
    if any(value < 0 for value in values) or any(not 0 < count < 1 << 63 for count in counts):
        raise item.damaged("counts", "are not counts of distances")
    held = tuple(zip(values, counts, strict=True))
    return (*held, (math.inf, n_infinite)) if n_infinite else held


def note(metric: Quantiles, result: Result, facts: Sequence[DistanceFacts]) -> None:
    """Note the quantiles, or all distances if they are held."""
    for some, group in zip(facts, metric.groups, strict=True):
        n = 0
        for distance, count in group.held or ():
            some.note_rank(distance, n + 1)
            n += count
            some.note_rank(distance, n)
        if group.held is None and group.values is not None:
            for q, distance in zip(metric.quantiles, group.values, strict=True):
                some.note_rank(distance, rank_of(q, some.n))
