"""An evaluation with figures: the same pass, which also learns what the figures need."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from smoothl1.callers import default_warn, for_callers
from smoothl1.checks import checked_rows_before
from smoothl1.errors import SettingsError
from smoothl1.figures.pair_figures import PairFigures
from smoothl1.figures.report import report_of
from smoothl1.job import Job
from smoothl1.read_options import ReadOptions
from smoothl1.running.checks import check_progress, once
from smoothl1.running.passes import learn, opened
from smoothl1.running.summing_up import checked, new_losses, result_of
from smoothl1.selection import Selection
from smoothl1.settings import EvalSettings, Execution

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Executor
    from typing import Unpack

    from smoothl1.backends.contract import Backend
    from smoothl1.engines.contract import Engine
    from smoothl1.figures.report import Report
    from smoothl1.job import Data
    from smoothl1.pairing.chunks import Chunk
    from smoothl1.pairing.inputs import Inputs, Warn
    from smoothl1.pairing.nan_policy import Pairs
    from smoothl1.running.progress import Progress
    from smoothl1.selection import Keys
    from smoothl1.settings import Choices
    from smoothl1.sources.contract import Columns
    from smoothl1.tallies.accumulator import LossAccumulator
    from smoothl1.tallies.tally import Tally
    from smoothl1.witnesses.shared_values import Comparison


_METRICS = ("bias",)
"""The metrics of every report; others are shown if they are asked for."""

N_WORST = 10
"""Worst rows of a report, if no other number is asked for."""


class ReportAccumulator:
    """The losses of some pairs, and what the figures need of them.

    Attributes:
        losses: The accumulator of an evaluation.
        figures: What the figures need.
    """

    def __init__(self, losses: LossAccumulator, figures: PairFigures) -> None:
        self.losses, self.figures = losses, figures

    def add(self, backend: Backend, chunk: Chunk, pairs: Pairs) -> None:
        """Add the pairs of a chunk: see `LossAccumulator.add`."""
        self.losses.add(backend, chunk, pairs)
        self.figures.add(backend, chunk, pairs)

    def merge(self, other: ReportAccumulator) -> None:
        """Add the totals of other pairs."""
        self.losses.merge(other.losses)
        self.figures.merge(other.figures)

    @property
    def tally(self) -> Tally:
        """The tally of all elements at the first beta."""
        return self.losses.tally

    @property
    def agreements(self) -> list[Comparison]:
        """A comparison of each column that two inputs have in common."""
        return self.losses.agreements


@for_callers
def report(
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
    rows_before: int | None = None,
    warn: Warn = default_warn,
    progress: Callable[[Progress], None] | None = None,
    **choices: Unpack[Choices],
) -> Report:
    """Evaluate stored predictions, and show where the loss comes from.

    For the arguments see `evaluate`; `rows_before` is the number of rows of a whole before these,
    where these are one of its parts: `Report.merged` then cuts them into the blocks of the whole.
    The pass that evaluates also counts errors and pairs in bins, and forms the losses at other
    betas and of blocks of rows, exactly as the loss itself.

    Returns:
        Figures with their numbers; `to_html` gives a page, `svgs` the drawings, `to_json` what
        merging takes.

    Raises:
        SettingsError: There are several betas, or the settings and arguments contradict each other.
        DataError: An input cannot be trusted or understood, or the inputs do not go together.
        StorageError: The system refused to read, or there is no such GPU.
        MissingExtraError: The device needs a package that is not installed.

    Example:
        >>> found = report("sample_data/preds.npy", "sample_data/targets.npy", betas=0.5)
        >>> [figure.name for figure in found.figures]
        ['result', 'pairs', 'distances', 'errors', 'betas', 'rows', 'worst']
    """
    settings = EvalSettings.replaced(settings, choices)
    if len(settings.betas) > 1:
        raise SettingsError("a report is of one beta; it shows the losses at others")
    if settings.reduction == "none":
        raise SettingsError("a report is of reduction mean or sum, not none")
    if settings.within or settings.quantiles:
        raise SettingsError("a report has no tolerances and quantiles, evaluate has them")
    if settings.by_count:
        raise SettingsError("a report divides by the sum of the weights, evaluate by the count too")
    rows_before = checked_rows_before(rows_before)
    also = tuple(dict.fromkeys((*settings.also, *_METRICS)))
    n_worst = settings.top or (None if options.flatten else N_WORST)  # there may be no rows
    settings = replace(settings, also=also, top=n_worst)
    check_progress(progress)
    warn = once(warn)
    job = Job.of(
        (predictions, targets),
        Selection(pred, target, (), key, weight, keep=keep),
        settings,
        options,
        execution,
        weights=weights,
        groups=groups,
        clusters=clusters,
        statistics=True,
    )
    with opened(job, warn, device, executor) as inputs:
        learned = learn(inputs, partial(_new, rows_before), progress)
        decisions = checked(inputs, learned.losses, warn)
        result = result_of(inputs, learned.losses, decisions, warn)
    return report_of(result, learned.figures.data)


def _new(rows_before: int | None, inputs: Inputs) -> Callable[[], ReportAccumulator]:
    """The function that makes the accumulators of a report."""
    beta, pairing = inputs.job.settings.betas[0], inputs.pairing
    figures = partial(PairFigures, beta, pairing.row_elements, pairing.n_rows, rows_before)
    return partial(_accumulator, new_losses(inputs), figures)


def _accumulator(
    new: Callable[[], LossAccumulator], figures: Callable[[], PairFigures]
) -> ReportAccumulator:
    return ReportAccumulator(new(), figures())
