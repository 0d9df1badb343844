"""The rows that have equal codes, found without a hash table: by position, or by sorting.

The codes of keys are integers. If they are close together, each has a place in a table. Else their
mixed bits are sorted, with the row in the low bits in place of a separate array of row numbers:
NumPy sorts plain integers several times as fast as it finds the order that sorts them.
"""

from __future__ import annotations

from collections import deque
from contextlib import closing
from typing import TYPE_CHECKING, Any

import numpy as np

from smoothl1.witnesses.hashes import mixed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from smoothl1.engines.contract import Engine

    Codes = NDArray[np.int64]
    Places = NDArray[np.signedinteger[Any]]

_WIDTH = 4
"""Most entries of a table for each code. More take more memory than sorting does."""

_BLOCK = 1 << 16
"""Codes taken at a time, so that what is computed of them stays in the processor's cache."""


def are_unique(codes: Codes) -> bool:
    """Whether no code occurs twice."""
    ordered = np.sort(codes)
    return not (ordered[1:] == ordered[:-1]).any()


def places_of(one: Codes, other: Codes, engine: Engine) -> Places | None:
    """Find for each row of one side the row of the other that has the same code.

    Args:
        one: Codes of the rows that are found, of shape (n,).
        other: The same codes in another order.
        engine: The engine that takes blocks of rows.

    Returns:
        For each row of `other` the row of `one`, of shape (n,); None if a code occurs twice or has
        no match.
    """
    if one.size != other.size:
        return None
    if one.size == 0:
        return np.empty(0, np.int32)
    low, high = int(one.min()), int(one.max())
    if (low, high) != (int(other.min()), int(other.max())):
        return None
    if high - low < _WIDTH * one.size:
        return _by_table(one, other, range(low, high + 1), engine)
    return _by_sorting(one, other, engine)


def _by_table(one: Codes, other: Codes, span: range, engine: Engine) -> Places | None:
    dtype = _row_dtype(one.size)
    table = np.full(len(span), -1, dtype)
    places: Places = np.empty(one.size, dtype)
    is_found = np.zeros(one.size, np.bool_)

    def enter(block: range) -> None:
        codes = one[block.start : block.stop]
        table[codes - span.start] = np.arange(block.start, block.stop, dtype=dtype)

    def look_up(block: range) -> bool:
        rows = table[other[block.start : block.stop] - span.start]
        places[block.start : block.stop] = rows
        is_found[rows] = True
        return bool(rows.min() >= 0)

    with closing(engine.as_completed(enter, _blocks(one.size))) as entered:
        deque(entered, maxlen=0)
    with closing(engine.as_completed(look_up, _blocks(one.size))) as looked_up:
        are_known = all(looked_up)
    # A code that occurs twice, on either side, leaves a row that is not found.
    return places if are_known and is_found.all() else None


def _by_sorting(one: Codes, other: Codes, engine: Engine) -> Places | None:
    with closing(engine.in_order(_sorted_with_rows, (one, other))) as both:
        sorted_one, sorted_other = both
    mask = _row_mask(one.size)
    places: Places = np.empty(one.size, _row_dtype(one.size))

    def pair(block: range) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Where codes differ, and where the next one of the same side has the same mixed bits."""
        some, following = (sorted_one[i : i + len(block)] for i in (block.start, block.start + 1))
        rows = _rows(some, mask)
        other_rows = _rows(sorted_other[block.start : block.stop], mask)
        places[other_rows] = rows
        differ = np.flatnonzero(one[rows] != other[other_rows])
        near = np.flatnonzero(some[: following.size] ^ following <= mask)
        return block.start + differ, block.start + near

    with closing(engine.as_completed(pair, _blocks(one.size))) as found:
        differ, near = map(np.concatenate, zip(*found, strict=True))
    if not are_unique(one[_rows(sorted_one[np.union1d(near, near + 1)], mask)]):
        return None
    rows, other_rows = (_rows(side[differ], mask) for side in (sorted_one, sorted_other))
    rows = rows[np.argsort(one[rows])]
    other_rows = other_rows[np.argsort(other[other_rows])]
    if (one[rows] != other[other_rows]).any():
        return None
    places[other_rows] = rows
    return places


def _sorted_with_rows(codes: Codes) -> NDArray[np.uint64]:
    """Mixed bits of codes, the row of each in the low bits, sorted."""
    found = np.empty(codes.size, np.uint64)
    mask = _row_mask(codes.size)
    for block in _blocks(codes.size):
        bits = mixed(codes[block.start : block.stop].view(np.uint64))
        rows = np.arange(block.start, block.stop, dtype=np.uint64)
        found[block.start : block.stop] = bits & ~mask | rows
    found.sort()
    return found


def _blocks(n_rows: int) -> Iterator[range]:
    return (range(i, min(i + _BLOCK, n_rows)) for i in range(0, n_rows, _BLOCK))


def _rows(sorted_bits: NDArray[np.uint64], mask: np.uint64) -> NDArray[np.intp]:
    return (sorted_bits & mask).astype(np.intp)


def _row_mask(n_rows: int) -> np.uint64:
    return np.uint64((1 << (n_rows - 1).bit_length()) - 1)


def _row_dtype(n_rows: int) -> type[np.signedinteger[Any]]:
    return np.int32 if n_rows < 1 << 31 else np.int64
