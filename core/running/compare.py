"""Two models evaluated in one pass over their predictions and the same targets."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from smoothl1.backends.choice import backend_name
from smoothl1.errors import SettingsError
from smoothl1.job import Job
from smoothl1.pairing.inputs import once, open_inputs
from smoothl1.pairing.roles import Selection
from smoothl1.running.evaluate import columns_of, default_warn, weighed
from smoothl1.running.paired import comparison_of, new_pairs
from smoothl1.running.summing_up import checked, run_of
from smoothl1.settings import EvalSettings, Execution
from smoothl1.sources.contract import ReadOptions

if TYPE_CHECKING:
    from smoothl1.pairing.inputs import Path, Warn
    from smoothl1.results.comparison import Comparison
    from smoothl1.running.one_pass import Progress
    from smoothl1.sources.contract import Columns


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
    backend = backend_name()  # an unknown one is refused before anything is opened
    warn = once(warn)
    settings = weighed(settings, is_given=weight is not None or weights is not None)
    of_a, of_b, of_target, key = map(
        columns_of, (pred_a_columns, pred_b_columns, target_columns, key)
    )
    job = Job(
        tuple(os.fspath(path) for path in (pred_a, pred_b, target, weights) if path is not None),
        Selection(of_a, of_target, of_b, key, weight, settings.by),
        settings,
        options,
        execution,
        has_weights=weights is not None,
        backend=backend,
    )
    with open_inputs(job, warn) as inputs:
        learned = run_of(job, inputs, progress).learn(new_pairs(job, inputs))
        return comparison_of(job, inputs, learned, checked(inputs, learned.a, warn), warn)
