"""Losses as JSON: an array of the inputs' shape, or with columns carried an object for each row."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any, BinaryIO

import pyarrow as pa

from smoothl1.sinks.first_cells import texts_with_nulls
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
        names = [*(column.name for column in layout.carried), *layout.column_names]
        self._names = list(map(json.dumps, names))
        self._is_first = True
        self._file.write(b"[" if self._shape else b"")

    def encoded(self, losses: NDArray[Any], carried: Sequence[pa.Array] = ()) -> str:
        n_rows = losses.size // self._width if self._width else 0
        texts = _numbers(losses)
        return ",\n".join(
            self._objects(texts, carried) if carried else _nested(texts, n_rows, self._shape[1:])
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

    def _objects(self, texts: list[str], carried: Sequence[pa.Array]) -> Iterator[str]:
        """Each row as an object of the columns carried and its losses."""
        columns = [*map(_json_of, carried), *(texts[i :: self._width] for i in range(self._width))]
        for row in zip(*columns, strict=True):
            fields = map(": ".join, zip(self._names, row, strict=True))
            yield f"{{{', '.join(fields)}}}"


def _numbers(values: NDArray[Any]) -> list[str]:
    """Numbers as JSON: what is not finite is null."""
    texts = lines_of(values, 1, "\t").decode().splitlines()
    return ["null" if text[-1] in "nf" else text for text in texts]


def _json_of(column: pa.Array) -> list[str]:
    """Values carried as JSON: numbers as numbers, all others as text, missing ones as null."""
    if pa.types.is_floating(column.type):
        return _numbers(column.fill_null(math.nan).to_numpy())
    values = column if pa.types.is_integer(column.type) else texts_with_nulls(column)
    return list(map(json.dumps, values.to_pylist()))


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
