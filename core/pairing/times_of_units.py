"""Columns of times that count from other times on two sides, or in other units: as instants.

"days since 2020-01-01" and "hours since 1900-01-01" are numbers that do not compare. Where sides
differ so, such columns are delivered as texts of times, as witnesses and as keys alike.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from smoothl1.sources.columns import has_column, key_columns, position
from smoothl1.sources.containers.arrays import ArraysTable
from smoothl1.sources.coordinates import usual_axis

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from smoothl1.sources.contract import Columns
    from smoothl1.sources.table import ColumnInfo, Table

_FINEST_NS = 10**6
"""Fractions are read to the millisecond, so that integers of finer units do not compare."""

_Place = tuple[int, int]
"""The position of a table, and that of a column in it."""


def with_times(tables: Sequence[Table], key: Columns, n_sides: int) -> list[Table]:
    """The tables, with columns of times in texts where their numbers do not compare.

    Args:
        tables: The inputs, the sides first.
        key: The key columns that were asked for.
        n_sides: The number of sides.
    """
    sides = tables[:n_sides]
    named: dict[str, set[_Place]] = {}
    for i, table in enumerate(tables):
        for at, info in enumerate(table.columns):
            if info.time_unit is not None and isinstance(table, ArraysTable):
                named.setdefault(usual_axis(table.names[at]), set()).add((i, at))
    for name in key:
        named[f"\0{name}"] = set(_places_of(name, sides))
    found: list[set[int]] = [set() for _ in tables]
    for places in named.values():
        if _differ([tables[i].columns[at] for i, at in places]):
            for i, at in places:
                found[i].add(at)
    return [
        table.with_times(frozenset(some)) if some and isinstance(table, ArraysTable) else table
        for table, some in zip(tables, found, strict=True)
    ]


def _places_of(name: str, sides: Sequence[Table]) -> Iterator[_Place]:
    """Where a key is in each side that has it in times."""
    for i, table in enumerate(sides):
        (own,) = key_columns((name,), table.names, is_target=0 < i == len(sides) - 1)
        if has_column(own, table.names) and table.names.count(own) < 2:
            at = position(own, table.names)
            if table.columns[at].time_unit is not None and isinstance(table, ArraysTable):
                yield i, at


def _differ(columns: Sequence[ColumnInfo]) -> bool:
    """Whether columns count in other ways, and are read to the same precision as times."""
    units = {info.time_unit for info in columns}
    are_whole = all(info.kind == "integer" for info in columns)
    are_coarse = all(unit is not None and unit.step_ns >= _FINEST_NS for unit in units)
    are_of_one_axis = all(info.kind in ("integer", "fraction") for info in columns)
    return len(units) > 1 and are_of_one_axis and (are_whole or are_coarse)
