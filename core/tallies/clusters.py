"""Clusters of rows that depend on each other, as the units of standard errors.

The rows of one image, user or document are not independent. Then the clusters are the units of
`row_moments`, in place of rows: s of a cluster is the sum of the losses of all its elements that
count, m their number or the sum of their weights. Both are summed exactly, wherever the rows of a
cluster stand, and rounded once to binary64 at the end.

Sources: K.-Y. Liang, S. L. Zeger, "Longitudinal data analysis using generalized linear models",
Biometrika 73(1), 1986, pages 13 to 22; A. C. Cameron, D. L. Miller, "A practitioner's guide to
cluster-robust inference", J. Human Resources 50(2), 2015, pages 317 to 372; E. Miller, "Adding
error bars to evals", arXiv:2411.00640, 2024 (evaluation of models).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from smoothl1.numerics.exact_sum import UNIT_EXPONENT
from smoothl1.numerics.group_moments import GroupMoments
from smoothl1.numerics.group_quotients import quotients
from smoothl1.numerics.group_sums import ExactSums
from smoothl1.numerics.row_sums import Rows
from smoothl1.tallies.cluster_numbers import ClusterNumbers
from smoothl1.tallies.cluster_states import ClusterState, with_moments
from smoothl1.tallies.group import in_order
from smoothl1.tallies.group_adding import add_pairs
from smoothl1.tallies.group_tallies import GroupTally
from smoothl1.tallies.lazy import LazyTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from smoothl1.backends.contract import Backend
    from smoothl1.numerics.row_moments import Moments
    from smoothl1.pairing.chunks import Chunk
    from smoothl1.pairing.nan_policy import Pairs
    from smoothl1.settings import EvalSettings
    from smoothl1.tallies.group_numbers import Codes
    from smoothl1.tallies.tally import Tally


class ClusterTallies:
    """A tally for each cluster of each group, at each beta. Merged in any order to the same bits.

    Args:
        settings: The settings of the evaluation.
        numbers: The numbers of clusters; unset, there are none yet.
    """

    def __init__(self, settings: EvalSettings, numbers: ClusterNumbers | None = None) -> None:
        self._settings = settings
        self._numbers = ClusterNumbers(settings) if numbers is None else numbers
        self._tallies = [
            GroupTally(weighted=settings.weighted, with_moments=False) for _ in settings.betas
        ]

    def companion(self) -> ClusterTallies:
        """Empty tallies for other losses of the same elements; they share the numbers."""
        return ClusterTallies(self._settings, self._numbers)

    def texts(self) -> list[str]:
        """The distinct labels as text: see `ClusterNumbers`."""
        return self._numbers.texts()

    def codes_of(self, chunk: Chunk, groups: Codes | None) -> Codes:
        """The number of the cluster of each element of a chunk: see `ClusterNumbers`."""
        return self._numbers.of_elements(chunk, groups)

    def add(self, backend: Backend, start: int, pairs: Pairs, codes: Codes) -> None:
        """Add the pairs of a chunk.

        Args:
            backend: The backend that computes.
            start: Position of the first element of the chunk among all elements.
            pairs: The pairs of the chunk, after the NaN policy.
            codes: The result of `codes_of` for the chunk.
        """
        self._resize()
        add_pairs(self._tallies, backend, start, pairs, codes, self._settings.betas)

    def merge(self, other: ClusterTallies, groups: Codes) -> None:
        """Add the clusters of others; `groups` says which group here each of theirs is."""
        codes = self._numbers.merge(other._numbers, groups)
        self._resize()
        for mine, others in zip(self._tallies, other._tallies, strict=True):
            others.resize(codes.size)  # of companions, one may have seen fewer
            mine.merge(others, codes)

    def total(self, i: int) -> ExactSums:
        """The exact sum of the finite losses of each cluster at the beta with that index."""
        self._resize()
        self._tallies[i].settle()
        return self._tallies[i].total

    def moments(self, i: int, n_groups: int, minus: ClusterTallies | None = None) -> list[Moments]:
        """The moments of the clusters of each group, by the numbers of the groups.

        Args:
            i: The index of the beta.
            n_groups: The number of groups.
            minus: Losses that are subtracted, exactly, from those of each cluster.
        """
        total = self.total(i)
        if minus is not None:
            every, difference = np.arange(total.n), ExactSums(total.n)
            difference.merge(total, every)
            difference.merge(minus.total(i), every, -1)
            total = difference
        sums, sizes, groups = _rounded(total), self._sizes(), self._numbers.groups
        is_any = sizes > 0
        moments = GroupMoments()
        moments.resize(n_groups)
        moments.add(groups[is_any], Rows(sums[is_any], sizes[is_any], None))
        return moments.each()

    def results(
        self, tallies: Sequence[Tally], order: Sequence[int], n_groups: int
    ) -> tuple[Sequence[Tally], Sequence[ClusterState]]:
        """The tallies of groups with the moments of their clusters, and the state of these.

        Args:
            tallies: The tallies of all groups, beta by beta.
            order: The number of each group, in the order of the result.
            n_groups: The number of groups.

        Raises:
            DataError: Two clusters have the same text.
        """
        moments = []
        for i in range(len(self._tallies)):
            of_groups = self.moments(i, n_groups)
            moments += [of_groups[number] for number in order]
        return with_moments(tallies, moments), self._lazy_states(order)

    def _lazy_states(self, order: Sequence[int]) -> Sequence[ClusterState]:
        texts = self._numbers.texts()
        totals = [self.total(i) for i in range(len(self._tallies))]
        for sums in (*totals, self._tallies[0].weight):
            if sums is not None:
                sums.carry()  # now, so that reading changes nothing: several threads may read
        return LazyTuple(len(order), lambda: self._states(texts, totals, order))

    def _states(
        self, texts: Sequence[str], totals: Sequence[ExactSums], order: Sequence[int]
    ) -> tuple[ClusterState, ...]:
        groups, labels = self._numbers.groups, self._numbers.labels.tolist()
        by_group = np.argsort(groups, kind="stable")
        by_group = by_group[self._sizes()[by_group] > 0]
        numbers = np.array(order, np.intp)
        starts = np.searchsorted(groups[by_group], numbers).tolist()
        stops = np.searchsorted(groups[by_group], numbers, side="right").tolist()
        sizes, exact = self._exact_sizes(), [total.units() for total in totals]
        found = []
        for start, stop in zip(starts, stops, strict=True):
            at = {texts[labels[cluster]]: cluster for cluster in by_group[start:stop].tolist()}
            names = in_order([*at])
            clusters = [at[name] for name in names]
            found.append(
                ClusterState(
                    tuple(names),
                    tuple(sizes[cluster] for cluster in clusters),
                    tuple(tuple(of_beta[cluster] for cluster in clusters) for of_beta in exact),
                )
            )
        return tuple(found)

    def _sizes(self) -> NDArray[np.float64]:
        """The size of each cluster: its elements or the sum of their weights, rounded once."""
        first = self._tallies[0]
        if self._settings.by_count:
            return first.counts().astype(np.float64)
        n: NDArray[np.float64] = first.records["n"].astype(np.float64)
        return n if first.weight is None else _rounded(first.weight)

    def _exact_sizes(self) -> list[int]:
        first = self._tallies[0]
        if first.weight is None:
            sizes: list[int] = first.records["n"].tolist()
            return sizes
        if self._settings.by_count:
            return [n << -UNIT_EXPONENT for n in first.counts().tolist()]
        return first.weight.units(UNIT_EXPONENT)

    def _resize(self) -> None:
        for tally in self._tallies:
            tally.resize(len(self._numbers))


def _rounded(sums: ExactSums) -> NDArray[np.float64]:
    """Each sum rounded once to binary64; infinite if it is beyond that."""
    return quotients(sums, np.ones(sums.n, np.int64))
