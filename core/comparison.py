"""Two models on the same targets: is the second better or worse than the first?

The comparison is paired. Of each row r there is the difference D_r between the losses of B and of
A, so what makes a row hard for both models cancels. The mean difference is exact; its standard
error is that of `moments`, with the differences in place of the losses, and the statistic

    t = (mean difference) / (standard error)        with (rows - 1) degrees of freedom

is Student's paired t for rows of one element without weights.

Source: Student, "The probable error of a mean", Biometrika 6(1), 1908, doi:10.1093/biomet/6.1.1.
"""

from __future__ import annotations

import math
import os
from contextlib import closing
from dataclasses import dataclass, replace
from itertools import product
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from smoothl1.backends import backend_name, new_backend
from smoothl1.errors import SettingsError
from smoothl1.evaluation import default_warn
from smoothl1.exact import ExactSum
from smoothl1.groups import GroupTally
from smoothl1.inputs import once, open_inputs
from smoothl1.intervals import Estimate
from smoothl1.moments import rows_of
from smoothl1.omission import apply_policy
from smoothl1.result import InputSummary, number
from smoothl1.running import Outcome, Run
from smoothl1.selection import Selection
from smoothl1.settings import EvalSettings, Execution
from smoothl1.sources.contract import ReadOptions
from smoothl1.student import two_sided_p

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from smoothl1.backends.contract import Backend
    from smoothl1.groups import Group
    from smoothl1.inputs import Path, Warn
    from smoothl1.moments import Moments, Rows
    from smoothl1.pairing import Chunk
    from smoothl1.running import Progress
    from smoothl1.sources.contract import Columns, Part
    from smoothl1.tally import Tally

SCHEMA = "smoothl1.comparison/1"


