"""Columns of numbers that count from a time, where those of two inputs do not compare: as times.

"days since 2020-01-01" and "hours since 1900-01-01" are numbers that do not compare, nor does one
of them with dates in text. Where sides differ so, such columns are delivered as times, as witnesses
and as keys alike. Each file of a set may count from another time. Groups and other values that are
written are times in any case: another run, over files that count from another time, has them too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from smoothl1.sources.columns import has_column, key_columns, position
from smoothl1.sources.containers.arrays import ArraysTable
from smoothl1.sources.coordinates import usual_axis
from smoothl1.sources.shards import ShardedTable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from smoothl1.selection import Selection
    from smoothl1.sources.table import ColumnInfo, Table

_FINEST_NS = 10**6
"""Fractions are read to the millisecond, so that those of finer units do not compare."""

_LABELS = ("date", "text", "integer")

_Place = tuple[int, int]
"""The position of a table, and that of a column in it."""


def with_times(tables: Sequence[Table], selection: Selection, n_sides: int) -> list[Table]:
    """The tables, with columns of times where their numbers do not compare, or are written.

    Args:
        tables: The inputs, the sides first.
        selection: The columns that were asked for.
        n_sides: The number of sides.
    """
    named: dict[str, set[_Place]] = {}
    for i, table in enumerate(tables):
        for at, name in enumerate(table.names):
            named.setdefault(usual_axis(name), set()).add((i, at))
    for name in selection.key:
        named[f"\0{name}"] = set(_places_of(name, tables[:n_sides]))
    found: list[set[int]] = [set() for _ in tables]
    for places in named.values():
        if _are_times(tables, places):
            for i, at in places:
                if tables[i].columns[at].time_unit is not None:
                    found[i].add(at)
    for i, at in (*_alone(tables[:n_sides]), *_written(tables, selection)):
        found[i].add(at)
    return [
        table.with_times(frozenset(some))
        if some and isinstance(table, ArraysTable | ShardedTable)
        else table
        for table, some in zip(tables, found, strict=True)
    ]


def _written(tables: Sequence[Table], selection: Selection) -> Iterator[_Place]:
    """Times that name groups or clusters, or are written beside rows.

    They stay numbers if an input has numbers by that name whose meaning is not certain.
    """
    for name in selection.labels:
        places = [
            (i, position(name, table.names))
            for i, table in enumerate(tables)
            if has_column(name, table.names) and table.names.count(name) < 2
        ]
        infos = [tables[i].columns[at] for i, at in places]
        counts = [info for info in infos if info.time_unit is not None]
        are_clear = all(info.time_unit or info.kind in ("date", "text") for info in infos)
        if are_clear and _are_precise(counts):
            yield from (place for place, info in zip(places, infos, strict=True) if info.time_unit)


def _places_of(name: str, sides: Sequence[Table]) -> Iterator[_Place]:
    """Where a key is in each side that has it."""
    for i, table in enumerate(sides):
        (own,) = key_columns((name,), table.names, is_target=0 < i == len(sides) - 1)
        if has_column(own, table.names) and table.names.count(own) < 2:
            yield i, position(own, table.names)


def _alone(sides: Sequence[Table]) -> Iterator[_Place]:
    """Times of one side beside the only column of labels of another, which has dates or text.

    They may be the same times under another name. So may the only times of both sides, if they
    count in different ways.
    """
    for i, side in enumerate(sides):
        counts = [at for at, info in enumerate(side.columns) if info.time_unit is not None]
        others = [table for j, table in enumerate(sides) if j != i]
        if len(counts) != 1 or not _are_precise([side.columns[counts[0]]]):
            continue
        name = usual_axis(side.names[counts[0]])
        for table in others:
            kinds = [info.kind for info in table.columns if info.kind in _LABELS]
            are_labels = kinds in (["date"], ["text"])
            if (are_labels or _counts_otherwise(side, table)) and name not in map(
                usual_axis, table.names
            ):
                yield i, counts[0]


def _counts_otherwise(side: Table, other: Table) -> bool:
    """Whether the only times of two sides count in different ways, or may in a set of files."""
    units, others = (
        [info.time_unit for info in table.columns if info.time_unit is not None]
        for table in (side, other)
    )
    is_set = len(side.files) > 1 or len(other.files) > 1
    return len(others) == 1 and _are_precise_in(other) and (is_set or units != others)


def _are_precise_in(table: Table) -> bool:
    return _are_precise([info for info in table.columns if info.time_unit is not None])


def _are_times(tables: Sequence[Table], places: Iterable[_Place]) -> bool:
    """Whether columns of one name are compared as times.

    They are if they count in other ways, or one is of dates or text. They are not if one is of
    numbers whose meaning is not certain, or if they are not read to the same precision as times.
    """
    infos = [(i, tables[i].columns[at]) for i, at in places]
    counts = [(i, info) for i, info in infos if info.time_unit is not None]
    others = [info for _, info in infos if info.time_unit is None]
    if not counts or len({i for i, _ in infos}) < 2:
        return False
    units = {info.time_unit for _, info in counts}
    is_set = any(len(tables[i].files) > 1 for i, _ in counts)
    are_dates = all(info.kind in ("date", "text") for info in others)
    is_other = bool(others) or len(units) > 1 or is_set
    return is_other and are_dates and _are_precise([info for _, info in counts])


def _are_precise(columns: Sequence[ColumnInfo]) -> bool:
    """Whether numbers that count from times are of one axis, and as precise as times are read."""
    are_of_one_axis = all(info.kind in ("integer", "fraction") for info in columns)
    are_coarse = all(
        info.time_unit is not None and info.time_unit.step_ns >= _FINEST_NS for info in columns
    )
    return are_of_one_axis and (are_coarse or all(info.kind == "integer" for info in columns))
