"""Copies of what is evaluated that are called otherwise: `y_true` beside the predictions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from smoothl1.sources.usual_names import side_of_role, usual_side

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from smoothl1.pairing.input_roles import InputRoles
    from smoothl1.sources.table import Table
    from smoothl1.witnesses.free_columns import FreeColumn

    Pair = tuple[FreeColumn, FreeColumn]

_NUMBERS = {"integer", "fraction"}


def may_hold_copy(table: Table, of_input: InputRoles) -> bool:
    """Whether the name of a column says that it is of the side that this input does not give."""
    return any(_names_of_other_side(table.names, of_input))


def copies_under_usual_names(
    tables: tuple[Table, Table],
    assigned: tuple[InputRoles, InputRoles],
    free: tuple[dict[str, FreeColumn], dict[str, FreeColumn]],
) -> Iterator[Pair]:
    """Find the copy that one input holds of the only column that the other one evaluates.

    Its name is a usual one for the other side, and the only such name in the input. A column of the
    name that the other input has is the copy, if there is one.

    Args:
        tables: Two inputs.
        assigned: The roles of their columns.
        free: Their columns.

    Yields:
        The column of the first input, and that of the second.
    """
    for holder, other in ((0, 1), (1, 0)):
        names = list(_names_of_other_side(tables[holder].names, assigned[holder]))
        evaluated = _evaluated(assigned[other], free[other])
        if len(names) != 1 or len(evaluated) != 1 or names[0] not in free[holder]:
            continue
        side, called = evaluated[0][0], evaluated[0][1].name.casefold()
        if side != usual_side(names[0]) or called in map(str.casefold, tables[holder].names):
            continue
        copy, of_side = free[holder][names[0]], evaluated[0][1]
        kinds = {copy.kind, of_side.kind}
        are_numbers = kinds <= _NUMBERS or (copy.holds_rows and of_side.holds_rows)
        if are_numbers and not copy.is_group and copy.has_unit_of(of_side):
            yield (copy, of_side) if holder == 0 else (of_side, copy)


def _names_of_other_side(names: Sequence[str], of_input: InputRoles) -> Iterator[str]:
    """The columns that are called as those of the side that an input does not give.

    None are, where it gives both sides or none.
    """
    sides = _sides_of(of_input)
    if len(sides) != 1:
        return
    other = "target" if sides == {"pred"} else "pred"
    yield from (
        name for name in names if usual_side(name) == other and not _is_read(name, of_input)
    )


def _is_read(name: str, of_input: InputRoles) -> bool:
    return any(name in field for field in of_input.wanted.fields)


def _sides_of(of_input: InputRoles) -> set[str]:
    return {side_of_role(role) for role in of_input.roles if role != "weight"}


def _evaluated(of_input: InputRoles, free: dict[str, FreeColumn]) -> list[tuple[str, FreeColumn]]:
    """The side of each column that an input evaluates, and the column."""
    return [
        (side_of_role(role), column)
        for role, field in zip(of_input.roles, of_input.wanted.fields, strict=True)
        if role != "weight"
        for name in field
        if (column := free.get(name)) is not None
    ]
