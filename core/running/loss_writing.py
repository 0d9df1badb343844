"""The losses of elements or rows, encoded a part at a time and written in order."""

from __future__ import annotations

from contextlib import closing
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from smoothl1.backends.choice import new_backend
from smoothl1.pairing.nan_policy import apply_policy
from smoothl1.sources.lockstep import common_cuts
from smoothl1.sources.text_batches import rows_that_fit

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator

    import pyarrow as pa
    from numpy.typing import NDArray

    from smoothl1.backends.contract import Backend
    from smoothl1.pairing.chunks import Chunk
    from smoothl1.pairing.nan_policy import Pairs
    from smoothl1.running.one_pass import Run
    from smoothl1.sinks.contract import Sink
    from smoothl1.sources.contract import Part
    from smoothl1.tallies.accumulator import LossAccumulator

    OfRows = Callable[[Backend, Chunk, Pairs], NDArray[np.float64]]
    New = Callable[[], LossAccumulator]

WAITING_ELEMENTS = 1 << 20
"""Most elements of a part whose losses wait to be written: as text, 10 to 20 MB."""

_WAITING_BYTES = 1 << 25
"""Most bytes of what is written before the losses of such a part. Texts may be of any length."""

ENCODED_ELEMENTS = 1 << 16
"""Elements of such a part that are read and encoded at a time: more take memory, and no less time.
"""


SUMMED_ROWS = 1 << 15
"""Rows of a chunk whose losses are those of rows: each takes 200 bytes while it is summed."""


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


def write_losses(
    run: Run,
    new: New,
    sink: Sink,
    warn: Callable[[str], None],
    of_rows: OfRows | None = None,
    encoded: Generator[Encoded] | None = None,
) -> LossAccumulator:
    """Write losses in order.

    Args:
        run: The pass over the pairs.
        new: Makes an empty accumulator.
        sink: Takes the losses.
        warn: Takes a warning about losses that the dtype of the sink cannot hold.
        of_rows: The function that gives the losses of the rows of a chunk, if these are written;
            unset, the losses of elements are.
        encoded: What other processes have encoded; unset, threads of this one do.
    """
    n_infinite = 0

    def written(losses: Generator[Encoded]) -> Generator[LossAccumulator]:
        nonlocal n_infinite
        for some in losses:
            sink.write(some.rows)
            n_infinite += some.n_infinite
            if run.meter is not None:
                run.meter.advance(some.learned.tally.n_seen)
            yield some.learned

    with closing(encoded or _encoded(run, new, sink, of_rows)) as losses:
        total: LossAccumulator = run.merged(new(), written(losses))
    n_overflowed = n_infinite - total.tally.n_inf
    if n_overflowed and of_rows is None:
        are = "loss is" if n_overflowed == 1 else "losses are"
        were = "was" if n_overflowed == 1 else "were"
        warn(f"{n_overflowed} {are} too large for {sink.dtype} and {were} written as inf")
    return total


