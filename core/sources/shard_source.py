"""The rows of several files, one after the other; each file is opened when its turn comes."""

from __future__ import annotations

import os
from bisect import bisect_right
from contextlib import closing
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, NamedTuple

from smoothl1.decisions import Decision
from smoothl1.files.changes import changed
from smoothl1.files.file import has_changed
from smoothl1.files.opening import open_again, state_at
from smoothl1.files.patterns import shortened
from smoothl1.sources.contract import FileOfSource, Part, SourceDetails
from smoothl1.sources.detection import MAY_GROW
from smoothl1.sources.packing import PACKED_ELEMENTS, packed

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Sequence

    import pyarrow as pa

    from smoothl1.files.contract import State
    from smoothl1.sources.constants import Layout
    from smoothl1.sources.contract import Again, Block, Field, Source, Wanted
    from smoothl1.sources.opened_ahead import OpenedAhead
    from smoothl1.sources.shard_opener import ShardOpener
    from smoothl1.sources.shard_types import ShardTypes
    from smoothl1.sources.written_numbers import Written


class Shard(NamedTuple):
    """The properties of a file, found when it was first opened.

    Attributes:
        details: What else is known of it.
        again: How to make the source again; None if that takes another look at its columns.
        constants: The columns that have one value in the file, each as an array of one.
    """

    open: ShardOpener
    wanted: Wanted
    path: str
    format: str
    fields: tuple[Field, ...]
    labels: tuple[pa.Field, ...]
    n_rows: int | None
    cuts: tuple[int, ...] | None
    state: State
    details: SourceDetails
    again: Again | None = None
    constants: tuple[pa.Array, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether it is known to have no rows."""
        return self.n_rows == 0 or not self.details.has_rows

    def reopened(self, *, is_held: bool = False) -> Source:
        """The source, whose file is open again.

        Args:
            is_held: Whether the file is read at once, and held.

        Raises:
            StorageError: The file changed.
        """
        if self.again is not None:
            file = open_again(self.path, self.state, may_grow=self.format in MAY_GROW)
            try:
                if is_held:
                    file.hold()
                return self.again.source_of(file)
            except BaseException:
                file.close()
                raise
        table = self.open(self.path)
        try:
            source = table.select(self.wanted)
            self._check_unchanged(source)
        except BaseException:
            table.close()
            raise
        return source

    def _check_unchanged(self, source: Source) -> None:
        found = (source.fields, source.labels, source.n_rows)
        is_same = found == (self.fields, self.labels, self.n_rows)
        if not is_same or has_changed(self.path, self.state, state_at(self.path)):
            raise changed(self.path)


class Place:
    """The place in files that are read one after the other.

    Attributes:
        n_before: Bytes of the files before the one that is read.
        source: The file that is read.
        counts: The rows of each file that was read to its end.
    """

    def __init__(self) -> None:
        self.n_before = 0
        self.source: Source | None = None
        self.counts: list[int] = []

    @property
    def n_bytes(self) -> int:
        """Bytes read of all files so far."""
        of_file = None if self.source is None else self.source.bytes_read
        return self.n_before + (0 if of_file is None else of_file[0])


class ShardedSource(NamedTuple):
    """Files of the same format and columns as one source.

    Attributes:
        path: The path as the user typed it.
        shards: The files.
        types: What all of them are read as.
        bounds: The row at which each file begins and the last one ends; None if not known.
        place: The place of a reader who does not know the bounds.
        layout: Which columns are constant in each file; None if none is requested.
        empty: Paths of the files without rows, which are not read.
        ahead: Opens small objects of a store ahead; None for files.
        numbers: See `SourceDetails`.
    """

    path: str
    shards: tuple[Shard, ...]
    types: ShardTypes
    bounds: tuple[int, ...] | None
    place: Place
    layout: Layout | None = None
    empty: tuple[str, ...] = ()
    ahead: OpenedAhead | None = None
    numbers: tuple[Written, ...] = ()

    @property
    def format(self) -> str:
        return self.shards[0].format

    @property
    def fields(self) -> tuple[Field, ...]:
        return self.types.fields

    @property
    def labels(self) -> tuple[pa.Field, ...]:
        of_file = self.types.labels
        return of_file if self.layout is None else self.layout.fields(of_file)

    @property
    def details(self) -> SourceDetails:
        """The decisions about dtypes and files without rows, the files and where they begin."""
        files = (FileOfSource(s.path, s.state.size, s.details.index_rows) for s in self.shards)
        of_set = tuple(self._decisions()), tuple(files), self.bounds
        by_log = [says for s in self.shards for says in s.details.by_log or ("",)]
        return SourceDetails(
            *of_set, numbers=self.numbers, by_log=tuple(by_log) if any(by_log) else ()
        )

    def _decisions(self) -> list[Decision]:
        of_first = self.shards[0].details.decisions
        found = [*self.types.decisions(self.path), *(d._replace(input=self.path) for d in of_first)]
        if self.empty:
            listed = shortened([os.path.basename(path) for path in self.empty])
            found.append(Decision("files left out", self.path, listed, "they have no rows"))
        return found

    @property
    def n_rows(self) -> int | None:
        return None if self.bounds is None else self.bounds[-1]

    @property
    def rows_of_files(self) -> list[tuple[str, int]]:
        """The path and the rows of each file, as far as known before or after reading."""
        counts = self.place.counts
        if self.bounds is not None:
            counts = [end - begin for begin, end in pairwise(self.bounds)]
        found = list(zip((shard.path for shard in self.shards), counts, strict=False))
        return [*found, *((path, 0) for path in self.empty)]

    @property
    def cuts(self) -> tuple[int, ...] | None:
        """The cuts of all shards and the borders between them; None if any row will do."""
        if self.bounds is None:
            return ()
        if all(shard.cuts is None for shard in self.shards):
            return None
        inner = (
            begin + cut
            for begin, shard in zip(self.bounds, self.shards, strict=False)
            for cut in shard.cuts or ()
        )
        return tuple(sorted({*self.bounds, *inner}))

    @property
    def bytes_read(self) -> tuple[int, int]:
        return self.place.n_bytes, sum(shard.state.size for shard in self.shards)

    def blocks(self, part: Part, n_rows: int) -> Generator[Block]:
        width = max((field.row_elements for field in self.fields), default=1)
        return packed(self._blocks(part, n_rows), min(n_rows, max(1, PACKED_ELEMENTS // width)))

    def _blocks(self, part: Part, n_rows: int) -> Generator[Block]:
        if self.bounds is None:
            self.place.n_before = 0
            self.place.counts = []
            for i, shard in enumerate(self.shards):
                yield from self._read(i, Part(0, None), n_rows, self.place)
                self.place.n_before += shard.state.size
            return
        stop = self.bounds[-1] if part.stop is None else part.stop
        for i in range(bisect_right(self.bounds, part.start) - 1, len(self.shards)):
            begin, end = self.bounds[i : i + 2]
            if begin >= stop:
                return
            if begin < end:
                within = Part(max(part.start, begin) - begin, min(stop, end) - begin)
                yield from self._read(i, within, n_rows)

    def blocks_of_files(self, n_rows: int) -> Iterator[Generator[Block]]:
        """The blocks of each file, which is opened when its first block is asked for."""
        for i in range(len(self.shards)):
            yield self._read(i, Part(0, None), n_rows)

    def _read(
        self, index: int, part: Part, n_rows: int, place: Place | None = None
    ) -> Generator[Block]:
        shard = self.shards[index]
        opened = shard.reopened() if self.ahead is None else self.ahead.take(index)
        with closing(opened) as source:
            if place is not None:
                place.source = source
            row = part.start
            for stored in source.blocks(part, n_rows):
                for block in self.types.converted(stored, shard, row):
                    if self.layout is None:
                        yield block
                    else:
                        yield self.layout.completed(block, shard.constants, shard.path)
                row += stored.n_rows
        if place is not None:
            place.source = None
            place.counts.append(row)

    def elementwise(self, other: Source) -> None:
        return None

    def close(self) -> None:
        """Close what was opened ahead; nothing else is open between blocks."""
        if self.ahead is not None:
            self.ahead.close()


def bounds_of(shards: Sequence[Shard]) -> tuple[int, ...] | None:
    """The row at which each shard begins and the last one ends; None if not known."""
    counts = [shard.n_rows for shard in shards if shard.n_rows is not None]
    return tuple(accumulate(counts, initial=0)) if len(counts) == len(shards) else None
