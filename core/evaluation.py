"""The evaluation of stored predictions: open, choose columns, match rows, run, sum up."""

from __future__ import annotations

import os
import warnings
from contextlib import ExitStack, closing, contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from smoothl1.backends import backend_name
from smoothl1.engines.local import local_engine
from smoothl1.errors import DataError, SettingsError
from smoothl1.loss import result_dtype
from smoothl1.pairing import Side, field_of, pair
from smoothl1.result import InputSummary, Result
from smoothl1.running import Run
from smoothl1.selection import Selection, cast_columns
from smoothl1.settings import EvalSettings, Execution
from smoothl1.sinks import open_sink
from smoothl1.sinks.contract import Layout
from smoothl1.sources import open_table
from smoothl1.sources.contract import ReadOptions, Wanted
from smoothl1.sources.opening import STANDARD_INPUT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import BinaryIO

    from smoothl1.engines.contract import Engine
    from smoothl1.pairing import Pairing
    from smoothl1.running import Progress
    from smoothl1.sinks.contract import Sink
    from smoothl1.sources.contract import Columns, Field, Source, Table
    from smoothl1.tally import Tally

    Path = str | os.PathLike[str]
    Warn = Callable[[str], None]


class LossOutput(NamedTuple):
    """Where per-element losses go: a file open for writing bytes, and the name of a format."""

    file: BinaryIO
    format: str


def _warn(message: str) -> None:
    warnings.warn(message, stacklevel=4)


def _once(warn: Warn) -> Warn:
    """Say the same only once, though inputs may be read twice."""
    said: set[str] = set()

    def warn_once(message: str) -> None:
        if message not in said:
            said.add(message)
            warn(message)

    return warn_once


