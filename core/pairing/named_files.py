"""Files named after values of a column of another input: `oslo.csv`, and a column of cities.

So are `fold3.csv` and a column `fold`, and `2024-01-31.csv` and a column of days.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from smoothl1.errors import DataError
from smoothl1.pairing.readings_of_names import readings_of
from smoothl1.sources.beginning import first_blocks
from smoothl1.sources.constants import Constants, of_folders
from smoothl1.sources.contract import Wanted
from smoothl1.sources.counting import keep_streams
from smoothl1.sources.names import composed
from smoothl1.sources.shards import ShardedTable

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from smoothl1.pairing.readings_of_names import Reading
    from smoothl1.sources.table import Table

_N_ROWS = 16
"""First rows of a column that are looked at."""

Added = dict[int, list[str]]
"""The columns that were added to inputs, by the positions of these."""


def with_names_of_files(
    tables: Sequence[Table], by_position: Collection[int], read: Collection[str]
) -> tuple[list[Table], Added]:
    """Add what names of files say as columns, where another input has a column of these values.

    Args:
        tables: All inputs. Of inputs beside a set of files the first rows are read; streams are
            kept.
        by_position: Which inputs are paired by position.
        read: Names of the columns that are evaluated, which are no such columns.

    Returns:
        The inputs; a set of files has a column more for each that another input has and the set
        has not. And the names of those columns.
    """
    found, added = list(tables), Added()
    for i in by_position:
        table = tables[i]
        if not isinstance(table, ShardedTable) or len(table.files) < 2:
            continue
        if not table.names:  # arrays have no columns, so their folders name none
            table = _with_folders(
                table, {n for j in by_position for n in tables[j].names} - {*read}
            )
        readings = readings_of(table.files)
        for other in (tables[j] for j in by_position if j != i and readings):
            for name, texts in _columns_of(other, readings, {*read, *table.names}):
                table = table._replace(constants=_with(table.constants, name, texts))
                added.setdefault(i, []).append(name)
        found[i] = table
    return found, added


def _with_folders(table: ShardedTable, names: Collection[str]) -> ShardedTable:
    """Arrays with the columns that their folders are named after, and another input has."""
    folders = of_folders(table.found.partitions)
    return table._replace(constants=folders.without(tuple({*folders.names} - {*names})))


def _columns_of(
    table: Table, readings: Sequence[Reading], known: Collection[str]
) -> Iterator[tuple[str, list[str]]]:
    """The columns of a table that begin with values in names of files, and the value of each."""
    folded = {name.casefold() for name in known}
    names = [
        name
        for name, info in zip(table.names, table.columns, strict=True)
        if any(reading.may_be(name, info.kind) for reading in readings)
        and name.casefold() not in folded
        and table.names.count(name) == 1
    ]
    if not names:
        return
    keep_streams([table])
    kinds = dict(zip(table.names, (info.kind for info in table.columns), strict=True))
    with suppress(DataError):  # evaluating reports it
        for name, values in zip(names, first_values(table, names), strict=True):
            of_kind = (reading for reading in readings if reading.may_be(name, kinds[name]))
            texts = next(filter(None, (reading.texts_for(name, values) for reading in of_kind)), [])
            if texts:
                yield name, texts


def first_values(table: Table, names: Sequence[str]) -> list[list[str]]:
    """The values of columns in the first rows, as text."""
    source = table.select(Wanted((), labels=tuple(names), carried=tuple(range(len(names)))))
    found: list[list[str]] = [[] for _ in names]
    for block in first_blocks(source, _N_ROWS):
        for held, column in zip(found, block.labels, strict=True):
            held.extend(value and composed(value) for value in column.cast("string").to_pylist())
    return found


def _with(constants: Constants, name: str, texts: Sequence[str]) -> Constants:
    import pyarrow as pa  # late: most inputs are one file

    return Constants((*constants.names, name), (*constants.values, pa.array(texts, pa.string())))
