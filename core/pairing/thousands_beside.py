"""Points of one column that may part thousands, beside whole numbers of another column.

    Forecast;Sales
    1.234;987
    1.300;950

A program may write fractions with three digits beside counts, too: then both are of like size.
"""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

from smoothl1.sources.columns import shown
from smoothl1.sources.csv.source import CsvSource
from smoothl1.sources.csv.table import CsvTable
from smoothl1.sources.shard_source import ShardedSource

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from smoothl1.pairing.chunks import Side
    from smoothl1.sources.contract import Source
    from smoothl1.sources.written_numbers import Written

_RATIO = 100
"""The whole numbers are so many times as large as the fractions, on average: then these, read as
thousands, are at most ten times as large."""


def warn_of_thousands(sides: Sequence[Side], warn: Callable[[str], None]) -> None:
    """Warn of predictions and targets of which one has points that may part thousands.

    All its numbers in the first rows have three digits behind the point, some of which end in 0;
    the other one has whole numbers below 1000, which are far larger than those as fractions.

    Args:
        sides: The sides, before their rows are matched.
        warn: Takes the warning.
    """
    columns = [(side.source.path, column) for side in sides for column in _evaluated(side)]
    grouped = [(path, c) for path, c in columns if c.may_have_thousands and not c.whole]
    whole = [
        (path, c) for path, c in columns if len(c.counts) > 1 and not (c.grouped or c.has_others)
    ]
    for path, one in grouped:
        for other_path, other in whole:
            if other.whole_sizes.mean >= _RATIO * one.sizes.mean:
                where = "" if other_path == path else f" of {other_path}"
                warn(
                    f"{path}: column {shown(one.column)} has {shown(one.grouped[0])}, and column "
                    f"{shown(other.column)}{where} {shown(other.whole[0])}: does the point part "
                    "thousands? (--decimal . if it is the decimal mark)"
                )
                return


def _evaluated(side: Side) -> Iterator[Written]:
    """The columns of text of a side that are predictions or targets."""
    names = {
        name
        for role, field in zip(side.roles, side.source.fields, strict=True)
        if role != "weight"
        for name in field.columns
    }
    return (column for column in _written(side.source) if column.column in names)


def _written(source: Source) -> tuple[Written, ...]:
    """How the numbers of an input are written, by its first rows; of a set by the first file."""
    if source.details.numbers:
        return source.details.numbers
    if isinstance(source, CsvSource) and isinstance(source.table, CsvTable):
        return source.table.numbers_written(source.positions)
    if isinstance(source, ShardedSource):
        with closing(source.shards[0].reopened()) as first:
            return _written(first)
    return ()