def evaluate(
    pred: Path,
    target: Path | None = None,
    settings: EvalSettings = EvalSettings(),
    *,
    pred_columns: Columns = (),
    target_columns: Columns = (),
    key: Columns = (),
    weight: str | None = None,
    weights: Path | None = None,
    options: ReadOptions = ReadOptions(),
    execution: Execution = Execution(),
    losses_to: LossOutput | None = None,
    statistics: bool = False,
    warn: Warn = _warn,
    progress: Progress | None = None,
) -> Result:
    """Evaluate the Smooth L1 loss of stored predictions against stored targets.

    The result is a pure function of the data: formats, chunks and threads do not change a bit.

    Args:
        pred: A `.npy`, Parquet, Arrow IPC or CSV file, perhaps compressed; the format is told by
            content. "-" is standard input; a folder or a pattern stands for its files.
        target: The same for the targets; unset, both sides are columns of `pred`.
        settings: Betas, reduction, groups, and what is done with NaN.
        pred_columns: Names (or `@1`, `@2`, ...) of the columns of the predictions in a table;
            unset, its only numeric column.
        target_columns: The same for the targets.
        key: Columns by which rows are matched; unset, rows are matched by their position.
        weight: Column of the weights, in one of the inputs; of `weights`, if that is given.
        weights: A file of weights, one for each row or element of the predictions.
        options: How to read what the content does not say.
        execution: Threads and chunk size.
        losses_to: Where the losses of the elements go, at the first beta.
        statistics: Whether the result is to know standard errors; takes a little longer.
        warn: Takes a sentence about something odd; unset, a Python warning.
        progress: Called with the elements done just now, and all of them where known.

    Returns:
        Mean, sum and counts for each beta and group.

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
    paths = [os.fspath(path) for path in (pred, target, weights) if path is not None]
    if paths.count(STANDARD_INPUT) > 1:
        raise SettingsError("standard input can be only one of the inputs")
    backend_name()  # an unknown one is refused before anything is opened
    warn = _once(warn)
    selection = Selection(pred_columns, target_columns, key, weight, settings.by)
    settings = replace(settings, weighted=weight is not None or weights is not None)
    options = replace(
        options,
        allow_missing=options.allow_missing or settings.nan.startswith("omit"),
        read_again=bool(key) and target is not None,
    )
    engine = local_engine(execution.n_threads)
    with ExitStack() as stack:
        tables = [stack.enter_context(closing(open_table(p, options, warn))) for p in paths]
        sides = _sides(tables, selection, warn, weights is not None, losses_to is not None)
        if options.read_again:
            sides = _matched_by_key(sides, tables, key, engine, execution)
        any_order = not (losses_to or statistics or settings.weighted or settings.is_grouped)
        pairing = pair(sides, any_order=any_order, flatten=options.flatten)
        chunk_rows = execution.rows_of(pairing.row_elements)
        run = Run(pairing, settings, chunk_rows, engine, statistics, progress)
        if losses_to is None:
            outcome = run.tally()
            _check_any(outcome.tally, tables, options)
        else:
            with _sink(losses_to, pairing, sides) as sink:
                outcome = run.write_losses(sink, warn)
                _check_any(outcome.tally, tables, options)
                sink.close()
        groups, tallies = outcome.results(_column_names(sides, pairing))
        _warn_of_nan(outcome.tally, pairing, settings, warn)
    inputs = (
        _summary(*field_of(sides, "pred"), outcome.tally),
        _summary(*field_of(sides, "target"), outcome.tally),
    )
    return Result(settings, inputs, tallies, groups)


def _sides(
    tables: Sequence[Table], selection: Selection, warn: Warn, with_weights: bool, with_keys: bool
) -> list[Side]:
    casts = cast_columns(tables, selection, warn, with_weights=with_weights, with_keys=with_keys)
    return [
        Side(table.select(cast.wanted), cast.roles, cast.label_roles)
        for table, cast in zip(tables, casts, strict=True)
    ]


def _matched_by_key(
    sides: Sequence[Side],
    tables: Sequence[Table],
    key: Columns,
    engine: Engine,
    execution: Execution,
) -> list[Side]:
    """The targets in the order of the predictions."""
    from smoothl1.keys import match_rows  # late: pyarrow
    from smoothl1.sources.reordered import reordered

    wanted = Wanted((), key)
    n_rows = execution.rows_of(1)
    places = match_rows(tables[0].select(wanted), tables[1].select(wanted), engine, n_rows)
    if places is None:
        return list(sides)
    target = sides[1]._replace(source=reordered(sides[1].source, places, n_rows))
    return [sides[0], target, *sides[2:]]


@contextmanager
def _sink(output: LossOutput, pairing: Pairing, sides: Sequence[Side]) -> Iterator[Sink]:
    """A sink for the losses, abandoned if anything fails."""
    _, pred = field_of(sides, "pred")
    _, target = field_of(sides, "target")
    shape = () if pred.is_scalar else (pairing.n_rows, *pairing.row_shape)
    keys = tuple(
        label
        for side in sides
        for role, label in zip(side.label_roles, side.source.labels, strict=True)
        if role == "key"
    )
    layout = Layout(shape, result_dtype(pred.dtype, target.dtype), pred.columns, keys)
    sink = open_sink(output.format, output.file, layout)
    try:
        yield sink
    except BaseException:
        sink.abandon()
        raise


def _check_any(tally: Tally, tables: Sequence[Table], options: ReadOptions) -> None:
    if tally.n:
        return
    reasons = {"NaN or missing": tally.n_omitted, "of weight 0": tally.n_weightless}
    dropped = " and ".join(f"{n} {reason}" for reason, n in reasons.items() if n)
    if dropped:
        raise DataError(f"no pair is left to evaluate: {dropped}", path=tables[0].path)
    if not options.allow_empty:
        raise DataError("no elements, so nothing to evaluate", path=tables[0].path)


def _column_names(sides: Sequence[Side], pairing: Pairing) -> list[str]:
    """A name for each element of a row: that of its column, or its number."""
    _, pred = field_of(sides, "pred")
    n = pairing.row_elements
    return list(pred.columns) if len(pred.columns) == n else [str(i + 1) for i in range(n)]


def _warn_of_nan(tally: Tally, pairing: Pairing, settings: EvalSettings, warn: Warn) -> None:
    if tally.first_nan is not None:
        where = pairing.place_of(tally.first_nan)
        if settings.nan == "error":
            raise DataError(
                f"{tally.n_nan} of {tally.n} losses are NaN, {where}",
                path=pairing.sources[0].path,
                hint="--nan omit leaves out pairs of which a side is NaN",
            )
        warn(f"{tally.n_nan} of {tally.n} losses are NaN, {where}")
    if tally.n_omitted:
        n = tally.n + tally.n_omitted
        warn(
            f"{tally.n_omitted} of {n} pairs were left out: NaN or missing "
            f"({tally.n_missing} missing)"
        )


def _summary(source: Source, field: Field, tally: Tally) -> InputSummary:
    n_seen = tally.n + tally.n_omitted + tally.n_weightless
    n_rows = n_seen // max(1, field.row_elements) if source.n_rows is None else source.n_rows
    shape = () if field.is_scalar else (n_rows, *field.row_shape)
    return InputSummary(source.path, source.format, shape, field.dtype.str, field.columns)
