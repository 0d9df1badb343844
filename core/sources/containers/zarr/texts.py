"""Texts of an array of a Zarr store, each of a length of its own, one in each row.

In a chunk each text stands behind its length: 4 bytes, in little-endian order; the number of texts
comes first. A compressed chunk may hold millions of short texts, which take more than ten times its
bytes as Python's: a chunk stays as it is stored, and only the texts of some rows are made of it.
Source: https://numcodecs.readthedocs.io/en/stable/other/vlen.html
"""

from __future__ import annotations

import math
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial
from struct import Struct
from typing import TYPE_CHECKING, NamedTuple, Protocol

import numpy as np

from smoothl1.errors import DataError
from smoothl1.sources.containers.slices import MAX_CHUNK_BYTES
from smoothl1.sources.containers.unpacked_pieces import UnpackedPieces
from smoothl1.sources.containers.zarr.chunks import in_chunk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from smoothl1.sources.containers.unpacked_pieces import PieceReader
    from smoothl1.sources.containers.zarr.chunks import ChunkedArray

_NUMBER = Struct("<I")


class _Chunk(Protocol):
    """The texts of a chunk."""

    @property
    def n_bytes(self) -> int:
        """What it takes in memory."""
        ...

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

    @property
    def n_bytes(self) -> int:
        return 0

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

    @property
    def n_bytes(self) -> int:
        return len(self.data) + self.ends.nbytes

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


class TextsInChunks:
    """The texts of an array.

    Args:
        array: The array in chunks.
    """

    def __init__(self, array: ChunkedArray) -> None:
        self.array = array
        self._unpacked = UnpackedPieces[_Chunk](MAX_CHUNK_BYTES, lambda chunk: chunk.n_bytes)

    @contextmanager
    def reader(self) -> Iterator[_Reader]:
        """See `SlicedArray.texts`."""
        with self._unpacked.reader() as chunks:
            yield _Reader(self, chunks)

    def chunk(self, i: int) -> _Chunk:
        """The i-th chunk along the first axis, read."""
        spans = [range(i, i + 1), *(range(1) for _ in self.array.chunks[1:])]
        with closing(self.array.decoded(spans, self._decoded)) as found:
            ((_, read),) = found
        return read

    def _decoded(self, key: str, data: bytes | None) -> _Chunk:
        if data is None:
            return _Filled(self.array.filled(key).flat[0])
        layout, chunks = self.array.metadata.layout, self.array.chunks
        with in_chunk(key):
            plain = layout.codecs.unpacked(data, MAX_CHUNK_BYTES)
            ends = _ends_of(plain, math.prod(chunks))
        axes = layout.axes or tuple(range(len(chunks)))
        inner = axes[axes.index(0) + 1 :]
        return _Stored(key, plain, ends, math.prod(chunks[axis] for axis in inner))


class _Reader(NamedTuple):
    """See `text_slices.TextReader`."""

    texts_in: TextsInChunks
    chunks: PieceReader[_Chunk]

    def text_bytes(self, start: int, stop: int) -> NDArray[np.int64]:
        pieces = self._pieces(start, stop)
        return np.concatenate([chunk.text_bytes(low, high) for chunk, low, high in pieces])

    def texts(self, start: int, stop: int) -> NDArray[np.object_]:
        pieces = self._pieces(start, stop, are_read=True)
        texts = [text for chunk, low, high in pieces for text in chunk.texts(low, high)]
        return np.array(texts, object)

    def _pieces(
        self, start: int, stop: int, *, are_read: bool = False
    ) -> Iterator[tuple[_Chunk, int, int]]:
        """The chunks that hold some rows, and which of their rows these are."""
        array = self.texts_in.array
        n, n_rows = array.chunks[0], array.shape[0]
        for i in range(start // n, -(-stop // n)):
            first, last = i * n, min((i + 1) * n, n_rows)
            unpack = partial(self.texts_in.chunk, i)
            chunk = self.chunks.piece(i, unpack, to_end=are_read and stop >= last)
            yield chunk, max(start - first, 0), min(stop, last) - first


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
