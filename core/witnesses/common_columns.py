"""The search for witnesses: columns that two inputs have in common besides the chosen ones."""

from __future__ import annotations

import contextlib
import re
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from smoothl1.errors import DataError
from smoothl1.sources.columns import index_columns, places_of, position
from smoothl1.sources.ids import is_called_index, is_id
from smoothl1.sources.names import as_text
from smoothl1.witnesses.shared_column import SharedColumn

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from smoothl1.pairing.input_roles import InputRoles
    from smoothl1.sources.table import Table

_POSITION = re.compile(r"@[1-9][0-9]*")
"""The name of a column without one: no name that two inputs have in common."""

_COMPARABLE = (
    *({"integer"}, {"text"}, {"date"}),
    *({"integer", "text"}, {"date", "text"}, {"date", "integer"}, {"date", "fraction"}),
)
_FRACTIONS = ({"fraction"}, {"fraction", "integer"}, {"fraction", "text"})
"""Kinds that mostly are features or scores. Only the first such column is compared: it shows
whether rows are in another order, and others would show the same."""


_LABELS = ("integer", "text", "date")

_INDEX = "\0index"
"""Prefix of the common key of an index without a name: no column has such a name."""

_GUESSED = "\0guessed"
"""The common key of columns of different names that may be the same: no column has this name."""

_IN_COLUMN = ("\0index of the first", "\0index of the second")
"""The keys of a column that may be the index of the other input, by the input with the column."""


class _Column(NamedTuple):
    """A column that this command does not evaluate.

    `called` is a name that is the same in all inputs that have the column; at first, only an index
    without a name has one.
    """

    called: str
    name: str
    kind: str
    is_index: bool
    may_be_key: bool
    is_group: bool
    counts_rows: bool
    is_noted: bool


def find_shared(
    tables: Sequence[Table],
    assigned: Sequence[InputRoles],
    pairs: Iterable[tuple[int, int]],
    texts: Sequence[Collection[str]],
) -> tuple[SharedColumn, ...]:
    """Find the columns that two inputs have in common.

    Args:
        tables: The inputs.
        assigned: The roles of their columns; a column that is read as numbers, groups or
            clusters is no witness.
        pairs: Which two inputs are paired by position, in ascending order.
        texts: Names of the columns of each input whose bytes are text.

    Returns:
        The columns, each with the first input that has it and a further one, also ids and indexes
        that cannot be compared. An index of rows is
        the same column whatever its name. Only the first column of fractions of two inputs is
        taken. If each input has just one other column of text, whole numbers or dates, or one that
        is called an id, or one of dates, these may be the same column under different names.
        So may a column that is called index, and an index of the other input.
    """
    free = [
        _free_columns(table, of_input, of_bytes)
        for table, of_input, of_bytes in zip(tables, assigned, texts, strict=True)
    ]
    found: dict[tuple[str, int], SharedColumn] = {}
    nameless = [tuple(map(_POSITION.fullmatch, table.names)) for table in tables]
    for one, other in pairs:
        # positions are names if no column of either has a name, and both have as many columns
        by_position = all(nameless[one]) and all(nameless[other])
        by_position &= len(nameless[one]) == len(nameless[other])
        called_alike = _called_alike(free[one], free[other], tables[one].names, tables[other].names)
        for called, pair in _in_common(*called_alike, by_position=by_position):
            mine, others = pair
            if mine.is_group and others.is_group:
                continue  # groups of both sides are compared anyway
            shared = _shared(pair, (one, other))
            place = called
            if called in (_GUESSED, *_IN_COLUMN):
                place = f"{called}{one}"
                shared = _as_guess(shared, pair)
            found.setdefault((place, other), shared)
    return tuple(found[place] for place in sorted(found))


def _shared(pair: tuple[_Column, _Column], inputs: tuple[int, int]) -> SharedColumn:
    """The column that two inputs have in common, from its description in each."""
    mine, others = pair
    kinds = {mine.kind, others.kind}
    return SharedColumn(
        mine.name,
        others.name,
        *inputs,
        mine.is_index,
        is_id(mine.name),
        mine.may_be_key and others.may_be_key,
        are_numbers=kinds in _FRACTIONS or kinds == {"date", "fraction"},
        is_label=kinds <= {"text", "date"},
        counts_rows=mine.counts_rows and others.counts_rows,
        is_noted=mine.is_noted or others.is_noted,
        is_comparable="other" not in kinds,
    )


def _as_guess(shared: SharedColumn, pair: tuple[_Column, _Column]) -> SharedColumn:
    """The shared column, marked as a guess: perhaps only one input has it."""
    sides = [side for side, column in enumerate(pair) if column.is_index]
    index_side = sides[0] if len(sides) == 1 else None
    return shared._replace(is_index=False, is_guessed=True, index_side=index_side)


