"""One pass over a pairing, in parts: read, align, apply the NaN policy, tally, merge."""

from __future__ import annotations

from collections import deque
from contextlib import closing, suppress
from functools import partial
from typing import TYPE_CHECKING, NamedTuple, Protocol, Self, TypeVar

from smoothl1.backends.choice import new_backend
from smoothl1.pairing.nan_policy import apply_policy
from smoothl1.pairing.parts import common_cuts, plan_parts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from smoothl1.backends.contract import Backend
    from smoothl1.engines.contract import Engine
    from smoothl1.nan_policies import NanPolicy
    from smoothl1.pairing.chunks import Chunk, Pairing
    from smoothl1.pairing.inputs import Inputs
    from smoothl1.pairing.nan_policy import Pairs
    from smoothl1.running.progress import Meter, Progress
    from smoothl1.sources.contract import Part
    from smoothl1.tallies.tally import Tally

PART_ELEMENTS = 1 << 22
"""Elements of a part: a few hundredths of a second of work, so that threads end together and an
interrupt takes effect at once."""

SMALL_FILE = 1 << 14
"""Elements of a file that takes longer to open than to read. Opening holds Python's lock, and gives
it up at each call of the system: two threads would take longer than one."""


class Accumulator(Protocol):
    """The running totals of a pass over some pairs; accumulators are merged in any order."""

    def add(self, backend: Backend, chunk: Chunk, pairs: Pairs) -> object:
        """Add the pairs of a chunk, to which the NaN policy has been applied."""
        ...

    def merge(self, other: Self) -> object:
        """Add the totals of other pairs."""
        ...

    @property
    def tally(self) -> Tally:
        """The tally of all elements at the first beta."""
        ...


A = TypeVar("A", bound=Accumulator)

if TYPE_CHECKING:
    New = Callable[[Inputs], Callable[[], A]]
    """Gives, for a job and its inputs, the function that makes empty accumulators. It travels to
    other processes, so it is a function of a module, or a partial of one."""


class Run(NamedTuple):
    """One pass over a pairing, in parts.

    Attributes:
        pairing: The sides that are read, aligned.
        nan: The policy for NaN and missing values.
        chunk_rows: Rows that a thread holds at a time.
        engine: The engine that runs the parts.
        backend: Name of the backend; unset, the one that the environment names.
        meter: Counts the elements that are done, if someone wants to know.
    """

    pairing: Pairing
    nan: NanPolicy
    chunk_rows: int
    engine: Engine
    backend: str | None = None
    meter: Meter | None = None

    def learn(self, new: Callable[[], A]) -> A:
        """Learn all parts, cut anywhere and in any order, and merge their accumulators.

        Args:
            new: Makes an empty accumulator.
        """
        # Agreements of columns in common tell how each part begins.
        idle: deque[A] | None = None if self.pairing.shared else deque()
        learn_part = partial(self.learn_part, new, idle=idle)
        with closing(self.engine.as_completed(learn_part, self.parts())) as learned:
            if idle is None:
                return self.merged(new(), learned)
            for _ in learned:
                pass
        return self.merged(idle.pop() if idle else new(), idle)

    def parts(self, part_rows: int | None = None) -> Iterable[Part]:
        """The parts that an engine runs; none if rows have no elements.

        A file may promise billions of these. An input whose rows are counted only as they are read
        is read all the same.

        Args:
            part_rows: Fewest rows of a part, but for the last; unset, so many that a part is worth
                a call of a thread.
        """
        sources, n_rows = self.pairing.sources, self.pairing.n_rows
        row_elements = self.pairing.row_elements
        if row_elements == 0 and None not in (source.n_rows for source in sources):
            return ()
        if part_rows is None:
            part_rows = max(self.chunk_rows, PART_ELEMENTS // max(1, row_elements))
            n_files = max(len(source.details.files) for source in sources)
            if n_files and n_rows is not None and n_rows * row_elements < SMALL_FILE * n_files:
                part_rows = max(1, n_rows)
        return plan_parts(self.pairing.rows, common_cuts(sources), part_rows)

    def learn_part(self, new: Callable[[], A], part: Part, idle: deque[A] | None = None) -> A:
        """The accumulator of one part: the function that every engine calls.

        Args:
            new: Makes an empty accumulator.
            part: The part.
            idle: Accumulators that have learned other parts. One of them learns this part, too, if
                there is any, so that few are merged, and is put back.
        """
        accumulator = None
        with suppress(IndexError):  # another thread may take the last
            accumulator = idle.pop() if idle else None
        if accumulator is None:
            accumulator = new()
        backend = new_backend(self.backend)
        for chunk in self.pairing.chunks(part, self.chunk_rows):
            accumulator.add(backend, chunk, apply_policy(chunk, self.nan))
            if self.meter is not None:
                self.meter.advance(chunk.pred.values.size)
        if idle is not None:
            idle.append(accumulator)
        return accumulator

    def merged(self, total: A, learned: Iterable[A]) -> A:
        """Merge the accumulators of all parts, each of them once.

        Args:
            total: An empty accumulator; it is filled.
            learned: The accumulator of each part.

        Raises:
            RuntimeError: Not all elements were seen.
        """
        for part in learned:
            total.merge(part)
        self.check_complete(total.tally)
        return total

    def check_complete(self, tally: Tally) -> None:
        """Refuse totals of only some elements, whatever went wrong in reading.

        Raises:
            RuntimeError: Not all elements were seen, which is a bug.
        """
        if self.pairing.n_rows is not None:
            n_elements = self.pairing.n_rows * self.pairing.row_elements
            if tally.n_seen != n_elements:
                raise RuntimeError(f"{tally.n_seen} of {n_elements} elements were evaluated")


def run_of(inputs: Inputs, report: Callable[[Progress], None] | None = None) -> Run:
    """The pass over the inputs of a job."""
    job, meter = inputs.job, None
    if report is not None:
        from smoothl1.running.progress import Meter  # late: only a terminal shows progress

        meter = Meter(report, inputs.pairing)
    return Run(inputs.pairing, job.nan_policy, inputs.chunk_rows, inputs.engine, job.backend, meter)
