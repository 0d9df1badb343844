"""One pass over a pairing, in parts: read, align, apply the NaN policy, tally, merge."""

from __future__ import annotations

from collections import deque
from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING, NamedTuple, Protocol, Self, TypeVar

from smoothl1.backends.choice import new_backend
from smoothl1.pairing.nan_policy import apply_policy
from smoothl1.pairing.parts import plan_parts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from smoothl1.backends.contract import Backend
    from smoothl1.engines.contract import Engine
    from smoothl1.job import Job
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
    New = Callable[[Job, Inputs], Callable[[], A]]
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
        if self.pairing.shared:  # their agreements tell how each part begins
            learned = self.engine.as_completed(partial(self.learn_part, new), self.parts())
            with closing(learned):
                return self.merged(new(), learned)
        idle: deque[A] = deque()
        learn_more = partial(self._learn_more, new, idle)
        with closing(self.engine.as_completed(learn_more, self.parts())) as done:
            for _ in done:
                pass
        return self.merged(idle.pop() if idle else new(), idle)

    def parts(self, part_elements: int | None = None) -> Iterable[Part]:
        """The parts that an engine runs, of a size that is worth a call.

        Args:
            part_elements: Elements of a part that goes to another process; unset, parts are for
                threads.
        """
        n_rows, row_elements = self.pairing.n_rows, max(1, self.pairing.row_elements)
        n_files = max(len(source.details.files) for source in self.pairing.sources)
        if part_elements is not None:
            return self.parts_of(max(1, part_elements // row_elements))
        if n_files and n_rows is not None and n_rows * row_elements < SMALL_FILE * n_files:
            return self.parts_of(max(1, n_rows))
        return self.parts_of(max(self.chunk_rows, PART_ELEMENTS // row_elements))

    def learn_part(self, new: Callable[[], A], part: Part) -> A:
        """The accumulator of one part: the function that every engine calls."""
        accumulator = new()
        self._add_part(accumulator, part)
        return accumulator

    def _learn_more(self, new: Callable[[], A], idle: deque[A], part: Part) -> None:
        """Learn a part with an accumulator that has learned others: there are few to merge."""
        try:
            accumulator = idle.pop()
        except IndexError:
            accumulator = new()
        self._add_part(accumulator, part)
        idle.append(accumulator)

    def _add_part(self, accumulator: A, part: Part) -> None:
        backend = new_backend(self.backend)
        for chunk in self.pairing.chunks(part, self.chunk_rows):
            accumulator.add(backend, chunk, apply_policy(chunk, self.nan))
            if self.meter is not None:
                self.meter.advance(chunk.pred.values.size)

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

    def parts_of(self, part_rows: int) -> Iterable[Part]:
        """Parts of that many rows; none if rows have no elements: a file may promise billions.

        An input whose rows are counted only as they are read is read all the same.
        """
        are_counted = None not in (source.n_rows for source in self.pairing.sources)
        if self.pairing.row_elements == 0 and are_counted:
            return ()
        return plan_parts(self.pairing.rows, self.pairing.cuts, part_rows)

    def check_complete(self, tally: Tally) -> None:
        """Refuse totals of only some elements, whatever went wrong in reading.

        Raises:
            RuntimeError: Not all elements were seen, which is a bug.
        """
        if self.pairing.n_rows is not None:
            n_elements = self.pairing.n_rows * self.pairing.row_elements
            if tally.n_seen != n_elements:
                raise RuntimeError(f"{tally.n_seen} of {n_elements} elements were evaluated")


def run_of(job: Job, inputs: Inputs, report: Callable[[Progress], None] | None = None) -> Run:
    """The pass over the inputs of a job."""
    meter = None
    if report is not None:
        from smoothl1.running.progress import Meter  # late: only a terminal shows progress

        meter = Meter(report, inputs.pairing)
    return Run(inputs.pairing, job.nan_policy, inputs.chunk_rows, inputs.engine, job.backend, meter)
