"""How many pairs have a distance |x - y| of at most a tolerance, exact counts."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from smoothl1.metrics.contract import Cells
    from smoothl1.tallies.group_numbers import Codes
    from smoothl1.tallies.observed import Observed
    from smoothl1.tallies.tally import Tally


def column_names(tolerance: float) -> tuple[str, str]:
    """The names of the count and of the share of a tolerance."""
    return f"within_{tolerance!r}", f"share_within_{tolerance!r}"


@dataclass(frozen=True, slots=True)
class Within:
    """The counts of each group.

    Attributes:
        tolerances: The tolerances.
        counts: For each group, in their order, the number of pairs within each tolerance; a pair
            whose distance is NaN is within none.
    """

    tolerances: tuple[float, ...]
    counts: tuple[tuple[int, ...], ...] = field(repr=False)

    def columns(self, betas: Sequence[float], tallies: Sequence[Tally]) -> list[Cells]:
        columns: list[Cells] = []
        for tolerance, counts in zip(self.tolerances, zip(*self.counts, strict=True), strict=False):
            name, share = column_names(tolerance)
            counted = list(counts) * len(betas)
            shares = [
                count / tally.n if tally.n else np.nan
                for count, tally in zip(counted, tallies, strict=True)
            ]
            columns += [(name, "count", counted), (share, "number", shares)]
        return columns

    def of_group(self, place: int) -> Within:
        return Within(self.tolerances, (self.counts[place],))

    def merged(
        self,
        parts: Sequence[Within],
        places: Sequence[Sequence[int]],
        n_groups: int,
        *,
        in_sequence: bool = False,
    ) -> Within:
        counts = np.zeros((n_groups, len(self.tolerances)), np.int64)
        for part, of_part in zip(parts, places, strict=True):
            of_groups = np.array(part.counts, np.int64).reshape(-1, len(self.tolerances))
            np.add.at(counts, list(of_part), of_groups)  # several groups may have one place
        return Within(self.tolerances, tuple(map(tuple, counts.tolist())))


class WithinAccumulator:
    """The counts of each group so far.

    Args:
        tolerances: Finite tolerances, at least 0.
    """

    def __init__(self, tolerances: tuple[float, ...]) -> None:
        self._tolerances = tolerances
        self._counts = np.zeros((len(tolerances), 0), np.int64)

    def add(self, seen: Observed) -> None:
        self._resize(seen.n_groups)
        n = self._counts.shape[1]
        for i, tolerance in enumerate(self._tolerances):
            is_within = seen.distances <= tolerance
            if n == 1:
                self._counts[i] += np.count_nonzero(is_within)
            else:
                self._counts[i] += np.bincount(seen.kept_codes[is_within], minlength=n)

    def merge(self, other: WithinAccumulator, codes: Codes, n_groups: int) -> None:
        self._resize(n_groups)
        self._counts[:, codes[: other._counts.shape[1]]] += other._counts

    def value(self, order: Sequence[int]) -> Within:
        self._resize(max(order, default=-1) + 1)
        return Within(self._tolerances, tuple(map(tuple, self._counts[:, order].T.tolist())))

    def _resize(self, n: int) -> None:
        n_more = n - self._counts.shape[1]
        if n_more > 0:
            self._counts = np.pad(self._counts, ((0, 0), (0, n_more)))
