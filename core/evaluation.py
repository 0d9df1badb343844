"""One pass over stored predictions and targets: open, plan parts, run them, merge."""

from __future__ import annotations

import os
import warnings
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from smoothl1.backends.cpu import CpuBackend
from smoothl1.engines.local import local_engine
from smoothl1.errors import DataError, SettingsError
from smoothl1.loss import result_dtype
from smoothl1.pairing import Pairing, pair
from smoothl1.result import InputSummary, Result
from smoothl1.settings import EvalSettings, Execution
from smoothl1.sinks import open_sink
from smoothl1.sinks.contract import Layout
from smoothl1.sources import open_source
from smoothl1.sources.contract import Part, ReadOptions
from smoothl1.sources.opening import STANDARD_INPUT
from smoothl1.tally import Tally

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator, Sequence
    from typing import BinaryIO

    from numpy.typing import NDArray

    from smoothl1.engines.contract import Engine
    from smoothl1.sinks.contract import Sink
    from smoothl1.sources.contract import Columns, Field, Source

    Tallies = tuple[Tally, ...]
    Warn = Callable[[str], None]
    Progress = Callable[[int, int | None], None]

PART_ELEMENTS = 1 << 22
"""Elements of a part: a few hundredths of a second of work, so that threads end together and an
interrupt is answered at once."""


class LossOutput(NamedTuple):
    """Where per-element losses go: a file open for writing bytes, and the name of a format."""

    file: BinaryIO
    format: str


def _warn(message: str) -> None:
    warnings.warn(message, stacklevel=3)


def evaluate(
    pred: str | os.PathLike[str],
    target: str | os.PathLike[str] | None = None,
    settings: EvalSettings = EvalSettings(),
    *,
    pred_columns: Columns = (),
    target_columns: Columns = (),
    options: ReadOptions = ReadOptions(),
    execution: Execution = Execution(),
    losses_to: LossOutput | None = None,
    warn: Warn = _warn,
    progress: Progress | None = None,
) -> Result:
    """Evaluate the Smooth L1 loss of stored predictions against stored targets.

    The result is a pure function of the data: formats, chunks and threads do not change a bit.

    Args:
        pred: A `.npy`, Parquet, Arrow IPC or CSV file, perhaps compressed; the format is told by
            content. "-" is standard input; a folder or a pattern stands for its files.
        target: The same for the targets; unset, both sides are columns of `pred`.
        settings: Betas and reduction.
        pred_columns: Names (or `@1`, `@2`, ...) of the columns of the predictions in a table;
            unset, its only numeric column.
        target_columns: The same for the targets.
        options: How to read what the content does not say.
        execution: Threads and chunk size.
        losses_to: Where the losses of the elements go, at the first beta.
        warn: Takes a sentence about something odd; unset, a Python warning.
        progress: Called with the elements done just now, and all of them where known.

    Returns:
        Mean, sum and counts for each beta.

    Raises:
        DataError: An input cannot be trusted or understood, or the two do not pair up.
        StorageError: The system refused to read or write.

    Example:
        >>> result = evaluate("sample_data/preds.npy", "sample_data/targets.npy")
        >>> result.tallies[0].mean
        0.24106696670213112
    """
    if losses_to is not None and len(settings.betas) > 1:
        raise SettingsError("the losses of elements take one beta")
    if target is not None and {os.fspath(pred), os.fspath(target)} == {STANDARD_INPUT}:
        raise SettingsError("standard input can be only one of the two")
    with ExitStack() as stack:
        wanted: list[tuple[str | os.PathLike[str], tuple[Columns, ...]]]
        if target is None:
            wanted = [(pred, (pred_columns, target_columns))]
        else:
            wanted = [(pred, (pred_columns,)), (target, (target_columns,))]
        sources = [
            stack.enter_context(closing(open_source(os.fspath(path), columns, options, warn)))
            for path, columns in wanted
        ]
        fields = [field for source in sources for field in source.fields]
        pairing = pair(sources, any_order=losses_to is None, flatten=options.flatten)
        run = _Run(
            pairing,
            settings.betas,
            execution.rows_of(pairing.row_elements),
            local_engine(execution.n_threads),
            progress,
        )
        if losses_to is None:
            tallies = run.tallies()
            _check_any(tallies, sources, options)
        else:
            with _sink(losses_to, pairing, fields) as sink:
                tallies = run.write_losses(sink, warn)
                _check_any(tallies, sources, options)
                sink.close()
    if tallies[0].first_nan is not None:
        where = pairing.place_of(tallies[0].first_nan)
        warn(f"{tallies[0].n_nan} of {tallies[0].n} losses are NaN, {where}")
    inputs = (
        _summary(sources[0], fields[0], tallies[0].n),
        _summary(sources[-1], fields[1], tallies[0].n),
    )
    return Result(settings, inputs, tallies)


