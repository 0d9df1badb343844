"""The keys of each side, numbered alike: which repeat, and which all sides have."""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pyarrow as pa
from pyarrow import types

from smoothl1.errors import DataError
from smoothl1.labels.texts import texts_of
from smoothl1.pairing.held_keys import integers_of
from smoothl1.sources.columns import shown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from smoothl1.sources.contract import Source

    Rows = NDArray[np.intp]

DUPLICATES_HINT = (
    "--duplicates first keeps the first row of each key, identical drops rows that are the same"
)
ONE_FOR_MANY_HINT = (
    "each key may stand once on a side; if that row belongs to each of these, write its values to "
    "all of them first, as pandas.merge does, and evaluate that table"
)


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

    def refuse_repeats(self, others: Sequence[SideKeys], *, is_alone: bool) -> None:
        """Refuse rows that repeat a key.

        Args:
            others: The other sides, as far as they are read; this side may be among them.
            is_alone: Whether there is no other side, so that the key may be given to be shown.

        Raises:
            DataError: There is one; the error names the first row whose key is repeated, and a
                side that has it once and repeats none, which may have a row for many.
        """
        _, firsts = self.repeats()
        if not firsts.size:
            return
        row = int(firsts.min())
        number = self.numbers[row]
        count = np.count_nonzero(self.numbers == number)
        what = f"key {self.shown(row)} stands there {count} times, first in row {row + 1}"
        hint = DUPLICATES_HINT + "; --keep COL only shows a column" * is_alone
        once = [other for other in others if other.repeats_none and number in other.distinct]
        if once:
            what += f", and once in {once[0].source.path}"
            hint = f"{ONE_FOR_MANY_HINT}; {hint}"
        raise DataError(what, path=self.source.path, hint=hint)

    @property
    def repeats_none(self) -> bool:
        """Whether each of its rows has a key of its own."""
        return self.distinct.size == self.numbers.size

    def alone(self, common: Rows) -> Rows:
        """The first rows of the keys that are not among some, ascending."""
        rows: Rows = np.sort(self.firsts[~np.isin(self.distinct, common, assume_unique=True)])
        return rows


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
