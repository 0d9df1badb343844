"""Accumulators of a pass: they tally pairs chunk by chunk, and are merged in any order.

`plain` and `grouped` are the two kinds.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from smoothl1.pairing.nan_places import earlier, nan_place

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from smoothl1.backends.contract import Backend
    from smoothl1.metrics.contract import MetricAccumulator
    from smoothl1.numerics.row_sums import Rows
    from smoothl1.pairing.chunks import Chunk
    from smoothl1.pairing.nan_places import NanPlace
    from smoothl1.pairing.nan_policy import Pairs
    from smoothl1.settings import EvalSettings
    from smoothl1.tallies.clusters import ClusterTallies
    from smoothl1.tallies.group import Group
    from smoothl1.tallies.group_numbers import Codes, GroupNumbers
    from smoothl1.tallies.tally import Tally
    from smoothl1.witnesses.shared_values import Comparison


class ElementCodes(NamedTuple):
    """The numbers of the groups and clusters of the elements of a chunk.

    Attributes:
        groups: The number of the group of each element; None without groups.
        clusters: The number of the cluster of each element; None without clusters.
    """

    groups: Codes | None
    clusters: Codes | None


class LossAccumulator(ABC):
    """The common part of both kinds: pairs left out, columns in common, the first NaN.

    Args:
        settings: The settings of the evaluation.
        with_moments: Whether the moments of rows are wanted; not if there are clusters.

    Attributes:
        agreements: A comparison of each column that two inputs have in common; none if no row was
            seen.
        nan_place: The first pair whose loss is NaN, if any.
        n_overflowed: Losses at the first beta that are infinite although both sides are finite.
        metrics: Accumulators of what is formed beside the loss; none unless they are asked for.
        clusters: The losses of clusters, of which standard errors are formed; None without any.
        numbers: Numbers the groups; None without groups.
    """

    def __init__(self, settings: EvalSettings, *, with_moments: bool) -> None:
        self.settings = settings
        self._with_moments = with_moments and settings.cluster is None
        self.clusters: ClusterTallies | None = None
        if settings.cluster is not None:
            from smoothl1.tallies.clusters import ClusterTallies  # late: most runs have none

            self.clusters = ClusterTallies(settings)
        self.numbers: GroupNumbers | None = None
        self.agreements: list[Comparison] = []
        self.nan_place: NanPlace | None = None
        self.n_overflowed = 0
        self.metrics: tuple[MetricAccumulator, ...] = ()

    def add(
        self,
        backend: Backend,
        chunk: Chunk,
        pairs: Pairs,
        out: NDArray[np.floating] | None = None,
    ) -> ElementCodes:
        """Add the pairs of a chunk.

        Args:
            backend: The backend that computes.
            chunk: Aligned predictions, targets, weights and groups.
            pairs: The pairs of the chunk, after the NaN policy.
            out: Receives the losses at the first beta: NaN if a pair is left out, 0 if its weight
                is 0.

        Returns:
            The numbers of the groups and clusters of the elements.
        """
        if chunk.shared is not None:
            from smoothl1.witnesses.shared_values import with_rows  # late: few share columns

            self.agreements = with_rows(self.agreements, chunk.shared)
        groups = None if self.numbers is None else self.numbers.of_elements(chunk)
        clusters = None if self.clusters is None else self.clusters.codes_of(chunk, groups)
        codes = ElementCodes(groups, clusters)
        self.add_coded(backend, chunk, pairs, codes, out)
        if self.metrics:
            from smoothl1.tallies.observed import Observed  # late: most runs form no more metrics

            seen = Observed(backend, chunk, pairs, groups, self.n_groups)
            for metric in self.metrics:
                metric.add(seen)
        return codes

    def add_coded(
        self,
        backend: Backend,
        chunk: Chunk,
        pairs: Pairs,
        codes: ElementCodes,
        out: NDArray[np.floating] | None = None,
        *,
        pred_role: str = "pred",
    ) -> None:
        """Add the pairs of a chunk whose groups and clusters are known.

        Args:
            backend: See `add`.
            chunk: See `add`.
            pairs: See `add`.
            codes: What `add` of this accumulator, or of its companion, gave for the chunk.
            out: See `add`.
            pred_role: The role of the predictions: "pred" or "pred_2".
        """
        kept_out = (
            out if pairs.kept is None or out is None else np.empty(pairs.pred.size, out.dtype)
        )
        first_nan, may_be_infinite = self._tally(backend, chunk, pairs, codes.groups, kept_out)
        if self.clusters is not None and codes.clusters is not None:
            self.clusters.add(backend, chunk.start, pairs, codes.clusters)
        if first_nan is not None:
            self._see_nan(chunk, first_nan, pred_role)
        if may_be_infinite:
            self._count_overflow(backend, pairs)
        if out is not None and kept_out is not None and pairs.kept is not None:
            out[:] = 0.0
            for dropped in (pairs.omitted, pairs.lost):
                if dropped is not None:
                    out[dropped] = np.nan
            out[pairs.kept] = kept_out

    def _see_nan(self, chunk: Chunk, first: int, pred_role: str) -> None:
        """Find where the first NaN comes from, if it is in this chunk and none was seen before."""
        is_new = self.nan_place is None or first < self.nan_place.position
        if is_new and chunk.start <= first:
            self.nan_place = nan_place(chunk, first, (pred_role, "target"))

    def _count_overflow(self, backend: Backend, pairs: Pairs) -> None:
        """Count the infinite losses of the finite pairs of a chunk."""
        are_finite = np.isfinite(pairs.pred) & np.isfinite(pairs.target)
        weight = None if pairs.weight is None else pairs.weight[are_finite]
        sides = pairs.pred[are_finite], pairs.target[are_finite]
        terms = backend.losses(*sides, self.settings.betas[0], weight)
        self.n_overflowed += int(np.isinf(terms).sum())

    def _add_moments(
        self, backend: Backend, chunk: Chunk, pairs: Pairs, codes: Codes | None
    ) -> None:
        """Add the moments of the rows of a chunk at each beta."""
        from smoothl1.numerics.row_sums import rows_of, with_zeros  # late: for moments alone

        n_rows, row_codes = self.rows_of(chunk, codes)
        for i, beta in enumerate(self.settings.betas):
            terms = backend.losses(pairs.pred, pairs.target, beta, pairs.weight)
            if self.settings.by_count:
                terms, kept = with_zeros(terms, pairs.kept, pairs.weightless)
                rows = rows_of(terms, n_rows, kept, None, pairs.lost)
            else:
                rows = rows_of(terms, n_rows, pairs.kept, pairs.weight, pairs.lost)
            self._add_rows(i, backend, rows, row_codes)

    def merge(self, other: LossAccumulator) -> Codes:
        """Add another accumulator; the result is the number here of each of its groups."""
        self.agreements = self.agreements or other.agreements
        if self.agreements is not other.agreements:
            from smoothl1.witnesses.shared_values import merge_rows  # late: most share no columns

            merge_rows(self.agreements, other.agreements)
        codes = self.merge_codes(other)
        self.merge_coded(other, codes)
        for metric, others in zip(self.metrics, other.metrics, strict=True):
            metric.merge(others, codes, self.n_groups)
        return codes

    def merge_coded(self, other: LossAccumulator, codes: Codes) -> None:
        """Add another accumulator, given the number here of each of its groups."""
        self.nan_place = earlier(self.nan_place, other.nan_place)
        self._merge_tallies(other, codes)
        self.n_overflowed += other.n_overflowed
        if self.clusters is not None and other.clusters is not None:
            self.clusters.merge(other.clusters, codes)

    @abstractmethod
    def companion(self) -> LossAccumulator:
        """An accumulator for other losses of the same elements; it shares the groups."""

    @property
    def n_groups(self) -> int:
        """The number of groups so far, counted once per column."""
        return 1 if self.numbers is None else len(self.numbers)

    @property
    @abstractmethod
    def tally(self) -> Tally:
        """The tally of all groups together at the first beta, summed up at each call."""

    def rows_of(self, chunk: Chunk, codes: Codes | None) -> tuple[int, Codes | None]:
        """The number of rows of a chunk as statistics count them, and their groups, if any."""
        if codes is None or self.numbers is None:
            return chunk.n_rows, None
        row_codes = self.numbers.of_rows(chunk, codes)
        return row_codes.size, row_codes

    @abstractmethod
    def merge_codes(self, other: LossAccumulator) -> Codes:
        """Add the groups of another accumulator; the result is the number here of each."""

    @abstractmethod
    def results(self, columns: Sequence[str]) -> tuple[Sequence[Group], Sequence[Tally]]:
        """The groups, ordered by name and column, and the tally of each, beta by beta.

        Raises:
            DataError: Two groups have the same name.
        """

    @abstractmethod
    def order(self, columns: Sequence[str]) -> list[int]:
        """The numbers of the groups in the order of `results`."""

    @abstractmethod
    def _tally(
        self,
        backend: Backend,
        chunk: Chunk,
        pairs: Pairs,
        codes: Codes | None,
        out: NDArray[np.floating] | None,
    ) -> tuple[int | None, bool]:
        """Tally the pairs of a chunk; `out` receives the losses of those that are kept.

        Returns:
            At the first beta: the position of the first NaN loss so far among all elements, if any;
            and whether a loss of the chunk may be infinite, False only if none is.
        """

    @abstractmethod
    def _add_rows(self, i: int, backend: Backend, rows: Rows, codes: Codes | None) -> None:
        """Add the moments of some rows at the beta with that index."""

    @abstractmethod
    def _merge_tallies(self, other: LossAccumulator, codes: Codes) -> None: ...
