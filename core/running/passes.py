"""The inputs of a run opened, and passes over them: by threads, or by tasks for other processes."""

from __future__ import annotations

from collections import deque
from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING

from smoothl1.backends.choice import backend_on
from smoothl1.pairing.inputs import open_inputs
from smoothl1.running.one_pass import Run

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Executor
    from contextlib import AbstractContextManager

    from smoothl1.engines.contract import Engine
    from smoothl1.job import Job
    from smoothl1.pairing.inputs import Inputs, Warn
    from smoothl1.running.loss_writing import OfRows
    from smoothl1.running.one_pass import A, New
    from smoothl1.running.progress import Meter, Progress
    from smoothl1.sinks.contract import Layout, Sink
    from smoothl1.tallies.accumulator import LossAccumulator


def opened(
    job: Job,
    warn: Warn,
    device: str,
    executor: Executor | Engine | None,
    *,
    per_row: bool = False,
) -> AbstractContextManager[Inputs]:
    """Open the inputs of a job, once it is certain that its device and its executor can be used.

    The job of the inputs takes the place of this one: it has the backend, and columns in place of
    patterns.

    Args:
        job: The job.
        warn: Takes a warning.
        device: See `evaluate`.
        executor: See `evaluate`.
        per_row: Whether the losses of rows are written, which the CPU sums on every device.

    Raises:
        SmoothL1Error: There is no such device, the executor cannot run the job, or the inputs
            cannot be read or do not match.
    """
    backend = backend_on(device, is_grouped=job.settings.has_labels or per_row)
    job = job._replace(backend=backend)
    return open_inputs(job, warn, None if executor is None else _engine_for(job, executor))


def learn(
    inputs: Inputs,
    new: New[A],
    report: Callable[[Progress], None] | None = None,
) -> A:
    """Learn all parts of the inputs by their engine, and merge the accumulators.

    Args:
        inputs: The inputs, with their job.
        new: Gives the function that makes empty accumulators.
        report: Takes the progress, if someone wants to know.

    Raises:
        SmoothL1Error: The inputs cannot be read, or the engine runs no parts.
    """
    run, empty = Run(inputs, report and _meter(inputs, report)), new(inputs)
    idle: deque[A] | None = None
    if inputs.engine.shares_memory:
        # Agreements of columns in common tell how each part begins.
        idle = None if inputs.pairing.shared else deque()
        learn_part = partial(run.learn_part, empty, idle=idle)
        learning = inputs.engine.as_completed(learn_part, run.parts())
    else:
        from smoothl1.running.by_tasks import learned_by_tasks  # late: most runs have threads

        learning = learned_by_tasks(inputs, new, run)
    with closing(learning) as learned:
        if idle is None:
            return run.merged(empty(), learned)
        for _ in learned:
            pass
    return run.merged(idle.pop() if idle else empty(), idle)


def write_losses(
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
        inputs: The inputs, with their job.
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

    run, empty = Run(inputs, report and _meter(inputs, report)), new(inputs)
    if inputs.engine.shares_memory:
        return write_encoded(run, empty, sink, warn, kind[2])
    from smoothl1.running.by_tasks import encoded_by_tasks  # late: most runs have threads

    with closing(encoded_by_tasks(inputs, new, run, kind)) as encoded:
        return write_encoded(run, empty, sink, warn, kind[2], encoded)


def _meter(inputs: Inputs, report: Callable[[Progress], None]) -> Meter:
    from smoothl1.running.progress import Meter  # late: only a terminal shows progress

    return Meter(report, inputs.pairing)


def _engine_for(job: Job, executor: Executor | Engine) -> Engine:
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
