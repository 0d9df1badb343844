"""The tables of all inputs of a job, opened, with their headers and columns settled."""

from __future__ import annotations

import os
from contextlib import closing
from itertools import chain
from typing import TYPE_CHECKING

from smoothl1.decisions import Decision
from smoothl1.errors import SettingsError, StorageError
from smoothl1.files.compressing import SUFFIXES as COMPRESSED
from smoothl1.files.opening import are_one_file, refuse_one_pipe_twice
from smoothl1.files.tree import tree_of
from smoothl1.files.uris import resolved
from smoothl1.sources.formats import open_table
from smoothl1.sources.table import Needs

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from contextlib import ExitStack

    from smoothl1.files.digests import HashedInput
    from smoothl1.job import InMemory, Job
    from smoothl1.selection import Selection
    from smoothl1.sources.contract import Columns
    from smoothl1.sources.table import Table

    Warn = Callable[[str], None]

_DIGITS = str.maketrans("", "", "0123456789")


def needs_of(job: Job, *, read_again: bool) -> Needs:
    """What a job needs of its inputs."""
    # A value may be missing where its pair is left out, which is known only when rows are paired.
    settings = job.settings
    leaves_out = settings.weighted or settings.leaves_rows_out or bool(settings.ignore_target)
    return Needs(
        allow_missing=job.nan_policy.accepts_missing or leaves_out,
        read_again=read_again,
        n_threads=job.execution.n_threads,
        selection=job.selection,
        missing_found=set(),
        held=[],
    )


def opened_tables(
    job: Job,
    needs: Needs,
    stack: ExitStack,
    warn: Warn,
    decide: Callable[[Decision], None] = lambda _: None,
    hashed: list[HashedInput] | None = None,
) -> tuple[Job, list[Table]]:
    """Open the tables of all inputs and settle their headers.

    Args:
        job: The job, which names the inputs.
        needs: What the job needs of them.
        stack: Closes the tables.
        warn: Takes a warning.
        decide: Takes a decision about columns that match patterns, and files that are not raw.
        hashed: Takes the files whose bytes are hashed; unset, none are.

    Returns:
        The job, with columns in place of patterns; and the tables.

    Raises:
        SettingsError: The inputs cannot be read as asked.
        DataError: An input cannot be trusted or understood, or its header or columns are in doubt.
        StorageError: The system refused.
    """
    paths = [given for given in job.inputs if isinstance(given, str)]
    for path in paths:  # what is given with a bucket holds for all objects of it
        resolved(path)
    refuse_one_pipe_twice(paths)
    options = job.options
    if len(paths) < len(job.inputs):
        from smoothl1.sources.memory.opening import check_orders  # late: most inputs are files

        if options.key_check and not job.selection.key:
            check_orders(job.inputs, warn)
    tables = _opened(job, needs, stack, warn, hashed)
    if options.checksums:
        from smoothl1.files.checksums import check_named  # late: most runs check no sums

        read = ([*table.files] or [table.path] for table in tables)
        check_named(options.checksums, chain.from_iterable(read))
    if hashed is not None:
        _refuse_unhashed(job, tables, hashed)
    if options.raw is not None:
        _tell_not_raw(tables, decide)
    if not job.selection.is_empty:
        from smoothl1.pairing.column_patterns import with_matches  # late: arrays have no columns

        sides = tables[: job.n_sides]
        selection = with_matches(sides, job.selection, decide, as_models=job.matches_models)
        job = job._replace(selection=selection, matches_models=False)
    return job, _settled(job, tables, warn)


def _opened(
    job: Job, needs: Needs, stack: ExitStack, warn: Warn, hashed: list[HashedInput] | None
) -> list[Table]:
    """The tables of all inputs as they are: see `opened_tables`."""
    tables: list[Table] = []
    for given in job.inputs:
        if isinstance(given, str):
            try:
                table = open_table(given, job.options, warn, needs, hashed)
            except StorageError as error:
                error.hint = error.hint or _column_meant(given, job, tables)
                raise
        else:
            from smoothl1.sources.memory.opening import open_memory  # late: most are files

            table = open_memory(given, needs)
        tables.append(stack.enter_context(closing(table)))
    return tables


def _column_meant(given: str, job: Job, tables: Sequence[Table]) -> str | None:
    """The hint about a file beside the sides that is not there, if a side has such a column.

    Args:
        given: The path.
        job: The job.
        tables: The tables of the inputs before it.
    """
    place = len(tables) - job.n_sides
    if place < 0:
        return None
    path = next((side.path for side in tables[: job.n_sides] if given in side.names), None)
    if path is None:
        return None
    from smoothl1.sources.columns import as_option  # late: only for an error

    return f"--{job.beside[place]} {as_option(given)} names the column of {path}"


