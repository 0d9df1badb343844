"""The choice of columns where the user named none: only columns without an alternative."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from smoothl1.decisions import Decision
from smoothl1.errors import DataError, naming
from smoothl1.files.opening import are_one_file
from smoothl1.pairing.decimal_commas import decimal_hint, refuse_decimals
from smoothl1.pairing.meant_columns import (
    are_whole,
    positions,
    refuse_namesakes,
    refuse_other_notations,
)
from smoothl1.pairing.several_columns import several_columns
from smoothl1.sources.columns import (
    choosing,
    only_numeric,
    position,
    shown,
    shown_names,
)
from smoothl1.sources.ids import is_id
from smoothl1.sources.nested_fields import hint_to_choose
from smoothl1.sources.usual_names import side_of_role, usual_side

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from smoothl1.selection import Selection
    from smoothl1.sources.contract import Columns
    from smoothl1.sources.table import Table

    Warn = Callable[[str], None]
    Decide = Callable[[Decision], None]


_NOTHING = "missing"
"""The type of a column of a CSV file that begins with a missing value."""

_ID_REASON = "no value twice, and the same values on all sides: ids of rows"


def matched(
    sides: Sequence[Table],
    asked: Selection,
    taken: Sequence[Sequence[str]],
    warn: Warn,
    decide: Decide,
) -> dict[str, Columns]:
    """The columns of each side; those that the user did not name are chosen.

    Chosen is the only numeric column that has no other role, and is no id that all sides have.
    Else, if all sides have the same numeric columns, those that were named on another side are
    chosen, or all of these but ids.

    Args:
        sides: One table for each side.
        asked: The columns that the user chose.
        taken: For each side the columns with another role.
        warn: Takes a warning about columns matched by name.
        decide: Takes a decision.
    """
    chosen, options = asked.sides, asked.options
    if all(chosen.values()):
        return chosen
    candidates = list(map(_candidates, sides, taken))
    if not asked.key and (ids := _common_ids(sides, asked, candidates, decide)):
        taken = [[*names, *ids] for names in taken]
        candidates = list(map(_candidates, sides, taken))
    if not any(chosen.values()) and len(candidates[0]) > 1:
        names = candidates[0]
        is_unique = all(set(names) <= set(table.names) for table in sides)
        if not is_unique or any(sorted(names) != sorted(some) for some in candidates):
            raise several_columns(sides[0], names, options["pred"], sides, candidates)
        is_keyed = bool(asked.key)
        kept = _but_ids(sides, names, list(options.values()), warn, decide, is_keyed=is_keyed)
        return dict.fromkeys(chosen, kept)
    if not any(chosen.values()) and all(len(some) == 1 for some in candidates):
        _check_only(sides, candidates, taken, list(options.values()))
    is_same = len({frozenset(names) for names in candidates}) == 1
    named = next((columns for columns in chosen.values() if columns and is_same), ())
    found = {
        role: columns
        or only_column(table, others, named, role, options[role], decide, beside=sides)
        for (role, columns), table, others in zip(chosen.items(), sides, taken, strict=True)
    }
    refuse_namesakes(sides, found, asked, taken)
    return found


def _common_ids(
    sides: Sequence[Table], asked: Selection, candidates: Sequence[Columns], decide: Decide
) -> Columns:
    """Ids that all sides have by name and content, if each has one other or one chosen column."""
    chosen = asked.sides
    named = {name for columns in chosen.values() for name in columns}
    common = set.intersection(*map(set, candidates)) - named
    rest = (set(names) - common for names in candidates)
    is_one_left = all(
        columns or len(left) == 1 for columns, left in zip(chosen.values(), rest, strict=True)
    )
    if not (common and is_one_left):
        return ()
    names = tuple(name for name in candidates[0] if name in common)
    are_called_ids = all(map(is_id, names)) and all(are_whole(table, names) for table in sides)
    if not are_called_ids or _are_one(sides):
        return ()
    from smoothl1.witnesses.id_columns import find_ids  # late: seldom needed

    ids = find_ids(sides, names, list(asked.options.values()), are_all=False)
    if ids == names:
        decide(Decision("columns left out", "", shown_names(ids), _ID_REASON))
    return ids if ids == names else ()


def _are_one(sides: Sequence[Table]) -> bool:
    """Whether all sides are the same file."""
    return all(are_one_file(sides[0].path, table.path) for table in sides[1:])


def _check_only(
    sides: Sequence[Table],
    candidates: Sequence[Columns],
    taken: Sequence[Sequence[str]],
    options: Sequence[str],
) -> None:
    """Refuse the only numeric column of the sides, of the same name, if it numbers the rows.

    Only if there are other columns without numbers, as far as can be seen: the predictions may be
    text, or written in another notation.
    """
    name = candidates[0][0]
    is_same = len(set(candidates)) == 1 and all(are_whole(table, (name,)) for table in sides)
    if not is_same or _are_one(sides):
        return
    others = (
        {name for name, is_number in zip(table.names, table.numeric, strict=True) if not is_number}
        for table in sides
    )
    if set.intersection(*others).difference(*taken):
        from smoothl1.witnesses.id_columns import refuse_only_id  # late: seldom needed

        refuse_only_id(sides, name, options)


def _but_ids(
    sides: Sequence[Table],
    names: Columns,
    options: Sequence[str],
    warn: Warn,
    decide: Decide,
    *,
    is_keyed: bool,
) -> Columns:
    """Columns that were matched by name, without ids, which only number the rows."""
    refuse_decimals(sides, options)
    ids: Columns = ()
    if not _are_one(sides):
        from smoothl1.witnesses.id_columns import find_ids, refuse_features  # late: seldom needed

        if is_keyed:
            refuse_features(sides, names, options)
        else:
            ids = find_ids(sides, names, options, are_all=True)
    kept = tuple(name for name in names if name not in ids) or names
    if not _are_one(sides):
        _refuse_both_roles(sides[0], kept, options)
    left_out = "" if kept == names else f", but not {shown_names(ids)}, equal on both sides: ids"
    n = "1 column was" if len(kept) == 1 else f"{len(kept)} columns were"
    warn(
        f"{n} matched by name: {shown_names(kept)}{left_out} ({choosing(options)}"
        f"{decimal_hint(sides)})"
    )
    decide(Decision("columns", "", shown_names(kept), "both sides have numeric columns so called"))
    if kept != names:
        decide(Decision("columns left out", "", shown_names(ids), _ID_REASON))
    return kept


def _refuse_both_roles(table: Table, names: Columns, options: Sequence[str]) -> None:
    """Refuse columns that all sides have, if they are predictions and targets by their names.

    Raises:
        DataError: They are.
    """
    roles = ("pred", "target")
    found = [next((name for name in names if usual_side(name) == of), None) for of in roles]
    if None not in found:
        pred, target = map(shown, filter(None, found))
        raise DataError(
            f"all sides have both {pred} and {target}, which are predictions and targets by their "
            "names",
            path=table.path,
            hint=choosing(options),
        )


def _candidates(table: Table, taken: Sequence[str]) -> Columns:
    """The numeric columns that have no other role, and are no index of rows; else lists of numbers.

    Columns with duplicate names are named by their position. A column without a name that begins
    with a missing value is none: a delimiter at the end of each row makes one.
    """
    others = positions(table, taken) | index_positions(table)
    counts = Counter(table.names)
    free = [
        (name if counts[name] == 1 else f"@{i + 1}", is_number, info)
        for i, (name, is_number, info) in enumerate(
            zip(table.names, table.numeric, table.columns, strict=True)
        )
        if i not in others and (name.strip() or info.type != _NOTHING)
    ]
    numbers = tuple(name for name, is_number, _ in free if is_number)
    return numbers or tuple(name for name, _, info in free if info.has_rows)


def index_positions(table: Table) -> set[int]:
    """Positions of the columns that are an index of rows, or places along them."""
    return {i for i, column in enumerate(table.columns) if column.names_rows}


def only_column(
    table: Table,
    taken: Sequence[str],
    named: Columns,
    role: str,
    option: str,
    decide: Decide,
    beside: Sequence[Table] = (),
) -> Columns:
    """The only numeric column that has no other role, or the columns named on another side.

    Args:
        table: The side.
        taken: Its columns with another role.
        named: Columns that were named on another side, and may be meant here, too.
        role: The role of the side.
        option: The command line's option that chooses its columns.
        decide: Takes a decision.
        beside: All sides, if the table is one of them.
    """
    if not table.names:
        return ()  # an array
    candidates = _candidates(table, taken)
    for i in sorted(index_positions(table)):
        if table.numeric[i] and not table.columns[i].is_noted:
            reason = "an index of rows is no column of numbers"
            decide(Decision("columns left out", table.path, f"@{i + 1}", reason))
    others = len(table.names) - len(index_positions(table) | positions(table, taken))
    if others > 1 and len(candidates) == 1 and _is_called_id(table, candidates[0]):
        raise DataError(
            f"the only numeric column, {shown(candidates[0])}, is an id by its name",
            path=table.path,
            hint=hint_to_choose(option, table),
        )
    refuse_other_notations(table, taken, candidates, role, option)
    if len(candidates) == 1:
        what = "numeric column" if any(table.numeric) else "column of lists of numbers"
        reason = f"the only {what} that plays no other part"
        decide(Decision("columns", table.path, shown(candidates[0]), reason))
        return candidates
    side, of_named = side_of_role(role), {usual_side(name) for name in named}
    is_odd = not of_named <= {side, ""}
    if side not in of_named:
        is_odd |= any(usual_side(name) == side for name in candidates if name not in named)
    if set(named) <= set(candidates) and named and not is_odd:
        reason = "named for another side"
        decide(Decision("columns", table.path, shown_names(named), reason))
        return named
    if candidates:
        raise several_columns(table, candidates, option, beside)
    with naming(table.path):
        only_numeric(table.names, table.numeric)
    raise DataError("no numeric column is left for the loss", path=table.path)


def _is_called_id(table: Table, name: str) -> bool:
    """Whether a column is an id by its name; columns of fractions are no ids."""
    kind = table.columns[position(name, table.names)].kind
    return kind == "integer" and is_id(name)
