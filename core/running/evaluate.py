"""The evaluation of stored predictions: open, choose columns, match rows, run, sum up."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple, TypedDict

from smoothl1.callers import default_warn, for_callers
from smoothl1.checks import checked_flag, checked_part
from smoothl1.errors import SettingsError, excerpt
from smoothl1.job import Job
from smoothl1.read_options import ReadOptions
from smoothl1.running.checks import check_progress, once, refuse_many_distances
from smoothl1.running.passes import learn, opened, write_losses
from smoothl1.running.summing_up import checked, new_losses, part_of, result_of
from smoothl1.selection import Selection
from smoothl1.settings import EvalSettings, Execution

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Executor
    from typing import BinaryIO, Unpack

    from smoothl1.engines.contract import Engine
    from smoothl1.job import Data
    from smoothl1.pairing.inputs import Warn
    from smoothl1.results.part import PartOfPlan
    from smoothl1.results.result import Result
    from smoothl1.running.progress import Progress
    from smoothl1.selection import Keys
    from smoothl1.settings import Choices
    from smoothl1.sources.contract import Columns


class LossOutput(NamedTuple):
    """The output of the losses of elements, or of rows.

    Attributes:
        file: A file open for writing bytes; or a path or URI, which takes the losses whole or not
            at all, and is compressed if it ends on `.gz` or `.zst`. It may be an input, which is
            then replaced by the losses when all of it has been read.
        format: Name of the format: "text", "csv", "tsv", "json", "npy", "parquet" or "arrow".
        per_row: Whether one loss is written for each row (image, box): the exact sum of its
            elements if the reduction of the settings is "sum", else their exact mean, in float64.
        begin: Called before any loss is written, if a part of the rows is evaluated: takes the part
            with its plan, and the number of its rows. What it raises ends the run.
    """

    file: BinaryIO | str | os.PathLike[str]
    format: str
    per_row: bool = False
    begin: Callable[[PartOfPlan, int], None] | None = None


class _How(TypedDict):
    """Arguments that `evaluate` passes on as they are."""

    device: str
    executor: Executor | Engine | None
    warn: Warn
    progress: Callable[[Progress], None] | None


@for_callers
def evaluate(
    predictions: Data,
    targets: Data | None = None,
    /,
    settings: EvalSettings = EvalSettings(),
    *,
    pred: str | Columns = (),
    target: str | Columns = (),
    key: Keys = (),
    weight: str | None = None,
    weights: Data | None = None,
    groups: Data | None = None,
    clusters: Data | None = None,
    keep: str | Columns = (),
    options: ReadOptions = ReadOptions(),
    execution: Execution = Execution(),
    device: str = "cpu",
    executor: Executor | Engine | None = None,
    losses_to: LossOutput | str | os.PathLike[str] | None = None,
    statistics: bool = False,
    part: tuple[int, int] | None = None,
    warn: Warn = default_warn,
    progress: Callable[[Progress], None] | None = None,
    **choices: Unpack[Choices],
) -> Result:
    """Evaluate the Smooth L1 loss of stored predictions against stored targets.

    The result is a pure function of the data: formats, chunks and threads do not change a bit.

    Args:
        predictions: A `.npy`, Parquet, Arrow IPC or CSV file, perhaps compressed; the format is
            detected from the content. "-" is standard input; a folder or a pattern stands for its
            files. Text is always a path. Or data in memory: an array of numbers of shape (N, *), a
            list, a column, or a table of Arrow, pandas or Polars with names of its columns. Arrays
            in C order and tables of Arrow are not copied.
        targets: Such a file or such data of the targets; unset, both sides are columns of
            `predictions`.
        settings: Betas, reduction, groups, and what is done with NaN. Whether there are weights
            follows from the arguments. The reduction "none" needs `losses_to`.
        pred: Names (or `@1`, `@2`, ...) of the columns of the predictions in a table, or one name;
            unset, its only numeric column.
        target: The columns of the targets, chosen like `pred`.
        key: The columns, or one column, by which rows are matched; unset, rows are matched by
            position. `{"user": "id"}` or `[("user", "id")]` where the targets call it differently.
        weight: Column of the weights: of `weights` if that is given, else of one of the inputs.
        weights: A file or data in memory: a weight for each row or element of the predictions.
        groups: A file or data in memory: a label for each row of the predictions; `by` of the
            settings then names its column, or its columns, if it has several.
        clusters: A file or data in memory: a label for each row of the predictions. Rows of the
            same label depend on each other, and standard errors take these clusters as the units;
            `cluster` of the settings then names its column, if it has several.
        keep: Columns, or one column, of either input that are written before the losses; `pred:x`
            is the column `x` of the predictions where the targets have one, too.
        options: How to read what the content does not say.
        execution: Threads and chunk size.
        device: Where losses are computed: "cpu"; "cuda" or "cuda:N" for a GPU; "auto" for the
            first GPU if there is one. Groups and clusters are summed by the CPU on every
            device.
        executor: What runs the parts instead of threads: an executor of `concurrent.futures`, a
            client of Dask, or what `open_dask` gives. Its workers read the files by themselves.
        losses_to: The output of the losses of elements or rows, if they are wanted; with one beta.
            A path takes those of elements, in the format that its suffix names.
        statistics: Whether the result has standard errors; the run then takes a little longer.
            With clusters it always has them.
        part: Which part of the rows is evaluated, from 1, and of how many: (3, 16) is the third of
            sixteen. Every process cuts the same files alike. The results of all parts, merged, are
            that of the whole. A part may have no rows.
        warn: Takes a warning; unset, Python issues it.
        progress: Takes how far the run is, after each chunk; never by two threads at once.
        choices: Settings by themselves, such as `betas=0.5`; they replace those of `settings`.

    Returns:
        Mean, sum and counts for each beta and group.

    Raises:
        SettingsError: The settings and arguments contradict each other.
        DataError: An input cannot be trusted or understood, or the inputs do not go together.
        StorageError: The system refused to read or write, or there is no such GPU.
        MissingExtraError: The device needs a package that is not installed.

    Example:
        >>> result = evaluate("sample_data/preds.npy", "sample_data/targets.npy")
        >>> result.tallies[0].mean
        0.24106696670213112
        >>> evaluate([1.0, 2.0], [1.25, 4.0], betas=0.5).mean
        0.90625
    """
    settings = EvalSettings.replaced(settings, choices)
    job = Job.of(
        (predictions, targets),
        Selection(pred, target, (), key, weight, keep=keep),
        settings,
        options,
        execution,
        weights=weights,
        groups=groups,
        clusters=clusters,
        statistics=checked_flag("statistics", statistics),
        part=None if part is None else checked_part(part),
    )
    how: _How = {"device": device, "executor": executor, "warn": warn, "progress": progress}
    if losses_to is None:
        return evaluate_job(job, losses_to=None, **how)
    from smoothl1.running.loss_files import opened_output  # late: most runs write no losses

    with opened_output(_as_output(losses_to), job.inputs) as output:
        return evaluate_job(job, losses_to=output, **how)


def evaluate_job(
    job: Job,
    *,
    device: str,
    executor: Executor | Engine | None,
    losses_to: LossOutput | None,
    warn: Warn,
    progress: Callable[[Progress], None] | None,
) -> Result:
    """Evaluate a job: what `evaluate` makes of its arguments, and `smoothl1 eval` of its options.

    Args:
        job: The run as one value. Whether it writes losses follows from `losses_to`.
        device: See `evaluate`.
        executor: See `evaluate`.
        losses_to: See `evaluate`.
        warn: See `evaluate`.
        progress: See `evaluate`.

    Raises:
        SettingsError: The settings and the output contradict each other.
        DataError: An input cannot be trusted or understood, or the inputs do not go together.
        StorageError: The system refused to read or write, or there is no such GPU.
        MissingExtraError: The device needs a package that is not installed.
    """
    if losses_to is not None or job.settings.reduction == "none" or job.selection.keep:
        _check_output(job.settings, losses_to, keeps=bool(job.selection.keep))
    check_progress(progress)
    job, warn = job._replace(writes_losses=losses_to is not None), once(warn)
    per_row = losses_to is not None and losses_to.per_row
    with opened(job, warn, device, executor, per_row=per_row) as inputs:
        if inputs.plan is not None and job.settings.quantiles:
            refuse_many_distances(inputs.plan, inputs.pairing)
        if losses_to is None:
            learned = learn(inputs, new_losses, progress)
            decisions = checked(inputs, learned, warn)
        else:
            from smoothl1.running import loss_output  # late: most runs write no losses

            layout = loss_output.layout_of(losses_to, inputs)
            kind = (losses_to.format, layout, loss_output.of_rows_of(losses_to, inputs, warn))
            if losses_to.begin is not None and inputs.plan is not None:
                losses_to.begin(part_of(job, inputs.plan), inputs.pairing.n_rows or 0)
            with loss_output.opened_sink(losses_to, layout) as sink:
                learned = write_losses(inputs, new_losses, sink, warn, kind=kind, report=progress)
                decisions = checked(inputs, learned, warn)
                sink.close()
        return result_of(inputs, learned, decisions, warn)


def _as_output(given: object) -> LossOutput:
    """The output that a caller means; the suffix of a path alone names the format."""
    if isinstance(given, str | os.PathLike):
        return LossOutput(given, "")
    if isinstance(given, LossOutput):
        return given
    what = f"losses_to takes a path, or LossOutput(file, format), not {excerpt(given)}"
    raise SettingsError(what, hint="of an open file: LossOutput(file, 'csv')")


def _check_output(settings: EvalSettings, losses_to: LossOutput | None, *, keeps: bool) -> None:
    if losses_to is not None and len(settings.betas) > 1:
        raise SettingsError("the losses of elements take one beta")
    if losses_to is None and settings.reduction == "none":
        what = "reduction none needs losses_to, a file for the losses of elements"
        remedy = "losses_to='losses.parquet'; smooth_l1_loss(..., reduction='none') is an array"
        raise SettingsError(what, hint=remedy)
    if keeps and losses_to is None and settings.top is None:
        what = "keep carries columns to losses of elements or to the worst rows: none are written"
        raise SettingsError(what, hint="--reduction none or --top")
    if keeps and losses_to is not None and losses_to.format == "npy":
        raise SettingsError("an array has no room for columns to keep", hint="-f csv or parquet")
