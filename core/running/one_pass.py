"""One pass over a pairing, in parts: read, align, apply the NaN policy, tally, merge."""

from __future__ import annotations

from collections import deque
from contextlib import closing
from functools import partial
from itertools import chain, pairwise
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, Self, TypeVar

import numpy as np

from smoothl1.backends.choice import new_backend
from smoothl1.pairing.nan_policy import apply_policy
from smoothl1.pairing.parts import plan_parts

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable

    import pyarrow as pa
    from numpy.typing import NDArray

    from smoothl1.backends.contract import Backend
    from smoothl1.engines.contract import Engine
    from smoothl1.pairing.chunks import Chunk, Pairing
    from smoothl1.pairing.nan_policy import Pairs
    from smoothl1.running.progress import Meter
    from smoothl1.settings import NanPolicy
    from smoothl1.sinks.contract import Sink
    from smoothl1.sources.contract import Part
    from smoothl1.tallies.accumulator import LossAccumulator
    from smoothl1.tallies.tally import Tally

    OfRows = Callable[[Backend, Chunk, Pairs], NDArray[np.float64]]

PART_ELEMENTS = 1 << 22
"""Elements of a part: a few hundredths of a second of work, so that threads end together and an
interrupt takes effect at once."""

SMALL_FILE = 1 << 14
"""Elements of a file that takes longer to open than to read. Opening holds Python's lock, and gives
it up at each call of the system: two threads would take longer than one."""

WAITING_ELEMENTS = 1 << 20
"""Most elements of a part whose losses wait to be written: as text, 10 to 20 MB."""

ENCODED_ELEMENTS = 1 << 16
"""Elements of such a part that are read and encoded at a time: more take memory, and no less time.
"""


SUMMED_ROWS = 1 << 15
"""Rows of a chunk whose losses are those of rows: each takes 200 bytes while it is summed."""


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


class Losses(NamedTuple):
    """The losses of some rows.

    Attributes:
        learned: The accumulator of these losses.
        values: The losses in C order; one for each row, if those of rows are wanted.
        carried: The columns that are written before the losses, with a value for each row.
    """

    learned: LossAccumulator
    values: NDArray[np.floating]
    carried: tuple[pa.Array, ...]


class Encoded(NamedTuple):
    """The losses of some rows, as a sink writes them.

    Attributes:
        learned: The accumulator of these losses.
        n_infinite: How many of them are infinite in the dtype of the sink.
        rows: What the sink writes.
    """

    learned: LossAccumulator
    n_infinite: int
    rows: Any


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

    def parts(self) -> Iterable[Part]:
        """The parts that an engine runs, of a size that is worth a call."""
        n_rows, row_elements = self.pairing.n_rows, max(1, self.pairing.row_elements)
        n_files = max(len(getattr(source, "shards", ())) for source in self.pairing.sources)
        if n_files and n_rows is not None and n_rows * row_elements < SMALL_FILE * n_files:
            return self._parts(max(1, n_rows))
        return self._parts(max(self.chunk_rows, PART_ELEMENTS // row_elements))

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
        self._check_complete(total.tally)
        return total

    def write_losses(
        self,
        new: Callable[[], LossAccumulator],
        sink: Sink,
        warn: Callable[[str], None],
        of_rows: OfRows | None = None,
    ) -> LossAccumulator:
        """Write losses in order.

        Args:
            new: Makes an empty accumulator.
            sink: Takes the losses.
            warn: Takes a warning about losses that the dtype of the sink cannot hold.
            of_rows: The function that gives the losses of the rows of a chunk, if these are
                written; unset, the losses of elements are.
        """
        total = new()
        n_infinite = 0
        with closing(self._encoded(new, sink, of_rows)) as encoded:
            for some in encoded:
                sink.write(some.rows)
                n_infinite += some.n_infinite
                total.merge(some.learned)
        self._check_complete(total.tally)
        n_overflowed = n_infinite - total.tally.n_inf
        if n_overflowed and of_rows is None:
            warn(f"{n_overflowed} losses are too large for {sink.dtype} and were written as inf")
        return total

    def _encoded(
        self, new: Callable[[], LossAccumulator], sink: Sink, of_rows: OfRows | None
    ) -> Generator[Encoded]:
        """Yield losses as a sink writes them, in order.

        If parts are small, threads read and encode them. Else only one thread reads.
        """
        losses_of = partial(self._losses, new, sink.dtype, of_rows)
        encode = partial(_encode, sink)
        if self._has_small_parts:
            most_rows = max(1, WAITING_ELEMENTS // max(1, self.pairing.row_elements))
            parts = self._parts(min(self.chunk_rows, most_rows))
            batches = self.engine.in_order(lambda part: [*map(encode, losses_of(part))], parts)
            with closing(batches):
                yield from chain.from_iterable(batches)
        else:
            whole = losses_of(self.pairing.rows)
            with closing(whole), closing(self.engine.in_order(encode, whole)) as encoded:
                yield from encoded

    @property
    def _has_small_parts(self) -> bool:
        """Whether the rows can be cut into parts whose losses may all wait to be written."""
        cuts, (first, end) = self.pairing.cuts, self.pairing.rows
        if cuts is None or end is None:
            return end is not None
        borders = [first, *(cut for cut in cuts if first < cut < end), end]
        longest = max(stop - start for start, stop in pairwise(borders))
        return longest * self.pairing.row_elements <= WAITING_ELEMENTS

    def _parts(self, part_rows: int) -> Iterable[Part]:
        """The parts; none if rows have no elements: a file may promise billions of them.

        An input whose rows are counted only as they are read is read all the same.
        """
        are_counted = None not in (source.n_rows for source in self.pairing.sources)
        if self.pairing.row_elements == 0 and are_counted:
            return ()
        return plan_parts(self.pairing.rows, self.pairing.cuts, part_rows)

    def _check_complete(self, tally: Tally) -> None:
        """Refuse totals of only some elements, whatever went wrong in reading.

        Raises:
            RuntimeError: Not all elements were seen, which is a bug.
        """
        n_seen = tally.n + tally.n_omitted + tally.n_weightless
        if self.pairing.n_rows is not None:
            n_elements = self.pairing.n_rows * self.pairing.row_elements
            if n_seen != n_elements:
                raise RuntimeError(f"{n_seen} of {n_elements} elements were evaluated")

    def _losses(
        self,
        new: Callable[[], LossAccumulator],
        dtype: np.dtype[np.floating],
        of_rows: OfRows | None,
        part: Part,
    ) -> Generator[Losses]:
        backend = new_backend(self.backend)
        n_rows = self.chunk_rows
        if self.pairing.cuts is not None:
            n_rows = min(n_rows, max(1, ENCODED_ELEMENTS // max(1, self.pairing.row_elements)))
        if of_rows is not None:
            n_rows = min(n_rows, SUMMED_ROWS)
        for chunk in self.pairing.chunks(part, n_rows):
            pairs, learned = apply_policy(chunk, self.nan), new()
            if of_rows is None:
                values: NDArray[np.floating] = np.empty(chunk.pred.values.size, dtype)
                learned.add(backend, chunk, pairs, values)
            else:
                learned.add(backend, chunk, pairs)
                values = of_rows(backend, chunk, pairs)
            if self.meter is not None:
                self.meter.advance(chunk.pred.values.size)
            yield Losses(learned, values, chunk.carried)


def _encode(sink: Sink, losses: Losses) -> Encoded:
    n_infinite = int(np.count_nonzero(np.isinf(losses.values)))
    return Encoded(losses.learned, n_infinite, sink.encoded(losses.values, losses.carried))
