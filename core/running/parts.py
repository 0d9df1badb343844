"""A job in parts: planned in one process, learned in any, and put together.

A part is some rows. `learn_part` opens the inputs itself, so parts may be learned in any order, in
other processes and on other machines that see the same files. Its accumulators are small, and merge
to the same bits. Each part must be merged once: the accumulator of a second attempt is discarded.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from smoothl1.pairing.inputs import open_inputs
from smoothl1.running.models import comparison_of, new_pairs, ranking_of
from smoothl1.running.summing_up import checked, new_losses, result_of, run_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from smoothl1.job import Job
    from smoothl1.pairing.inputs import Warn
    from smoothl1.results.comparison import Comparison
    from smoothl1.results.ranking import Ranking
    from smoothl1.results.result import Result
    from smoothl1.running.paired import PairedAccumulator
    from smoothl1.sources.contract import Part
    from smoothl1.tallies.accumulator import LossAccumulator


def plan(job: Job, warn: Warn) -> tuple[Part, ...]:
    """The parts of a job, in the order of their rows.

    Args:
        job: The job to divide.
        warn: Takes a warning about something in the inputs that is odd, but not wrong.

    Raises:
        SmoothL1Error: The inputs cannot be opened, or do not go together.
    """
    with open_inputs(job, warn) as inputs:
        return tuple(run_of(job, inputs).parts())


def learn_part(job: Job, part: Part) -> LossAccumulator | PairedAccumulator:
    """The accumulator of one part: small, and the same wherever it is computed.

    Raises:
        SmoothL1Error: The inputs cannot be read.
    """
    with open_inputs(job, _say_nothing) as inputs:
        run = run_of(job, inputs)
        if job.is_comparison:
            return run.learn_part(new_pairs(job, inputs), part)
        return run.learn_part(new_losses(job, inputs), part)


def put_together(
    job: Job, parts: Iterable[LossAccumulator | PairedAccumulator], warn: Warn
) -> Result | Comparison | Ranking:
    """The result of a job: a comparison of two models, a ranking of more.

    Args:
        job: The job that was divided.
        parts: The accumulators of all parts, each once, in any order.
        warn: Takes a warning about NaN, pairs left out, or columns that differ.

    Raises:
        DataError: No pair was evaluated, rows are paired wrongly, or there is NaN and the policy is
            "error".
        RuntimeError: Parts are missing, or given twice.
    """
    with open_inputs(job, _say_nothing) as inputs:
        run = run_of(job, inputs)
        if job.is_comparison:
            pairs = run.merged(new_pairs(job, inputs)(), cast("Iterable[PairedAccumulator]", parts))
            decisions = checked(inputs, pairs.first, warn)
            value_of = comparison_of if job.selection.n_models == 2 else ranking_of
            return value_of(job, inputs, pairs, decisions, warn)
        losses = run.merged(new_losses(job, inputs)(), cast("Iterable[LossAccumulator]", parts))
        return result_of(job, inputs, losses, checked(inputs, losses, warn), warn)


def _say_nothing(_: str) -> None:
    """Drop a warning: `plan` has given it."""