@dataclass(frozen=True, slots=True)
class _Run:
    """One pass over a pairing, in parts."""

    pairing: Pairing
    betas: tuple[float, ...]
    chunk_rows: int
    engine: Engine
    progress: Progress | None

    def tallies(self) -> Tallies:
        n_rows = max(self.chunk_rows, PART_ELEMENTS // max(1, self.pairing.row_elements))
        with closing(self.engine(self._tally_part, plan_parts(self.pairing, n_rows))) as outcomes:
            return _merged(outcomes, self.betas)

    def write_losses(self, sink: Sink, warn: Warn) -> Tallies:
        """Losses are written in order. Where any row can begin a part, a chunk is one."""
        merged = _merged((), self.betas)
        n_overflowed = 0
        if self.pairing.cuts is None and self.pairing.n_rows is not None:
            parts = plan_parts(self.pairing, self.chunk_rows)
            outcomes = self.engine(lambda part: next(self._losses(part, sink.dtype)), parts)
        else:
            outcomes = self._losses(Part(0, self.pairing.n_rows), sink.dtype)
        with closing(outcomes):
            for tallies, losses in outcomes:
                sink.write(losses)
                n_overflowed += int(np.isinf(losses).sum()) - tallies[0].n_inf
                merged = _merged((merged, tallies), self.betas)
        if n_overflowed:
            warn(f"{n_overflowed} losses are too large for {sink.dtype} and were written as inf")
        return merged

    def _tally_part(self, part: Part) -> Tallies:
        """What every engine runs: the tallies of one part."""
        backend = CpuBackend()
        merged = _merged((), self.betas)
        for chunk in self.pairing.chunks(part, self.chunk_rows):
            tallies = backend.tally(chunk.pred, chunk.target, self.betas, start=chunk.start)
            merged = _merged((merged, tallies), self.betas)
            self._report(chunk.pred.size)
        return merged

    def _losses(
        self, part: Part, dtype: np.dtype[np.floating]
    ) -> Generator[tuple[Tallies, NDArray[np.floating]]]:
        backend = CpuBackend()
        for chunk in self.pairing.chunks(part, self.chunk_rows):
            out = np.empty(chunk.pred.size, dtype)
            tallies = backend.tally(
                chunk.pred, chunk.target, self.betas, start=chunk.start, out=out
            )
            self._report(chunk.pred.size)
            yield tallies, out

    def _report(self, n_done: int) -> None:
        if self.progress is not None:
            n_rows = self.pairing.n_rows
            self.progress(n_done, None if n_rows is None else n_rows * self.pairing.row_elements)


def plan_parts(pairing: Pairing, n_rows: int) -> Iterator[Part]:
    """Cut a pairing into parts of about so many rows, or leave it whole where it is a stream.

    Yields:
        The parts in order, one at a time: a file may promise billions of them.
    """
    if pairing.n_rows is None or pairing.cuts == ():
        yield Part(0, pairing.n_rows)
        return
    if pairing.row_elements == 0:
        return
    start = 0
    for cut in pairing.cuts or range(n_rows, pairing.n_rows + n_rows, n_rows):
        stop = min(cut, pairing.n_rows)
        if stop - start >= n_rows or start < stop == pairing.n_rows:
            yield Part(start, stop)
            start = stop


def _merged(
    all_tallies: Iterator[Tallies] | tuple[Tallies, ...], betas: Sequence[float]
) -> Tallies:
    merged = tuple(Tally() for _ in betas)
    for tallies in all_tallies:
        merged = tuple(one.merge(other) for one, other in zip(merged, tallies, strict=True))
    return merged


@contextmanager
def _sink(output: LossOutput, pairing: Pairing, fields: Sequence[Field]) -> Iterator[Sink]:
    """A sink for the losses, abandoned if anything fails."""
    pred, target = fields
    shape = () if pred.is_scalar else (pairing.n_rows, *pairing.row_shape)
    layout = Layout(shape, result_dtype(pred.dtype, target.dtype), pred.columns)
    sink = open_sink(output.format, output.file, layout)
    try:
        yield sink
    except BaseException:
        sink.abandon()
        raise


def _check_any(tallies: Tallies, sources: Sequence[Source], options: ReadOptions) -> None:
    if tallies[0].n == 0 and not options.allow_empty:
        raise DataError("no elements, so nothing to evaluate", path=sources[0].path)


def _summary(source: Source, field: Field, n_elements: int) -> InputSummary:
    n_rows = n_elements // max(1, field.row_elements) if source.n_rows is None else source.n_rows
    shape = () if field.is_scalar else (n_rows, *field.row_shape)
    return InputSummary(source.path, source.format, shape, field.dtype.str, field.columns)
