"""The columns of an input, as far as they may be compared with those of another one."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, NamedTuple

from smoothl1.errors import DataError
from smoothl1.sources.columns import index_columns, places_of, position
from smoothl1.sources.coordinates import is_along_rows
from smoothl1.sources.unit_spellings import is_one_unit
from smoothl1.witnesses.other_labels import is_called_time

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from smoothl1.pairing.input_roles import InputRoles
    from smoothl1.sources.containers.time_units import TimeUnit
    from smoothl1.sources.table import ColumnInfo, Table

INDEX = "\0index"
"""Prefix of the common key of an index without a name: no column has such a name."""


class FreeColumn(NamedTuple):
    """A column that may be compared with one of another input.

    Attributes:
        called: A name that is the same in all inputs that have the column; at first, only an index
            without a name has one.
        name: Its name, or its position where that is no name.
        kind: The kind of its values: "integer", "text", "date", "fraction", "flag" or "other"; or
            "rows" of numbers, which are compared only with a copy.
        is_index: Whether it is an index of rows.
        may_be_key: Whether rows can be matched by it.
        is_group: Whether it is read as groups or clusters.
        counts_rows: Whether it is an index without a name that just counts rows.
        is_noted: Whether it is an index that is not stored.
        is_evaluated: Whether its numbers are evaluated, or are weights.
        unit: The unit of its values by an attribute; "" if none says it.
        time_unit: What that unit means if it counts from a time.
        may_be_whole: Whether its numbers are of a type of fractions, and may be whole.
        holds_rows: Whether each value is a row of numbers, also in text as JSON Lines have it.
        is_seen: Whether its kind is known: not of the only column of a CSV file, which is read as
            what it is chosen for, and compared as text or numbers under its own name alone.
        is_date: Whether it holds dates, or text that begins with one; of text that was not looked
            at, its name tells.
    """

    called: str
    name: str
    kind: str
    is_index: bool
    may_be_key: bool
    is_group: bool
    counts_rows: bool
    is_noted: bool
    is_evaluated: bool
    unit: str
    time_unit: TimeUnit | None
    may_be_whole: bool
    holds_rows: bool
    is_seen: bool
    is_date: bool

    def has_unit_of(self, other: FreeColumn) -> bool:
        """Whether the numbers of both mean the same: their units are equal, or one is not said."""
        if self.time_unit and other.time_unit:
            return self.time_unit == other.time_unit
        return is_one_unit(self.unit, other.unit) or not (self.unit and other.unit)


def free_columns(
    table: Table, of_input: InputRoles, texts: Collection[str]
) -> dict[str, FreeColumn]:
    """The columns of an input by name, or by position where a name occurs twice.

    An index without a name of its own is the same column whatever pandas or R calls it.

    Args:
        table: The input.
        of_input: The roles of its columns.
        texts: Names of the columns whose bytes are text.
    """
    labels = zip(of_input.label_roles, of_input.wanted.labels, strict=True)
    places = places_of(table.names)
    groups = _positions((name for role, name in labels if not role.is_carried), table, places)
    numbers = (name for field in of_input.wanted.fields for name in field)
    taken = _positions(numbers, table, places)
    unnamed = sorted(index_columns(table.names))
    n_rows = {table.columns[i].n_rows for i in taken}
    axes = [table.columns[i].axes for i in taken]
    found = {}
    for i, (name, info) in enumerate(zip(table.names, table.columns, strict=True)):
        called = f"{INDEX} {unnamed.index(i)}" if i in unnamed else ""  # levels in their order
        own = name if len(places[name]) == 1 and (name or i not in unnamed) else f"@{i + 1}"
        kind = info.kind or ("rows" if info.has_rows else "")
        if kind == "bytes":
            kind = "text" if name in texts else ""
        if (i in taken or i in groups) and info.is_unjudged:
            kind = kind or ("fraction" if i in taken else "text")
        has_rows = not taken or info.n_rows in n_rows  # arrays of one file differ in their rows
        has_rows &= all(is_along_rows(info.axes, of_array) for of_array in axes)
        has_rows |= kind == "other"
        if kind and has_rows and (own == name or own not in places):
            found[own] = FreeColumn(
                called,
                own,
                kind,
                info.is_index,
                info.may_be_key,
                i in groups,
                info.counts_rows and called != "",
                info.is_noted,
                i in taken,
                *(("", None) if kind in ("text", "date") else (info.unit, info.time_unit)),
                kind == "fraction" and not (info.has_fractions or info.may_be_numbers),
                info.has_rows,
                bool(info.kind),
                kind == "date" or (kind == "text" and _is_date(info, name)),
            )
    return found


def _is_date(text: ColumnInfo, name: str) -> bool:
    return is_called_time(name) if text.is_unseen else text.is_date


def _positions(names: Iterable[str], table: Table, places: dict[str, list[int]]) -> set[int]:
    """Positions of columns; a column that does not exist is reported when it is chosen."""
    found = set()
    for name in names:
        with contextlib.suppress(DataError):
            found.add(position(name, table.names, places))
    return found
