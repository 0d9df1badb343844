"""The role of each column of each input."""

from __future__ import annotations

import os
import shlex
from typing import TYPE_CHECKING, NoReturn

from smoothl1.errors import DataError, SettingsError
from smoothl1.pairing.column_choice import matched, only_column
from smoothl1.pairing.input_roles import LABELS, InputRoles, LabelRole, labels_asked
from smoothl1.pairing.key_columns import checked_keys
from smoothl1.pairing.label_choice import only_label
from smoothl1.pairing.named_columns import refuse_swapped_files
from smoothl1.sources.columns import (
    as_option,
    given_names,
    has_column,
    hint_about_names,
    no_column,
    position,
    shown,
    shown_names,
)
from smoothl1.sources.contract import Wanted
from smoothl1.sources.nested_fields import hint_about_field

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from smoothl1.pairing.column_choice import Decide, Warn
    from smoothl1.selection import Selection
    from smoothl1.sources.contract import Columns
    from smoothl1.sources.table import Table

    _Label = tuple[LabelRole, str]

_TWO_MODELS = {"pred_a": "pred", "pred_b": "pred_2"}
"""What two models are called, and their roles."""


def assign_roles(
    tables: Sequence[Table],
    asked: Selection,
    warn: Warn,
    decide: Decide = lambda _: None,
    *,
    beside: Sequence[str] = (),
    with_keys: bool = False,
) -> list[InputRoles]:
    """Decide which columns are read from which input.

    Args:
        tables: One table of all sides, or one for each side; then those of weights, groups and
            clusters.
        asked: The columns that the user asked for.
        warn: Takes a warning about columns matched by name.
        decide: Takes a decision about columns that the user did not name.
        beside: The roles of the tables that follow the sides: "weight", "by", "cluster".
        with_keys: Whether the key columns of the first table are delivered.

    Raises:
        DataError: A column does not exist, or several inputs have it and one is meant.
        SettingsError: The column of the weights is also asked for in another role.
    """
    sides = tables[: len(tables) - len(beside)]
    more = dict(zip(beside, tables[len(sides) :], strict=True))
    of_units = {r: name for r, name in labels_asked(asked).items() if r.kind not in more}
    if len(asked.pred) > 1 and asked.others:
        _check_models(sides, asked)
    if "," in "".join((*asked.pred, *asked.target, *asked.by, *asked.keep)):
        _refuse_several_in_one(sides, asked)
    if len(sides) > 1:
        refuse_swapped_files(sides, asked)
    keys = checked_keys(sides, asked.key) if asked.key else [()] * len(sides)
    chosen = asked.sides
    others = (*keys[0], *of_units.values(), *(name for names in chosen.values() for name in names))
    if "weight" not in more and asked.weight is not None and asked.weight in others:
        raise SettingsError(
            f"column {asked.weight!r} cannot be the weight and something else",
            hint=_hint_about_weight(asked.weight, sides, has_key=bool(asked.key)),
        )
    weights = [] if "weight" in more or asked.weight is None else [asked.weight]
    taken = [[*key, *of_units.values(), *weights] for key in keys]
    if len(sides) > 1:
        chosen = matched(sides, asked, taken, warn, decide)
        fields = [[side] for side in chosen.items()]
    else:
        fields = [list(_of_one_table(sides[0], asked, taken[0], decide).items())]
    labels, encoded = _labels_of_sides(sides, of_units, keys[0] if with_keys else (), asked.key)
    for place, name in enumerate(asked.keep):
        i, column = _holder_of_kept(sides, tuple(asked.sides), name)
        labels[i].append((LabelRole("keep", place), column))
    for role, table in more.items():
        found = _of_file(role, table, asked, keys[0], decide)
        fields.append(found[0])
        labels.append(found[1])
        encoded += [name for _, name in found[1]]
    if "weight" not in more and asked.weight is not None:
        for i in _holders(sides, asked.weight, "weight"):  # they must agree
            fields[i].append(("weight", (asked.weight,)))
    return [
        _input_roles(some, names, tuple(encoded))
        for some, names in zip(fields, labels, strict=True)
    ]


def _hint_about_weight(name: str, sides: Sequence[Table], *, has_key: bool) -> str:
    """How a column that has another role can be the weight, too.

    A file of weights is in the order of the predictions, which a key may change on other sides.
    """
    from smoothl1.files.uris import is_uri  # late: only for an error

    holders = [table for table in sides if has_column(name, table.names)]
    paths = [of.path for of in holders if of is sides[0] or not has_key]
    if len(holders) == 1 and any(is_uri(path) or os.path.isfile(path) for path in paths):
        file = shlex.quote(holders[0].path)
        return f"--weights {file} --weight {as_option(name)} reads it a second time"
    return "write a copy of it under another name"


def _refuse_several_in_one(sides: Sequence[Table], asked: Selection) -> None:
    """Refuse a name that no input has, but whose parts between commas an input has all.

    Raises:
        DataError: There is one; the error says how several columns are given.
    """
    of_sides = ((asked.options[role], names) for role, names in asked.sides.items())
    for option, names in (*of_sides, ("--by", asked.by), ("--keep", asked.keep)):
        for name in names:
            if "," not in name or any(has_column(name, table.names) for table in sides):
                continue
            parts = [part.strip() for part in name.split(",")]
            for table in sides:
                if all(has_column(part, table.names) for part in parts):
                    raise no_column(
                        name,
                        table.names,
                        path=table.path,
                        hint=" ".join(f"{option} {as_option(part)}" for part in parts),
                    )


