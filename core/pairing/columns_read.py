"""The columns that are read of all inputs of a job: those that have roles, and those compared."""

from __future__ import annotations

from typing import TYPE_CHECKING

from smoothl1.pairing.columns_in_common import with_matched, with_shared
from smoothl1.pairing.roles import assign_roles
from smoothl1.sources.ids import is_id

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from smoothl1.decisions import Decision
    from smoothl1.job import Job
    from smoothl1.pairing.input_roles import InputRoles
    from smoothl1.sources.contract import Columns
    from smoothl1.sources.table import Table
    from smoothl1.witnesses.shared_column import SharedColumn

    Warn = Callable[[str], None]


def columns_read(
    job: Job, tables: Sequence[Table], warn: Warn, decide: Callable[[Decision], None]
) -> tuple[list[Table], list[InputRoles], tuple[SharedColumn, ...]]:
    """Choose the columns that are read of each input, and those that are read to be compared.

    Args:
        job: The job.
        tables: The tables of all inputs.
        warn: Takes a warning.
        decide: Takes a decision about columns.

    Returns:
        The tables, of which a set of files may have the words in their names as a column; the roles
        of the columns of each input, and the columns that two inputs have in common.

    Raises:
        DataError: The columns are in doubt, or do not exist.
    """
    found, assigned, shared = _chosen(job, tables, warn, decide)
    if any(map(_may_have_labels, found[: job.n_sides])):
        from smoothl1.pairing.totals import check_totals  # late: arrays have no text

        check_totals(job, found, assigned, warn)
    if any(job.selection.sides.values()) and not job.options.separate:
        from smoothl1.pairing.named_columns import warn_of_swapped_columns  # late, as above

        warn_of_swapped_columns(job, found, assigned, warn)
    return found, assigned, shared


def _may_have_labels(table: Table) -> bool:
    are_labels = (info.kind in ("text", "integer", "date") for info in table.columns)
    return any(are_labels) or any(map(is_id, table.names))


def _chosen(
    job: Job, tables: Sequence[Table], warn: Warn, decide: Callable[[Decision], None]
) -> tuple[list[Table], list[InputRoles], tuple[SharedColumn, ...]]:
    """The result of `columns_read`, whatever the values of the columns are."""
    n_sides, options = job.n_sides, job.options
    assigned = assign_roles(
        tables,
        job.selection,
        warn,
        decide,
        beside=job.beside,
        with_keys=job.carries_columns,
    )
    if not options.key_check:
        return list(tables), assigned, ()
    are_named = n_sides > 1 and any(map(_has_named_axes, tables))
    if are_named or any(map(_may_have_places, tables)):
        _check_axes(job, tables, assigned, warn)
    if not job.selection.key:
        _check_cells(tables[:n_sides], assigned[:n_sides])
    if options.flatten and _widths_differ(assigned):
        return list(tables), assigned, ()
    is_matched = bool(job.selection.key) and n_sides > 1
    by_position = [i for i in range(len(tables)) if not (is_matched and 0 < i < n_sides)]
    found, added = list(tables), dict[int, list[str]]()
    if len(by_position) > 1 and any(len(table.files) > 1 for table in tables):
        from smoothl1.pairing.named_files import with_names_of_files  # late: most have one file

        read = {n for of_input in assigned for field in of_input.wanted.fields for n in field}
        found, added = with_names_of_files(tables, by_position, read)
    shared: tuple[SharedColumn, ...] = ()
    # sides are in the order of the first by then, as what is beside them must be
    moved = [] if len(by_position) == len(tables) else [*range(1, n_sides)]
    if len(by_position) > 1 or n_sides == 1:  # else a key says which rows go together
        shared, assigned = with_shared(found, assigned, by_position, warn, decide, moved)
    if is_matched:
        shared, assigned = with_matched(job, found, assigned, shared)
    folders = {i: table.found.partitions.names for i, table in enumerate(found) if table.found}
    marked = (_marked(column, added, folders) for column in shared)
    if job.settings.leaves_rows_out:
        marked = (column._replace(leaves_rows_out=True) for column in marked)
    return found, assigned, tuple(marked)


def _check_axes(
    job: Job, tables: Sequence[Table], assigned: Sequence[InputRoles], warn: Warn
) -> None:
    """Compare the axes of the inputs, in files and in memory, of which one has names."""
    from smoothl1.pairing.axis_of_rows import check_along_rows  # late: few arrays name their axes
    from smoothl1.pairing.named_axes import check_axes

    check_axes(tables, assigned, warn, is_keyed=bool(job.selection.key))
    check_along_rows(tables, assigned, job.selection.key, job.n_sides)


def _check_cells(tables: Sequence[Table], assigned: Sequence[InputRoles]) -> None:
    """Compare the cells of stored values where a side may be a sparse matrix."""
    ends = ("data", "values", "nzval")
    if any(name.endswith(ends) for table in tables for name in table.names):
        from smoothl1.pairing.sparse_values import check_cells  # late: few matrices are sparse

        check_cells(tables, assigned)


def _has_named_axes(table: Table) -> bool:
    """Whether a table is an array in memory whose axes have names."""
    return bool(getattr(table, "axes", ()))


def _may_have_places(table: Table) -> bool:
    """Whether a table may hold places along axes that are not those of its rows, or of elements."""
    shapes = [info.shape for info in table.columns if info.shape]
    has_wide = len({shape[0] for shape in shapes}) > 1 or sum(len(x) > 1 for x in shapes) > 1
    return has_wide or any(info.axes for info in table.columns)


def _marked(
    column: SharedColumn, added: dict[int, list[str]], folders: dict[int, Columns]
) -> SharedColumn:
    """The column, which may be made of the names of files or folders on one side."""
    sides = list(enumerate(((column.one, column.name), (column.other, column.other_name))))
    of_files = [side for side, (i, name) in sides if name in added.get(i, ())]
    of_folders = [side for side, (i, name) in sides if name in folders.get(i, ())]
    if of_files:
        return column._replace(side_of_files=of_files[0])
    return column._replace(is_of_folders=True) if len(of_folders) == 1 else column


def _widths_differ(assigned: Sequence[InputRoles]) -> bool:
    """Whether the sides have different numbers of columns, and so no rows in common."""
    sides = (of_input for of_input in assigned if "weight" not in of_input.roles)
    return len({len(field) for of_input in sides for field in of_input.wanted.fields}) > 1
