"""The tables of all inputs of a job, opened, with their headers and columns settled."""

from __future__ import annotations

from contextlib import closing
from itertools import chain
from typing import TYPE_CHECKING

from smoothl1.decisions import Decision
from smoothl1.errors import SettingsError
from smoothl1.files.opening import refuse_one_pipe_twice
from smoothl1.files.tree import tree_of
from smoothl1.pairing.input_checks import certain_tables
from smoothl1.sources.formats import open_table
from smoothl1.sources.table import Needs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from contextlib import ExitStack

    from smoothl1.files.digests import HashedInput
    from smoothl1.job import InMemory, Job
    from smoothl1.read_options import ReadOptions
    from smoothl1.sources.table import Table

    Warn = Callable[[str], None]


def needs_of(job: Job, *, read_again: bool) -> Needs:
    """What a job needs of its inputs."""
    # A value may be missing where its pair is left out, which is known only when rows are paired.
    settings = job.settings
    leaves_out = settings.weighted or settings.leaves_rows_out or bool(settings.ignore_target)
    return Needs(
        allow_missing=job.nan_policy.accepts_missing or leaves_out,
        read_again=read_again,
        n_threads=job.execution.n_threads,
        by=job.selection.by,
        named=job.selection.named,
        missing_found=set(),
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
    refuse_one_pipe_twice(job.paths)
    options = job.options
    if not all(isinstance(given, str) for given in job.inputs):
        from smoothl1.sources.memory.opening import check_orders  # late: most inputs are files

        if options.key_check and not job.selection.key:
            check_orders(job.inputs)
    opened = (_open(given, options, needs, warn, hashed) for given in job.inputs)
    tables = [stack.enter_context(closing(table)) for table in opened]
    if options.checksums:
        from smoothl1.files.checksums import check_named  # late: most runs check no sums

        read = ([*table.files] or [table.path] for table in tables)
        check_named(options.checksums, chain.from_iterable(read))
    if hashed is not None:
        _refuse_unhashed(job, tables, hashed)
    for decision in _not_raw(tables, options):
        decide(decision)
    if not job.selection.is_empty:
        from smoothl1.pairing.column_patterns import with_matches  # late: arrays have no columns

        sides = tables[: len(job.sides)]
        selection = with_matches(sides, job.selection, decide, as_models=job.matches_models)
        job = job._replace(selection=selection, matches_models=False)
    tables = certain_tables(tables, job.selection, options, warn, beside=job.beside)
    if any(info.time_unit is not None for table in tables for info in table.columns):
        from smoothl1.pairing.times_of_units import with_times  # late: few arrays are times

        tables = with_times(tables, job.selection.key, len(job.sides))
    return job, tables


def _open(
    given: str | InMemory,
    options: ReadOptions,
    needs: Needs,
    warn: Warn,
    hashed: list[HashedInput] | None,
) -> Table:
    if isinstance(given, str):
        return open_table(given, options, warn, needs, hashed)
    from smoothl1.sources.memory.opening import open_memory

    return open_memory(given, needs)


def _refuse_unhashed(job: Job, tables: Sequence[Table], hashed: Sequence[HashedInput]) -> None:
    """Refuse a folder that is read as one input: its files are named by nobody.

    Raises:
        SettingsError: There is one.
    """
    known = {file.path for file in hashed}
    for given, table in zip(job.inputs, tables, strict=True):
        if not isinstance(given, str) or table.path in known:
            continue
        path = table.files[0] if table.files else table.path
        if not table.files or tree_of(path).is_folder(path):
            what = "is a folder that is read as one input, which has no digest"
            raise SettingsError(what, path=path, hint="leave out --digest")


def _not_raw(tables: Sequence[Table], options: ReadOptions) -> Iterator[Decision]:
    """Decisions about the files that are read by their content, although --raw is given."""
    for table in tables if options.raw is not None else ():
        if not any(decision.subject == "raw" for decision in table.decisions):
            yield Decision("raw", table.path, "not raw", "its content has a format of its own")
