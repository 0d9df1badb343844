"""MAE, MSE, RMSE, bias, Huber's loss and the largest distance, of all pairs or of each group."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from smoothl1.metrics import many_sums
from smoothl1.metrics.distance_sums import DistanceSums
from smoothl1.metrics.many_sums import ManySums, SumArrays
from smoothl1.numerics.differences import exact_sides
from smoothl1.numerics.exact_sum import SQUARE_EXPONENT, UNIT_EXPONENT
from smoothl1.numerics.group_sums import DIGIT_BITS, ExactSums
from smoothl1.numerics.row_sums import Rows
from smoothl1.tallies import many

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from smoothl1.metrics.contract import Cells
    from smoothl1.numerics.products import Factors
    from smoothl1.settings import EvalSettings
    from smoothl1.tallies.group_numbers import Codes
    from smoothl1.tallies.observed import Observed
    from smoothl1.tallies.tally import Tally

COLUMNS = {"max": "max_error"}
"""Names of columns and of fields of the JSON, where they are not those of the metrics: `max` is the
largest loss."""

_PIECE = 1 << 15
"""Pairs whose differences are formed at a time: they stay in the processor's cache."""

_SUMS: Factors = ("s", "m")
_SQUARES: Factors = ("s", "s")
_WEIGHTED_SQUARES: Factors = ("s", "s", "m")

_SQUARE_PLACES = 34
"""Digits of an exact sum below 2**-1074 that squares need: 34 * 32 >= 1074."""

_SQUARE_SHIFT = UNIT_EXPONENT - SQUARE_EXPONENT
"""Bits from the unit of squares up to that of sums."""


@dataclass(frozen=True, slots=True)
class Distances:
    """The metrics of each group.

    Attributes:
        names: Names of the metrics, of `settings.ALSO`.
        sums: The sums over each group, in the order of the groups.
    """

    names: tuple[str, ...]
    sums: Sequence[DistanceSums] = field(repr=False)

    def columns(self, betas: Sequence[float], tallies: Sequence[Tally]) -> list[Cells]:
        cells = {name: list[float]() for name in self.names}
        cases = ((beta, sums) for beta in betas for sums in many_sums.passing(self.sums))
        for (beta, sums), tally in zip(cases, many.passing(tallies), strict=True):
            for name, column in cells.items():
                column.append(sums.metric(name, beta, tally))
        return [(COLUMNS.get(name, name), "number", column) for name, column in cells.items()]

    def of_group(self, place: int) -> Distances:
        return Distances(self.names, (self.sums[place],))

    def merged(
        self,
        parts: Sequence[Distances],
        places: Sequence[Sequence[int]],
        n_groups: int,
        *,
        in_sequence: bool = False,
    ) -> Distances:
        sums = [DistanceSums.empty(self.names)] * n_groups
        for part, of_part in zip(parts, places, strict=True):
            for place, some in zip(of_part, part.sums, strict=True):
                sums[place] = sums[place].merge(some)
        return Distances(self.names, tuple(sums))


