"""One variable of netCDF in the records of a file, which hold those of others, too."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from smoothl1.files.contract import SeekableInput

_SPAN_BYTES = 4 << 20
"""Bytes of records that are read at a time to pick one variable of them."""


class Records(NamedTuple):
    """The rows of one variable in the records of a file; see `slices.Slices`.

    Attributes:
        file: The file.
        begin: The byte at which the first row begins.
        stride: The bytes of a record.
        shape: The shape of the variable.
        dtype: Its dtype.
    """

    file: SeekableInput
    begin: int
    stride: int
    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    chunks: None = None

    def __getitem__(self, rows: Any) -> NDArray[Any]:  # type: ignore[override]
        step = max(1, _SPAN_BYTES // self.stride)
        found = np.empty((rows.stop - rows.start, *self.shape[1:]), self.dtype)
        for low in range(rows.start, rows.stop, step):
            high = min(low + step, rows.stop)
            found[low - rows.start : high - rows.start] = self._span(low, high)
        return found

    def _span(self, start: int, stop: int) -> NDArray[Any]:
        row_shape, itemsize = self.shape[1:], self.dtype.itemsize
        inner = [itemsize * math.prod(row_shape[i + 1 :]) for i in range(len(row_shape))]
        row_bytes = itemsize * math.prod(row_shape)
        data = bytearray((stop - start - 1) * self.stride + row_bytes)
        self.file.read_into(memoryview(data), self.begin + start * self.stride)
        return np.ndarray(
            (stop - start, *row_shape), self.dtype, data, strides=(self.stride, *inner)
        )