def _called_alike(
    one: dict[str, _Column],
    other: dict[str, _Column],
    names: Sequence[str],
    other_names: Sequence[str],
) -> tuple[dict[str, _Column], dict[str, _Column]]:
    """The columns of two inputs by a name that is the same if they are the same column.

    Columns of the same name go together. Of the others, names in upper and lower case are the same,
    because databases change the case; not if an input has several that differ only in case.
    """
    common = {*names} & {*other_names}
    all_folded = [Counter(map(_folded, some)) for some in (names, other_names)]
    found: tuple[dict[str, _Column], dict[str, _Column]] = ({}, {})
    for columns, some, by_called in zip((one, other), (names, other_names), found, strict=True):
        left = Counter(_folded(name) for name in some if name not in common)
        for name, column in columns.items():
            called = _folded(name)
            if column.called:  # an index
                called = column.called
            elif name in common and any(counts[called] > 1 for counts in all_folded):
                called = f"{name}\0"
            elif name not in common and left[called] > 1:
                continue
            by_called[called] = column._replace(called=called)
    return found


def _folded(name: str) -> str:
    return as_text(name).strip().casefold()


def _in_common(
    one: dict[str, _Column], other: dict[str, _Column], *, by_position: bool
) -> Iterator[tuple[str, tuple[_Column, _Column]]]:
    """Columns that two inputs have in common, by name."""
    labels = [[c for c in free.values() if c.kind in _LABELS] for free in (one, other)]
    matched, settled = set(), set()
    has_fractions = False
    for called, mine in one.items():
        others = other.get(called)
        if others is None or (_POSITION.fullmatch(called) and not by_position):
            continue
        matched.add(called)
        kinds = {mine.kind, others.kind}
        if not (called.startswith(_INDEX) and "integer" in kinds):
            settled.add(called)
        if "other" in kinds or kinds in _COMPARABLE or (kinds in _FRACTIONS and not has_fractions):
            has_fractions |= kinds in _FRACTIONS
            yield called, (mine, others)
    lone = [_lone(columns, matched, settled) for columns in labels]
    mine_alone, other_alone = lone
    if mine_alone and other_alone and _may_be_one(mine_alone, other_alone):
        yield _GUESSED, (mine_alone, other_alone)
    for side, called in enumerate(_IN_COLUMN):
        in_column = [c for c in labels[side] if _may_be_index(c) and c.called not in matched]
        indexes = [c for c in labels[1 - side] if c.is_index and c.kind == "integer"]
        if len(in_column) == len(indexes) == 1 and {in_column[0], indexes[0]} != {*lone}:
            pair = (in_column[0], indexes[0])
            yield called, pair if side == 0 else pair[::-1]


def _may_be_one(one: _Column, other: _Column) -> bool:
    """Whether two columns of different names may be the same."""
    return one.called != other.called and {one.kind, other.kind} in _COMPARABLE


def _may_be_index(column: _Column) -> bool:
    return column.kind == "integer" and not column.is_index and is_called_index(column.name)


def _lone(columns: list[_Column], matched: set[str], settled: set[str]) -> _Column | None:
    """The only column that the other input does not have; or the only id by its name, or date.

    If there is none, it is an index of rows: pandas keeps ids there, and the other input may have
    them in a column. An index that both inputs have is also taken if it holds whole numbers on a
    side, which may just count the rows there.
    """
    rest = [c for c in columns if not (c.is_index or c.called in matched)]
    rest = rest or [c for c in columns if c.is_index and c.called not in settled]
    rest = [column for column in rest if not column.counts_rows]
    if len(rest) > 1:
        ids = [column for column in rest if is_id(column.name)]
        rest = ids or [column for column in rest if column.kind == "date"]
    return rest[0] if len(rest) == 1 else None


def _free_columns(table: Table, of_input: InputRoles, texts: Collection[str]) -> dict[str, _Column]:
    """The columns that are not evaluated, by name; not those whose name occurs twice.

    An index without a name of its own is the same column whatever pandas or R calls it.
    """
    labels = zip(of_input.label_roles, of_input.wanted.labels, strict=True)
    places = places_of(table.names)
    groups = _positions((name for role, name in labels if not role.is_carried), table, places)
    numbers = (name for field in of_input.wanted.fields for name in field)
    taken = _positions(numbers, table, places)
    unnamed = sorted(index_columns(table.names))
    found = {}
    for i, (name, info) in enumerate(zip(table.names, table.columns, strict=True)):
        called, is_unique = "", len(places[name]) == 1
        if i in unnamed:  # the levels of an index, in their order
            called = f"{_INDEX} {unnamed.index(i)}"
            name = name if name and is_unique else f"@{i + 1}"  # noqa: PLW2901
            is_unique = True
        kind = info.kind
        if kind == "bytes":
            kind = "text" if name in texts else ""
        if kind and is_unique and i not in taken:
            is_group = i in groups
            found[name] = _Column(
                called,
                name,
                kind,
                info.is_index,
                info.may_be_key,
                is_group,
                info.counts_rows and called != "",
                info.is_noted,
            )
    return found


def _positions(names: Iterable[str], table: Table, places: dict[str, list[int]]) -> set[int]:
    """Positions of columns; a column that does not exist is reported when it is chosen."""
    found = set()
    for name in names:
        with contextlib.suppress(DataError):
            found.add(position(name, table.names, places))
    return found