class DistanceAccumulator:
    """The sums over the pairs of each group so far.

    Args:
        settings: The settings, which name the metrics and say whether there are weights.
    """

    def __init__(self, settings: EvalSettings) -> None:
        self._names = settings.also
        needed = DistanceSums.empty(self._names)
        squares = _WEIGHTED_SQUARES if settings.weighted else _SQUARES
        self._products: dict[Factors, ExactSums] = {}  # of the distances
        if needed.squares is not None:
            self._products[squares] = ExactSums()
        if needed.total is not None:
            self._products[_SUMS] = ExactSums()
        self._differences = None if needed.differences is None else ExactSums()
        self._largest = None if needed.largest is None else np.empty(0)
        self._counts = np.zeros((3, 0), np.int64)  # infinite distances, differences +inf and -inf

    def add(self, seen: Observed) -> None:
        self._resize(seen.n_groups)
        if seen.codes is None and seen.pairs.weight is None:
            self._add_tally(seen)
        else:
            self._add_distances(seen)

    def _add_tally(self, seen: Observed) -> None:
        """Add the pairs of a chunk without groups and weights: a tally at beta 0 has their sums."""
        pred, target = seen.pairs.pred, seen.pairs.target
        squares, total = self._products.get(_SQUARES), self._products.get(_SUMS)
        (tally,) = seen.backend.tally(pred, target, (0.0,), moments=squares is not None)
        self._counts[0, 0] += tally.n_inf
        if self._largest is not None:
            self._largest[0] = max(self._largest[0], tally.max)
        if total is not None:
            total.add_units(0, tally.total.units)
        if squares is not None and tally.moments is not None:
            units = tally.moments.squares << (_SQUARE_PLACES * DIGIT_BITS - _SQUARE_SHIFT)
            squares.add_units(0, units, -_SQUARE_PLACES)
        if self._differences is not None:
            are_finite = tally.n_nan + tally.n_inf == 0
            negative = _negative_units(seen) if are_finite else None
            if negative is None:
                self._add_differences(self._differences, seen, are_finite=are_finite)
            else:
                self._differences.add_units(0, tally.total.units - 2 * negative)

    def _add_distances(self, seen: Observed) -> None:
        self._see_largest(seen.distances, seen.kept_codes)
        rows, codes = Rows(seen.distances, seen.pairs.weight, None), seen.kept_codes
        finite = rows.finite()
        if finite is not None:
            self._count(0, codes[np.isinf(seen.distances)])
            rows, codes = rows.chosen(finite), codes[finite]
        if self._products:
            seen.backend.add_products(codes, rows, self._products)
        if self._differences is not None:
            self._add_differences(self._differences, seen, are_finite=finite is None)

    def _add_differences(self, into: ExactSums, seen: Observed, *, are_finite: bool) -> None:
        """Add x - y of the pairs of which both sides are finite, and count the others."""
        pred, target, codes = seen.pairs.pred, seen.pairs.target, seen.kept_codes
        weight = seen.pairs.weight
        if not are_finite:
            at = np.isfinite(pred) & np.isfinite(target)
            self._count(1, codes[~at & (pred > target)])
            self._count(2, codes[~at & (pred < target)])
            pred, target, codes = pred[at], target[at], codes[at]
            weight = None if weight is None else weight[at]
        for part in exact_sides(pred, target):
            seen.backend.add_products(codes, Rows(part, weight, None), {_SUMS: into})

    def _see_largest(self, distances: NDArray[np.float64], codes: Codes) -> None:
        if self._largest is None:
            return
        np.fmax.at(self._largest, codes, distances)

    def merge(self, other: DistanceAccumulator, codes: Codes, n_groups: int) -> None:
        self._resize(n_groups)
        for mine, others in zip(self._all_sums(), other._all_sums(), strict=True):
            mine.merge(others, codes[: others.n])
        n = other._counts.shape[1]
        self._counts[:, codes[:n]] += other._counts
        if self._largest is not None and other._largest is not None:
            self._largest[codes[:n]] = np.fmax(self._largest[codes[:n]], other._largest)

    def value(self, order: Sequence[int]) -> Distances:
        self._resize(max(order, default=-1) + 1)
        squares = next((sums for name, sums in self._products.items() if name != _SUMS), None)
        of_each = (self._products.get(_SUMS), squares, self._differences)
        arrays = SumArrays(self._counts, self._largest, *of_each)
        return Distances(self._names, ManySums(arrays, np.array(order, np.intp)))

    def _all_sums(self) -> list[ExactSums]:
        return [*self._products.values(), *([self._differences] if self._differences else [])]

    def _count(self, kind: int, codes: Codes) -> None:
        self._counts[kind] += np.bincount(codes, minlength=self._counts.shape[1])

    def _resize(self, n: int) -> None:
        n_more = n - self._counts.shape[1]
        if n_more <= 0:
            return
        for sums in self._all_sums():
            sums.resize(n)
        self._counts = np.pad(self._counts, ((0, 0), (0, n_more)))
        if self._largest is not None:
            self._largest = np.pad(self._largest, (0, n_more), constant_values=-np.inf)


def _negative_units(seen: Observed) -> int | None:
    """The exact sum of y - x over the pairs where x < y, in units of 2**-1074.

    The sum of all x - y is that of the distances less twice this one.

    Returns:
        None if a difference, as binary64, is rounded.
    """
    pred, target = seen.pairs.pred, seen.pairs.target
    if any(side.dtype.kind != "f" and side.dtype.itemsize == 8 for side in (pred, target)):
        return None
    units, (parts, zeros) = 0, np.zeros((2, min(_PIECE, pred.size)))
    for low in range(0, pred.size, _PIECE):
        one, other = (side[low : low + _PIECE] for side in (pred, target))
        below = parts[: one.size]
        if not seen.backend.negative_parts(one, other, below):
            return None
        (tally,) = seen.backend.tally(below, zeros[: one.size], (0.0,))
        units += tally.total.units
    return units
