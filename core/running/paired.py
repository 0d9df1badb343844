"""The accumulator of two models: the losses of each, and their differences row by row."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from smoothl1.backends.choice import backend_name
from smoothl1.numerics.group_moments import GroupMoments
from smoothl1.numerics.row_signs import signs_of
from smoothl1.numerics.row_sums import rows_of
from smoothl1.pairing.chunks import field_of
from smoothl1.pairing.nan_policy import of_each_model
from smoothl1.results.comparison import Comparison, Difference
from smoothl1.results.input_summary import InputSummary
from smoothl1.running.checks import report_nan
from smoothl1.tallies.choice import new_accumulator

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from smoothl1.backends.contract import Backend
    from smoothl1.decisions import Decision
    from smoothl1.figures.error_histogram import ErrorHistogram
    from smoothl1.job import Job
    from smoothl1.pairing.chunks import Chunk
    from smoothl1.pairing.inputs import Inputs, Warn
    from smoothl1.pairing.nan_policy import Pairs
    from smoothl1.settings import EvalSettings
    from smoothl1.tallies.group import Group
    from smoothl1.tallies.tally import Tally


class PairedAccumulator:
    """The losses of both models and their differences, at each beta and for each group.

    Args:
        settings: The settings of the comparison.
        n_columns: Elements of a row that are groups of their own; 1 if columns are not.
        counts_differences: Whether the differences are counted in bins.

    Attributes:
        a: The losses of the first model.
        b: The losses of the second model.
        histogram: The differences of all pairs at the first beta; None if they are not counted.
    """

    def __init__(
        self, settings: EvalSettings, n_columns: int, *, counts_differences: bool = False
    ) -> None:
        self.settings = settings
        self.a = new_accumulator(settings, n_columns)
        self.b = self.a.companion()
        self.moments = [GroupMoments() for _ in settings.betas]
        self.wins = [np.zeros((3, 0), np.int64) for _ in settings.betas]
        self.histogram: ErrorHistogram | None = None
        if counts_differences:
            from smoothl1.figures.error_histogram import ErrorHistogram  # late: for reports alone

            self.histogram = ErrorHistogram()
        self._resize()

    def add(self, backend: Backend, chunk: Chunk, pairs: Pairs) -> None:
        """Add the pairs of a chunk: see `LossAccumulator.add`."""
        if pairs.pred_b is None:
            raise ValueError("a comparison needs two predictions")
        pairs_a, pairs_b = of_each_model(chunk, pairs, pairs.pred_b)
        codes = self.a.add(backend, chunk, pairs_a)
        self.b.add_coded(backend, chunk, pairs_b, codes, pred_role="pred_b")
        n_rows, row_codes = self.a.rows_of(chunk, codes)
        self._resize()
        for i, beta in enumerate(self.settings.betas):
            one, other = (
                backend.losses(pred, pairs.target, beta, pairs.weight)
                for pred in (pairs.pred, pairs.pred_b)
            )
            with np.errstate(all="ignore"):
                differences = np.subtract(other, one)
            if self.histogram is not None and i == 0:
                self.histogram.add(backend, differences)
            rows = rows_of(differences, n_rows, pairs.kept, pairs.weight)
            if row_codes is None:
                chosen = np.zeros(rows.sums.size, np.intp)
            else:
                chosen = row_codes if rows.kept is None else row_codes[rows.kept]
            backend.add_rows(chosen, rows, self.moments[i])
            signs = signs_of(rows, (one, other), differences, n_rows, pairs.kept)
            self._count_wins(i, chosen, signs)

    def _count_wins(self, i: int, codes: NDArray[np.intp], signs: NDArray[np.float64]) -> None:
        n = self.wins[i].shape[1]
        for kind, chosen in enumerate((signs > 0, signs < 0, signs == 0)):
            if n == 1:  # faster than choosing codes
                self.wins[i][kind] += np.count_nonzero(chosen)
            else:
                self.wins[i][kind] += np.bincount(codes[chosen], minlength=n)

    @property
    def tally(self) -> Tally:
        """The tally of the first model over all groups, at the first beta."""
        return self.a.tally

    def merge(self, other: PairedAccumulator) -> None:
        """Add the totals of other elements."""
        codes = self.a.merge(other.a)
        self.b.merge_coded(other.b, codes)
        self._resize()
        if self.histogram is not None and other.histogram is not None:
            self.histogram.merge(other.histogram)
        for i in range(len(self.wins)):
            self.moments[i].merge(other.moments[i], codes)
            self.wins[i][:, codes] += other.wins[i]

    def results(self, columns: Sequence[str]) -> tuple[Sequence[Group], tuple[Difference, ...]]:
        """The groups, ordered by name and column, and the difference of each, beta by beta."""
        groups, tallies = self.a.results(columns)
        a, b = tuple(tallies), tuple(self.b.results(columns)[1])
        order = self.a.order(columns)
        differences = []
        for i, (of_groups, wins) in enumerate(zip(self.moments, self.wins, strict=True)):
            moments = of_groups.each()
            for place, code in enumerate(order):
                at = i * len(order) + place
                counts = wins[:, code].tolist()
                differences.append(Difference(a[at], b[at], moments[code], *counts))
        return groups, tuple(differences)

    def _resize(self) -> None:
        n = self.a.n_groups
        for i, wins in enumerate(self.wins):
            self.moments[i].resize(n)
            self.wins[i] = np.pad(wins, ((0, 0), (0, n - wins.shape[1])))


def new_pairs(
    job: Job, inputs: Inputs, *, counts_differences: bool = False
) -> Callable[[], PairedAccumulator]:
    """The function that makes the accumulators of a comparison."""
    n_columns = inputs.pairing.row_elements if job.settings.by_column else 1
    return partial(
        PairedAccumulator, job.settings, n_columns, counts_differences=counts_differences
    )


def comparison_of(
    job: Job,
    inputs: Inputs,
    learned: PairedAccumulator,
    decisions: tuple[Decision, ...],
    warn: Warn,
) -> Comparison:
    """The comparison of two models; see `result_of`."""
    for side in (learned.a, learned.b):
        report_nan(side.tally, side.nan_place, inputs, job.nan_policy, warn)
    groups, differences = learned.results(inputs.column_names)
    read_from = [field_of(inputs.sides, role) for role in ("pred", "pred_b", "target")]
    of_a, of_b, of_target = (InputSummary.of(*side, learned.tally) for side in read_from)
    return Comparison(
        job.settings,
        (of_a, of_b, of_target),
        differences,
        groups,
        decisions,
        backend=job.backend or backend_name(),
        histogram=learned.histogram,
    )
