"""An array of a Zarr store in slices along its first axis, put together from its chunks."""

from __future__ import annotations

import itertools
import math
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from smoothl1.engines.threads import mapped
from smoothl1.errors import DataError, StorageError
from smoothl1.numerics.narrow_floats import widened
from smoothl1.sources.containers.slices import MAX_CHUNK_BYTES
from smoothl1.sources.containers.zarr.data_types import TEXTS
from smoothl1.sources.containers.zarr.shards import (
    MOST_STORED,
    RUN_BYTES,
    KeptIndices,
    ShardReader,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator

    from numpy.typing import NDArray

    from smoothl1.sources.containers.zarr.metadata import ArrayMetadata
    from smoothl1.sources.containers.zarr.shards import Index, Stored
    from smoothl1.sources.containers.zarr.stores import Store


T = TypeVar("T")


@contextmanager
def in_chunk(key: str) -> Iterator[None]:
    """Let an error name the key of the chunk that it is about."""
    try:
        yield
    except (DataError, StorageError) as error:
        error.what = f"chunk {key}: {error.what}"
        raise


@dataclass(frozen=True, slots=True)
class ChunkedArray:
    """An array that is read chunk by chunk: see `slices.Slices`.

    Attributes:
        store: The store.
        node: The path of the array in it.
        metadata: What is known of it.
        indices: The indices of the shards read last.
    """

    store: Store
    node: str
    metadata: ArrayMetadata
    indices: KeptIndices = field(default_factory=KeptIndices)

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
        spans = [
            range(begin // n, -(-(begin + length) // n))
            for begin, length, n in zip(begins, shape, self.chunks, strict=True)
        ]

        with closing(self.decoded(spans, self._chunk)) as chunks:
            if all(len(span) == 1 for span in spans):  # a copy would be a second piece
                ((index, chunk),) = chunks
                lows = [b - i * n for b, i, n in zip(begins, index, self.chunks, strict=True)]
                only = tuple(slice(low, low + n) for low, n in zip(lows, shape, strict=True))
                return np.ascontiguousarray(chunk[only], self.dtype).reshape(shape)
            found = np.empty(shape, self.dtype)
            for index, chunk in chunks:
                inside, outside = [], []
                for i, begin, length, n in zip(index, begins, shape, self.chunks, strict=True):
                    low, high = max(begin, i * n), min(begin + length, (i + 1) * n)
                    inside.append(slice(low - i * n, high - i * n))
                    outside.append(slice(low - begin, high - begin))
                found[tuple(outside)] = chunk if chunk.shape == () else chunk[tuple(inside)]
        return found

    def decoded(
        self, spans: list[range], decode: Callable[[str, bytes | None], T]
    ) -> Generator[tuple[Index, T]]:
        """The chunks of some spans along each axis, with their numbers, several read at a time.

        Args:
            spans: The numbers of the chunks along each axis.
            decode: Makes what is delivered of the key of a chunk and its bytes as they are stored;
                None if they are not.
        """
        reader = self._in_shards()
        pieces = itertools.product(*spans) if reader is None else reader.runs(spans)
        read: Callable[[Any], list[Stored]] = self._alone if reader is None else reader.read

        def decoded(piece: Any) -> list[tuple[Index, T]]:
            return [(index, decode(key, data)) for index, key, data in read(piece)]

        # pieces take bounded memory together
        n_bytes = self._chunk_bytes if reader is None else max(self._chunk_bytes, RUN_BYTES)
        n_at_once = min(self.store.n_at_once, max(1, MAX_CHUNK_BYTES // n_bytes))
        with closing(mapped(decoded, pieces, n_at_once, is_awaited=False)) as found:
            yield from itertools.chain.from_iterable(found)

    @property
    def _chunk_bytes(self) -> int:
        """The bytes of a chunk; of texts the most, since their size is not known before."""
        are_texts = self.metadata.layout.dtype == TEXTS
        return MAX_CHUNK_BYTES if are_texts else math.prod(self.chunks) * self.dtype.itemsize

    def _in_shards(self) -> ShardReader | None:
        """What reads the chunks, if they are in shards."""
        shards = self.metadata.shards
        if shards is None:
            return None
        n_together = max(1, RUN_BYTES // max(1, self._chunk_bytes))
        return ShardReader(self.store, self._key, shards, self.chunks, n_together, self.indices)

    def n_stored(self) -> int:
        """How many chunks are stored.

        Raises:
            DataError: The index of a shard is damaged.
        """
        stored = self._n_each(self.metadata.stored_chunks)
        keys = (self._index_in(key, stored) for key in self.store.keys_below(self.node))
        found = (index for index in keys if index is not None)
        reader = self._in_shards()
        if reader is None:
            return sum(1 for _ in found)
        count = partial(self._n_in_shard, reader)
        with closing(mapped(count, found, self.store.n_at_once, is_awaited=False)) as counts:
            return sum(counts)

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

    def _n_in_shard(self, reader: ShardReader, outer: Index) -> int:
        """How many chunks of the array a shard holds: those beyond its ends do not count."""
        is_stored = reader.is_stored(outer)
        if is_stored is None:
            return 0
        inside = zip(outer, is_stored.shape, self._n_each(self.chunks), strict=True)
        return int(is_stored[tuple(slice(0, n - i * ratio) for i, ratio, n in inside)].sum())

    def _alone(self, index: Index) -> list[Stored]:
        """The bytes of a chunk that has a key of its own; see `ShardReader.read`."""
        layout, key = self.metadata.layout, self._key(index)
        if layout.dtype == TEXTS:
            return [(index, key, self._whole(key, None))]
        n_bytes = math.prod(self.chunks) * layout.dtype.itemsize
        return [(index, key, self._whole(key, layout.codecs.stored_bytes(n_bytes)))]

    def _chunk(self, key: str, data: bytes | None) -> NDArray[Any]:
        """A chunk of elements of one width; see `decoded`."""
        if data is None:
            return self.filled(key)
        layout = self.metadata.layout
        with in_chunk(key):
            plain = layout.codecs.decoded(data, math.prod(self.chunks) * layout.dtype.itemsize)
        stored = np.frombuffer(plain, layout.dtype)
        stored = stored.reshape([self.chunks[axis] for axis in layout.axes])
        values = stored.transpose(np.argsort(layout.axes)) if layout.axes else stored
        narrow = self.metadata.narrow
        return widened(values, narrow) if narrow else values

    def _key(self, index: Index) -> str:
        return f"{self.node}/{self.metadata.key(index)}".lstrip("/")

    def filled(self, key: str) -> NDArray[Any]:
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
            most = MOST_STORED * MAX_CHUNK_BYTES if n_bytes is None else n_bytes
            if stored.size > most or n_bytes not in (None, stored.size):
                wanted = f"at most {most}" if n_bytes is None else f"and not {n_bytes}"
                why = ": cut short?" if stored.size < most else ""
                raise DataError(f"chunk {key} has {stored.size} bytes, {wanted}{why}")
            return stored.read(0, stored.size)
