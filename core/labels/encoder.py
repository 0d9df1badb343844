"""Numbers for the distinct values of a column of groups."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from smoothl1.errors import DataError

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

MAX_GROUPS = 1_000_000
"""Most groups or clusters. They take up to a kilobyte each, at one beta, and a column with more
values than this is mostly a key."""


_WIDTH = 8
"""Most entries of a table for each integer looked up: a larger table costs more than searching."""

_LEAST_WIDTH = 1 << 16

_FEW = 1 << 12
"""Most texts that are looked up by Python itself."""

_WORD = (1 << 64) - 1


class Labels:
    """Numbers the distinct values of a column, in the order in which they come.

    New values of a dictionary are numbered in the order of the dictionary.

    Args:
        what: What the values are, in the error about too many.

    Attributes:
        values: The distinct values; None before the first.
    """

    def __init__(self, what: str = "groups") -> None:
        self._what = what
        self.values: pa.Array | None = None
        self._has_all = True  # whether the table has all known values
        self._buffers = np.empty((2, 0), np.intp)  # kept: new memory is slow at first touch
        self._lowest = 0
        self._table = np.full(2, -1, np.intp)  # numbers of integers; -1 if new, and at both ends
        self._dictionary: pa.Array | None = None  # the last one, and the numbers of its values
        self._of_dictionary = np.empty(0, np.intp)  # -1 where they are not known

    def __len__(self) -> int:
        return 0 if self.values is None else len(self.values)

    def encode(self, values: pa.Array) -> NDArray[np.intp]:
        """The number of each value; new ones get the next.

        The numbers are valid until the next call.

        Raises:
            DataError: There are more than `MAX_GROUPS` distinct ones.
        """
        from pyarrow import types

        if self._buffers.shape[1] < len(values):
            self._buffers = np.empty((2, len(values)), np.intp)
        if types.is_dictionary(values.type):
            return self._encode_dictionary(values)
        if self.values is None:
            self.values = values.slice(0, 0)
        integers = _integers(values)
        codes = None if integers is None else self._look_up(values, integers)
        if codes is None:
            self._has_all = False
            codes = self._search(values)
        if len(self) > MAX_GROUPS:
            raise DataError(f"more than {MAX_GROUPS:,} {self._what}", hint="is the column a key?")
        return codes

    def _encode_dictionary(self, values: pa.DictionaryArray) -> NDArray[np.intp]:
        """Number the values of a dictionary that occur, once each."""
        import pyarrow as pa

        if self._dictionary is None or not self._dictionary.equals(values.dictionary):
            self._of_dictionary = np.full(len(values.dictionary), -1, np.intp)
            self._dictionary = values.dictionary
        indices = values.indices.to_numpy()
        codes = self._of_indices(indices)
        if codes.min(initial=0) < 0:
            used = np.flatnonzero(np.bincount(indices, minlength=len(values.dictionary)))
            are_all = used.size == len(values.dictionary)
            some = values.dictionary if are_all else values.dictionary.take(pa.array(used))
            self._of_dictionary[used] = self.encode(some)
            codes = self._of_indices(indices)
        return codes

    def _of_indices(self, indices: NDArray[np.integer]) -> NDArray[np.intp]:
        """The numbers of values of the last dictionary; -1 if not known."""
        places = self._buffers[0, : indices.size]
        places[:] = indices
        if places.size and not 0 <= places.min() <= places.max() < self._of_dictionary.size:
            raise IndexError("an index beyond its dictionary")
        return self._taken(self._of_dictionary, places)

    @property
    def integers(self) -> NDArray[np.integer] | None:
        """The values, if they are integers."""
        from pyarrow import types

        if self.values is None or not types.is_integer(self.values.type):
            return None
        integers: NDArray[np.integer] = self.values.to_numpy()
        return integers

    def texts(self) -> list[str]:
        """The values as text."""
        if self.values is None:
            return []
        from smoothl1.labels.texts import texts_of  # late: pyarrow

        return texts_of(self.values)

    def _search(self, values: pa.Array) -> NDArray[np.intp]:
        """Numbers of values of any type. Each call hashes all distinct values again."""
        if max(len(values), len(self)) <= _FEW and _are_texts(values):
            return self._search_few(values)
        import pyarrow.compute as pc  # late: it takes longer than a few texts

        found = pc.index_in(values, self.values)
        if not found.null_count:
            known: NDArray[np.intp] = found.to_numpy().astype(np.intp)
            return known
        codes: NDArray[np.intp] = found.fill_null(-1).to_numpy().astype(np.intp)
        codes[codes < 0] = self._learn(values.filter(found.is_null()))
        return codes

    def _search_few(self, texts: pa.Array) -> NDArray[np.intp]:
        import pyarrow as pa

        known = [] if self.values is None else self.values.to_pylist()
        numbers = {text: number for number, text in enumerate(known)}
        codes = [numbers.setdefault(text, len(numbers)) for text in texts.to_pylist()]
        new = pa.array([*numbers][len(known) :], texts.type)
        self.values = pa.concat_arrays([self.values, new])
        return np.array(codes, np.intp)

    def _look_up(self, values: pa.Array, integers: NDArray[np.int64]) -> NDArray[np.intp] | None:
        """Numbers of integers by the table; None if it would be too large."""
        codes = self._in_table(integers)
        if codes.min() >= 0:
            return codes
        is_new = codes < 0
        if not self._has_room(values):
            return None
        rest = integers[is_new]
        if self._has_all:
            codes[is_new] = self._learn_integers(rest, values.type)
        else:
            codes[is_new] = self._search(as_array(rest, values.type))
            self._table[self._places(rest)] = codes[is_new]
        return codes

    def _learn_integers(self, integers: NDArray[np.int64], kind: pa.DataType) -> NDArray[np.intp]:
        """Number integers that are all new, but have places in the table."""
        import pyarrow as pa

        places, index = self._places(integers), np.arange(integers.size)
        self._table[places[::-1]] = index[::-1]  # the last write stays: that of the first
        is_first = self._table[places] == index
        distinct = integers[is_first]
        self._table[places[is_first]] = np.arange(len(self), len(self) + distinct.size)
        self.values = pa.concat_arrays([self.values, as_array(distinct, kind)])
        numbers: NDArray[np.intp] = self._table[places]
        return numbers

    def _in_table(self, integers: NDArray[np.int64]) -> NDArray[np.intp]:
        """The entry of each integer. What is beyond the table has one of its ends, which are -1."""
        return self._taken(self._table, self._places(integers))

    def _places(self, integers: NDArray[np.int64]) -> NDArray[np.intp]:
        """The place of each integer, modulo 2**64: each of these has but one."""
        before_first = np.array([self._lowest - 1 & _WORD], np.uint64).view(np.int64)
        return np.subtract(integers, before_first, out=self._buffers[0, : integers.size])

    def _taken(self, numbers: NDArray[np.intp], places: NDArray[np.intp]) -> NDArray[np.intp]:
        return numbers.take(places, out=self._buffers[1, : places.size], mode="clip")

    def _learn(self, values: pa.Array) -> NDArray[np.integer]:
        """Number values that are all new."""
        import pyarrow as pa

        encoded = values.dictionary_encode("encode")
        codes: NDArray[np.integer] = len(self) + encoded.indices.to_numpy()
        self.values = pa.concat_arrays([self.values, encoded.dictionary])
        return codes

    def _has_room(self, values: pa.Array) -> bool:
        """Give these integers places in the table, unless it would be too large."""
        integers = values.to_numpy()
        low, high = int(integers.min()), int(integers.max())
        n_known = self._table.size - 2
        if n_known:
            low = min(low, self._lowest)
            high = max(high, self._lowest + n_known - 1)
        width = high - low + 1
        if width > max(_LEAST_WIDTH, _WIDTH * len(values), n_known):
            return False
        if width > n_known:
            table = np.full(width + 2, -1, np.intp)
            first = self._lowest - low
            table[first + 1 : first + 1 + n_known] = self._table[1:-1]
            self._table, self._lowest = table, low
        return True


def _are_texts(values: pa.Array) -> bool:
    from smoothl1.sources.text_types import is_text_type  # late: pyarrow

    return is_text_type(values.type)


def as_array(integers: NDArray[np.integer], kind: pa.DataType | None = None) -> pa.Array:
    """Integers modulo 2**64 as an array; `pa.array` would import more of NumPy.

    Args:
        integers: Of shape (n,).
        kind: The integer type of the array; unset, int64.
    """
    import pyarrow as pa

    kind = pa.int64() if kind is None else kind
    typed = integers.astype(kind.to_pandas_dtype(), copy=False)
    return pa.Array.from_buffers(kind, typed.size, [None, pa.py_buffer(typed)])


def _integers(values: pa.Array) -> NDArray[np.int64] | None:
    """Integers modulo 2**64; None for other values."""
    from pyarrow import types

    if not types.is_integer(values.type) or values.null_count or len(values) == 0:
        return None
    integers: NDArray[np.integer] = values.to_numpy()
    return integers.view(np.int64) if integers.itemsize == 8 else integers.astype(np.int64)
