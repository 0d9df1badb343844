"""Losses as text: one line for each row, with the shortest digits that read back to the number."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np

from smoothl1.errors import DataError
from smoothl1.sources.columns import shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import pyarrow as pa
    from numpy.typing import NDArray

    from smoothl1.sinks.contract import Layout

_BATCH = 1 << 15
"""Numbers converted to text at a time: each becomes a Python string, so not too many."""


_SPECIAL = frozenset("\t\r\n")


class TextSink:
    """A sink that writes rows as lines: keys, then losses, separated by a delimiter."""

    def __init__(
        self,
        file: BinaryIO,
        layout: Layout,
        delimiter: str = "\t",
        quoted: Callable[[list[str]], list[str]] | None = None,
    ) -> None:
        self.dtype = layout.dtype
        self._file = file
        self._width = layout.row_elements
        self._delimiter = delimiter
        self._quoted = quoted or _plain

    def write(self, losses: NDArray[Any], keys: Sequence[pa.Array] = ()) -> None:
        n_rows = max(1, _BATCH // self._width)
        for start in range(0, losses.size // self._width, n_rows):
            some = losses[start * self._width : (start + n_rows) * self._width]
            lines = self._lines(some, [key.slice(start, n_rows) for key in keys])
            self._file.write("".join(f"{line}\n" for line in lines).encode())

    def close(self) -> None:
        self._file.flush()

    def abandon(self) -> None:
        """Do nothing: no data is buffered that could still be written."""

    def _lines(self, losses: NDArray[Any], keys: Sequence[pa.Array]) -> Iterator[str]:
        texts = shortest_texts(losses)
        if self._width == 1 and not keys:
            return iter(texts)
        cells = [self._quoted(_texts(key)) for key in keys]
        rows = zip(*cells, *[iter(texts)] * self._width, strict=True)
        return map(self._delimiter.join, rows)


def _texts(key: pa.Array) -> list[str]:
    from smoothl1.labels.conversion import texts_of  # late: pyarrow

    return texts_of(key)


def _plain(cells: list[str]) -> list[str]:
    for cell in cells:
        if not _SPECIAL.isdisjoint(cell):
            raise DataError(
                f"the key {shown(cell)} holds a tab or a line end", hint="-f csv quotes such keys"
            )
    return cells


def shortest_texts(numbers: NDArray[Any]) -> list[str]:
    """Each number as the shortest text that reads back to the same number of its dtype."""
    if numbers.dtype == np.float64:
        return list(map(repr, numbers.tolist()))
    return list(map(str, numbers))  # NumPy scalars: as many digits as their own width needs


def open_sink(file: BinaryIO, layout: Layout) -> TextSink:
    """Begin to write; see `contract.Opener`."""
    return TextSink(file, layout)
