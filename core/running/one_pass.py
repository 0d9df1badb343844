"""One pass over the pairs of inputs, in parts: read, align, apply the NaN policy, tally, merge."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple, Protocol, Self, TypeVar

from smoothl1.backends.choice import new_backend
from smoothl1.pairing.nan_policy import apply_policy
from smoothl1.sources.lockstep import common_cuts, plan_parts

if TYPE_CHECKING:
    from collections import deque
    from collections.abc import Callable, Iterable

    from smoothl1.backends.contract import Backend
    from smoothl1.pairing.chunks import Chunk
    from smoothl1.pairing.inputs import Inputs
    from smoothl1.pairing.nan_policy import Pairs
    from smoothl1.running.progress import Meter
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
    """One pass over the pairs of inputs, in parts.

    Attributes:
        inputs: The inputs, with their job.
        meter: Counts the elements that are done, if someone wants to know.
    """

    inputs: Inputs
    meter: Meter | None = None

    def parts(self, part_rows: int | None = None) -> Iterable[Part]:
        """The parts that an engine runs; none if rows have no elements.

        A file may promise billions of these. An input whose rows are counted only as they are read
        is read all the same.

        Args:
            part_rows: Fewest rows of a part, but for the last; unset, so many that a part is worth
                a call of a thread.
        """
        pairing = self.inputs.pairing
        sources, n_rows, row_elements = pairing.sources, pairing.n_rows, pairing.row_elements
        if row_elements == 0 and None not in (source.n_rows for source in sources):
            return ()
        if part_rows is None:
            part_rows = max(self.inputs.chunk_rows, PART_ELEMENTS // max(1, row_elements))
            n_files = max(len(source.details.files) for source in sources)
            if n_files and n_rows is not None and n_rows * row_elements < SMALL_FILE * n_files:
                part_rows = max(1, n_rows)
        return plan_parts(pairing.rows, common_cuts(sources), part_rows)

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
        job = self.inputs.job
        backend, policy = new_backend(job.backend), job.nan_policy
        for chunk in self.inputs.pairing.chunks(part, self.inputs.chunk_rows):
            accumulator.add(backend, chunk, apply_policy(chunk, policy))
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
            RuntimeError: Not all elements were seen, whatever went wrong in reading: a bug.
        """
        for part in learned:
            total.merge(part)
        n_rows, n_seen = self.inputs.pairing.n_rows, total.tally.n_seen
        if n_rows is not None:
            n_elements = n_rows * self.inputs.pairing.row_elements
            if n_seen != n_elements:
                raise RuntimeError(f"{n_seen} of {n_elements} elements were evaluated")
        return total