@dataclass(frozen=True, slots=True)
class Difference:
    """The losses of two models at one beta and for one group.

    Attributes:
        a: Tally of the first model.
        b: Tally of the second model, of the same elements.
        moments: Of the differences of rows, B - A.
        n_a_better: Rows in which the loss of A is smaller.
        n_b_better: Rows in which the loss of B is smaller.
        n_ties: Rows in which they are equal.
    """

    a: Tally
    b: Tally
    moments: Moments
    n_a_better: int
    n_b_better: int
    n_ties: int

    @property
    def estimate(self) -> Estimate:
        """The mean difference B - A, exact and rounded once, with its standard error."""
        if self.a.n == 0 or not (self.a.not_finite is None and self.b.not_finite is None):
            return Estimate(math.nan, math.nan, math.nan)
        total = ExactSum(self.b.total.units - self.a.total.units)
        mean = total.over(self.a.n) if self.a.weight is None else total.ratio(self.a.weight)
        error = self.moments.standard_error(total, self.a.size)
        return Estimate(mean, error, float(self.moments.n - 1))

    @property
    def t(self) -> float:
        """The test statistic; infinite where all rows differ equally, NaN where none does."""
        value, error, _ = self.estimate
        if error == 0:
            return math.copysign(math.inf, value) if value else math.nan
        return value / error

    @property
    def p_value(self) -> float:
        """Probability of so large a |t| if there were no true difference."""
        t, df = self.t, self.estimate.df
        return two_sided_p(t, df) if df > 0 else math.nan


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two models on the same targets, at each beta and for each group.

    Attributes:
        settings: What defines the numbers.
        inputs: Predictions of A, predictions of B, targets.
        differences: One for each of the settings' betas, in their order, and of each for every
            group.
        groups: What they are about; without groups, one that is all.
    """

    settings: EvalSettings
    inputs: tuple[InputSummary, InputSummary, InputSummary]
    differences: tuple[Difference, ...]
    groups: tuple[Group, ...]

    @property
    def entries(self) -> Iterator[tuple[float, Group, Difference]]:
        """Beta, group and difference of each."""
        cases = product(self.settings.betas, self.groups)
        for (beta, group), difference in zip(cases, self.differences, strict=True):
            yield beta, group, difference

    def to_json(self, confidence: float = 0.95) -> dict[str, Any]:
        """As a JSON object of the schema `smoothl1.comparison/1`.

        Args:
            confidence: Of the intervals.
        """
        from smoothl1.result_json import encode_input, encode_settings

        names = ("pred_a", "pred_b", "target")
        return {
            "schema": SCHEMA,
            "settings": encode_settings(self.settings),
            "confidence": confidence,
            "inputs": {
                name: encode_input(side) for name, side in zip(names, self.inputs, strict=True)
            },
            "results": [_encode(*entry, confidence) for entry in self.entries],
        }


def _encode(beta: float, group: Group, found: Difference, confidence: float) -> dict[str, Any]:
    estimate = found.estimate
    low, high = estimate.interval(confidence)
    return {
        "beta": beta,
        **{name: text for name, text in group._asdict().items() if text is not None},
        **number("mean_a", found.a.mean),
        **number("mean_b", found.b.mean),
        **number("difference", estimate.value),
        **number("stderr", estimate.standard_error),
        **number("low", low),
        **number("high", high),
        **number("t", found.t),
        "df": max(0, found.moments.n - 1),
        **number("p_value", found.p_value),
        "count": found.a.n,
        "rows": found.n_a_better + found.n_b_better + found.n_ties,
        "a_better": found.n_a_better,
        "b_better": found.n_b_better,
        "ties": found.n_ties,
        "nan_a": found.a.n_nan,
        "nan_b": found.b.n_nan,
        "missing": found.a.n_missing,
        "omitted": found.a.n_omitted,
        "zero_weight": found.a.n_weightless,
    }


class Wins(NamedTuple):
    """Rows of each group in which A is better, B is better, and neither."""

    a: NDArray[np.int64]
    b: NDArray[np.int64]
    ties: NDArray[np.int64]


class PairedOutcome:
    """What a pass over some elements learned of both models and of their difference."""

    def __init__(self, settings: EvalSettings, n_columns: int) -> None:
        self.settings = settings
        self.a = Outcome(settings, n_columns)
        self.b = Outcome(settings, n_columns)
        self.moments = [GroupTally(weighted=False) for _ in settings.betas]
        self.wins = [np.zeros((3, 0), np.int64) for _ in settings.betas]
        self._resize()

    def add(self, backend: Backend, chunk: Chunk) -> None:
        """Add the elements of a chunk."""
        pairs = apply_policy(chunk, self.settings.nan)
        if pairs.rival is None:
            raise ValueError("a comparison needs two predictions")
        rival = pairs._replace(pred=pairs.rival)
        self.a.add_pairs(backend, chunk, pairs)
        self.b.add_pairs(backend, chunk, rival)
        n_rows, codes = self.a.units(chunk)
        self._resize()
        for i, beta in enumerate(self.settings.betas):
            one, other = (
                backend.losses(side.pred, side.target, beta, side.weight) for side in (pairs, rival)
            )
            with np.errstate(all="ignore"):
                np.subtract(other, one, out=other)
            rows = rows_of(other, n_rows, pairs.kept, pairs.weight)
            if codes is None:
                self._add_rows(i, np.zeros(rows.sums.size, np.intp), rows)
            else:
                self._add_rows(i, codes if rows.kept is None else codes[rows.kept], rows)

    def _add_rows(self, i: int, codes: NDArray[np.intp], rows: Rows) -> None:
        self.moments[i].add_rows(codes, rows)
        n = self.wins[i].shape[1]
        for kind, chosen in enumerate((rows.sums > 0, rows.sums < 0, rows.sums == 0)):
            self.wins[i][kind] += np.bincount(codes[chosen], minlength=n)

    def merge(self, other: PairedOutcome) -> None:
        """Add what was learned of other elements."""
        codes = self.a.merge(other.a)
        self.b.merge(other.b)
        self._resize()
        for i in range(len(self.wins)):
            self.moments[i].merge(other.moments[i], codes)
            self.wins[i][:, codes] += other.wins[i]

    def results(self, columns: Sequence[str]) -> tuple[tuple[Group, ...], tuple[Difference, ...]]:
        """The groups, ordered by name and column, and the difference of each, beta by beta."""
        groups, a = self.a.results(columns)
        _, b = self.b.results(columns)
        order = self.a.order(columns)[1] if self.settings.is_grouped else [0]
        differences = []
        for i, (tally, wins) in enumerate(zip(self.moments, self.wins, strict=True)):
            moments = [found.moments for found in tally.tallies()]
            for place, code in enumerate(order):
                at = i * len(order) + place
                found = moments[code]
                if found is not None:
                    differences.append(Difference(a[at], b[at], found, *wins[:, code].tolist()))
        return groups, tuple(differences)

    def _resize(self) -> None:
        n = self.a.n_groups
        for i, wins in enumerate(self.wins):
            self.moments[i].resize(n)
            self.wins[i] = np.pad(wins, ((0, 0), (0, n - wins.shape[1])))


def compare(
    pred_a: Path,
    pred_b: Path | None = None,
    target: Path | None = None,
    settings: EvalSettings = EvalSettings(),
    *,
    pred_a_columns: Columns = (),
    pred_b_columns: Columns = (),
    target_columns: Columns = (),
    key: Columns = (),
    weight: str | None = None,
    weights: Path | None = None,
    options: ReadOptions = ReadOptions(),
    execution: Execution = Execution(),
    warn: Warn = default_warn,
    progress: Progress | None = None,
) -> Comparison:
    """Compare the losses of two models on the same targets, in one pass.

    Args:
        pred_a: Predictions of the first model, the one to beat; or a table that holds all three.
        pred_b: Predictions of the second model; unset with `target`, columns of `pred_a`.
        target: The targets.
        settings: Betas, groups, and what is done with NaN. The reduction is not used.
        pred_a_columns: As `pred_columns` of `evaluate`, of the first model.
        pred_b_columns: The same of the second model.
        target_columns: The same of the targets.
        key: Columns by which rows are matched; unset, rows are matched by their position.
        weight: See `evaluate`.
        weights: See `evaluate`.
        options: How to read what the content does not say.
        execution: Threads and chunk size.
        warn: Takes a sentence about something odd; unset, a Python warning.
        progress: Called with the elements done just now, and all of them where known.

    Raises:
        DataError: An input cannot be trusted or understood, or they do not go together.
        StorageError: The system refused to read.
    """
    if (pred_b is None) != (target is None):
        raise SettingsError(
            "give predictions of both models and targets, or one table of all three"
        )
    backend_name()  # an unknown one is refused before anything is opened
    warn = once(warn)
    settings = replace(settings, weighted=weight is not None or weights is not None)
    selection = Selection(pred_a_columns, target_columns, pred_b_columns, key, weight, settings.by)
    paths = [os.fspath(path) for path in (pred_a, pred_b, target, weights) if path is not None]
    with open_inputs(
        paths, selection, settings, options, execution, warn, with_weights=weights is not None
    ) as inputs:
        run = Run(inputs.pairing, settings, inputs.chunk_rows, inputs.engine, progress=progress)
        n_columns = inputs.pairing.row_elements if settings.by_column else 1

        def tally_part(part: Part) -> PairedOutcome:
            backend, outcome = new_backend(), PairedOutcome(settings, n_columns)
            for chunk in run.chunks(part):
                outcome.add(backend, chunk)
            return outcome

        outcome = PairedOutcome(settings, n_columns)
        with closing(inputs.engine(tally_part, run.parts())) as found:
            for part in found:
                outcome.merge(part)
        tally = outcome.a.tally
        inputs.check_any(tally)
        for side in (outcome.a, outcome.b):
            inputs.check_nan(side.tally, settings, warn)
        groups, differences = outcome.results(inputs.column_names)
        summaries = [inputs.summary(role, tally) for role in ("pred", "rival", "target")]
    return Comparison(settings, (summaries[0], summaries[1], summaries[2]), differences, groups)
