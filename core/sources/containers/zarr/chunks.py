"""An array of a Zarr store in slices along its first axis, put together from its chunks."""

from __future__ import annotations

import itertools
import math
from contextlib import closing
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING, Any

import numpy as np

from smoothl1.engines.threads import mapped
from smoothl1.errors import DataError, StorageError
from smoothl1.numerics.narrow_floats import widened
from smoothl1.sources.containers.slices import MAX_CHUNK_BYTES
from smoothl1.sources.containers.zarr.data_types import TEXTS, texts_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from smoothl1.sources.containers.zarr.metadata import ArrayMetadata, Shards
    from smoothl1.sources.containers.zarr.stores import Store

    Index = tuple[int, ...]

_MOST_STORED = 2
"""A stored chunk is refused if it is larger than a chunk may be by this factor."""

_MAX_INDEX_BYTES = 1 << 24
_MOST_INDICES = 8
"""Indices of shards that are kept, so that one is not read for each of its chunks."""

_UNREAD: NDArray[np.uint64] = np.empty((0, 2), np.uint64)
_NOT_STORED = (1 << 64) - 1
_ENTRY_BYTES = 16


@dataclass(frozen=True, slots=True)
class ChunkedArray:
    """An array that is read chunk by chunk: see `slices.Slices`.

    Attributes:
        store: The store.
        node: The path of the array in it.
        metadata: What is known of it.
        indices: The indices of the shards read last.
        reading: Held by whoever reads an index, which other threads then wait for.
    """

    store: Store
    node: str
    metadata: ArrayMetadata
    indices: dict[str, NDArray[np.uint64] | None] = field(default_factory=dict)
    reading: Lock = field(default_factory=Lock)

    @property
    def shape(self) -> Index:
        return self.metadata.shape

    @property
    def dtype(self) -> np.dtype[Any]:
        return self.metadata.dtype

    @property
    def chunks(self) -> Index:
        return self.metadata.chunks

    def __getitem__(self, rows: slice | tuple[()]) -> NDArray[Any]:
        shape = self.shape if isinstance(rows, tuple) else (rows.stop - rows.start, *self.shape[1:])
        first = [] if isinstance(rows, tuple) else [rows.start]
        begins = first + [0] * (len(shape) - len(first))
        found = np.empty(shape, self.dtype)
        spans = [
            range(begin // n, -(-(begin + length) // n))
            for begin, length, n in zip(begins, shape, self.chunks, strict=True)
        ]

        def chunk_of(index: Index) -> tuple[Index, NDArray[Any]]:
            return index, self._chunk(index)

        indices = itertools.product(*spans)
        with closing(mapped(chunk_of, indices, self._n_at_once, is_awaited=False)) as chunks:
            for index, chunk in chunks:
                inside, outside = [], []
                for i, begin, length, n in zip(index, begins, shape, self.chunks, strict=True):
                    low, high = max(begin, i * n), min(begin + length, (i + 1) * n)
                    inside.append(slice(low - i * n, high - i * n))
                    outside.append(slice(low - begin, high - begin))
                found[tuple(outside)] = chunk if chunk.shape == () else chunk[tuple(inside)]
        return found

    @property
    def _n_at_once(self) -> int:
        """How many chunks are read at a time: so many that they take bounded memory."""
        are_texts = self.metadata.layout.dtype == TEXTS  # their size is not known before
        n_bytes = MAX_CHUNK_BYTES if are_texts else math.prod(self.chunks) * self.dtype.itemsize
        return min(self.store.n_at_once, max(1, MAX_CHUNK_BYTES // n_bytes))

    def n_stored(self) -> int:
        """How many chunks are stored.

        Raises:
            DataError: The index of a shard is damaged.
        """
        stored = self._n_each(self.metadata.stored_chunks)
        found = (self._index_in(key, stored) for key in self.store.keys_below(self.node))
        shards = self.metadata.shards
        if shards is None:
            return sum(index is not None for index in found)
        return sum(self._n_in_shard(index, shards) for index in found if index is not None)

    def _n_each(self, lengths: Index) -> list[int]:
        """How many pieces of some lengths there are along each axis."""
        return [-(-n // length) for n, length in zip(self.shape, lengths, strict=True)]

    def _index_in(self, key: str, lengths: list[int]) -> Index | None:
        """The numbers in a key, if it is that of a chunk or a shard of this array.

        Args:
            key: The key, without the path of the array.
            lengths: How many of these there are along each axis.
        """
        prefix, separator = self.metadata.prefix, self.metadata.separator
        numbers = key.split(separator) if lengths else []
        numbers = numbers[1:] if prefix else numbers
        if len(numbers) != len(lengths) or not all(map(str.isdecimal, numbers)):
            return None
        index = tuple(map(int, numbers))
        is_inside = all(i < length for i, length in zip(index, lengths, strict=True))
        return index if is_inside and key == self.metadata.key(index) else None

    def _n_in_shard(self, outer: Index, shards: Shards) -> int:
        """How many chunks of the array a shard holds: those beyond its ends do not count."""
        index = self._index_of(self._key(outer), shards)
        if index is None:
            return 0
        ratios = [n // c for n, c in zip(shards.shape, self.chunks, strict=True)]
        is_stored = (index != _NOT_STORED).any(axis=1).reshape(ratios)
        n_each = self._n_each(self.chunks)
        inside = zip(outer, ratios, n_each, strict=True)
        return int(is_stored[tuple(slice(0, n - i * ratio) for i, ratio, n in inside)].sum())

    def _chunk(self, index: Index) -> NDArray[Any]:
        shards, layout = self.metadata.shards, self.metadata.layout
        n_items = math.prod(self.chunks)
        n_bytes = n_items * layout.dtype.itemsize
        are_texts = layout.dtype == TEXTS
        if shards is None:
            key = self._key(index)
            data = self._whole(key, None if are_texts else layout.codecs.stored_bytes(n_bytes))
        else:
            ratios = [n // c for n, c in zip(shards.shape, self.chunks, strict=True)]
            outer = tuple(i // n for i, n in zip(index, ratios, strict=True))
            inner = tuple(i % n for i, n in zip(index, ratios, strict=True))
            key = self._key(outer)
            data = self._of_shard(key, shards, int(np.ravel_multi_index(inner, ratios)))
        if data is None:
            return self._filled(key)
        try:
            if are_texts:
                texts = texts_of(layout.codecs.unpacked(data, MAX_CHUNK_BYTES), n_items)
                stored = np.array(texts, object)
            else:
                stored = np.frombuffer(layout.codecs.decoded(data, n_bytes), layout.dtype)
        except (DataError, StorageError) as error:
            error.what = f"chunk {key}: {error.what}"
            raise
        stored = stored.reshape([self.chunks[axis] for axis in layout.axes])
        values = stored.transpose(np.argsort(layout.axes)) if layout.axes else stored
        narrow = self.metadata.narrow
        return widened(values, narrow) if narrow else values

    def _key(self, index: Index) -> str:
        return f"{self.node}/{self.metadata.key(index)}".lstrip("/")

    def _filled(self, key: str) -> NDArray[Any]:
        """A chunk that is not stored."""
        fill = self.metadata.fill
        if fill is None:
            raise DataError(
                f"chunk {key} is not stored, and the array has no fill value",
                hint="write the array again: zarr gives any numbers for it",
            )
        return np.broadcast_to(np.asarray(fill, self.dtype), self.chunks)

    def _whole(self, key: str, n_bytes: int | None) -> bytes | None:
        """All that is stored for a key; None if nothing is."""
        with self.store.opened(key) as stored:
            if stored is None:
                return None
            most = _MOST_STORED * MAX_CHUNK_BYTES if n_bytes is None else n_bytes
            if stored.size > most or n_bytes not in (None, stored.size):
                wanted = f"at most {most}" if n_bytes is None else f"and not {n_bytes}"
                why = ": cut short?" if stored.size < most else ""
                raise DataError(f"chunk {key} has {stored.size} bytes, {wanted}{why}")
            return stored.read(0, stored.size)

    def _of_shard(self, key: str, shards: Shards, place: int) -> bytes | None:
        """The bytes of a chunk in a shard; None if they are not stored."""
        with self.reading:
            index = self.indices.get(key, _UNREAD)
            if index is _UNREAD:
                index = self._index_of(key, shards)
                while len(self.indices) >= _MOST_INDICES:
                    del self.indices[next(iter(self.indices))]
                self.indices[key] = index
        if index is None:
            return None
        offset, n_bytes = map(int, index[place])
        if offset == n_bytes == _NOT_STORED:
            return None
        with self.store.opened(key) as stored:
            size = 0 if stored is None else stored.size
            most = min(size - offset, _MOST_STORED * MAX_CHUNK_BYTES)
            if stored is None or n_bytes > most:
                found = f"{offset} to {offset + n_bytes} of {size}"
                raise DataError(f"shard {key} has chunk {place + 1} in bytes {found}: cut short?")
            return stored.read(offset, n_bytes)

    def _index_of(self, key: str, shards: Shards) -> NDArray[np.uint64] | None:
        """Where the chunks of a shard are: for each its first byte, and how many it has."""
        n_bytes = math.prod(shards.shape) // math.prod(self.chunks) * _ENTRY_BYTES
        n_stored = shards.index_codecs.stored_bytes(n_bytes) or 0
        if n_bytes > _MAX_INDEX_BYTES:
            most = f"at most {_MAX_INDEX_BYTES}"
            raise DataError(f"shard {key} has an index of {n_bytes} bytes, {most}")
        with self.store.opened(key) as stored:
            if stored is None:
                return None
            if stored.size < n_stored:
                raise DataError(f"shard {key} has {stored.size} bytes: cut short?")
            begin = 0 if shards.index_is_first else stored.size - n_stored
            data = stored.read(begin, n_stored)
        try:
            plain = shards.index_codecs.decoded(data, n_bytes)
        except DataError as error:
            raise DataError(
                f"the index of shard {key}: {error.what}: cut short, or bytes added?"
            ) from error
        return np.frombuffer(plain, shards.index_dtype).reshape(-1, 2)
