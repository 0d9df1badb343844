"""Losses as JSON: an array of the inputs' shape, or with keys an object for each row."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any, BinaryIO

import pyarrow as pa

from smoothl1.labels.conversion import as_texts
from smoothl1.sinks.lines import lines_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from smoothl1.sinks.contract import Layout


class JsonSink:
    """A sink that writes a row a line. JSON has no NaN and no infinity: both are null."""

    def __init__(self, file: BinaryIO, layout: Layout) -> None:
        self.dtype = layout.dtype
        self._file = file
        self._shape = layout.shape
        self._width = layout.row_elements
        names = [*(key.name for key in layout.keys), *layout.column_names]
        self._names = list(map(json.dumps, names))
        self._is_first = True
        self._file.write(b"[" if self._shape else b"")

    def encoded(self, losses: NDArray[Any], keys: Sequence[pa.Array] = ()) -> str:
        n_rows = losses.size // self._width if self._width else 0
        numbers = lines_of(losses, 1, "\t").decode().splitlines()
        texts = ["null" if text[-1] in "nf" else text for text in numbers]
        return ",\n".join(
            self._objects(texts, keys) if keys else _nested(texts, n_rows, self._shape[1:])
        )

    def write(self, encoded: str) -> None:
        if encoded:
            self._file.write(f"{self._separator()}{encoded}".encode())

    def close(self) -> None:
        if self._width == 0:  # no row had an element to write
            self.write(",\n".join(_nested([], self._shape[0] or 0, self._shape[1:])))
        self._file.write(b"\n]\n" if self._shape else b"\n")
        self._file.flush()

    def abandon(self) -> None:
        """Do nothing: no data is buffered that could still be written."""

    def _separator(self) -> str:
        """What stands before the next row."""
        is_first, self._is_first = self._is_first, False
        if is_first:
            return "\n" if self._shape else ""
        return ",\n"

    def _objects(self, texts: list[str], keys: Sequence[pa.Array]) -> Iterator[str]:
        """Each row as an object of its keys and losses."""
        columns = [*map(_key_texts, keys), *(texts[i :: self._width] for i in range(self._width))]
        for row in zip(*columns, strict=True):
            fields = map(": ".join, zip(self._names, row, strict=True))
            yield f"{{{', '.join(fields)}}}"


def _key_texts(key: pa.Array) -> list[str]:
    """Keys as JSON: whole numbers as numbers, all others as text."""
    if pa.types.is_integer(key.type):
        return list(map(str, key.to_pylist()))
    return list(map(json.dumps, as_texts(key).to_pylist()))


def _nested(texts: list[str], n_rows: int, shape: Sequence[int | None]) -> list[str]:
    """Each row as nested arrays of its shape."""
    lengths = [length or 0 for length in shape]
    for i in reversed(range(len(lengths))):
        n, length = n_rows * math.prod(lengths[:i]), lengths[i]
        texts = [f"[{', '.join(texts[j * length : (j + 1) * length])}]" for j in range(n)]
    return texts


def open_sink(file: BinaryIO, layout: Layout) -> JsonSink:
    """Begin to write; see `contract.Opener`."""
    return JsonSink(file, layout)
