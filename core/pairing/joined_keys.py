"""Keys joined by Arrow: finds out why keys do not match, and matches those written in two ways.

It takes several times the memory and time of comparing codes, which it follows if they disagree.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import types

from smoothl1.errors import DataError
from smoothl1.labels.conversion import texts_of
from smoothl1.pairing.held_keys import key_batches
from smoothl1.sources.columns import shown
from smoothl1.sources.contract import Part

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from smoothl1.sources.contract import Source


def joined_rows(
    pred: Source,
    target: Source,
    kinds: Sequence[pa.DataType],
    n_rows: int,
    *,
    same_order: bool,
) -> NDArray[np.intp] | None:
    """Read all keys, refuse duplicates, and join them; see `keys.match_rows`.

    Args:
        pred: The source of the keys of the predictions.
        target: The source of the keys of the targets.
        kinds: The types in which they are compared.
        n_rows: Most rows of a chunk.
        same_order: Whether both have the same keys in the same order, so that only duplicates are
            in doubt.

    Raises:
        DataError: A key is missing on one side, or is a duplicate.
    """
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
        for (keys,) in key_batches((source,), kinds, Part(0, source.n_rows), n_rows)
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
