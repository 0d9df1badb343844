"""One pass over a pairing, in parts: what every engine runs, and how the outcomes are joined."""

from __future__ import annotations

from contextlib import closing
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from smoothl1.backends.choice import new_backend
from smoothl1.pairing.parts import plan_parts
from smoothl1.sources.contract import Part
from smoothl1.tallies.accumulator import Outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator

    import pyarrow as pa
    from numpy.typing import NDArray

    from smoothl1.engines.contract import Engine
    from smoothl1.pairing.chunks import Chunk, Pairing
    from smoothl1.settings import EvalSettings
    from smoothl1.sinks.contract import Sink
    from smoothl1.tallies.tally import Tally

    Progress = Callable[[int, int | None], None]

PART_ELEMENTS = 1 << 22
"""Elements of a part: a few hundredths of a second of work, so that threads end together and an
interrupt is answered at once."""


class Losses(NamedTuple):
    """The losses of some rows.

    Attributes:
        outcome: What was learned of them.
        values: Losses in C order.
        keys: For each key column a value for each row.
    """

    outcome: Outcome
    values: NDArray[np.floating]
    keys: tuple[pa.Array, ...]


class Run(NamedTuple):
    """One pass over a pairing, in parts.

    Attributes:
        pairing: What is read.
        settings: What is computed.
        chunk_rows: Rows that a thread holds at a time.
        engine: Runs the parts.
        with_moments: Whether the moments of rows are wanted.
        progress: Is told the elements done just now, and all of them where known.
    """

    pairing: Pairing
    settings: EvalSettings
    chunk_rows: int
    engine: Engine
    with_moments: bool = False
    progress: Progress | None = None

    def tally(self) -> Outcome:
        """Reduce: parts may be cut anywhere, and end in any order."""
        total = self._new_outcome()
        with closing(self.engine(self._tally_part, self.parts())) as outcomes:
            for outcome in outcomes:
                total.merge(outcome)
        self.check_complete(total.tally)
        return total

    def write_losses(self, sink: Sink, warn: Callable[[str], None]) -> Outcome:
        """Losses are written in order. Where any row can begin a part, it is as long as a chunk."""
        total = self._new_outcome()
        n_infinite = 0
        if self.pairing.cuts is None and self.pairing.n_rows is not None:
            parts = self._parts(self.chunk_rows)
            batches = self.engine(lambda part: list(self._losses(part, sink.dtype)), parts)
        else:
            whole = self._losses(Part(0, self.pairing.n_rows), sink.dtype)
            batches = ([losses] for losses in whole)
        with closing(batches):
            for losses in chain.from_iterable(batches):
                sink.write(losses.values, losses.keys)
                n_infinite += int(np.isinf(losses.values).sum())
                total.merge(losses.outcome)
        self.check_complete(total.tally)
        n_overflowed = n_infinite - total.tally.n_inf
        if n_overflowed:
            warn(f"{n_overflowed} losses are too large for {sink.dtype} and were written as inf")
        return total

    def parts(self) -> Iterable[Part]:
        """What an engine runs on: parts of a size that pays."""
        return self._parts(max(self.chunk_rows, PART_ELEMENTS // max(1, self.pairing.row_elements)))

    def chunks(self, part: Part) -> Iterator[Chunk]:
        """The chunks of a part; each is reported as progress when the next one is asked for."""
        for chunk in self.pairing.chunks(part, self.chunk_rows):
            yield chunk
            self._report(chunk.pred.values.size)

    def _parts(self, part_rows: int) -> Iterable[Part]:
        """None at all where rows have no elements: a file may promise billions of them."""
        if self.pairing.row_elements == 0 and self.pairing.n_rows is not None:
            return ()
        return plan_parts(self.pairing.n_rows, self.pairing.cuts, part_rows)

    def check_complete(self, tally: Tally) -> None:
        """Never give a number of some of the elements, whatever may be wrong in reading them.

        Raises:
            RuntimeError: Not all elements were seen, which is a bug.
        """
        n_seen = tally.n + tally.n_omitted + tally.n_weightless
        if self.pairing.n_rows is not None:
            n_elements = self.pairing.n_rows * self.pairing.row_elements
            if n_seen != n_elements:
                raise RuntimeError(f"{n_seen} of {n_elements} elements were evaluated")

    def _new_outcome(self) -> Outcome:
        n_columns = self.pairing.row_elements if self.settings.by_column else 1
        return Outcome(self.settings, n_columns, with_moments=self.with_moments)

    def _tally_part(self, part: Part) -> Outcome:
        """What every engine runs: the outcome of one part."""
        backend = new_backend()
        outcome = self._new_outcome()
        for chunk in self.chunks(part):
            outcome.add(backend, chunk)
        return outcome

    def _losses(self, part: Part, dtype: np.dtype[np.floating]) -> Generator[Losses]:
        backend = new_backend()
        for chunk in self.pairing.chunks(part, self.chunk_rows):
            out = np.empty(chunk.pred.values.size, dtype)
            outcome = self._new_outcome()
            outcome.add(backend, chunk, out)
            self._report(out.size)
            yield Losses(outcome, out, chunk.keys)

    def _report(self, n_done: int) -> None:
        if self.progress is not None:
            n_rows = self.pairing.n_rows
            self.progress(n_done, None if n_rows is None else n_rows * self.pairing.row_elements)
