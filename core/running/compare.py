"""Two models evaluated in one pass over their predictions and the same targets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from smoothl1.backends.choice import backend_on
from smoothl1.errors import SettingsError
from smoothl1.job import Job
from smoothl1.pairing.inputs import once, open_inputs
from smoothl1.running.evaluate import default_warn
from smoothl1.running.paired import comparison_of, new_pairs
from smoothl1.running.summing_up import checked, run_of
from smoothl1.selection import Selection
from smoothl1.settings import EvalSettings, Execution
from smoothl1.sources.contract import ReadOptions

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Unpack

    from smoothl1.job import Data
    from smoothl1.pairing.inputs import Warn
    from smoothl1.results.comparison import Comparison
    from smoothl1.running.progress import Progress
    from smoothl1.settings import Choices
    from smoothl1.sources.contract import Columns


def compare(
    predictions_a: Data,
    predictions_b: Data | None = None,
    targets: Data | None = None,
    /,
    settings: EvalSettings = EvalSettings(),
    *,
    pred_a: str | Columns = (),
    pred_b: str | Columns = (),
    target: str | Columns = (),
    key: str | Columns = (),
    weight: str | None = None,
    weights: Data | None = None,
    groups: Data | None = None,
    options: ReadOptions = ReadOptions(),
    execution: Execution = Execution(),
    device: str = "cpu",
    histogram: bool = False,
    warn: Warn = default_warn,
    progress: Callable[[Progress], None] | None = None,
    **choices: Unpack[Choices],
) -> Comparison:
    """Compare the losses of two models on the same targets, in one pass.

    Args:
        predictions_a: Predictions of the first model, the one to beat; or a table of all three.
        predictions_b: Predictions of the second model; unset, all are columns of the first input.
        targets: The targets; unset if `predictions_b` is unset.
        settings: Betas, groups, and what is done with NaN. The reduction is "mean".
        pred_a: The columns of the first model's predictions, as `pred` of `evaluate`.
        pred_b: The columns of the second model's predictions.
        target: See `evaluate`.
        key: See `evaluate`.
        weight: See `evaluate`.
        weights: See `evaluate`.
        groups: See `evaluate`.
        options: See `evaluate`.
        execution: See `evaluate`.
        device: See `evaluate`.
        histogram: Whether the differences of pairs are counted in bins, for a report of one beta.
        warn: See `evaluate`.
        progress: See `evaluate`.
        choices: See `evaluate`.

    Raises:
        SettingsError: The settings and arguments contradict each other.
        DataError: An input cannot be trusted or understood, or the inputs do not go together.
        StorageError: The system refused to read, or there is no such GPU.
        MissingExtraError: The device needs a package that is not installed.
    """
    if (predictions_b is None) != (targets is None):
        raise SettingsError(
            "give predictions of both models and targets, or one table of all three"
        )
    settings = settings.replaced(choices)
    if settings.reduction != "mean":
        raise SettingsError(f"a comparison is of means, not of reduction {settings.reduction}")
    if settings.has_metrics:
        raise SettingsError("a comparison forms no metrics beside the loss", hint="use evaluate")
    if histogram and len(settings.betas) > 1:
        raise SettingsError("a report is of one beta")
    is_grouped = settings.is_grouped or groups is not None
    backend = backend_on(device, is_grouped=is_grouped)  # before anything is opened
    warn = once(warn)
    job = Job.of(
        (predictions_a, predictions_b, targets),
        Selection(pred_a, target, pred_b, key, weight),
        settings,
        options,
        execution,
        weights=weights,
        groups=groups,
        backend=backend,
    )
    with open_inputs(job, warn) as inputs:
        new = new_pairs(job, inputs, counts_differences=histogram)
        learned = run_of(job, inputs, progress).learn(new)
        return comparison_of(job, inputs, learned, checked(inputs, learned.a, warn), warn)
