"""Rows matched by key columns: checked as they stream, or joined where their order differs."""

from __future__ import annotations

from contextlib import closing, suppress
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pyarrow as pa
from pyarrow import types

from smoothl1.errors import DataError
from smoothl1.labels.conversion import type_in_common
from smoothl1.pairing.held_keys import held_keys, key_batches, matching_rows
from smoothl1.pairing.key_places import are_unique
from smoothl1.sources.contract import Part
from smoothl1.sources.lockstep import parts_of
from smoothl1.sources.text_types import is_text_type

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from smoothl1.engines.contract import Engine
    from smoothl1.pairing.held_keys import Keys
    from smoothl1.pairing.key_places import Places
    from smoothl1.sources.contract import Source


_FEW_ROWS = 1 << 10
"""Rows that are compared first: keys in another order mostly differ there."""


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
) -> tuple[bool, Places | None]:
    """Find for each row of the targets the row of the predictions that has its key.

    Keys in the same order are compared as they stream, in constant memory; if they ascend, they are
    known to be unique. Else they are held in memory, to look for duplicates, and to be matched if
    the order differs.

    Args:
        pred: A source that delivers the key columns of the predictions as labels.
        target: A source that delivers the key columns of the targets.
        engine: The engine that runs the parts of the comparison.
        n_rows: Most rows of a chunk.

    Returns:
        Whether each key is certain to occur once on either side. And for each row of the targets a
        row of the predictions; None if all are in the same order.

    Raises:
        DtypeError: The keys of the two sides cannot be compared.
    """
    kinds = common_types((pred, target))

    def compare(part: Part) -> _Order:
        return _compared(key_batches((pred, target), kinds, part, n_rows))

    order = _Order(agree=None in (pred.n_rows, target.n_rows) or pred.n_rows == target.n_rows)
    if order.agree:
        if _differ_at_once(pred, target, kinds):
            order = _Order(agree=False)
        else:
            with closing(engine.in_order(compare, parts_of(pred, target))) as orders:
                order = _until_differing(orders)
    if order.agree and order.ascends:
        return True, None
    with suppress(DataError):  # of the faults of both sides, the first is found by numbering keys
        return _by_codes(pred, target, kinds, engine, n_rows, same_order=order.agree)
    return False, None


def common_types(sources: Sequence[Source]) -> list[pa.DataType]:
    """The types in which the keys of several sides are compared, column by column.

    Raises:
        DtypeError: They cannot be compared.
    """
    paths = [source.path for source in sources]
    return [
        _with_times(type_in_common(list(zip(columns, paths, strict=True))), columns)
        for columns in zip(*(source.labels for source in sources), strict=True)
    ]


def _with_times(kind: pa.DataType, columns: Sequence[pa.Field]) -> pa.DataType:
    """The type of keys, of times where text beside dates may have them: these have no match."""
    is_beside_text = types.is_date(kind) and any(is_text_type(of.type) for of in columns)
    return pa.timestamp("us") if is_beside_text else kind


def _by_codes(
    pred: Source,
    target: Source,
    kinds: Sequence[pa.DataType],
    engine: Engine,
    n_rows: int,
    *,
    same_order: bool,
) -> tuple[bool, Places | None]:
    """Whether the keys are certain to match; and the places, unless they are in the same order."""
    one = held_keys(pred, kinds, engine, n_rows)
    if same_order:
        return are_unique(one.codes), None
    places = matching_rows(one, held_keys(target, kinds, engine, n_rows), engine)
    return places is not None, places


def _differ_at_once(pred: Source, target: Source, kinds: Sequence[pa.DataType]) -> bool:
    """Whether the first few keys differ, where few can be read; then threads need not begin."""
    if None in (pred.n_rows, target.n_rows):
        return False
    first = next(parts_of(pred, target), Part(0, 0))
    batches = key_batches((pred, target), kinds, first, _FEW_ROWS)
    with closing(batches), suppress(DataError):
        return any(not _are_equal(*sides) for sides in islice(batches, 1))
    return True


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
            if not _are_equal(pred, target):
                return _Order(agree=False)
            found = _Order(
                ascends=_ascends(pred),
                first=tuple(column.slice(0, 1) for column in pred),
                last=tuple(column.slice(len(column) - 1) for column in pred),
            )
            order = _followed_by(order, found)
    except DataError:  # joining finds the same first fault at any size of chunks
        return _Order(agree=False)
    return order


def _are_equal(pred: Keys, target: Keys) -> bool:
    return all(one.equals(other) for one, other in zip(pred, target, strict=True))


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
        less = _flags("less", column)
        if less.all():
            return True
        equal = _flags("equal", column)
        if (undecided & ~less & ~equal).any():
            return False
        undecided &= equal
    return not undecided.any()


def _flags(relation: str, column: pa.Array) -> NDArray[np.bool_]:
    """For each value but the last, whether it is "less" than the next one, or "equal" to it."""
    if types.is_integer(column.type):
        integers = column.to_numpy()
        of_integers: NDArray[np.bool_] = getattr(np, relation)(integers[:-1], integers[1:])
        return of_integers
    import pyarrow.compute as pc  # late: it takes as long to import as NumPy

    n = len(column) - 1
    flags = getattr(pc, relation)(column.slice(0, n), column.slice(1, n))
    found: NDArray[np.bool_] = flags.to_numpy(zero_copy_only=False)
    return found