def _check_models(sides: Sequence[Table], asked: Selection) -> None:
    """Refuse columns of every model of which a file has some, but not all.

    Raises:
        DataError: There are such columns.
    """
    if len(sides) == 1 or set(asked.others) != {asked.pred}:
        return
    for table in sides[:-1]:
        has = [has_column(name, table.names) for name in asked.pred]
        if any(has) and not all(has):
            first, second, *more = map(as_option, asked.pred)
            of_each = f"--pred-a {first} --pred-b {second} names one of each"
            if more or len(asked.others) > 1:
                of_each = "call them alike, or bring all into one table"
            raise DataError(
                f"no column {shown(asked.pred[has.index(False)])}, and --pred names the columns of "
                "every model",
                path=table.path,
                hint=of_each,
            )


_FILES = {"by": "--groups FILE", "cluster": "--clusters FILE", "weight": "--weights FILE"}
"""The options for a file beside the sides, by the role of what it holds."""


def _labels_of_sides(
    sides: Sequence[Table], of_units: Mapping[LabelRole, str], delivered: Columns, key: Columns
) -> tuple[list[list[_Label]], list[str]]:
    """The label columns of each side, and the names of those that may be dictionaries.

    Args:
        sides: One table for each side.
        of_units: Columns of groups and clusters, by their roles.
        delivered: Key columns of the first table that are delivered.
        key: The keys by which rows are matched.
    """
    labels: list[list[_Label]] = [[] for _ in sides]
    labels[0] += [(LabelRole("key", place), name) for place, name in enumerate(delivered)]
    encoded = []
    for role, name in of_units.items():
        holders = _holders(sides, name, role.kind)
        for i in holders:
            labels[i].append((role, name))
        if len(holders) == 1 and not key:  # else the labels are compared, or reordered
            encoded.append(name)
    return labels, encoded


def _of_file(
    role: str, table: Table, asked: Selection, key: Columns, decide: Decide
) -> tuple[list[tuple[str, Columns]], list[_Label]]:
    """The field of a file of weights, or the labels of a file of groups or clusters."""
    if role not in LABELS:
        named = (asked.weight,) if asked.weight else ()
        weight = named or only_column(table, key, (), "weight", "--weight", decide)
        return [("weight", weight)], []
    chosen = [(one, name) for one, name in labels_asked(asked).items() if one.kind == role]
    return [], chosen or [(LabelRole(role), only_label(table, key, role, decide))]


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
        Wanted(
            tuple(columns for _, columns in fields),
            tuple(name for _, name in labels),
            encoded,
            carried=tuple(i for i, (role, _) in enumerate(labels) if role.kind == "keep"),
        ),
        tuple(role for role, _ in fields),
        tuple(role for role, _ in labels),
    )


def _holder_of_kept(sides: Sequence[Table], roles: Columns, name: str) -> tuple[int, str]:
    """The side that has a column to be kept, and the name of the column there.

    Args:
        sides: One table of all sides, or one for each.
        roles: The roles of the sides.
        name: The name of a column that one side has; or `pred:x`, `target:x`; or of two models
            `pred_a:x`, `pred_b:x`.

    Raises:
        DataError: No side has the column, or several have it.
    """
    found = [i for i, table in enumerate(sides) if has_column(name, table.names)]
    role, _, column = name.partition(":")
    are_two = len(roles) == 1 + len(_TWO_MODELS)
    role = _TWO_MODELS.get(role, role) if are_two else role
    if not found and role in roles and column:
        i = roles.index(role) if len(sides) > 1 else 0
        position(column, sides[i].names) if sides[i].names else _refuse_absent(
            sides, column, "keep"
        )
        return i, column
    if not found:
        _refuse_absent(sides, name, "keep")
    if len(found) > 1:
        one = roles[found[0]]
        if are_two:
            one = next((called for called, own in _TWO_MODELS.items() if own == one), one)
        raise DataError(
            f"{'both' if len(sides) == 2 else 'several'} inputs have a column {shown(name)}",
            path=sides[found[0]].path,
            hint=f"--keep {as_option(f'{one}:{name}')} is that of this one",
        )
    return found[0], name


def _holders(sides: Sequence[Table], name: str, role: str) -> list[int]:
    found = [i for i, table in enumerate(sides) if has_column(name, table.names)]
    if not found:
        _refuse_absent(sides, name, role)
    return found


def _refuse_absent(sides: Sequence[Table], name: str, role: str) -> NoReturn:
    """Refuse a column that no table has, with the names that each of them has."""
    tables = [table for table in sides if table.names]
    if not tables and role in _FILES:
        what, hint = f"an array has no column {shown(name)}", f"{_FILES[role]} stands beside arrays"
        raise DataError(what, path=sides[-1].path, hint=hint)
    if not tables:
        what = f"--{role} {as_option(name)}: arrays have no columns"
        raise DataError(what, hint="leave it out, or give tables; worst rows have their numbers")
    if len(tables) == 1:
        tables[0].select(Wanted((), (name,)))
    known = [given_names(table.names) for table in tables]
    listed = (
        f"{table.path} has {shown_names(names)}" for table, names in zip(tables, known, strict=True)
    )
    of_all = list(dict.fromkeys(some for names in known for some in names))
    what = f"no input has a column {shown(name)}; {'; '.join(listed)}"
    hints = (hint_about_field(name, table) for table in tables)
    raise DataError(what, hint=next(filter(None, hints), hint_about_names(name, of_all)))
