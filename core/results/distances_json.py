"""The exact sums over distances, to JSON and back."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from smoothl1.metrics.distance_sums import DistanceSums
from smoothl1.metrics.distances import COLUMNS, Distances
from smoothl1.numerics.exact_sum import CUBE_EXPONENT, SQUARE_EXPONENT
from smoothl1.results.json_fields import number
from smoothl1.results.moments_json import exact_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from smoothl1.results.json_reader import Reader
    from smoothl1.results.result import Result
    from smoothl1.settings import EvalSettings

FIELDS = ("distances",)
_UNITS = {"total": SQUARE_EXPONENT, "squares": CUBE_EXPONENT, "differences": SQUARE_EXPONENT}
_COUNTS = {"infinite": "n_inf", "above": "n_above", "below": "n_below"}


def names(settings: EvalSettings) -> list[str]:
    """The names of the columns."""
    return [COLUMNS.get(name, name) for name in settings.also]


def encode(metric: Distances) -> dict[str, Any]:
    """The sums over each group as a field of the document."""
    return {"distances": list(map(_encode, metric.sums))}


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
