"""Which columns two inputs have in common that nobody asked for: witnesses of how rows pair."""

from __future__ import annotations

import contextlib
import re
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from smoothl1.errors import DataError
from smoothl1.sources.columns import index_columns, places_of, position
from smoothl1.sources.ids import is_id
from smoothl1.witnesses.agreement import SharedColumn

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from smoothl1.pairing.roles import InputRoles
    from smoothl1.sources.table import Table

_POSITION = re.compile(r"@[1-9][0-9]*")
"""What a column without a name is called: no name that two inputs have in common."""

_COMPARABLE = ({"integer"}, {"text"}, {"date"}, {"integer", "text"}, {"date", "text"})
_FRACTIONS = ({"fraction"}, {"fraction", "integer"}, {"fraction", "text"})
"""Kinds that mostly are features or scores. One such column is compared, the first: that tells
whether rows are in another order, and other ones would say the same."""


_LABELS = ("integer", "text", "date")

_GUESSED = "\0guessed"
"""What columns of different names are called that may be the same: nothing that has a name."""


class _Column(NamedTuple):
    """A column that is no number of this command."""

    name: str
    kind: str
    is_index: bool
    may_be_key: bool
    is_group: bool


def find_shared(
    tables: Sequence[Table], assigned: Sequence[InputRoles], pairs: Iterable[tuple[int, int]]
) -> tuple[SharedColumn, ...]:
    """Find the columns that two inputs have in common.

    Args:
        tables: The inputs.
        assigned: The parts they play; a column that is read as numbers or groups is no witness.
        pairs: Which two inputs are paired by position, in ascending order.

    Returns:
        For each further input that has a column the first one that has it. An index of rows is
        the same whatever it is called. Of fractions only the first column of two inputs. Where each
        has just one other column of text, whole numbers or dates, or one that is called an id,
        these may be the same under different names.
    """
    free = [
        _free_columns(table, of_input) for table, of_input in zip(tables, assigned, strict=True)
    ]
    found: dict[tuple[str, int], SharedColumn] = {}
    nameless = [tuple(map(_POSITION.fullmatch, table.names)) for table in tables]
    for one, other in pairs:
        # positions are names where all columns of both have no others, and are equally many
        by_position = all(nameless[one]) and all(nameless[other])
        by_position &= len(nameless[one]) == len(nameless[other])
        for called, pair in _in_common(free[one], free[other], by_position=by_position):
            mine, others = pair
            if mine.is_group and others.is_group:
                continue  # groups of both sides are compared anyway
            shared = SharedColumn(
                mine.name,
                others.name,
                one,
                other,
                mine.is_index,
                is_id(mine.name),
                mine.may_be_key and others.may_be_key,
                are_numbers={mine.kind, others.kind} in _FRACTIONS,
                is_guessed=called == _GUESSED,
                is_label={mine.kind, others.kind} <= {"text", "date"},
            )
            place = f"{called}{one}" if shared.is_guessed else called
            found.setdefault((place, other), shared)
    return tuple(found[place] for place in sorted(found))


def _in_common(
    one: dict[str, _Column], other: dict[str, _Column], *, by_position: bool
) -> Iterator[tuple[str, tuple[_Column, _Column]]]:
    """Columns that two inputs have in common, by what they are called."""
    rest = [{called: c for called, c in free.items() if c.kind in _LABELS} for free in (one, other)]
    has_fractions = False
    for called, mine in one.items():
        others = other.get(called)
        if others is None or (_POSITION.fullmatch(called) and not by_position):
            continue
        for free in rest:
            free.pop(called, None)
        kinds = {mine.kind, others.kind}
        if kinds in _COMPARABLE or (kinds in _FRACTIONS and not has_fractions):
            has_fractions |= kinds in _FRACTIONS
            yield called, (mine, others)
    lone = [_lone(list(free.values())) for free in rest]
    if lone[0] and lone[1] and {lone[0].kind, lone[1].kind} in _COMPARABLE:
        yield _GUESSED, (lone[0], lone[1])


def _lone(columns: list[_Column]) -> _Column | None:
    """The only column, or the only one that is called an id; not an index, which counts rows."""
    columns = [column for column in columns if not column.is_index]
    if len(columns) > 1:
        columns = [column for column in columns if is_id(column.name)]
    return columns[0] if len(columns) == 1 else None


def _free_columns(table: Table, of_input: InputRoles) -> dict[str, _Column]:
    """The columns that are no number, by what they are called.

    An index that has no name of its own is the same column whatever pandas or R calls it. Databases
    write names in upper case, or in lower case: these are the same.
    """
    folded = [name.strip().casefold() for name in table.names]
    counts = Counter(folded)
    labels = zip(of_input.label_roles, of_input.wanted.labels, strict=True)
    places = places_of(table.names)
    groups = _positions((name for role, name in labels if role == "by"), table, places)
    numbers = (name for field in of_input.wanted.fields for name in field)
    taken = _positions(numbers, table, places)
    unnamed = sorted(index_columns(table.names))
    found = {}
    for i, (name, info) in enumerate(zip(table.names, table.columns, strict=True)):
        is_unique = counts[folded[i]] == 1
        called = folded[i]
        if i in unnamed:  # the levels of an index, in their order
            called, is_unique = f"\0index {unnamed.index(i)}", True
            name = name if len(places[name]) == 1 else f"@{i + 1}"  # noqa: PLW2901
        if info.kind and is_unique and i not in taken:
            is_group = i in groups
            found[called] = _Column(name, info.kind, info.is_index, info.may_be_key, is_group)
    return found


def _positions(names: Iterable[str], table: Table, places: dict[str, list[int]]) -> set[int]:
    """Where columns are; one that is not there is told when it is chosen."""
    found = set()
    for name in names:
        with contextlib.suppress(DataError):
            found.add(position(name, table.names, places))
    return found
