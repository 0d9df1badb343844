"""Chunks in shards: where each of them is, and those that lie side by side read together."""

from __future__ import annotations

import itertools
import math
from threading import Lock
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from smoothl1.errors import DataError
from smoothl1.sources.containers.slices import MAX_CHUNK_BYTES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

    from smoothl1.sources.containers.zarr.metadata import Shards
    from smoothl1.sources.containers.zarr.stores import Store

    Index = tuple[int, ...]
    Stored = tuple[Index, str, bytes | None]
    """The numbers of a chunk, the key that it was read from, and its bytes, if it is stored."""

    Entries = NDArray[np.uint64]

MOST_STORED = 2
"""A stored chunk is refused if it is larger than a chunk may be by this factor."""

RUN_BYTES = 8 << 20
"""Most bytes of chunks that are read together, stored or decoded: those of a block of an object."""

_MAX_INDEX_BYTES = 1 << 24
_MOST_KEPT_BYTES = 1 << 25
"""Indices of an array that are kept, so that one is not read again for each of its chunks."""

_KEPT_BESIDE_BYTES = 1 << 8
"""What an index takes in memory beside its entries, about."""

_NOT_STORED = (1 << 64) - 1
_NONE = np.uint64(_NOT_STORED)
_ENTRY_BYTES = 16


class Placed(NamedTuple):
    """A chunk of the array, and where it is stored in its shard.

    Attributes:
        chunk: The numbers of the chunk in the array.
        number: Its number in the shard, from 0 on.
        offset, n_bytes: Its first byte in the shard, and how many it has.
    """

    chunk: Index
    number: int
    offset: int
    n_bytes: int

    @property
    def is_stored(self) -> bool:
        """Whether it is stored at all."""
        return not self.offset == self.n_bytes == _NOT_STORED


class Run(NamedTuple):
    """Chunks that lie side by side in a shard, in their order there, or that are not stored."""

    key: str
    chunks: list[Placed]


class KeptIndices:
    """The indices of shards that were read last, in bounded memory, for several threads."""

    def __init__(self) -> None:
        self._known: dict[str, Entries] = {}
        self._n_bytes = 0
        self._lock = Lock()

    def get(self, key: str) -> Entries | None:
        """The index of a shard, if it is kept."""
        return self._known.get(key)

    def keep(self, key: str, entries: Entries) -> None:
        """Keep the index of a shard, and forget those that were kept first if it is too much."""
        with self._lock:
            if key in self._known:
                return
            self._known[key] = entries
            self._n_bytes += entries.nbytes + _KEPT_BESIDE_BYTES
            while self._n_bytes > _MOST_KEPT_BYTES and len(self._known) > 1:
                first = self._known.pop(next(iter(self._known)))
                self._n_bytes -= first.nbytes + _KEPT_BESIDE_BYTES


