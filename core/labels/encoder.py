"""Numbers for the distinct values of a column of groups."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from smoothl1.errors import DataError

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

MAX_GROUPS = 1_000_000
"""About a kilobyte each, at one beta. A column with more values than this is a key, not a group."""


_WIDTH = 8
"""Most entries of a table for each integer looked up: a larger table costs more than searching."""

_LEAST_WIDTH = 1 << 16


class Labels:
    """Numbers the distinct values of a column, in the order in which they come.

    New values of a dictionary are numbered in the order of the dictionary.

    Attributes:
        values: The distinct values; None before the first.
    """

    def __init__(self) -> None:
        self.values: pa.Array | None = None
        self._lowest = 0
        self._has_all = True  # whether the table has all known values
        self._buffer = np.empty(0, np.intp)  # kept: new memory is slow at first touch
        self._table = np.empty(0, np.intp)  # numbers of the integers from _lowest on; -1 if new

    def __len__(self) -> int:
        return 0 if self.values is None else len(self.values)

    def encode(self, values: pa.Array) -> NDArray[np.intp]:
        """The number of each value; new ones get the next.

        Raises:
            DataError: There are more than `MAX_GROUPS` distinct ones.
        """
        from pyarrow import types

        if types.is_dictionary(values.type):
            return self._encode_dictionary(values)
        if self.values is None:
            self.values = values.slice(0, 0)
        places = self._places(values)
        if places is None:
            self._has_all = False
            codes = self._search(values)
        else:
            codes = self._look_up(values, places)
        if len(self) > MAX_GROUPS:
            raise DataError(f"more than {MAX_GROUPS:,} groups", hint="is the column a key?")
        return codes

    def _encode_dictionary(self, values: pa.DictionaryArray) -> NDArray[np.intp]:
        """Number the values of a dictionary that occur, once each."""
        import pyarrow as pa

        indices = values.indices.to_numpy().astype(np.intp)
        used = np.flatnonzero(np.bincount(indices, minlength=len(values.dictionary)))
        codes = np.zeros(len(values.dictionary), np.intp)
        codes[used] = self.encode(values.dictionary.take(pa.array(used)))
        chosen: NDArray[np.intp] = codes[indices]
        return chosen

    def texts(self) -> list[str]:
        """The values as text."""
        if self.values is None:
            return []
        from smoothl1.labels.conversion import texts_of  # late: pyarrow

        return texts_of(self.values)

    def _search(self, values: pa.Array) -> NDArray[np.intp]:
        """Numbers of values of any type. Each call hashes all distinct values again."""
        import pyarrow.compute as pc

        found = pc.index_in(values, self.values)
        if not found.null_count:
            known: NDArray[np.intp] = found.to_numpy().astype(np.intp)
            return known
        codes: NDArray[np.intp] = found.fill_null(-1).to_numpy().astype(np.intp)
        codes[codes < 0] = self._learn(values.filter(found.is_null()))
        return codes

    def _look_up(self, values: pa.Array, places: NDArray[np.intp]) -> NDArray[np.intp]:
        """Numbers of integers that have places in the table."""
        import pyarrow as pa

        codes: NDArray[np.intp] = self._table.take(places)
        if codes.min() < 0:
            is_new = codes < 0
            rest = values.filter(pa.array(is_new))
            codes[is_new] = self._learn(rest) if self._has_all else self._search(rest)
            self._table[places[is_new]] = codes[is_new]
        return codes

    def _learn(self, values: pa.Array) -> NDArray[np.integer]:
        """Number values that are all new."""
        import pyarrow as pa

        encoded = values.dictionary_encode("encode")
        codes: NDArray[np.integer] = len(self) + encoded.indices.to_numpy()
        self.values = pa.concat_arrays([self.values, encoded.dictionary])
        return codes

    def _places(self, values: pa.Array) -> NDArray[np.intp] | None:
        """The places of integers in the table; None if the table would be too large."""
        from pyarrow import types

        if not types.is_integer(values.type) or values.null_count or len(values) == 0:
            return None
        integers = values.to_numpy()
        low, high = int(integers.min()), int(integers.max())
        if self._table.size:
            low = min(low, self._lowest)
            high = max(high, self._lowest + self._table.size - 1)
        width = high - low + 1
        if width > max(_LEAST_WIDTH, _WIDTH * len(values), self._table.size):
            return None
        if width > self._table.size:
            self._widen(low, width)
        if integers.itemsize < 8:
            integers = integers.astype(np.int64)  # so that differences do not overflow
        if self._buffer.size < integers.size:
            self._buffer = np.empty(integers.size, np.intp)
        places: NDArray[np.intp] = self._buffer[: integers.size]
        least = integers.dtype.type(low)
        np.subtract(integers, least, out=places, casting="unsafe")
        return places

    def _widen(self, low: int, width: int) -> None:
        table = np.full(width, -1, np.intp)
        first = self._lowest - low
        if self._table.size:
            table[first : first + self._table.size] = self._table
        self._table, self._lowest = table, low