def _refuse_unhashed(job: Job, tables: Sequence[Table], hashed: Sequence[HashedInput]) -> None:
    """Refuse a folder that is read as one input: its files are named by nobody.

    A table of a lake without rows reads no file, and has no digest.

    Raises:
        SettingsError: There is one.
    """
    from smoothl1.files.zarr_marks import is_store  # late: most runs form no digests

    known = {file.path for file in hashed}
    for given, table in zip(job.inputs, tables, strict=True):
        if not isinstance(given, str) or table.path in known:
            continue
        path = table.files[0] if table.files else table.path
        if is_store(path, tree_of(path)):
            what = "is a folder that is read as one input, which has no digest"
            raise SettingsError(what, path=path, hint="leave out --digest")


def _tell_not_raw(tables: Sequence[Table], decide: Callable[[Decision], None]) -> None:
    """Decide that files are read by their content, although --raw is given."""
    for table in tables:
        if not any(decision.subject == "raw" for decision in table.decisions):
            decide(Decision("raw", table.path, "not raw", "its content has a format of its own"))


def _settled(job: Job, tables: Sequence[Table], warn: Warn) -> list[Table]:
    """The tables, with header rows and times settled, once it is checked that inputs are sides.

    Raises:
        DataError: A header or a side is in doubt.
    """
    settled, options, beside = list(tables), job.options, job.beside
    if not all(row.is_text for table in tables for row in table.first_rows):
        from smoothl1.pairing.headers import settle_headers  # late: most headers are text

        by_rows = not options.flatten
        settled = settle_headers(tables, job.selection, beside=beside, by_rows=by_rows)
    sides = settled[: job.n_sides]
    if len(sides) > 1 and not options.separate and _may_be_one_set(sides, job.selection):
        from smoothl1.pairing.sides import refuse_shards_as_sides  # late: seldom needed

        refuse_shards_as_sides(sides, job.selection, warn)
    if options.key_check and any(table.found is not None for table in settled):
        _check_order(settled, job.selection.key, beside, warn)
    if any(info.time_unit is not None for table in settled for info in table.columns):
        from smoothl1.pairing.times_of_units import with_times  # late: few arrays are times

        return with_times(settled, job.selection, job.n_sides)
    return settled


def _check_order(
    tables: Sequence[Table], key: Columns, beside: Sequence[str], warn: Callable[[str], None]
) -> None:
    """Check the order of shards that are paired by position: not of sides that a key matches.

    Weights, groups and clusters of files of their own are in the order of the predictions whatever
    the key, unless they have it as well.
    """
    files = dict(zip(beside, tables[len(tables) - len(beside) :], strict=True))
    paired = list(tables)
    if key:
        in_order = [table for table in files.values() if not _has_key(table, tables[0], key)]
        paired = [tables[0], *in_order] if in_order else []
    are_sets = sum(len(table.files) > 1 for table in paired) > 1
    in_doubt = len(paired) > 1 and any(table.found and table.found.doubt for table in paired)
    if are_sets or in_doubt:
        from smoothl1.pairing.shard_order import check_shard_order

        check_shard_order(paired, files, warn)


def _has_key(file: Table, pred: Table, key: Columns) -> bool:
    """Whether weights or labels have the only key column of the predictions, to be compared."""
    from smoothl1.sources.columns import key_columns

    (name, *others) = key_columns(key, pred.names, is_target=False)
    return not others and all(
        name in table.names and not table.columns[table.names.index(name)].is_noted
        for table in (file, pred)
    )


def _may_be_one_set(sides: Sequence[Table], selection: Selection) -> bool:
    """Whether the names of sides differ in digits alone, or each has the columns chosen of all."""
    names = (os.path.basename(table.path).translate(_DIGITS) for table in sides)
    parts = map(os.path.splitext, names)
    if len({stem + suffix * (suffix.lower() not in COMPRESSED) for stem, suffix in parts}) == 1:
        return True
    asked = {name for columns in selection.sides.values() for name in columns}
    if len(asked) < 2:
        return False
    from smoothl1.sources.columns import has_columns  # late: arrays have no columns

    return all(has_columns(asked, table.names) for table in sides)


def are_one_input(one: str | InMemory, other: str | InMemory) -> bool:
    """Whether two inputs are one file, or one object or array in memory."""
    if isinstance(one, str) or isinstance(other, str):
        return isinstance(one, str) and isinstance(other, str) and are_one_file(one, other)
    if isinstance(one.values, int | float):
        return False  # Python may keep one object for equal numbers
    views = [getattr(given.values, "__array_interface__", None) for given in (one, other)]
    return one.values is other.values or (None not in views and views[0] == views[1])
