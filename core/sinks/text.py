"""Losses as text: a row a line, shortest digits that read back to the same number."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from smoothl1.sinks.contract import Layout

_BATCH = 1 << 15
"""Numbers turned into text at a time: a Python string each, so not too many."""


class TextSink:
    """Rows as lines, their numbers parted by a delimiter."""

    def __init__(self, file: BinaryIO, layout: Layout, delimiter: str = "\t") -> None:
        self.dtype = layout.dtype
        self._file = file
        self._width = layout.row_elements
        self._delimiter = delimiter

    def write(self, losses: NDArray[Any]) -> None:
        step = max(1, _BATCH // self._width) * self._width
        for start in range(0, losses.size, step):
            lines = self._lines(losses[start : start + step])
            self._file.write("".join(f"{line}\n" for line in lines).encode("ascii"))

    def close(self) -> None:
        self._file.flush()

    def abandon(self) -> None:
        """Nothing is held back that could still be written."""

    def _lines(self, losses: NDArray[Any]) -> Iterator[str]:
        texts = shortest_texts(losses)
        if self._width == 1:
            return iter(texts)
        rows = zip(*[iter(texts)] * self._width, strict=True)
        return map(self._delimiter.join, rows)


def shortest_texts(numbers: NDArray[Any]) -> list[str]:
    """Each number as the shortest text that reads back to the same number of its dtype."""
    if numbers.dtype == np.float64:
        return list(map(repr, numbers.tolist()))
    return list(map(str, numbers))  # NumPy scalars: as many digits as their own width needs


def open_sink(file: BinaryIO, layout: Layout) -> TextSink:
    """Begin to write; see `contract.Opener`."""
    return TextSink(file, layout)
