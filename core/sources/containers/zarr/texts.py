"""Texts of an array of a Zarr store, each of a length of its own, one in each row.

In a chunk each text stands behind its length: 4 bytes, in little-endian order; the number of texts
comes first. A compressed chunk may hold millions of short texts, which take more than ten times its
bytes as Python's: a chunk stays as it is stored, and only the texts of some rows are made of it.
Source: https://numcodecs.readthedocs.io/en/stable/other/vlen.html
"""

from __future__ import annotations

import math
from contextlib import closing
from dataclasses import dataclass, field
from struct import Struct
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from smoothl1.errors import DataError
from smoothl1.sources.containers.slices import MAX_CHUNK_BYTES
from smoothl1.sources.containers.zarr.chunks import in_chunk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from smoothl1.sources.containers.zarr.chunks import ChunkedArray
    from smoothl1.sources.containers.zarr.shards import Index

_NUMBER = Struct("<I")


class _Chunk(Protocol):
    """The texts of a chunk."""

    def texts(self, start: int, stop: int) -> list[str]:
        """Those of the rows [start, stop) of the chunk."""
        ...

    def text_bytes(self, start: int, stop: int) -> NDArray[np.int64]:
        """The bytes of each of these texts, shape (stop - start,)."""
        ...


@dataclass(frozen=True, slots=True)
class _Filled:
    """A chunk that is not stored.

    Attributes:
        text: The text of all its rows.
    """

    text: str

    def texts(self, start: int, stop: int) -> list[str]:
        return [self.text] * (stop - start)

    def text_bytes(self, start: int, stop: int) -> NDArray[np.int64]:
        return np.full(stop - start, len(self.text.encode()), np.int64)


@dataclass(frozen=True, slots=True)
class _Stored:
    """A chunk as it is stored.

    Attributes:
        key: Its key in the store.
        data: Its bytes, unpacked.
        ends: Where each text ends in them, in the order in which they are stored.
        step: How many texts are stored from one row to the next: other elements of a row may be
            beyond the end of the array.
    """

    key: str
    data: bytes
    ends: NDArray[np.int32]
    step: int

    def texts(self, start: int, stop: int) -> list[str]:
        begins, ends = self._places(start, stop)
        places = zip(begins.tolist(), ends.tolist(), strict=True)
        try:
            return [str(self.data[begin:end], "utf-8") for begin, end in places]
        except UnicodeDecodeError as error:
            raise DataError(f"chunk {self.key}: a text in it is not UTF-8") from error

    def text_bytes(self, start: int, stop: int) -> NDArray[np.int64]:
        begins, ends = self._places(start, stop)
        return (ends - begins).astype(np.int64)

    def _places(self, start: int, stop: int) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """Where the texts of some rows begin and end."""
        rows = np.arange(start, stop) * self.step
        before = np.where(rows > 0, self.ends[rows - 1], _NUMBER.size)
        return (before + _NUMBER.size).astype(np.int32), self.ends[rows]


@dataclass(frozen=True, slots=True)
class TextSlices:
    """An array of texts that is read by slices of rows: see `slices.Slices`.

    Attributes:
        array: The array in chunks.
        kept: The number of the chunk read last along the first axis, and the chunk.
    """

    array: ChunkedArray
    kept: list[tuple[int, _Chunk]] = field(default_factory=list)

    @property
    def shape(self) -> Index:
        return self.array.shape

    @property
    def dtype(self) -> np.dtype[Any]:
        return self.array.dtype

    @property
    def chunks(self) -> Index:
        return self.array.chunks

    def __getitem__(self, rows: slice) -> NDArray[np.object_]:
        pieces = self._pieces(rows.start, rows.stop)
        texts = [text for chunk, low, high in pieces for text in chunk.texts(low, high)]
        return np.array(texts, object)

    def text_bytes(self, start: int, stop: int) -> NDArray[np.int64]:
        """See `SlicedArray.text_bytes`."""
        pieces = self._pieces(start, stop)
        return np.concatenate([chunk.text_bytes(low, high) for chunk, low, high in pieces])

    def _pieces(self, start: int, stop: int) -> Iterator[tuple[_Chunk, int, int]]:
        """The chunks that hold some rows, and which of their rows these are."""
        n = self.chunks[0]
        for i in range(start // n, -(-stop // n)):
            yield self._chunk(i), max(start - i * n, 0), min(stop - i * n, n)

    def _chunk(self, i: int) -> _Chunk:
        """The i-th chunk along the first axis; it is read once for all its rows."""
        for j, chunk in self.kept[-1:]:
            if j == i:
                return chunk
        self.kept.clear()  # two chunks would be held
        spans = [range(i, i + 1), *(range(1) for _ in self.chunks[1:])]
        with closing(self.array.decoded(spans, self._decoded)) as found:
            ((_, read),) = found
        self.kept[:] = [(i, read)]
        return read

    def _decoded(self, key: str, data: bytes | None) -> _Chunk:
        if data is None:
            return _Filled(self.array.filled(key).flat[0])
        layout, n_texts = self.array.metadata.layout, math.prod(self.chunks)
        with in_chunk(key):
            plain = layout.codecs.unpacked(data, MAX_CHUNK_BYTES)
            ends = _ends_of(plain, n_texts)
        axes = layout.axes or tuple(range(len(self.chunks)))
        inner = axes[axes.index(0) + 1 :]
        return _Stored(key, plain, ends, math.prod(self.chunks[axis] for axis in inner))


def _ends_of(data: bytes, n_texts: int) -> NDArray[np.int32]:
    """Where each text of a chunk ends in its bytes.

    Raises:
        DataError: It has not as many texts as it must have, or other bytes.
    """
    n_found = int.from_bytes(data[: _NUMBER.size], "little")
    if n_found != n_texts or len(data) < _NUMBER.size * (1 + n_texts):
        raise DataError(f"it has {n_found} texts in {len(data)} bytes, and not {n_texts}")
    ends = np.fromiter(_each_end(data, n_texts), np.int32, n_texts)
    if int(ends[-1]) != len(data):
        raise DataError("bytes follow its last text")
    return ends


def _each_end(data: bytes, n_texts: int) -> Iterator[int]:
    length_at, n_before, n_bytes = _NUMBER.unpack_from, _NUMBER.size, len(data)
    at = n_before
    for _ in range(n_texts):
        begin = at + n_before
        at = begin + length_at(data, at)[0] if begin <= n_bytes else begin
        if at > n_bytes:
            raise DataError("a text in it is cut short")
        yield at
