"""Passes by tasks for other processes: parts travel, and what is made of them comes back."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from contextlib import closing
from functools import partial
from io import BytesIO
from itertools import chain
from typing import TYPE_CHECKING, Any

from smoothl1.engines.contract import LostPartError
from smoothl1.errors import SettingsError
from smoothl1.files.opening import is_descriptor, is_standard_input, pipe_of
from smoothl1.running.loss_writing import encode_part, loss_parts
from smoothl1.running.one_pass import Run
from smoothl1.running.tasks import Pass, Task, answer, forget

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator

    from smoothl1.job import Job
    from smoothl1.pairing.inputs import Inputs
    from smoothl1.running.loss_writing import Encoded, OfRows
    from smoothl1.running.one_pass import A, New
    from smoothl1.running.tasks import Work
    from smoothl1.sinks.contract import Layout
    from smoothl1.sources.contract import Part
    from smoothl1.tallies.accumulator import LossAccumulator

    Kind = tuple[str, Layout, OfRows | None]
    """The format and the layout of a sink; and the function that gives the losses of the rows of a
    chunk, if these are written."""

TASK_ELEMENTS = 1 << 26
"""Most elements of a task: about a second of work, so that sending it costs next to nothing."""

_TASKS_PER_WORKER = 8
"""Fewest tasks of a worker, if the parts allow it: so that all workers end together."""

_WORKERS_CUT_FOR = 64
"""Workers for which rows are cut into tasks where an engine does not tell how many it has: rather
too many, so that all have some."""


def learned_by_tasks(inputs: Inputs, new: New[A], run: Run) -> Generator[A]:
    """The accumulators of all parts, as they come.

    Args:
        inputs: The inputs, with their job.
        new: Gives the function that makes empty accumulators.
        run: The pass.

    Raises:
        SmoothL1Error: The inputs cannot be read, or the engine runs no parts.
    """
    parts = run.parts(task_rows(run, inputs.engine.n_workers))
    learned = _answered(inputs, partial(_learn_part, new), parts, in_order=False)
    with closing(learned):
        yield from _counted(run, learned)


def encoded_by_tasks(
    inputs: Inputs, new: New[LossAccumulator], run: Run, kind: Kind
) -> Generator[Encoded]:
    """The losses of all parts as a sink writes them, in order.

    Args:
        inputs: The inputs, with their job.
        new: Gives the function that makes empty accumulators.
        run: The pass.
        kind: The format and the layout of the sink; and the function that gives the losses of the
            rows of a chunk, if these are written.

    Raises:
        SmoothL1Error: The inputs cannot be read, or not be cut, or the engine runs no parts.
    """
    parts = loss_parts(run)
    if parts is None:
        what = "losses are written in order, and the rows cannot be cut into parts that are small"
        raise SettingsError(what, hint="leave it to threads: --engine local, or no executor")
    with closing(_answered(inputs, partial(_encode, new, kind), parts)) as several:
        yield from chain.from_iterable(several)


def tasks_of(inputs: Inputs, new: New[A], parts: Iterable[Part]) -> Iterator[Task]:
    """The tasks of learning parts in other processes."""
    shared = Pass.of(inputs, partial(_learn_part, new))
    return (Task(shared, number, part) for number, part in enumerate(parts))


def _learn_part(new: New[A], inputs: Inputs, part: Part) -> A:
    """The accumulator of one part, in whatever process."""
    return Run(inputs).learn_part(new(inputs), part)


def _encode(
    new: New[LossAccumulator],
    kind: Kind,
    inputs: Inputs,
    part: Part,
) -> list[Encoded]:
    """The losses of a part as a sink writes them; this process has only its like."""
    from smoothl1.sinks.formats import open_sink  # late: most runs write no losses

    format_name, layout, of_rows = kind
    sink = open_sink(format_name, BytesIO(), layout)
    try:
        return encode_part(Run(inputs), new(inputs), sink, of_rows, part)
    finally:
        sink.abandon()


def task_rows(run: Run, n_workers: int | None) -> int:
    """Rows of a task: enough to be worth a message, and few enough that all workers have some.

    Args:
        run: The pass.
        n_workers: The number of workers, if it is known.
    """
    n_tasks = _TASKS_PER_WORKER * (n_workers or _WORKERS_CUT_FOR)
    pairing = run.inputs.pairing
    row_elements = pairing.row_elements
    elements = (pairing.n_rows or 0) * row_elements // n_tasks
    return max(run.inputs.chunk_rows, min(elements, TASK_ELEMENTS) // max(1, row_elements))


def check_travels(job: Job) -> None:
    """Refuse what other processes cannot open.

    Raises:
        SettingsError: Data in memory, a pipe, or a GPU.
    """
    for given in job.inputs:
        if not isinstance(given, str):
            what = f"{given.path} is in memory, and only paths travel to other processes"
            raise SettingsError(what, hint="write a file, or leave out the executor")
        if is_standard_input(given) or is_descriptor(given) or pipe_of(given):
            hint = "write a file, or --engine local"
            raise SettingsError("other processes cannot read a pipe", path=given, hint=hint)
    if job.is_on_gpu:
        raise SettingsError("other processes compute on the CPU", hint="--device cpu")


def _answered(
    inputs: Inputs, work: Work, parts: Iterable[Part], *, in_order: bool = True
) -> Generator[Any]:
    """What other processes make of parts: each exactly once, whatever was tried twice."""
    shared = Pass.of(inputs, work)
    waiting: set[int] = set()

    def tasks() -> Iterator[Task]:
        for number, part in enumerate(parts):
            waiting.add(number)
            yield Task(shared, number, part)

    engine = inputs.engine
    run: Callable[..., Generator[Any]] = engine.in_order if in_order else engine.as_completed
    try:
        with closing(run(answer, tasks())) as answers:
            for number, value, *_ in answers:
                if number not in waiting:
                    raise RuntimeError(f"the answer to task {number} came twice")
                waiting.remove(number)
                yield value
        if waiting:
            raise RuntimeError(f"no answer to {len(waiting)} tasks")
    except LostPartError as error:
        error.what = f"{error.what}: {_place_of(inputs, error.part.part)}"
        raise
    finally:
        forget(shared)


def _counted(run: Run, several: Iterable[A]) -> Generator[A]:
    """Tell the meter of a run what others have done."""
    for learned in several:
        if run.meter is not None:
            run.meter.advance(learned.tally.n_seen)
        yield learned


def _place_of(inputs: Inputs, part: Part) -> str:
    """The rows of a part and the files that hold them, in words."""
    stop = inputs.pairing.n_rows if part.stop is None else part.stop
    files = []
    for side in inputs.sides:
        bounds = side.source.details.bounds
        if bounds is None or stop is None:
            files.append(side.source.path)
            continue
        first, last = bisect_right(bounds, part.start) - 1, bisect_left(bounds, stop) - 1
        paths = [file.path for file in side.source.details.files[first : last + 1]]
        files += paths if len(paths) < 3 else [f"{paths[0]} to {paths[-1]}"]
    return f"rows {part.start + 1} to {stop or 'the last'} of {', '.join(files)}"
