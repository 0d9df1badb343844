"""The role of each column of each input."""

from __future__ import annotations

from typing import TYPE_CHECKING

from smoothl1.errors import DataError, SettingsError
from smoothl1.pairing.column_choice import matched, only_column
from smoothl1.pairing.input_roles import InputRoles, LabelRole
from smoothl1.pairing.key_columns import check_keys, keys_of
from smoothl1.sources.columns import has_column, shown
from smoothl1.sources.contract import Wanted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from smoothl1.pairing.column_choice import Decide, Warn
    from smoothl1.selection import Selection
    from smoothl1.sources.contract import Columns
    from smoothl1.sources.table import Table

    _Label = tuple[LabelRole, str]


def assign_roles(
    tables: Sequence[Table],
    asked: Selection,
    warn: Warn,
    decide: Decide = lambda _: None,
    *,
    with_weights: bool = False,
    with_keys: bool = False,
) -> list[InputRoles]:
    """Decide which columns are read from which input.

    Args:
        tables: One table of all sides, or one for each side; then the table of the weights, if
            there are weights.
        asked: The columns that the user asked for.
        warn: Takes a warning about columns matched by name.
        decide: Takes a decision about columns that the user did not name.
        with_weights: Whether the last table holds the weights.
        with_keys: Whether the key columns of the first table are delivered.

    Raises:
        DataError: A column does not exist, or several inputs have it and one is meant.
        SettingsError: The column of the weights is also asked for in another role.
    """
    sides = tables[:-1] if with_weights else tables
    keys = keys_of(sides, asked.key)
    check_keys(sides, keys, asked.key)
    chosen = asked.sides
    others = (*keys[0], *asked.by, *(name for names in chosen.values() for name in names))
    if not with_weights and asked.weight is not None and asked.weight in others:
        raise SettingsError(f"column {asked.weight!r} cannot be the weight and something else")
    weights = [] if with_weights or asked.weight is None else [asked.weight]
    taken = [[*key, *asked.by, *weights] for key in keys]
    if len(sides) > 1:
        chosen = matched(sides, asked, taken, warn, decide)
        fields = [[side] for side in chosen.items()]
    else:
        fields = [list(_of_one_table(sides[0], asked, taken[0], decide).items())]
    labels: list[list[_Label]] = [[] for _ in sides]
    if with_keys:
        labels[0] += [(LabelRole("key", place), name) for place, name in enumerate(keys[0])]
    encoded: list[str] = []
    for place, name in enumerate(asked.by):
        holders = _holders(sides, name)
        for i in holders:
            labels[i].append((LabelRole("by", place), name))
        if len(holders) == 1 and not asked.key:  # else the labels are compared, or reordered
            encoded.append(name)
    if with_weights:
        weight = (
            (asked.weight,)
            if asked.weight
            else only_column(tables[-1], keys[0], (), "weight", "--weight", decide)
        )
        fields.append([("weight", weight)])
        labels.append([])
    elif asked.weight is not None:
        fields[_only_holder(sides, asked.weight)].append(("weight", (asked.weight,)))
    return [_input_roles(some, names, tuple(encoded)) for some, names in zip(fields, labels, strict=True)]


def _of_one_table(
    table: Table, asked: Selection, taken: Sequence[str], decide: Decide
) -> dict[str, Columns]:
    """The columns of each side, if one table has all of them."""
    return {
        role: columns or only_column(table, taken, (), role, asked.options[role], decide)
        for role, columns in asked.sides.items()
    }


def _input_roles(
    fields: Sequence[tuple[str, Columns]], labels: Sequence[_Label], encoded: Columns
) -> InputRoles:
    return InputRoles(
        Wanted(tuple(columns for _, columns in fields), tuple(name for _, name in labels), encoded),
        tuple(role for role, _ in fields),
        tuple(role for role, _ in labels),
    )


def _holders(sides: Sequence[Table], name: str) -> list[int]:
    found = [i for i, table in enumerate(sides) if has_column(name, table.names)]
    if not found:
        _refuse_absent(sides, name)
    return found


def _only_holder(sides: Sequence[Table], name: str) -> int:
    found = _holders(sides, name)
    if len(found) > 1:
        raise DataError(
            f"both inputs have a column {shown(name)}",
            path=sides[0].path,
            hint="--weights FILE says which one is meant",
        )
    return found[0]


def _refuse_absent(sides: Sequence[Table], name: str) -> None:
    """Refuse the column with the error of the last table that has columns."""
    table = next((table for table in reversed(sides) if table.names), sides[-1])
    table.select(Wanted((), (name,)))
    raise DataError(f"no column {shown(name)}", path=table.path)
