"""The sums over distances of many groups, kept in arrays until they are asked for one by one."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from smoothl1.metrics.distance_sums import DistanceSums
from smoothl1.numerics.exact_sum import CUBE_EXPONENT, SQUARE_EXPONENT
from smoothl1.tallies.lazy import LazyTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from smoothl1.numerics.group_sums import ExactSums

_BLOCK = 1 << 10
"""Groups whose sums are made at a time where each is looked at once."""


class SumArrays(NamedTuple):
    """The sums of some groups, named as in `DistanceSums`; those that no metric needs are None.

    Attributes:
        counts: Shape (3, n): `n_inf`, `n_above` and `n_below` of each group.
        largest: Shape (n,).
        total: Exact sums of the distances, or of their products with the weights.
        squares: Exact sums of their squares.
        differences: Exact sums of x - y.
    """

    counts: NDArray[np.int64]
    largest: NDArray[np.float64] | None
    total: ExactSums | None
    squares: ExactSums | None
    differences: ExactSums | None

    def sums(self, at: NDArray[np.intp]) -> list[DistanceSums]:
        """The sums of the groups with some numbers, as values."""
        absent = [None] * at.size
        total, squares, differences = (
            absent if sums is None else sums.units(exponent, at)
            for sums, exponent in (
                (self.total, SQUARE_EXPONENT),
                (self.squares, CUBE_EXPONENT),
                (self.differences, SQUARE_EXPONENT),
            )
        )
        largest = absent if self.largest is None else self.largest[at].tolist()
        infinite, above, below = self.counts[:, at].tolist()
        rows = zip(infinite, largest, total, squares, differences, above, below, strict=True)
        return list(map(DistanceSums._make, rows))


class ManySums(LazyTuple[DistanceSums]):
    """The sums of each group, one after the other.

    Args:
        arrays: The sums of the groups, which no longer change.
        order: The number of each group, in the order of the groups.
    """

    def __init__(self, arrays: SumArrays, order: NDArray[np.intp]) -> None:
        super().__init__(order.size, lambda: tuple(arrays.sums(order)))
        self._arrays = arrays
        self._order = order

    def passing(self) -> Iterator[DistanceSums]:
        """The sums of each group, of which few are in memory at a time."""
        if self.is_made:
            yield from self
            return
        for start in range(0, self._order.size, _BLOCK):
            yield from self._arrays.sums(self._order[start : start + _BLOCK])


def passing(sums: Sequence[DistanceSums]) -> Iterable[DistanceSums]:
    """Sums to be looked at once, one after the other: see `ManySums.passing`."""
    return sums.passing() if isinstance(sums, ManySums) else sums
