"""Rows matched by key columns: checked as they stream, or joined where their order differs."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import types

from smoothl1.errors import DataError, ShapeError, StorageError
from smoothl1.labels.conversion import common_type, converted, texts_of, unequal
from smoothl1.pairing.parts import common_cuts, plan_parts
from smoothl1.sources.columns import shown
from smoothl1.sources.contract import Part
from smoothl1.sources.lockstep import aligned

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from smoothl1.engines.contract import Engine
    from smoothl1.sources.contract import Source

    Keys = tuple[pa.Array, ...]

PART_ROWS = 1 << 20


class _Order(NamedTuple):
    """The order of the keys of a part.

    Attributes:
        agree: Whether both sides have the same keys in the same order.
        ascends: Whether each key is greater than the one before.
        first: Keys of the first row; empty for an empty part.
        last: Keys of the last row.
    """

    agree: bool = True
    ascends: bool = True
    first: Keys = ()
    last: Keys = ()


def match_rows(
    pred: Source, target: Source, engine: Engine, n_rows: int
) -> NDArray[np.intp] | None:
    """Find for each row of the targets the row of the predictions that has its key.

    Keys in the same order are compared as they stream, in constant memory; if they ascend, they are
    known to be unique. Else they are held in memory, to look for duplicates, and to be joined by
    pyarrow if the order differs.

    Args:
        pred: A source that delivers the key columns of the predictions as labels.
        target: A source that delivers the key columns of the targets.
        engine: The engine that runs the parts of the comparison.
        n_rows: Most rows of a chunk.

    Returns:
        For each row of the targets a row of the predictions; None if all are in the same order.

    Raises:
        DataError: A key is missing on one side, is a duplicate, or is of another kind.
        StorageError: Memory does not suffice to hold the keys.
    """
    kinds = [
        common_type(one, other, target.path)
        for one, other in zip(pred.labels, target.labels, strict=True)
    ]

    def compare(part: Part) -> _Order:
        return _compared(_batches((pred, target), kinds, part, n_rows))

    order = _Order(agree=None in (pred.n_rows, target.n_rows) or pred.n_rows == target.n_rows)
    if order.agree:
        parts = plan_parts(_known(pred, target), common_cuts((pred, target)), PART_ROWS)
        with closing(engine.in_order(compare, parts)) as orders:
            order = _until_differing(orders)
    if order.agree and order.ascends:
        return None
    try:
        return _in_memory(pred, target, kinds, n_rows, same_order=order.agree)
    except MemoryError as error:
        raise StorageError(
            "memory does not suffice to match the rows by key",
            path=pred.path,
            hint="sort both inputs by the key: then they are compared as they stream",
        ) from error


def _known(pred: Source, target: Source) -> int | None:
    return pred.n_rows if target.n_rows is not None else None


def _until_differing(orders: Iterable[_Order]) -> _Order:
    """The order of all parts, or of those up to the first part that differs."""
    order = _Order()
    for found in orders:
        order = _followed_by(order, found)
        if not order.agree:
            break
    return order


def _compared(batches: Iterator[tuple[Keys, ...]]) -> _Order:
    order = _Order()
    try:
        for pred, target in batches:
            if any(unequal(a, b) is not None for a, b in zip(pred, target, strict=True)):
                return _Order(agree=False)
            found = _Order(
                ascends=_ascends(pred),
                first=tuple(column.slice(0, 1) for column in pred),
                last=tuple(column.slice(len(column) - 1) for column in pred),
            )
            order = _followed_by(order, found)
    except ShapeError:  # one side has more rows: joining says which
        return _Order(agree=False)
    return order


def _followed_by(one: _Order, other: _Order) -> _Order:
    if not (one.first and other.first):
        agree = one.agree and other.agree
        return (one if one.first else other)._replace(agree=agree)
    bridge = tuple(pa.concat_arrays([a, b]) for a, b in zip(one.last, other.first, strict=True))
    ascends = one.ascends and other.ascends and _ascends(bridge)
    return _Order(one.agree and other.agree, ascends, one.first, other.last)


def _ascends(keys: Keys) -> bool:
    """Whether each row is greater than the one before, by the first column in which they differ."""
    n = len(keys[0]) - 1
    if n <= 0:
        return True
    undecided = np.ones(n, np.bool_)
    for column in keys:
        before, after = column.slice(0, n), column.slice(1, n)
        less = _flags(pc.less(before, after))
        equal = None if less.all() else _flags(pc.equal(before, after))
        if (undecided & ~less & (True if equal is None else ~equal)).any():
            return False
        if equal is None:
            return True
        undecided &= equal
    return not undecided.any()


def _flags(array: pa.Array) -> NDArray[np.bool_]:
    flags: NDArray[np.bool_] = array.to_numpy(zero_copy_only=False)
    return flags


def _batches(
    sources: Sequence[Source], kinds: Sequence[pa.DataType], part: Part, n_rows: int
) -> Iterator[tuple[Keys, ...]]:
    """Blocks of keys, aligned by rows, in common types."""
    for blocks in aligned(sources, part, n_rows):
        yield tuple(
            tuple(
                converted(column, kind, source, label.name)
                for column, kind, label in zip(block.labels, kinds, source.labels, strict=True)
            )
            for source, block in zip(sources, blocks, strict=True)
        )


def _in_memory(
    pred: Source,
    target: Source,
    kinds: Sequence[pa.DataType],
    n_rows: int,
    *,
    same_order: bool,
) -> NDArray[np.intp] | None:
    one = _table(pred, kinds, n_rows)
    _check_unique(one, pred)
    if same_order:
        return None
    other = _table(target, kinds, n_rows)
    _check_unique(other, target)
    places, fault = _joined(one, other, pred, target)
    if fault is not None and any(map(types.is_string, kinds)):
        places = _joined_as_canonical(one, other, pred, target)
    if places is None and fault is not None:
        raise fault
    return places


def _joined_as_canonical(
    one: pa.Table, other: pa.Table, pred: Source, target: Source
) -> NDArray[np.intp] | None:
    """Join keys by their texts in canonical form; None if they do not match."""
    from smoothl1.witnesses.values import canonical_texts  # late: most keys are written alike

    tables = [
        pa.table(
            {
                name: canonical_texts(column) if types.is_string(column.type) else column
                for name, column in zip(table.column_names, table.columns, strict=True)
            }
        )
        for table in (one, other)
    ]
    try:
        for table, source in zip(tables, (pred, target), strict=True):
            _check_unique(table, source)
    except DataError:
        return None
    return _joined(tables[0], tables[1], pred, target)[0]


def _joined(
    one: pa.Table, other: pa.Table, pred: Source, target: Source
) -> tuple[NDArray[np.intp] | None, DataError | None]:
    """For each row of the targets a row of the predictions; or an error for an unmatched row."""
    names = one.column_names
    joined = (
        one.append_column("in_pred", _row_numbers(one))
        .join(
            other.append_column("in_target", _row_numbers(other)),
            names,
            join_type="full outer",
        )
        .select(["in_pred", "in_target"])
    )
    for table, source, partner, column, absent in (
        (one, pred, target, "in_pred", "in_target"),
        (other, target, pred, "in_target", "in_pred"),
    ):
        alone = joined.filter(pc.is_null(joined[absent]))[column]
        if len(alone):
            row = pc.min(alone).as_py()
            more = {0: "", 1: ", nor has 1 other"}.get(
                len(alone) - 1, f", nor have {len(alone) - 1:,} others"
            )
            return None, DataError(
                f"key {_shown_key(table, row)} of row {row + 1} has no match in "
                f"{partner.path}{more}",
                path=source.path,
            )
    matches = np.empty(other.num_rows, np.intp)
    matches[joined["in_target"].to_numpy()] = joined["in_pred"].to_numpy()
    return matches, None


def _table(source: Source, kinds: Sequence[pa.DataType], n_rows: int) -> pa.Table:
    names = [f"key {i}" for i in range(len(kinds))]
    batches = [
        pa.record_batch(list(keys), names=names)
        for (keys,) in _batches((source,), kinds, Part(0, source.n_rows), n_rows)
    ]
    schema = pa.schema(list(zip(names, kinds, strict=True)))
    return pa.Table.from_batches(batches, schema)


def _row_numbers(table: pa.Table) -> pa.Array:
    return pa.array(np.arange(table.num_rows))


def _check_unique(table: pa.Table, source: Source) -> None:
    """Refuse duplicate keys.

    Raises:
        DataError: There is a duplicate; the error names the first row that has one.
    """
    if table.num_columns == 1 and types.is_integer(table.schema.types[0]):
        ordered = np.sort(table.column(0).to_numpy())  # a fraction of the memory of grouping
        if not (ordered[1:] == ordered[:-1]).any():
            return
        del ordered
    counted = (
        table.append_column("row", _row_numbers(table))
        .group_by(table.column_names)
        .aggregate([("row", "count"), ("row", "min")])
    )
    doubled = counted.filter(pc.greater(counted["row_count"], 1))
    if doubled.num_rows:
        row = pc.min(doubled["row_min"]).as_py()
        count = doubled.filter(pc.equal(doubled["row_min"], row))["row_count"][0].as_py()
        raise DataError(
            f"key {_shown_key(table, row)} stands there {count} times, first in row {row + 1}",
            path=source.path,
        )


def _shown_key(table: pa.Table, row: int) -> str:
    values = (column.slice(row, 1).combine_chunks() for column in table.columns)
    return ", ".join(shown(text) for value in values for text in texts_of(value))
