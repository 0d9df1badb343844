"""The accumulator of several models: the losses of each, and their differences row by row."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from smoothl1.numerics.group_moments import GroupMoments
from smoothl1.numerics.row_signs import signs_of
from smoothl1.numerics.row_sums import both_infinite, rows_of, with_zeros
from smoothl1.pairing.nan_policy import common_pairs, of_each_model
from smoothl1.results.difference import Difference
from smoothl1.selection import MODEL_ROLES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

    from smoothl1.backends.contract import Backend
    from smoothl1.figures.error_histogram import ErrorHistogram
    from smoothl1.metrics.worse_rows import WorseRowsAccumulator
    from smoothl1.numerics.row_moments import Moments
    from smoothl1.numerics.row_sums import Rows
    from smoothl1.pairing.chunks import Chunk
    from smoothl1.pairing.nan_policy import CommonPairs, Pairs
    from smoothl1.results.model_names import Pair
    from smoothl1.tallies.accumulator import LossAccumulator
    from smoothl1.tallies.group import Group
    from smoothl1.tallies.group_numbers import Codes
    from smoothl1.tallies.tally import Tally


class _Rows(NamedTuple):
    """The rows of a chunk, as statistics count them.

    Attributes:
        n: The number of rows.
        codes: The number of the group of each row; None without groups.
        counts_weightless: Whether the size of a row is the number of its elements, those of weight
            0 included, not the sum of the weights.
        weightless: Which elements have weight 0; None for none.
    """

    n: int
    codes: Codes | None
    counts_weightless: bool = False
    weightless: NDArray[np.bool_] | None = None


class PairDifferences:
    """The differences of two models row by row, at one beta and for each group.

    Args:
        counts_rows: Whether rows are the units of statistics; if not, clusters of them are.

    Attributes:
        moments: The moments of the differences of rows, if these are the units.
        wins: The rows in which the first model is better, the second is, and neither: for each
            group.
    """

    def __init__(self, *, counts_rows: bool) -> None:
        self._counts_rows = counts_rows
        self.moments = GroupMoments()
        self.wins = np.zeros((3, 0), np.int64)

    def add(
        self,
        backend: Backend,
        losses: tuple[NDArray[np.float64], NDArray[np.float64]],
        common: CommonPairs,
        of_chunk: _Rows,
    ) -> NDArray[np.float64]:
        """Add the losses of both models.

        Args:
            backend: The backend that computes.
            losses: The losses of each model, of all pairs that it keeps.
            common: The pairs that both keep.
            of_chunk: The rows of the chunk.

        Returns:
            The difference of each pair that both keep.
        """
        one, other = (
            values if places is None else values[places]
            for values, places in zip(losses, (common.of_one, common.of_other), strict=True)
        )
        n_rows, row_codes = of_chunk[:2]
        with np.errstate(all="ignore"):
            differences: NDArray[np.float64] = np.subtract(other, one)
        rows = rows_of(differences, n_rows, common.kept, common.weight, common.lost)
        chosen = _codes_of(rows, row_codes)
        if self._counts_rows and of_chunk.counts_weightless:
            terms, kept = with_zeros(differences, common.kept, of_chunk.weightless)
            sized = rows_of(terms, n_rows, kept, None, common.lost)
            backend.add_rows(_codes_of(sized, row_codes), sized, self.moments)
        elif self._counts_rows:
            backend.add_rows(chosen, rows, self.moments)
        both, kept = (one, other), common.kept
        self._count_wins(chosen, signs_of(rows, both, differences, n_rows, kept))
        if rows.sums.size == n_rows:
            return differences
        equal = both_infinite(both, rows, n_rows, kept, common.lost)
        if equal.any():
            places = np.zeros(n_rows, np.intp) if row_codes is None else row_codes
            self._count_wins(places[equal], np.zeros(np.count_nonzero(equal)))
        return differences

    def _count_wins(self, codes: NDArray[np.intp], signs: NDArray[np.float64]) -> None:
        n = self.wins.shape[1]
        for kind, chosen in enumerate((signs > 0, signs < 0, signs == 0)):
            if n == 1:  # faster than choosing codes
                self.wins[kind] += np.count_nonzero(chosen)
            else:
                self.wins[kind] += np.bincount(codes[chosen], minlength=n)

    def merge(self, other: PairDifferences, codes: Codes) -> None:
        """Add the differences of other rows; `codes` says which group here each of theirs is."""
        self.moments.merge(other.moments, codes)
        self.wins[:, codes] += other.wins

    def wins_of(self, code: int) -> tuple[int, int, int]:
        """The wins in the group with that number."""
        one, other, neither = self.wins[:, code].tolist()
        return one, other, neither

    def resize(self, n: int) -> None:
        """Grow to more groups; the new ones are empty."""
        self.moments.resize(n)
        self.wins = np.pad(self.wins, ((0, 0), (0, n - self.wins.shape[1])))


def _codes_of(rows: Rows, row_codes: Codes | None) -> NDArray[np.intp]:
    """The number of the group of each of some rows, given those of all."""
    if row_codes is None:
        return np.zeros(rows.sums.size, np.intp)
    return row_codes if rows.kept is None else row_codes[rows.kept]


class PairedAccumulator:
    """The losses of all models and the differences of each two, at each beta, for each group.

    Args:
        new: Makes an empty accumulator of the losses of one model.
        n_models: The number of models, at least two.
        counts_differences: Whether the differences of the first two models are counted in bins.
        worse: Takes the rows in which the second of two models is worse; None if none are told.

    Attributes:
        models: The losses of each model.
        differences: For each beta the differences of each two models: of the first and the second,
            the first and the third, and so on, up to those of the last two.
        histogram: The differences of the first two models in all pairs, at the first beta; None if
            they are not counted.
    """

    def __init__(
        self,
        new: Callable[[], LossAccumulator],
        n_models: int,
        *,
        counts_differences: bool = False,
        worse: WorseRowsAccumulator | None = None,
    ) -> None:
        first = new()
        self.worse = worse
        self.settings = first.settings
        self.models = [first, *(first.companion() for _ in range(1, n_models))]
        n_pairs = n_models * (n_models - 1) // 2
        self.differences = [
            [PairDifferences(counts_rows=first.clusters is None) for _ in range(n_pairs)]
            for _ in self.settings.betas
        ]
        self.histogram: ErrorHistogram | None = None
        if counts_differences:
            from smoothl1.figures.error_histogram import ErrorHistogram  # late: for reports alone

            self.histogram = ErrorHistogram()
        self._resize()

    @property
    def first(self) -> LossAccumulator:
        """The losses of the first model, which knows the groups and columns in common."""
        return self.models[0]

    def add(self, backend: Backend, chunk: Chunk, pairs: Pairs) -> None:
        """Add the pairs of a chunk: see `LossAccumulator.add`."""
        of_models = of_each_model(chunk, pairs)
        codes = self.first.add(backend, chunk, of_models[0])
        for i in range(1, len(self.models)):
            role = MODEL_ROLES[i]
            self.models[i].add_coded(backend, chunk, of_models[i], codes, pred_role=role)
        known = self.first.rows_of(chunk, codes.groups)
        rows = _Rows(*known, self.settings.by_count, pairs.weightless)
        self._resize()
        common = [common_pairs(*both) for both in combinations(of_models, 2)]
        if self.worse is not None:
            self.worse.add(backend, chunk, (of_models[0], of_models[1]), common[0])
        for i, beta in enumerate(self.settings.betas):
            losses = [backend.losses(own.pred, own.target, beta, own.weight) for own in of_models]
            for j, both in enumerate(combinations(losses, 2)):
                differences = self.differences[i][j].add(backend, both, common[j], rows)
                if self.histogram is not None and i == j == 0:
                    self.histogram.add(backend, differences)

    @property
    def tally(self) -> Tally:
        """The tally of the first model over all groups, at the first beta."""
        return self.first.tally

    def merge(self, other: PairedAccumulator) -> None:
        """Add the totals of other elements."""
        codes = self.first.merge(other.first)
        for mine, others in zip(self.models[1:], other.models[1:], strict=True):
            mine.merge_coded(others, codes)
        self._resize()
        if self.histogram is not None and other.histogram is not None:
            self.histogram.merge(other.histogram)
        if self.worse is not None and other.worse is not None:
            self.worse.merge(other.worse)
        for of_beta, of_other in zip(self.differences, other.differences, strict=True):
            for pair, more in zip(of_beta, of_other, strict=True):
                pair.merge(more, codes)

    def results(
        self, columns: Sequence[str], pairs: Sequence[Pair]
    ) -> tuple[Sequence[Group], Iterator[tuple[Difference, ...]]]:
        """The groups, ordered by name and column, and the differences of each, beta by beta.

        Args:
            columns: The columns that have results of their own.
            pairs: What the models are called, for each pair in the order of `differences`.

        Returns:
            The groups, and for each beta and group the differences in that order.
        """
        groups, _ = self.first.results(columns)
        return groups, self._results(columns, pairs)

    def _results(
        self, columns: Sequence[str], pairs: Sequence[Pair]
    ) -> Iterator[tuple[Difference, ...]]:
        tallies = [tuple(model.results(columns)[1]) for model in self.models]
        order = self.first.order(columns)
        are_clustered = self.first.clusters is not None
        for i, of_beta in enumerate(self.differences):
            moments = list(self._moments(i))
            for place, code in enumerate(order):
                of_models = [of_model[i * len(order) + place] for of_model in tallies]
                yield tuple(
                    Difference(
                        *both, moments[j][code], *of_beta[j].wins_of(code), are_clustered, pairs[j]
                    )
                    for j, both in enumerate(combinations(of_models, 2))
                )

    def _moments(self, i: int) -> Iterator[list[Moments]]:
        """The moments of the differences at the beta with that index: each pair, each group."""
        both_of = combinations((model.clusters for model in self.models), 2)
        for pair, (one, other) in zip(self.differences[i], both_of, strict=True):
            if one is None or other is None:
                yield pair.moments.each()
            else:
                yield other.moments(i, self.first.n_groups, minus=one)

    def _resize(self) -> None:
        n = self.first.n_groups
        for of_beta in self.differences:
            for pair in of_beta:
                pair.resize(n)
