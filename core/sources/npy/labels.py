"""The elements of a `.npy` array of one axis as labels: whole numbers, booleans, dates or text."""

from __future__ import annotations

from itertools import takewhile
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from smoothl1.errors import DataError, DtypeError, ShapeError
from smoothl1.sources.columns import is_utf8
from smoothl1.sources.contract import Block
from smoothl1.sources.npy.dates import column_of_dates, type_of_dates
from smoothl1.sources.whole_numbers import n_digits, whole_numbers
from smoothl1.sources.wrapped import WrappedSource

if TYPE_CHECKING:
    from collections.abc import Generator

    from numpy.typing import NDArray

    from smoothl1.sources.contract import Part
    from smoothl1.sources.npy.source import NpySource


_BLOCK_BYTES = 1 << 22
"""Bytes of a block, whatever the width of text."""

_FAULTS = {"S": "no text in UTF-8", "U": "no text in Unicode"}
"""What is wrong with a text, by the kind of the array."""

_LAST_CHARACTER = 0x10FFFF
_SURROGATES = 0xD800 >> 11


class NpyLabels(WrappedSource):
    """An array as a column of labels, which has no name.

    Args:
        array: The array.
        label: The type of the labels.
    """

    fields = ()
    format = "npy"

    def __init__(self, array: NpySource, label: pa.Field) -> None:
        super().__init__(array)
        self._label = label
        self._item_bytes = array.header.dtype.itemsize

    @property
    def labels(self) -> tuple[pa.Field]:
        return (self._label,)

    def blocks(self, part: Part, n_rows: int) -> Generator[Block]:
        row = part.start
        n_rows = min(n_rows, max(1, _BLOCK_BYTES // self._item_bytes))
        for block in self.source.blocks(part, n_rows):
            values = block.fields[0].values
            labels, n_good = as_labels(values)
            if n_good:
                yield Block(n_good, (), (labels,))
            if n_good < values.size:
                what = f"row {row + n_good + 1}: the label is {fault_of(values, n_good)}"
                raise DataError(what, path=self.path)
            row += block.n_rows


def labels_of(array: NpySource) -> NpyLabels:
    """The elements of an array as labels.

    Raises:
        DtypeError: They are floats in a format that NumPy does not know.
        ShapeError: There is not one for each row.
    """
    field = array.fields[0]
    if field.narrower:
        raise DtypeError(
            f"dtype {field.narrower[0]} holds fractions, which cannot be labels",
            path=array.path,
            hint="text, whole numbers, booleans and dates can",
        )
    if field.is_scalar or field.row_shape:
        raise ShapeError(
            f"labels of shape {array.header.shape}: one label for each row has shape (n,)",
            path=array.path,
        )
    return NpyLabels(array, pa.field("", _type_of(field.dtype), nullable=False))


def _type_of(dtype: np.dtype[Any]) -> pa.DataType:
    if dtype.kind == "M":
        return type_of_dates(dtype)
    if dtype.kind == "f":
        return pa.int64()
    return pa.string() if dtype.kind in "SU" else pa.from_numpy_dtype(dtype)


def as_labels(values: NDArray[Any]) -> tuple[pa.Array, int]:
    """The labels before the first that cannot be one, and how many these are.

    Args:
        values: Whole numbers, also as floats, booleans, dates, or text of one width.
    """
    if values.dtype.kind == "M":
        dates = column_of_dates(values)
        n_good = n_before_null(dates)
        return dates.slice(0, n_good), n_good
    if values.dtype.kind == "f":
        integers, is_exact = whole_numbers(values)
        n_good = values.size if is_exact.all() else int(is_exact.argmin())
        return pa.array(integers[:n_good]), n_good
    if values.dtype.kind not in "SU":
        return pa.array(values.astype(values.dtype.newbyteorder("="))), values.size
    texts: list[Any] = values[: _n_unicode(values)].tolist()
    if values.dtype.kind == "S":
        texts = [text.decode() for text in takewhile(is_utf8, texts)]
    return pa.array(texts, pa.string()), len(texts)


def n_before_null(column: pa.Array) -> int:
    """How many values come before the first that is null."""
    if not column.null_count:
        return len(column)
    return int(column.is_null().to_numpy(zero_copy_only=False).argmax())


def fault_of(values: NDArray[Any], row: int) -> str:
    """What is wrong with the first label that `as_labels` does not give.

    Args:
        values: The labels, as they are stored.
        row: Which of them it is, from 0 on.
    """
    if values.dtype.kind in _FAULTS:
        return _FAULTS[values.dtype.kind]
    if values.dtype.kind == "M" and np.isnat(values[row]):
        return "missing (NaT)"
    if values.dtype.kind == "f":
        if np.isnan(values[row]):
            return "missing (NaN)"
        limit = f"2**{n_digits(values)}, to which {values.dtype.name} is exact"
        return f"{values[row]}, no whole number below {limit}; as text it can be a label"
    return fault_of_date(values, row)


def fault_of_date(values: NDArray[Any], row: int) -> str:
    """What is wrong with a date, or a number that counts from a time, that is out of range."""
    return f"{values[row]}, a date out of range; as text it can be a label"


def _n_unicode(values: NDArray[Any]) -> int:
    """How many texts come before the first with a number that is no character of Unicode.

    NumPy makes no Python string of that. Half of a pair of surrogates is no character.
    """
    if values.dtype.kind != "U":
        return values.size
    points = values.view(values.dtype.str[0] + "u4").reshape(values.size, -1)
    wrong = ((points > _LAST_CHARACTER) | (points >> 11 == _SURROGATES)).any(axis=1)
    return int(wrong.argmax()) if wrong.any() else values.size
