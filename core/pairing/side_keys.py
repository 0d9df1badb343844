"""The keys of each side, numbered alike: which repeat, and which all sides have."""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pyarrow as pa
from pyarrow import types

from smoothl1.labels.texts import texts_of
from smoothl1.pairing.held_keys import integers_of, key_batches
from smoothl1.sources.columns import shown
from smoothl1.sources.contract import Part

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from smoothl1.sources.contract import Source

    Rows = NDArray[np.intp]


class SideKeys(NamedTuple):
    """The keys of an input.

    Attributes:
        source: The source of its keys.
        keys: The keys, in common types.
        numbers: For each row the number of its key, which is the same for the same key everywhere.
        distinct: The numbers that occur, ascending.
        firsts: For each of them the first row that has it.
    """

    source: Source
    keys: pa.Table
    numbers: Rows
    distinct: Rows
    firsts: Rows

    @classmethod
    def of(cls, source: Source, keys: pa.Table, numbers: Rows) -> SideKeys:
        return cls(source, keys, numbers, *np.unique(numbers, return_index=True))

    def shown(self, row: int) -> str:
        """The key of a row, in a message."""
        (key,) = self.texts([row])
        return ", ".join(map(shown, key))

    def texts(self, rows: Rows | list[int]) -> list[tuple[str, ...]]:
        """The keys of some rows as text."""
        taken = self.keys.take(pa.array(rows, pa.int64())).columns
        return list(zip(*(texts_of(column.combine_chunks()) for column in taken), strict=True))

    def repeats(self) -> tuple[Rows, Rows]:
        """The rows that repeat the key of an earlier row; and for each the first such row."""
        first_of = self.firsts[np.searchsorted(self.distinct, self.numbers)]
        rows = np.flatnonzero(first_of != np.arange(first_of.size))
        return rows, first_of[rows]

    @property
    def repeats_none(self) -> bool:
        """Whether each of its rows has a key of its own."""
        return self.distinct.size == self.numbers.size

    def alone(self, common: Rows) -> Rows:
        """The first rows of the keys that are not among some, ascending."""
        rows: Rows = np.sort(self.firsts[~np.isin(self.distinct, common, assume_unique=True)])
        return rows


def table_of(source: Source, kinds: Sequence[pa.DataType], n_rows: int) -> pa.Table:
    """All keys of a source, in common types.

    Args:
        source: The source.
        kinds: The type of each key column.
        n_rows: Most rows of a chunk.

    Raises:
        DataError: A key is missing, or cannot be read.
    """
    names = [f"key {i}" for i in range(len(kinds))]
    batches = [
        pa.record_batch(list(keys), names=names)
        for (keys,) in key_batches((source,), kinds, Part(0, source.n_rows), n_rows)
    ]
    schema = pa.schema(list(zip(names, kinds, strict=True)))
    return pa.Table.from_batches(batches, schema)


def common_numbers(sides: Sequence[SideKeys]) -> Rows:
    """The numbers of the keys that all sides have, ascending."""
    distinct = (side.distinct for side in sides)
    return reduce(lambda one, other: np.intersect1d(one, other, assume_unique=True), distinct)


def count_alone(sides: Sequence[SideKeys], common: Rows) -> int:
    """The number of keys, of all sides, that are not among those that all sides have."""
    return sum(side.distinct.size - common.size for side in sides)


def numbers_of(tables: Sequence[pa.Table]) -> list[Rows]:
    """For each table the number of the key of each row, the same for the same key in all tables."""
    whole: Rows = np.zeros(sum(table.num_rows for table in tables), np.intp)
    for i in range(tables[0].num_columns if tables else 0):
        chunks = [chunk for table in tables for chunk in table.column(i).chunks if len(chunk)]
        if chunks:
            codes = _codes_of(chunks)
            pairs = whole * (int(codes.max()) + 1) + codes
            whole = np.unique(pairs, return_inverse=True)[1].reshape(-1) if i else codes
    ends: Rows = np.cumsum([table.num_rows for table in tables], dtype=np.intp)
    return np.split(whole, ends[:-1])


def _codes_of(chunks: list[pa.Array]) -> Rows:
    if not types.is_string(chunks[0].type):
        integers = np.concatenate(list(map(integers_of, chunks)))
        return np.unique(integers, return_inverse=True)[1].reshape(-1)
    encoded = pa.chunked_array(chunks).dictionary_encode().unify_dictionaries()
    found: Rows = np.concatenate([chunk.indices.to_numpy() for chunk in encoded.chunks])
    return found.astype(np.intp)