def loss_parts(run: Run) -> Iterable[Part] | None:
    """Parts whose losses may wait to be written; None if the rows cannot be cut into such."""
    if not _has_small_parts(run):
        return None
    most_rows = max(1, WAITING_ELEMENTS // max(1, run.inputs.pairing.row_elements))
    return run.parts(min(run.inputs.chunk_rows, most_rows))


def encode_part(
    run: Run, new: New, sink: Sink, of_rows: OfRows | None, part: Part
) -> list[Encoded]:
    """The losses of one of `loss_parts` as a sink writes them; see `write_losses`."""
    losses = _losses(run, new, sink.dtype, of_rows, part)
    return [_encode(sink, some) for some in losses]


def _encoded(run: Run, new: New, sink: Sink, of_rows: OfRows | None) -> Generator[Encoded]:
    """Yield losses as a sink writes them, in order.

    If parts are small, threads read and encode them. Else only one thread reads. So are parts whose
    texts turn out to be long: they are read again as they are written.
    """
    parts = loss_parts(run)
    if parts is not None:
        encode = partial(_waiting, run, new, sink, of_rows)
        with closing(run.inputs.engine.in_order(encode, parts)) as waiting:
            for part, some in waiting:
                yield from some
                if not some:
                    with closing(_losses(run, new, sink.dtype, of_rows, part)) as again:
                        yield from map(partial(_encode, sink), again)
        return
    whole = _losses(run, new, sink.dtype, of_rows, run.inputs.pairing.rows)
    with (
        closing(whole),
        closing(run.inputs.engine.in_order(partial(_encode, sink), whole)) as chunks,
    ):
        yield from chunks


def _waiting(
    run: Run, new: New, sink: Sink, of_rows: OfRows | None, part: Part
) -> tuple[Part, list[Encoded]]:
    """A part and its encoded losses; none if the texts carried with them are too long to wait."""
    encoded, n_bytes = [], 0
    with closing(_losses(run, new, sink.dtype, of_rows, part)) as losses:
        for some in losses:
            n_bytes += sum(column.nbytes for column in some.carried)
            if n_bytes > _WAITING_BYTES:
                return part, []
            encoded.append(_encode(sink, some))
    return part, encoded


def _has_small_parts(run: Run) -> bool:
    """Whether the rows can be cut into parts whose losses may all wait to be written."""
    cuts, (first, end) = common_cuts(run.inputs.pairing.sources), run.inputs.pairing.rows
    if cuts is None or end is None:
        return end is not None
    borders = [first, *(cut for cut in cuts if first < cut < end), end]
    longest = max(stop - start for start, stop in pairwise(borders))
    return longest * run.inputs.pairing.row_elements <= WAITING_ELEMENTS


def _losses(
    run: Run,
    new: New,
    dtype: np.dtype[np.floating],
    of_rows: OfRows | None,
    part: Part,
) -> Generator[Losses]:
    """The losses of some rows, and what is written before them."""
    backend = new_backend(run.inputs.job.backend)
    n_rows, policy = run.inputs.chunk_rows, run.inputs.job.nan_policy
    if common_cuts(run.inputs.pairing.sources) is not None:
        n_rows = min(n_rows, max(1, ENCODED_ELEMENTS // max(1, run.inputs.pairing.row_elements)))
    if of_rows is not None:
        n_rows = min(n_rows, SUMMED_ROWS)
    for chunk in run.inputs.pairing.chunks(part, n_rows):
        pairs, learned = apply_policy(chunk, policy), new()
        if of_rows is None:
            values: NDArray[np.floating] = np.empty(chunk.pred.values.size, dtype)
            learned.add(backend, chunk, pairs, values)
        else:
            learned.add(backend, chunk, pairs)
            values = of_rows(backend, chunk, pairs)
        yield from _that_fit(Losses(learned, values, chunk.carried), new)


def _that_fit(losses: Losses, new: New) -> Iterator[Losses]:
    """Losses of fewer rows at a time, if the texts that are written before them are long."""
    if not losses.carried:
        yield losses
        return
    from smoothl1.labels.stored_once import in_each_row  # late: pyarrow
    from smoothl1.sources.arrow.text_lengths import text_lengths

    n_rows = len(losses.carried[0])
    width, learned = losses.values.size // max(1, n_rows), losses.learned
    for rows in rows_that_fit(np.sum([text_lengths(of) for of in losses.carried], axis=0)):
        values = losses.values[rows.start * width : rows.stop * width]
        yield Losses(learned, values, tuple(in_each_row(of[rows]) for of in losses.carried))
        learned = new()


def _encode(sink: Sink, losses: Losses) -> Encoded:
    n_infinite = int(np.count_nonzero(np.isinf(losses.values)))
    return Encoded(losses.learned, n_infinite, sink.encoded(losses.values, losses.carried))
