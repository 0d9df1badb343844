"""Files named after values of a column of another input: `oslo.csv`, and a column of cities.

So are `fold3.csv` and a column `fold`, and `2024-01-31.csv` and a column of days.
"""

from __future__ import annotations

from contextlib import suppress
from itertools import groupby, zip_longest
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
    from collections.abc import Collection, Iterable, Iterator, Sequence

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
        known = {*read, *table.names}
        others = [
            tables[j] for j in by_position if j != i and not known.issuperset(tables[j].names)
        ]
        readings = readings_of(table.files) if others else []
        for other in others:
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
            found = (reading.texts_for(name, values) for reading in of_kind)
            if values and (texts := _meant(filter(None, found), values)):
                yield name, texts


def _meant(readings: Iterable[list[str]], values: Sequence[str]) -> list[str]:
    """What is meant of the ways to read names, the most literal ones first; nothing if in doubt.

    A way in which the files say fewer different things divides the names better: `bern` and `oslo`
    of `bern_t2m`, `bern_tp`, `oslo_t2m` and `oslo_tp`. Names may have the same words at two places:
    `de` of `de_en` is the first language, and that of `en_de` the second. Then the way is meant
    that alone agrees in the first rows.

    Args:
        readings: What each name of a file says in each way.
        values: The first values of the column.
    """
    found = [(len({*texts}), texts) for texts in readings]
    fewest = min((n for n, _ in found), default=0)
    simplest = [texts for n, texts in found if n == fewest]
    agreeing = [texts for texts in simplest if _are_said(texts, values)]
    is_in_doubt = len({_of_one_text(texts) for texts in agreeing}) > 1
    return [] if is_in_doubt else next(iter(agreeing or simplest), [])


def _are_said(texts: Sequence[str], values: Sequence[str]) -> bool:
    """Whether values follow each other as the files do, however many rows these have."""
    of_files = (text for text, _ in groupby(texts, str.casefold))
    of_rows = (value for value, _ in groupby(values, str.casefold))
    return all(
        text == value for text, value in zip_longest(of_files, of_rows, fillvalue=None) if value
    )


def _of_one_text(texts: Sequence[str]) -> tuple[int, ...]:
    """For each file the number of its text: the same in two readings that tell the same apart."""
    numbers: dict[str, int] = {}
    return tuple(numbers.setdefault(text, len(numbers)) for text in texts)


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
