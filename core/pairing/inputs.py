"""Opens all inputs of a run, chooses their columns, and matches and pairs their rows."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from itertools import combinations, starmap
from typing import TYPE_CHECKING, NamedTuple

from smoothl1.decisions import MATCHED, Decision
from smoothl1.engines.threads import Threads
from smoothl1.pairing.chunks import Side, field_of
from smoothl1.pairing.input_roles import LABELS, InputRoles, LabelRole, have_labels
from smoothl1.pairing.nan_policy import refuse_rounded
from smoothl1.pairing.opened_tables import are_one_input, needs_of, opened_tables
from smoothl1.pairing.shapes import pair, warn_of_flattened
from smoothl1.pairing.side_names import check_names
from smoothl1.sources.columns import shown_names
from smoothl1.sources.contract import ONLY_LABEL, Wanted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from smoothl1.engines.contract import Engine
    from smoothl1.files.contract import Held, State
    from smoothl1.files.digests import HashedInput
    from smoothl1.job import Job
    from smoothl1.pairing.chunks import Pairing
    from smoothl1.pairing.plan import Plan
    from smoothl1.selection import Selection
    from smoothl1.sources.contract import Columns, Part
    from smoothl1.sources.table import Table
    from smoothl1.witnesses.shared_column import SharedColumn

    Warn = Callable[[str], None]


class Inputs(NamedTuple):
    """The opened inputs of a run.

    Attributes:
        job: The job, with the columns that match in place of patterns.
        sides: The sources and their roles.
        pairing: The sides, checked to match.
        engine: The engine that runs parts of them.
        chunk_rows: Number of rows that a thread holds at a time.
        decisions: The decisions about them.
        plan: All parts of the rows, if only one of them is evaluated.
        files: The paths of the files of each input.
        is_by_row: Whether elements are read row by row, though the job does not need that.
        keys: The key columns of the predictions, by their names there, if columns are compared.
        same_order: Whether rows are matched by keys, which all sides have in the same order.
        hashed: The inputs of one file each, whose bytes are hashed as they are read.
        states: The states of the files of sets.
        missing_found: The texts for missing values, of those that the user named, that occur.
        held: The inputs that stay open: all but sets of files.
    """

    job: Job
    sides: tuple[Side, ...]
    pairing: Pairing
    engine: Engine
    chunk_rows: int
    decisions: tuple[Decision, ...] = ()
    plan: Plan | None = None
    files: tuple[tuple[str, ...], ...] = ()
    is_by_row: bool = False
    same_order: bool = False
    keys: Columns = ()
    hashed: tuple[HashedInput, ...] = ()
    states: dict[str, State] = {}  # noqa: RUF012  made anew for each run
    missing_found: set[str] = set()  # noqa: RUF012  as above
    held: tuple[Held, ...] = ()

    def in_rows(self) -> Inputs:
        """The same inputs, with elements read row by row."""
        pairing = pair(self.job, self.sides)
        chunk_rows = max(1, self.chunk_rows // max(1, pairing.row_elements))
        return self._replace(pairing=pairing, chunk_rows=chunk_rows, is_by_row=True)

    @property
    def column_names(self) -> list[str]:
        """A name for each element of a row, all different: that of its column, or its number.

        If a column of predictions is chosen twice, the names of the targets are used.
        """
        n = self.pairing.row_elements
        for role in ("pred", "target"):
            _, field = field_of(self.sides, role)
            if len(set(field.columns)) == len(field.columns) == n:
                return list(field.columns)
        return [str(i + 1) for i in range(n)]


@contextmanager
def open_inputs(
    job: Job, warn: Warn, engine: Engine | None = None, *, same_order: bool = False
) -> Iterator[Inputs]:
    """Open all inputs of a run.

    Args:
        job: The job, which names the inputs and says how to read them.
        warn: Takes a warning.
        engine: What runs the parts; unset, threads of this process. They match rows in any case.
        same_order: Whether the keys of these files are known to be in the same order, so that they
            need not be read once more.

    Raises:
        SettingsError: The inputs cannot be read as asked.
        DataError: An input cannot be trusted or understood, or the inputs do not match.
        StorageError: The system refused.
    """
    needs = needs_of(job, read_again=bool(job.selection.key or job.settings.quantiles))
    threads = Threads(job.execution.n_threads)
    hashed: list[HashedInput] | None = [] if job.options.digests else None
    found: list[Decision] = []
    with ExitStack() as stack:
        job, tables = opened_tables(job, needs, stack, warn, found.append, hashed)
        decisions = [decision for table in tables for decision in table.decisions] + found
        tables, assigned, shared = _columns(job, tables, warn, decisions.append)
        if len(tables) > 1 and not job.options.separate:
            check_names(job, tables, assigned, shared, warn)
        if job.n_sides > 2:
            from smoothl1.pairing.unused_predictions import warn_of_unused_predictions

            warn_of_unused_predictions(job, tables, assigned, warn)
        sides = _sides_of(job, tables, assigned, warn)
        decisions += [d for side in sides for d in side.source.details.decisions]
        plan = None if job.part is None else _plan(job, job.part, sides)
        if job.selection.key and not same_order:
            sides, same_order = _matched(job, sides, tables, threads, warn, decisions)
        _check_numbers(job, sides, tables, assigned, warn)
        pairing = pair(job, sides, shared, any_order=job.in_any_order)
        if plan is not None and job.part is not None:
            pairing = _narrowed(pairing, plan.rows_of(job.part[0]))
        if job.options.flatten:
            warn_of_flattened(sides, have_labels=have_labels(tables, assigned), warn=warn)
        n_held = pairing.row_elements * max(1, len(job.selection.others))  # losses of all models
        chunk_rows = job.execution.rows_of(n_held, on_gpu=job.is_on_gpu)
        yield Inputs(
            *(job, tuple(sides), pairing, engine or threads, chunk_rows),
            (*decisions, _pairing_decision(job.selection, job.n_sides)),
            plan,
            tuple(tuple(table.files) or (table.path,) for table in tables),
            same_order=same_order,
            keys=_named_keys(job.selection.key, tables[0]) if job.selection.key and shared else (),
            hashed=tuple(hashed or ()),
            states=_states_of(tables) if any(table.found for table in tables) else {},
            missing_found=needs.missing_found,
            held=tuple(needs.held or ()),
        )


def _columns(
    job: Job, tables: Sequence[Table], warn: Warn, decide: Callable[[Decision], None]
) -> tuple[list[Table], list[InputRoles], tuple[SharedColumn, ...]]:
    """The columns that are read: see `columns_read`. Arrays have none to choose or to compare."""
    have_names = any(table.names or getattr(table, "axes", ()) for table in tables)
    if job.n_sides == 1 or have_names or not job.selection.is_empty:
        from smoothl1.pairing.columns_read import columns_read  # late: arrays have none

        return columns_read(job, tables, warn, decide)
    assigned = [
        InputRoles(Wanted((), (ONLY_LABEL,)), (), (LabelRole(role),))
        if role in LABELS
        else InputRoles(Wanted(((),)), (role,))
        for role in (*job.selection.sides, *job.beside)
    ]
    return list(tables), assigned, ()


def _sides_of(
    job: Job, tables: Sequence[Table], assigned: Sequence[InputRoles], warn: Warn
) -> list[Side]:
    """The sources of the columns that were chosen of each input, and their roles."""
    sides = [
        Side(table.select(of.wanted), of.roles, of.label_roles, of.wanted.shared)
        for table, of in zip(tables, assigned, strict=True)
    ]
    if job.nan_policy.ignored:
        side, field = field_of(sides, "target")
        refuse_rounded(job.nan_policy.ignored, field, side.source.path)
    for message in job.options.without_effect({side.source.format for side in sides}):
        warn(message)
    if any(side.source.details.numbers for side in sides):
        from smoothl1.pairing.thousands_beside import warn_of_thousands  # late: few need it

        warn_of_thousands(sides, warn)
    if job.options.missing_values:
        from smoothl1.pairing.foreign_missing import without_foreign  # late: few name any

        return without_foreign(job, sides)
    return sides


def _matched(
    job: Job,
    sides: Sequence[Side],
    tables: Sequence[Table],
    threads: Threads,
    warn: Warn,
    decisions: list[Decision],
) -> tuple[list[Side], bool]:
    """The sides with their rows matched by key, and whether all have the keys in the same order.

    Adds the decisions about rows that are left out.
    """
    from smoothl1.pairing.matching import matched  # late: most have no keys

    found = matched(job, sides, tables, threads, warn)
    if job.settings.leaves_rows_out:
        from smoothl1.pairing.kept_rows import left_out_decisions

        decisions += left_out_decisions(job.settings, found, warn)
    return found, all(one is other for one, other in zip(found, sides, strict=True))


def _check_numbers(
    job: Job,
    sides: Sequence[Side],
    tables: Sequence[Table],
    assigned: Sequence[InputRoles],
    warn: Warn,
) -> None:
    """Look for numbers that are paired with themselves, and for ids in columns of other arrays."""
    same: frozenset[str] = frozenset()
    if job.n_sides == 1 or any(starmap(are_one_input, combinations(job.inputs[: job.n_sides], 2))):
        from smoothl1.pairing.same_numbers import warn_of_itself  # late: seldom needed

        same = warn_of_itself(job.inputs, tables, assigned, warn)
    _, field = field_of(sides, "pred")
    is_array = len(field.row_shape) == 1 and len(field.columns) < 2
    if job.n_sides > 1 and is_array and job.options.key_check and not job.selection.key:
        from smoothl1.pairing.ids_in_arrays import arrays_of, check_arrays  # late: as above

        *models, target = arrays_of(sides[: job.n_sides], tables, assigned)
        kept = [one for one, of in zip(models, sides, strict=False) if same.isdisjoint(of.roles)]
        check_arrays([*kept, target], warn)


def _narrowed(pairing: Pairing, rows: Part) -> Pairing:
    """The rows of a part alone."""
    n_rows = None if rows.stop is None else rows.stop - rows.start
    return pairing._replace(first_row=rows.start, n_rows=n_rows)


def _states_of(tables: Sequence[Table]) -> dict[str, State]:
    """The states of the files of those tables that have several."""
    from smoothl1.sources.shards import ShardedTable  # late: most inputs are one file

    sets = (table for table in tables if isinstance(table, ShardedTable))
    return {path: state for table in sets for path, state in table.states.items()}


def _named_keys(key: Columns, pred: Table) -> Columns:
    """The names of the key columns of the predictions."""
    from smoothl1.pairing.key_columns import named_keys  # late: most have no keys

    return named_keys(key, pred.names)


def planned(job: Job, n_parts: int, warn: Warn) -> Plan:
    """Plan the parts of a job from headers and footers alone: no column is chosen.

    Args:
        job: The job.
        n_parts: The number of parts.
        warn: Takes a warning.

    Raises:
        SettingsError: The rows of an input cannot be cut into parts.
        DataError: An input cannot be trusted or understood, or the inputs differ in their rows.
        StorageError: The system refused.
    """
    from smoothl1.pairing.plan import plan_of
    from smoothl1.sources.counting import bare_source

    with ExitStack() as stack:
        job, tables = opened_tables(job, needs_of(job, read_again=False), stack, warn)
        return plan_of(job, [bare_source(table) for table in tables], n_parts)


def _plan(job: Job, part: tuple[int, int], sides: Sequence[Side]) -> Plan:
    """The plan of a job of which one part is evaluated."""
    from smoothl1.pairing.plan import plan_of  # late: most runs are of all rows

    return plan_of(job, [side.source for side in sides], part[1])


def _pairing_decision(selection: Selection, n_sides: int) -> Decision:
    names = shown_names(selection.key) if selection.key else ""
    if n_sides > 1 and names:
        return Decision("rows", "", MATCHED, names)
    reason = "all columns are of one input" if n_sides == 1 else "no --key was given"
    reason += f", each of whose rows has a key of its own: {names}" if names else ""
    return Decision("rows", "", "paired by position", reason)
