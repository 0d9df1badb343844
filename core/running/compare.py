"""Two models evaluated in one pass over their predictions and the same targets."""

from __future__ import annotations

import os
from contextlib import closing
from typing import TYPE_CHECKING

import numpy as np

from smoothl1.backends.choice import backend_name, new_backend
from smoothl1.errors import SettingsError
from smoothl1.numerics.group_moments import GroupMoments
from smoothl1.numerics.row_signs import signs_of
from smoothl1.numerics.row_sums import rows_of
from smoothl1.pairing.chunks import field_of
from smoothl1.pairing.inputs import once, open_inputs
from smoothl1.pairing.nan_policy import apply_policy
from smoothl1.pairing.roles import Selection
from smoothl1.results.comparison import Comparison, Difference
from smoothl1.results.input_summary import InputSummary
from smoothl1.running.checks import refuse_nothing, report_nan
from smoothl1.running.evaluate import columns_of, default_warn, weighed
from smoothl1.running.one_pass import Run
from smoothl1.settings import EvalSettings, Execution
from smoothl1.sources.contract import ReadOptions
from smoothl1.tallies.accumulator import Outcome

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from smoothl1.backends.contract import Backend
    from smoothl1.pairing.chunks import Chunk
    from smoothl1.pairing.inputs import Path, Warn
    from smoothl1.running.one_pass import Progress
    from smoothl1.sources.contract import Columns, Part
    from smoothl1.tallies.group_tallies import Group


class PairedOutcome:
    """What a pass over some elements learned of both models and of their difference."""

    def __init__(self, settings: EvalSettings, n_columns: int) -> None:
        self.settings = settings
        self.a = Outcome(settings, n_columns)
        self.b = Outcome(settings, n_columns)
        self.moments = [GroupMoments() for _ in settings.betas]
        self.wins = [np.zeros((3, 0), np.int64) for _ in settings.betas]
        self._resize()

    def add(self, backend: Backend, chunk: Chunk) -> None:
        """Add the elements of a chunk."""
        pairs = apply_policy(chunk, self.settings.nan)
        if pairs.rival is None:
            raise ValueError("a comparison needs two predictions")
        self.a.compare_shared(chunk)
        rival = pairs._replace(pred=pairs.rival)
        self.a.add_pairs(backend, chunk, pairs)
        self.b.add_pairs(backend, chunk, rival, pred_role="rival")
        n_rows, codes = self.a.units(chunk)
        self._resize()
        for i, beta in enumerate(self.settings.betas):
            one, other = (
                backend.losses(side.pred, side.target, beta, side.weight) for side in (pairs, rival)
            )
            with np.errstate(all="ignore"):
                differences = np.subtract(other, one)
            rows = rows_of(differences, n_rows, pairs.kept, pairs.weight)
            if codes is None:
                chosen = np.zeros(rows.sums.size, np.intp)
            else:
                chosen = codes if rows.kept is None else codes[rows.kept]
            backend.add_rows(chosen, rows, self.moments[i])
            signs = signs_of(rows, (one, other), differences, n_rows, pairs.kept)
            self._count_wins(i, chosen, signs)

    def _count_wins(self, i: int, codes: NDArray[np.intp], signs: NDArray[np.float64]) -> None:
        n = self.wins[i].shape[1]
        for kind, chosen in enumerate((signs > 0, signs < 0, signs == 0)):
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


def compare(
    pred_a: Path,
    pred_b: Path | None = None,
    target: Path | None = None,
    settings: EvalSettings = EvalSettings(),
    *,
    pred_a_columns: str | Columns = (),
    pred_b_columns: str | Columns = (),
    target_columns: str | Columns = (),
    key: str | Columns = (),
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
        settings: Betas, groups, and what is done with NaN. The reduction is "mean".
        pred_a_columns: As `pred_columns` of `evaluate`, of the first model.
        pred_b_columns: The same of the second model.
        target_columns: The same of the targets.
        key: Columns, or one, by which rows are matched; unset, they are by their position.
        weight: See `evaluate`.
        weights: See `evaluate`.
        options: How to read what the content does not say.
        execution: Threads and chunk size.
        warn: Takes a sentence about something odd; unset, a Python warning.
        progress: Called with the elements done just now, and all of them where known.

    Raises:
        SettingsError: The settings and arguments contradict each other.
        DataError: An input cannot be trusted or understood, or they do not go together.
        StorageError: The system refused to read.
    """
    if (pred_b is None) != (target is None):
        raise SettingsError(
            "give predictions of both models and targets, or one table of all three"
        )
    if settings.reduction != "mean":
        raise SettingsError(f"a comparison is of means, not of reduction {settings.reduction}")
    backend_name()  # an unknown one is refused before anything is opened
    warn = once(warn)
    settings = weighed(settings, is_given=weight is not None or weights is not None)
    pred, rival, shared, key = map(
        columns_of, (pred_a_columns, pred_b_columns, target_columns, key)
    )
    selection = Selection(pred, shared, rival, key, weight, settings.by)
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
        run.check_complete(tally)
        refuse_nothing(tally, inputs)
        decisions = inputs.judged(outcome.a.agreements, warn)
        for side in (outcome.a, outcome.b):
            report_nan(side.tally, side.nan_place, inputs, settings, warn)
        groups, differences = outcome.results(inputs.column_names)
    read = [field_of(inputs.sides, role) for role in ("pred", "rival", "target")]
    of_a, of_b, of_target = (InputSummary.of(*side, tally) for side in read)
    return Comparison(settings, (of_a, of_b, of_target), differences, groups, decisions)
