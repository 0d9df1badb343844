"""Columns that may be meant instead of the only one that holds numbers.

Their cells may be numbers in another notation, or their name is the usual one, or that of the
column that is evaluated on the other side.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from smoothl1.errors import DataError
from smoothl1.sources.columns import has_column, places_of, position, shown
from smoothl1.sources.coordinates import without_groups
from smoothl1.sources.nested_fields import hint_to_choose
from smoothl1.sources.usual_names import PREDICTIONS, TARGETS

if TYPE_CHECKING:
    import re
    from collections.abc import Mapping, Sequence

    from smoothl1.selection import Selection
    from smoothl1.sources.contract import Columns
    from smoothl1.sources.table import Table


def refuse_other_notations(
    table: Table, taken: Sequence[str], candidates: Columns, role: str, option: str
) -> None:
    """Refuse the only column of numbers if another one may hold the numbers that are meant.

    Args:
        table: The side.
        taken: Its columns with another role.
        candidates: Its columns that hold numbers.
        role: The role of the side.
        option: The command line's option that chooses its columns.

    Raises:
        DataError: There is such a column.
    """
    called = TARGETS if role == "target" else PREDICTIONS
    other = _may_be_meant(table, taken, candidates, called)
    is_only = other is None and len(candidates) == 1 and not called.fullmatch(candidates[0])
    if is_only and any(info.is_unseen for info in table.columns):
        from smoothl1.pairing.stored_texts import numbers_as_text  # late: cells of CSV are seen

        others = positions(table, taken)
        texts = [name for i, name in enumerate(table.names) if i not in others]
        other = numbers_as_text(table, texts, are_whole=are_whole(table, candidates))
    if other is not None:
        raise _doubtful(table, candidates[0], other, option)


def refuse_namesakes(
    sides: Sequence[Table],
    chosen: Mapping[str, Columns],
    asked: Selection,
    taken: Sequence[Sequence[str]],
) -> None:
    """Refuse a column that nobody named if the side has the one evaluated on another side as text.

    Args:
        sides: One table for each side.
        chosen: The columns of each side, by its role.
        asked: The columns that the user asked for.
        taken: For each side the columns with another role.

    Raises:
        DataError: There is such a column.
    """
    for table, (role, columns), others in zip(sides, chosen.items(), taken, strict=True):
        called = TARGETS if role == "target" else PREDICTIONS
        if asked.sides[role] or len(columns) != 1 or called.fullmatch(columns[0]):
            continue
        names = {n.strip().casefold() for of, some in chosen.items() if of != role for n in some}
        names -= {columns[0].strip().casefold()}
        no_number = positions(table, others) | _axes_of(table, columns[0])
        free = enumerate(zip(table.names, table.numeric, table.columns, strict=True))
        for i, (name, is_number, info) in free:
            is_text = not (is_number or info.names_rows or i in no_number)
            if is_text and name.strip().casefold() in names:
                raise _doubtful(table, columns[0], name, asked.options[role])


def _may_be_meant(
    table: Table, taken: Sequence[str], candidates: Columns, called: re.Pattern[str]
) -> str | None:
    """Another column that may hold the numbers that are meant, besides the only candidate.

    Args:
        table: The side.
        taken: Its columns with another role.
        candidates: Its columns that hold numbers.
        called: The usual names of columns of the side.
    """
    if len(candidates) != 1 or called.fullmatch(candidates[0]):
        return None
    others = positions(table, (*taken, *candidates)) | _axes_of(table, candidates[0])
    may_be_flags = are_whole(table, candidates)  # fractions beside flags are the numbers
    free = zip(table.names, table.numeric, table.columns, strict=True)
    return next(
        (
            name
            for i, (name, is_number, info) in enumerate(free)
            if not (is_number or info.names_rows or i in others)
            and (info.may_be_numbers or (info.is_flag and may_be_flags) or called.fullmatch(name))
        ),
        None,
    )


def are_whole(table: Table, names: Columns) -> bool:
    """Whether columns hold whole numbers, as far as their first value or their type shows."""
    kinds = {table.columns[position(name, table.names)].kind for name in names}
    return kinds == {"integer"}


def _axes_of(table: Table, name: str) -> set[int]:
    """Positions of the places along the axes of an array: `y` and `x` of a projected grid."""
    if not has_column(name, table.names):
        return set()
    axes = table.columns[position(name, table.names)].axes
    named = {*map(without_groups, axes)}
    return {i for i, other in enumerate(table.names) if without_groups(other) in named}


def positions(table: Table, names: Sequence[str]) -> set[int]:
    """Positions of columns of some names, as far as a table has them."""
    places = places_of(table.names)
    return {position(name, table.names, places) for name in names if has_column(name, table.names)}


def _doubtful(table: Table, candidate: str, other: str, option: str) -> DataError:
    return DataError(
        f"the only numeric column is {shown(candidate)}, but {shown(other)} may be meant, which is "
        f"read as {_type_of(table, other)}",
        path=table.path,
        hint=hint_to_choose(option, table),
    )


def _type_of(table: Table, name: str) -> str:
    return table.columns[table.names.index(name)].type
