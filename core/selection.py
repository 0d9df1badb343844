"""Which column of which input plays which part."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from smoothl1.decisions import Decision
from smoothl1.errors import DataError, SettingsError
from smoothl1.sources.columns import only_numeric, position, shown, shown_names
from smoothl1.sources.contract import Wanted
from smoothl1.sources.opening import are_one_file

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from smoothl1.sources.contract import Columns
    from smoothl1.sources.table import Table

    Warn = Callable[[str], None]
    Decide = Callable[[Decision], None]


@dataclass(frozen=True, slots=True)
class Selection:
    """The columns that were asked for: names, or `@2` for the second column of a table.

    Attributes:
        pred: Columns of the predictions; empty, the only one that holds numbers.
        target: The same for the targets.
        rival: The same for the predictions of a second model; None where there is none.
        key: Columns by which rows are matched; all sides must have them.
        weight: Column of the weights.
        by: Column whose values are the groups.

    Raises:
        SettingsError: A column is asked for in two parts that exclude each other.
    """

    pred: Columns = ()
    target: Columns = ()
    rival: Columns | None = None
    key: Columns = ()
    weight: str | None = None
    by: str | None = None

    def __post_init__(self) -> None:
        for name in (*self.key, self.by):
            if name in {*self.pred, *self.target, *(self.rival or ())}:
                raise SettingsError(f"column {name!r} cannot be numbers and a key or group as well")

    @property
    def sides(self) -> dict[str, Columns]:
        """The columns asked for on each side, by its role, in the order of the inputs."""
        rival = {} if self.rival is None else {"rival": self.rival}
        return {"pred": self.pred, **rival, "target": self.target}

    @property
    def options(self) -> dict[str, str]:
        """The option of the command line that names the columns of each side, by its role."""
        if self.rival is None:
            return {"pred": "--pred", "target": "--target"}
        return {"pred": "--pred-a", "rival": "--pred-b", "target": "--target"}


class Cast(NamedTuple):
    """What one input contributes.

    Attributes:
        wanted: Its columns.
        roles: Of its fields: "pred", "rival", "target", "weight".
        label_roles: Of its labels: "key", "by".
    """

    wanted: Wanted
    roles: tuple[str, ...]
    label_roles: tuple[str, ...] = ()


def cast_columns(
    tables: Sequence[Table],
    asked: Selection,
    warn: Warn,
    decide: Decide = lambda _: None,
    *,
    with_weights: bool = False,
    with_keys: bool = False,
) -> list[Cast]:
    """Decide which columns are read from which input.

    Args:
        tables: One that holds both sides, or predictions and targets; and last, if there are any,
            the weights.
        asked: By the user.
        warn: Is told about columns matched by name.
        decide: Is told what was decided about columns that the user did not name.
        with_weights: Whether the last table holds the weights.
        with_keys: Whether the key columns of the first table are delivered.

    Raises:
        DataError: A column is nowhere, or in several places where one is meant.
    """
    sides = tables[:-1] if with_weights else tables
    for table in sides:
        _check_key(table, asked.key)
    chosen = asked.sides
    others = (*asked.key, asked.by, *(name for names in chosen.values() for name in names))
    if not with_weights and asked.weight is not None and asked.weight in others:
        raise SettingsError(f"column {asked.weight!r} cannot be the weight and something else")
    if len(sides) > 1:
        taken = (*asked.key, asked.by, None if with_weights else asked.weight)
        taken_names = [name for name in taken if name is not None]
        chosen = _matched(sides, asked, taken_names, warn, decide)
        fields = [[side] for side in chosen.items()]
    else:
        fields = [list(chosen.items())]
    labels: list[list[tuple[str, str]]] = [[] for _ in sides]
    if with_keys:
        labels[0] += [("key", name) for name in asked.key]
    encoded: Columns = ()
    if asked.by is not None:
        holders = _holders(sides, asked.by)
        for i in holders:
            labels[i].append(("by", asked.by))
        if len(holders) == 1 and not asked.key:  # else they are compared, or put in another order
            encoded = (asked.by,)
    if with_weights:
        weight = (asked.weight,) if asked.weight else _only(tables[-1], (), (), "--weight", decide)
        fields.append([("weight", weight)])
        labels.append([])
    elif asked.weight is not None:
        fields[_only_holder(sides, asked.weight)].append(("weight", (asked.weight,)))
    return [_cast(some, names, encoded) for some, names in zip(fields, labels, strict=True)]


def _check_key(table: Table, key: Columns) -> None:
    if not key:
        return
    table.select(Wanted((), key))  # refuses what is not there
    if len({position(name, table.names) for name in key}) < len(key):
        raise DataError("a key column is given twice", path=table.path)


def _cast(
    fields: Sequence[tuple[str, Columns]], labels: Sequence[tuple[str, str]], encoded: Columns
) -> Cast:
    return Cast(
        Wanted(tuple(columns for _, columns in fields), tuple(name for _, name in labels), encoded),
        tuple(role for role, _ in fields),
        tuple(role for role, _ in labels),
    )


def _matched(
    sides: Sequence[Table], asked: Selection, taken: Sequence[str], warn: Warn, decide: Decide
) -> dict[str, Columns]:
    """The columns of each side; where none is named, those that can be meant.

    That is the only numeric column which plays no other part; else the columns that were named on
    another side; else, if all sides have the same numeric columns, all of these but ids.
    """
    chosen, options = asked.sides, asked.options
    candidates = [_candidates(table, taken) for table in sides]
    if not any(chosen.values()) and len(candidates[0]) > 1:
        names = candidates[0]
        is_unique = all(set(names) <= set(table.names) for table in sides)
        if not is_unique or any(sorted(names) != sorted(some) for some in candidates):
            raise _several(sides[0], names, options["pred"])
        return dict.fromkeys(chosen, _but_ids(sides, names, list(options.values()), warn, decide))
    named = next((columns for columns in chosen.values() if columns), ())
    return {
        role: columns or _only(table, taken, named, options[role], decide)
        for (role, columns), table in zip(chosen.items(), sides, strict=True)
    }


def _but_ids(
    sides: Sequence[Table], names: Columns, options: Sequence[str], warn: Warn, decide: Decide
) -> Columns:
    """Columns that were matched by name, without those that only number the rows."""
    ids: Columns = ()
    if not all(are_one_file(sides[0].path, table.path) for table in sides[1:]):
        from smoothl1.id_columns import find_ids  # late: seldom needed

        ids = find_ids(sides, names)
    kept = tuple(name for name in names if name not in ids) or names
    left_out = "" if kept == names else f", but not {shown_names(ids)}, equal on both sides: ids"
    chosen = f"{' and '.join((', '.join(options[:-1]), options[-1]))} choose"
    n = "1 column was" if len(kept) == 1 else f"{len(kept)} columns were"
    warn(f"{n} matched by name: {shown_names(kept)}{left_out} ({chosen})")
    decide(Decision("columns", "", shown_names(kept), "both sides have numeric columns so called"))
    if kept != names:
        reason = "no value twice, and the same values on both sides: ids of rows"
        decide(Decision("columns left out", "", shown_names(ids), reason))
    return kept


def _candidates(table: Table, taken: Sequence[str]) -> Columns:
    """The numeric columns that play no other part, and are no index of rows.

    Those whose name is there twice are named by their position.
    """
    others = {position(name, table.names) for name in taken if _has(table, name)}
    others |= _indexes(table)
    counts = Counter(table.names)
    return tuple(
        name if counts[name] == 1 else f"@{i + 1}"
        for i, (name, is_number) in enumerate(zip(table.names, table.numeric, strict=True))
        if is_number and i not in others
    )


def _indexes(table: Table) -> set[int]:
    """Positions of the columns that are an index of rows."""
    return {i for i, column in enumerate(table.columns) if column.is_index}


def _only(
    table: Table, taken: Sequence[str], named: Columns, option: str, decide: Decide
) -> Columns:
    """The only numeric column that plays no other part, or those named on the other side."""
    if not table.names:
        return ()  # an array
    candidates = _candidates(table, taken)
    for i in sorted(_indexes(table)):
        if table.numeric[i]:
            reason = "an index of rows is no column of numbers"
            decide(Decision("columns left out", table.path, f"@{i + 1}", reason))
    if len(candidates) == 1:
        reason = "the only numeric column that plays no other part"
        decide(Decision("columns", table.path, shown(candidates[0]), reason))
        return candidates
    if named and set(named) <= set(candidates):
        reason = "named for another side"
        decide(Decision("columns", table.path, shown_names(named), reason))
        return named
    if candidates:
        raise _several(table, candidates, option)
    try:
        only_numeric(table.names, table.numeric)
    except DataError as error:
        error.path = table.path
        raise
    raise DataError("no numeric column is left for the loss", path=table.path)


def _several(table: Table, candidates: Columns, option: str) -> DataError:
    return DataError(
        f"several numeric columns: {shown_names(candidates)}",
        path=table.path,
        hint=f"choose with {option}",
    )


def _has(table: Table, name: str) -> bool:
    try:
        position(name, table.names)
    except DataError:
        return name in table.names  # there, and not unique: choosing it will say so
    return True


def _holders(sides: Sequence[Table], name: str) -> list[int]:
    found = [i for i, table in enumerate(sides) if _has(table, name)]
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
    """Raise what choosing the column from the last table that has columns says."""
    table = next((table for table in reversed(sides) if table.names), sides[-1])
    table.select(Wanted((), (name,)))
    raise DataError(f"no column {shown(name)}", path=table.path)
