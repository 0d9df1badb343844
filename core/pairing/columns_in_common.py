"""Columns that inputs have in common: found, and added to those that are read, to be compared."""

from __future__ import annotations

from typing import TYPE_CHECKING

from smoothl1.decisions import Decision
from smoothl1.errors import ColumnTypeError, DataError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from smoothl1.job import Job
    from smoothl1.pairing.input_roles import InputRoles
    from smoothl1.sources.contract import Source, Wanted
    from smoothl1.sources.table import Table
    from smoothl1.witnesses.shared_column import SharedColumn

    Warn = Callable[[str], None]

_MOST_COMPARED = 1000
"""Columns in common that are compared: more would show the same."""


def with_shared(
    tables: Sequence[Table],
    assigned: Sequence[InputRoles],
    by_position: Sequence[int],
    warn: Warn,
    decide: Callable[[Decision], None] = lambda _: None,
    moved: Sequence[int] = (),
) -> tuple[tuple[SharedColumn, ...], list[InputRoles]]:
    """Find the columns that inputs have in common, and add them to the columns to be read.

    Args:
        tables: All inputs.
        assigned: The roles of their columns.
        by_position: Which inputs are paired by position.
        warn: Takes a warning.
        decide: Takes a decision about columns that are not compared.
        moved: The sides whose rows a key puts in the order of the first: they are compared with
            what is beside them alone.

    Returns:
        The columns, and the roles with these columns.
    """
    if not _may_share(tables, assigned):
        return (), list(assigned)
    from smoothl1.pairing.bytes_as_text import texts_in_bytes
    from smoothl1.witnesses.common_columns import find_shared

    texts = texts_in_bytes(tables, sorted({*by_position, *moved}))
    found = find_shared(tables, assigned, by_position, texts, moved)
    shared = _first_of(tuple(column for column in found if column.is_comparable), decide)
    wanted = _with_columns(assigned, shared)
    sources = _sources_of_sets(tables, wanted)
    if None in sources.values() and any(map(_is_optional, shared)):
        shared = tuple(column for column in shared if not _is_optional(column))
        wanted = _with_columns(assigned, shared)
        sources = _sources_of_sets(tables, wanted)
    lacking = {i for i, source in sources.items() if source is None}
    if lacking:
        for i in sorted(lacking):
            _warn_of_lacking(tables[i], wanted[i].wanted, warn)
        rest, others = ([i for i in some if i not in lacking] for some in (by_position, moved))
        return with_shared(tables, assigned, rest, warn, decide, others)
    if any(column.counts_rows for column in shared):
        from smoothl1.sources.counting import index_counts_rows

        known = {i: source for i, source in sources.items() if source is not None}
        telling = {i for i, source in known.items() if not index_counts_rows(source)}
        shared = tuple(c for c in shared if not c.counts_rows or telling & {c.one, c.other})
        wanted = _with_columns(assigned, shared)
    _warn_of_others(found, tables, warn)
    return shared, wanted


def with_matched(
    job: Job,
    tables: Sequence[Table],
    assigned: Sequence[InputRoles],
    shared: Sequence[SharedColumn],
) -> tuple[tuple[SharedColumn, ...], list[InputRoles]]:
    """Find the columns in common of sides that a key matches, as far as they matter, and add them.

    These are the targets that the models of a comparison have of their own; and labels, where of
    the rows of one key the first is taken, as nothing but its place says that it is the right one.

    Args:
        job: The job.
        tables: All inputs.
        assigned: The roles of the columns of the sides: the models, and the targets.
        shared: The columns in common that are known, which no side has but the first.

    Returns:
        See `with_shared`.
    """
    takes_first = job.settings.duplicates == "first"
    if not (job.is_comparison or takes_first):
        return tuple(shared), list(assigned)
    from smoothl1.pairing.key_columns import keys_of, named_columns
    from smoothl1.witnesses.common_columns import columns_of_matched

    sides = tables[: job.n_sides]
    more = columns_of_matched(
        sides,
        assigned[: job.n_sides],
        list(map(named_columns, keys_of(sides, job.selection.key), sides)),
        copies=job.is_comparison,
        labels=takes_first,
    )
    found = (*shared, *more)
    wanted = _with_columns(assigned, found)
    if not more or None in _sources_of_sets(tables, wanted).values():
        return tuple(shared), list(assigned)
    return found, wanted