class ShardReader(NamedTuple):
    """Reads chunks out of the shards of an array.

    Attributes:
        store: The store.
        key_of: The key of a shard, given its numbers along each axis.
        shards: What is known of the shards.
        chunks: The shape of a chunk.
        n_together: Most chunks that are read together.
        kept: The indices that are kept.
    """

    store: Store
    key_of: Callable[[Index], str]
    shards: Shards
    chunks: Index
    n_together: int
    kept: KeptIndices

    @property
    def ratios(self) -> list[int]:
        """How many chunks a shard has along each axis."""
        return [n // chunk for n, chunk in zip(self.shards.shape, self.chunks, strict=True)]

    def is_stored(self, outer: Index) -> NDArray[np.bool_] | None:
        """Which chunks a shard has, in the shape of `ratios`; None if there is no such shard.

        Raises:
            DataError: The index of the shard is damaged.
        """
        entries = self._entries(self.key_of(outer))
        if entries is None:
            return None
        stored: NDArray[np.bool_] = (entries != _NOT_STORED).any(axis=1)
        return stored.reshape(self.ratios)

    def runs(self, spans: Sequence[range]) -> Iterator[Run]:
        """What to read for some chunks, shard by shard.

        Args:
            spans: The numbers of the chunks along each axis.

        Raises:
            DataError: The index of a shard is damaged.
        """
        ratios = self.ratios
        pairs = [*zip(spans, ratios, strict=True)]
        for outer in itertools.product(*(range(x.start // n, -(-x.stop // n)) for x, n in pairs)):
            inside = tuple(
                slice(max(0, x.start - i * n), min(n, x.stop - i * n))
                for i, (x, n) in zip(outer, pairs, strict=True)
            )
            key = self.key_of(outer)
            entries = self._entries(key)
            if entries is None:
                entries = np.broadcast_to(_NONE, (math.prod(ratios), 2))
            yield from (Run(key, run) for run in self._side_by_side(outer, inside, entries))

    def read(self, run: Run) -> list[Stored]:
        """The bytes of some chunks, by one request.

        Raises:
            DataError: The shard is shorter than its index says.
        """
        if not run.chunks[0].is_stored:
            return [(place.chunk, run.key, None) for place in run.chunks]
        first, last = run.chunks[0].offset, run.chunks[-1]
        with self.store.opened(run.key) as stored:
            size = 0 if stored is None else stored.size
            for _, number, offset, n_bytes in run.chunks:
                most = min(size - offset, MOST_STORED * MAX_CHUNK_BYTES)
                if stored is None or n_bytes > most:
                    found = f"{offset} to {offset + n_bytes} of {size}"
                    what = f"shard {run.key} has chunk {number + 1} in bytes {found}: cut short?"
                    raise DataError(what)
            data = stored.read_range(first, last.offset + last.n_bytes - first) if stored else b""
        return [
            (chunk, run.key, data[offset - first : offset - first + n_bytes])
            for chunk, _, offset, n_bytes in run.chunks
        ]

    def _side_by_side(
        self, outer: Index, inside: tuple[slice, ...], entries: Entries
    ) -> Iterator[list[Placed]]:
        """Some chunks of a shard in their order there, in runs that one request reads.

        Args:
            outer: The numbers of the shard.
            inside: Which of its chunks, along each axis.
            entries: Its index.
        """
        run: list[Placed] = []
        for place in _in_stored_order(outer, self.ratios, inside, entries):
            if run and not (len(run) < self.n_together and _goes_on(run, place)):
                yield run
                run = []
            run.append(place)
        if run:
            yield run

    def _entries(self, key: str) -> Entries | None:
        """The index of a shard: for each chunk its first byte, and how many it has."""
        entries = self.kept.get(key)
        if entries is None:
            entries = self._read_entries(key)
            if entries is not None:
                self.kept.keep(key, entries)
        return entries

    def _read_entries(self, key: str) -> Entries | None:
        n_bytes = math.prod(self.ratios) * _ENTRY_BYTES
        codecs = self.shards.index_codecs
        n_stored = codecs.stored_bytes(n_bytes) or 0
        if n_bytes > _MAX_INDEX_BYTES:
            most = f"at most {_MAX_INDEX_BYTES}"
            raise DataError(f"shard {key} has an index of {n_bytes} bytes, {most}")
        with self.store.opened(key) as stored:
            if stored is None:
                return None
            if stored.size < n_stored:
                raise DataError(f"shard {key} has {stored.size} bytes: cut short?")
            begin = 0 if self.shards.index_is_first else stored.size - n_stored
            data = stored.read_range(begin, n_stored)
        try:
            plain = codecs.decoded(data, n_bytes)
        except DataError as error:
            raise DataError(
                f"the index of shard {key}: {error.what}: cut short, or bytes added?"
            ) from error
        return np.frombuffer(plain, self.shards.index_dtype).reshape(-1, 2)


def _in_stored_order(
    outer: Index, ratios: Sequence[int], inside: tuple[slice, ...], entries: Entries
) -> Iterator[Placed]:
    """Where some chunks of a shard are, in the order of its bytes; those not stored are the last.

    Args:
        outer: The numbers of the shard.
        ratios: How many chunks it has along each axis.
        inside: Which of them, along each axis.
        entries: Its index.
    """
    numbers = np.arange(len(entries)).reshape(ratios)[inside].ravel()
    places = entries[numbers]
    for i in np.lexsort((places[:, 1], places[:, 0])):
        rest = number = int(numbers[i])
        index = []
        for first, n in zip(reversed(outer), reversed(ratios), strict=True):
            rest, along = divmod(rest, n)
            index.append(first * n + along)
        yield Placed(tuple(reversed(index)), number, *places[i].tolist())


def _goes_on(run: list[Placed], place: Placed) -> bool:
    """Whether a chunk lies behind those of a run, and is near enough to be read with them."""
    last = run[-1]
    if not (last.is_stored and place.is_stored):
        return last.is_stored == place.is_stored
    n_bytes = place.offset + place.n_bytes - run[0].offset
    return place.offset == last.offset + last.n_bytes and n_bytes <= RUN_BYTES
