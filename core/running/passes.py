"""Passes over the inputs of a run: by threads of this process, or by tasks for other processes."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

from smoothl1.running.one_pass import run_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Executor

    from smoothl1.engines.contract import Engine
    from smoothl1.job import Job
    from smoothl1.pairing.inputs import Inputs
    from smoothl1.running.loss_writing import OfRows
    from smoothl1.running.one_pass import A, New
    from smoothl1.running.progress import Progress
    from smoothl1.sinks.contract import Layout, Sink
    from smoothl1.tallies.accumulator import LossAccumulator


def learn(
    job: Job,
    inputs: Inputs,
    new: New[A],
    report: Callable[[Progress], None] | None = None,
) -> A:
    """Learn all parts of the inputs by their engine, and merge the accumulators.

    Args:
        job: The job.
        inputs: Its inputs.
        new: Gives the function that makes empty accumulators.
        report: Takes the progress, if someone wants to know.

    Raises:
        SmoothL1Error: The inputs cannot be read, or the engine runs no parts.
    """
    run, empty = run_of(job, inputs, report), new(job, inputs)
    if inputs.engine.shares_memory:
        return run.learn(empty)
    from smoothl1.running.by_tasks import learned_by_tasks  # late: most runs have threads

    with closing(learned_by_tasks(job, inputs, new, run)) as learned:
        total: A = run.merged(empty(), learned)
        return total


def write_losses(
    job: Job,
    inputs: Inputs,
    new: New[LossAccumulator],
    sink: Sink,
    warn: Callable[[str], None],
    *,
    kind: tuple[str, Layout, OfRows | None],
    report: Callable[[Progress], None] | None = None,
) -> LossAccumulator:
    """Write losses in order, encoded by the engine of the inputs.

    Args:
        job: The job.
        inputs: Its inputs.
        new: Gives the function that makes empty accumulators.
        sink: Takes the losses.
        warn: Takes a warning about losses that the dtype of the sink cannot hold.
        kind: The format and the layout of the sink; and the function that gives the losses of the
            rows of a chunk, if these are written.
        report: Takes the progress, if someone wants to know.

    Raises:
        SmoothL1Error: The inputs cannot be read or losses not written, or the engine runs no parts.
    """
    from smoothl1.running.loss_writing import write_losses as write_encoded  # late, as below

    run, empty = run_of(job, inputs, report), new(job, inputs)
    if inputs.engine.shares_memory:
        return write_encoded(run, empty, sink, warn, kind[2])
    from smoothl1.running.by_tasks import encoded_by_tasks  # late: most runs have threads

    with closing(encoded_by_tasks(job, inputs, new, run, kind)) as encoded:
        return write_encoded(run, empty, sink, warn, kind[2], encoded)


def engine_for(job: Job, executor: Executor | Engine) -> Engine:
    """The engine that an executor is, if it can run a job.

    Raises:
        SettingsError: It is no executor, or other processes cannot open an input.
    """
    from smoothl1.engines.choice import engine_of  # late: most runs have threads

    engine = engine_of(executor)
    if not engine.shares_memory:
        from smoothl1.running.by_tasks import check_travels

        check_travels(job)
    return engine