def _is_optional(column: SharedColumn) -> bool:
    """Whether it does not matter if a file of a set lacks a column."""
    return column.is_noted or column.lone_beside is not None


def _may_share(tables: Sequence[Table], assigned: Sequence[InputRoles]) -> bool:
    """Whether two inputs have columns that are not evaluated, or one has an id or a copy.

    A table that holds both sides may have two ids of a join.
    """
    read = [{n for field in of_input.wanted.fields for n in field} for of_input in assigned]
    free = [len(table.names) > len(names) for table, names in zip(tables, read, strict=True)]
    if sum(free) != 1:
        return any(free)
    i = free.index(True)
    from smoothl1.sources.ids import is_id

    if len(tables) == 1:
        from smoothl1.witnesses.joined_ids import joined_columns, names_of_sides  # late: as above

        return any(joined_columns(tables[0].names, names_of_sides(assigned)))
    if any(map(is_id, tables[i].names)):  # it may number the rows
        return True
    from smoothl1.witnesses.usual_copies import may_hold_copy

    if may_hold_copy(tables[i], assigned[i]):
        return True
    rest = {name.casefold() for name in {*tables[i].names} - read[i]}
    others = (name.casefold() for table in tables if table is not tables[i] for name in table.names)
    return not rest.isdisjoint(others)


def _warn_of_others(found: Sequence[SharedColumn], tables: Sequence[Table], warn: Warn) -> None:
    """Warn of ids and indexes that cannot be compared, where no id can."""
    from smoothl1.sources.columns import shown

    known = {(c.one, c.other) for c in found if c.is_comparable and c.is_id}
    for column in found:
        if not column.is_comparable and (column.one, column.other) not in known:
            path, other = (tables[i].path for i in (column.one, column.other))
            warn(f"{path}: column {shown(column.name)} cannot be compared with that of {other}")


def _first_of(
    shared: tuple[SharedColumn, ...], decide: Callable[[Decision], None]
) -> tuple[SharedColumn, ...]:
    """The columns in common, or ids, indexes and the first others if they are too many."""
    if len(shared) <= _MOST_COMPARED:
        return shared
    what = f"{_MOST_COMPARED} of {len(shared)} columns in common are compared"
    decide(Decision("rows", "", what, "ids and indexes, then others in the order of their names"))
    ordered = sorted(shared, key=lambda column: not (column.is_id or column.is_index))
    return tuple(ordered[:_MOST_COMPARED])


def _warn_of_lacking(table: Table, wanted: Wanted, warn: Warn) -> None:
    from smoothl1.sources.columns import shown

    listed = ", ".join(map(shown, wanted.shared))
    why = ""
    try:
        table.select(wanted)
    except DataError as error:
        why = f" ({error.path}: {error.what})"
    warn(
        f"{table.path}: not all files have the columns in common, {listed}: none of them is "
        f"compared{why}"
    )


def _with_columns(
    assigned: Sequence[InputRoles], shared: Sequence[SharedColumn]
) -> list[InputRoles]:
    """The roles of each input, with its columns in common."""
    names: list[dict[str, None]] = [{} for _ in assigned]
    for column in shared:
        names[column.one][column.name] = names[column.other][column.other_name] = None
    return [
        of_input._replace(wanted=of_input.wanted._replace(shared=tuple(of_table)))
        for of_input, of_table in zip(assigned, names, strict=True)
    ]


def _sources_of_sets(
    tables: Sequence[Table], assigned: Sequence[InputRoles]
) -> dict[int, Source | None]:
    """The wanted columns of each set of files with columns in common; None if a file lacks one."""
    found: dict[int, Source | None] = {}
    for i, (table, of_input) in enumerate(zip(tables, assigned, strict=True)):
        if of_input.wanted.shared and table.files:
            try:
                found[i] = table.select(of_input.wanted)
            except ColumnTypeError as error:  # else rows in another order might not be seen
                table.select(of_input.wanted._replace(shared=()))  # unless it is one that is chosen
                error.what += ", and other inputs have such a column, which is compared with it"
                error.hint = f"--no-key-check compares none; {error.hint}"
                raise
            except DataError:
                found[i] = None
    return found
