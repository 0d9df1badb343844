"""Columns of different names that may be the same: image in one input, filename in another."""

from __future__ import annotations

import re
from itertools import product
from typing import TYPE_CHECKING

from smoothl1.sources.ids import is_called_index, is_id
from smoothl1.witnesses.free_columns import INDEX
from smoothl1.witnesses.other_labels import is_called_time

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from smoothl1.witnesses.free_columns import FreeColumn

COMPARABLE = (
    *({"integer"}, {"text"}, {"date"}),
    *({"integer", "text"}, {"date", "text"}, {"date", "integer"}, {"date", "fraction"}),
    *({"flag"}, {"flag", "text"}),
)
"""Kinds of two columns whose values compare."""

_LABELS = ("date", "text", "integer")
"""Kinds of columns that may identify rows, those first that mostly do."""

_NUMBERS = ("integer", "fraction")

_MOST_COMPARED = 6
"""Columns of an input that are compared with as many of another, under other names."""

_MOST_CROSSED = 4
"""Pairs of columns of two kinds under other names, each of which is one of several."""

_RANK = re.compile(r"(?:\A|[_\W])(?i:rank|ranking)\Z")
"""Names of numbers from 1 on, in an order that a model predicts."""


def columns_of_other_names(
    one: dict[str, FreeColumn], other: dict[str, FreeColumn], named: Collection[str]
) -> Iterator[tuple[tuple[FreeColumn, FreeColumn], bool]]:
    """Find columns of two inputs that may be the same although their names differ.

    Args:
        one: The columns of the first input, by a name that the same columns have.
        other: Those of the second input.
        named: Names of the columns that both inputs have.

    Yields:
        Two columns, and whether only their order is compared: each is one of several that may be
        meant, at most a few dozen.
    """
    sides = (one, other)
    settled = {
        called
        for called in named
        if not (called.startswith(INDEX) and "integer" in {one[called].kind, other[called].kind})
    }
    pairs = _likely_pairs(sides, named, settled)
    for pair in pairs:
        yield pair, False
    many = (_first_of([*_labels(columns, named), *_indexes(columns, settled)]) for columns in sides)
    rest = [
        (mine, others)
        for mine, others in product(*many)
        if not ((mine.is_group and others.is_group) or mine.called == others.called in named)
        and (mine, others) not in pairs
    ]
    yield from ((pair, True) for pair in rest if pair[0].kind == pair[1].kind)
    yield from ((pair, False) for pair in _of_two_kinds(rest))
    whole = (_first_of(_whole(columns, named)) for columns in sides)
    for mine, others in product(*whole):
        may_be_whole = (mine.may_be_whole or others.may_be_whole) and (mine, others) not in pairs
        if may_be_whole and mine.has_unit_of(others):
            yield (mine, others), True


def _of_two_kinds(
    pairs: list[tuple[FreeColumn, FreeColumn]],
) -> list[tuple[FreeColumn, FreeColumn]]:
    """A few pairs of two kinds that compare: times and what may be some, and ids and texts."""
    found = [
        (mine, others)
        for mine, others in pairs
        if mine.kind != others.kind
        and {mine.kind, others.kind} in COMPARABLE
        and not (mine.is_index or others.is_index)
        and ("date" in {mine.kind, others.kind} or is_id(mine.name) or is_id(others.name))
    ]
    found.sort(key=lambda pair: sum(_says_time(column) for column in pair), reverse=True)
    return found[:_MOST_CROSSED]


def _says_time(column: FreeColumn) -> bool:
    return column.kind == "date" or is_called_time(column.name)


def _likely_pairs(
    sides: tuple[dict[str, FreeColumn], dict[str, FreeColumn]],
    named: Collection[str],
    settled: Collection[str],
) -> list[tuple[FreeColumn, FreeColumn]]:
    """Pairs of columns that nothing else on their side may be: labels, indexes, dates and times."""
    labels = [_lone(columns, named, settled) for columns in sides]
    indexes = [_only(_indexes(columns, settled)) for columns in sides]
    dates = [
        _only([c for c in (*_labels(of, named), *_indexes(of, settled)) if c.is_date])
        for of in sides
    ]
    likely = [labels, [indexes[0], labels[1]], [labels[0], indexes[1]], dates]
    pairs = [(a, b) for a, b in likely if a and b and {a.kind, b.kind} in COMPARABLE]
    seconds = [_only([c for c in _labels(of, named, _NUMBERS) if _says_time(c)]) for of in sides]
    if seconds[0] and seconds[1] and "fraction" in {seconds[0].kind, seconds[1].kind}:
        pairs.append((seconds[0], seconds[1]))
    for side in (0, 1):  # pandas and Polars make a column of an index
        in_column = [c for c in _labels(sides[side], named) if _may_be_index(c)]
        of_rows = [c for c in sides[1 - side].values() if _is_index(c) and c.kind == "integer"]
        if len(in_column) == len(of_rows) == 1:
            pairs.append((in_column[0], of_rows[0]) if side == 0 else (of_rows[0], in_column[0]))
    return [(a, b) for a, b in dict.fromkeys(pairs) if not (a.called == b.called in named)]


def _only(columns: list[FreeColumn]) -> FreeColumn | None:
    return columns[0] if len(columns) == 1 else None


def _indexes(columns: dict[str, FreeColumn], settled: Collection[str]) -> list[FreeColumn]:
    """The indexes that may hold what identifies rows, and are not compared already."""
    indexes = [c for c in columns.values() if _is_index(c) and c.called not in settled]
    return [c for c in indexes if c.kind in _LABELS and not c.counts_rows]


def _labels(
    columns: dict[str, FreeColumn], named: Collection[str], kinds: Collection[str] = _LABELS
) -> list[FreeColumn]:
    """The columns that may identify rows, and that only one of the inputs has."""
    labels = [c for c in columns.values() if c.kind in kinds and c.called not in named]
    labels = [c for c in labels if c.is_seen and not _RANK.search(c.name)]
    return [c for c in labels if not (c.is_index or c.is_evaluated)]


def _whole(columns: dict[str, FreeColumn], named: Collection[str]) -> list[FreeColumn]:
    """The columns of numbers that are whole, or may be, and that only one of the inputs has."""
    labels = _labels(columns, named, _NUMBERS)
    return [c for c in labels if c.may_be_whole or c.kind == "integer"]


def _first_of(labels: list[FreeColumn]) -> list[FreeColumn]:
    """A few labels: ids, dates and texts before others."""
    ordered = sorted(
        labels, key=lambda c: (not is_id(c.name), (*_LABELS, "fraction").index(c.kind))
    )
    return ordered[:_MOST_COMPARED]


def _lone(
    columns: dict[str, FreeColumn], named: Collection[str], settled: Collection[str]
) -> FreeColumn | None:
    """The only column that the other input does not have; or the only id by its name, or date.

    If there is none but what is read as groups, it is an index of rows: pandas keeps ids there, and
    the other input may have them in a column. An index that both inputs have is also taken if it
    holds whole numbers on a side, which may just count the rows there.
    """
    labels = [column for column in _labels(columns, named) if not column.counts_rows]
    rest = [column for column in labels if not column.is_group]
    rest = rest or _indexes(columns, settled) or labels  # a file of groups may have no others
    if len(rest) > 1:
        ids = [column for column in rest if is_id(column.name)]
        rest = ids or [column for column in rest if column.is_date]
    return _only(rest)


def _is_index(column: FreeColumn) -> bool:
    return column.is_index and not column.is_evaluated


def _may_be_index(column: FreeColumn) -> bool:
    return column.kind == "integer" and is_called_index(column.name)
