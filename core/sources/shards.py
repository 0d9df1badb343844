"""Several files as one input: their rows concatenated, in the order of their names and numbers."""

from __future__ import annotations

import os
from contextlib import closing, contextmanager
from functools import partial
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from smoothl1.errors import DataError, StorageError, storage_error
from smoothl1.files.file import CHANGED, state_of
from smoothl1.sources.contract import Part
from smoothl1.sources.counting import rows_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import pyarrow as pa

    from smoothl1.decisions import Decision
    from smoothl1.files.file import FileState
    from smoothl1.files.patterns import Found
    from smoothl1.sources.contract import Block, Columns, Field, Source, Wanted
    from smoothl1.sources.csv.first_row import FirstRow
    from smoothl1.sources.table import ColumnInfo, Table

    Open = Callable[[], Table]


def join_shards(
    path: str, found: Found, openers: Sequence[Open], states: dict[str, FileState] | None = None
) -> ShardedTable:
    """Several files as one table, with the columns of the first file.

    Only one is open at a time: there may be more files than the system lets a process open.

    Args:
        path: The path as the user typed it.
        found: The files.
        openers: Opens each of them.
        states: The states of those files that have been opened already.
    """
    with closing(openers[0]()) as first:
        rows: tuple[FirstRow, ...] = getattr(first, "first_rows", ())
        if any(row.is_plain_data for row in rows):
            openers = [partial(_without_header, opener) for opener in openers]
        return ShardedTable(
            path,
            found,
            tuple(openers),
            rows,
            first.names,
            first.numeric,
            first.columns,
            first.decisions,
            {} if states is None else states,
        )


class ShardedTable(NamedTuple):
    """Files that all hold the wanted columns.

    Attributes:
        path: The path as the user typed it.
        found: The files.
        openers: Opens each of them.
        rows_of_first: The first row of the first file, if it is a CSV whose header is not settled.
        names, numeric, columns: The properties of the columns of the first file.
        of_first: The decisions about the first file.
        states: The state of each file when it was first opened.
    """

    path: str
    found: Found
    openers: tuple[Open, ...]
    rows_of_first: tuple[FirstRow, ...]
    names: Columns
    numeric: tuple[bool, ...]
    columns: tuple[ColumnInfo, ...]
    of_first: tuple[Decision, ...]
    states: dict[str, FileState]

    @property
    def files(self) -> list[str]:
        return self.found.paths

    @property
    def doubt(self) -> str:
        """Why the order of the files is in doubt; "" if it is not."""
        return self.found.doubt

    @property
    def decisions(self) -> tuple[Decision, ...]:
        of_first = (decision._replace(input=self.path) for decision in self.of_first)
        return (*self.found.decisions(self.path), *of_first)

    @property
    def first_rows(self) -> tuple[FirstRow, ...]:
        """The first rows of all files, unless the first file is certain."""
        if all(row.is_certain for row in self.rows_of_first):
            return self.rows_of_first
        rows: list[FirstRow] = []
        for opener in self.openers:
            with closing(opener()) as table:
                rows += getattr(table, "first_rows", ())
        return tuple(rows)

    def with_header(self, *, is_there: bool, reason: str, is_counted: bool = False) -> ShardedTable:
        settle = partial(_with_header, is_there=is_there, reason=reason, is_counted=is_counted)
        openers = [partial(settle, opener) for opener in self.openers]
        return join_shards(self.path, self.found, openers, self.states)

    def keep(self) -> None:
        """Do nothing: shards are files, which can be read again."""

    def count_rows(self) -> int:
        n_rows = 0
        for opener in self.openers:
            with closing(opener()) as table:
                n_rows += rows_of(table) or 0
        return n_rows

    def select(self, wanted: Wanted) -> ShardedSource:
        """Open every shard once, check it, and join them.

        Raises:
            DataError: Two shards differ in format, columns, dtype or the shape of a row.
        """
        shards = [_look(opener, wanted, self.states) for opener in self.openers]
        first = shards[0]
        for shard in shards[1:]:
            if (shard.format, shard.fields, shard.labels) != (
                first.format,
                first.fields,
                first.labels,
            ):
                raise DataError(
                    f"{_description(shard)}, but {first.path} is {_description(first)}; shards "
                    "must agree",
                    path=shard.path,
                )
        if any(field.is_scalar for field in first.fields):
            raise DataError("a single number without rows cannot be a shard", path=first.path)
        return ShardedSource(self.path, tuple(shards))

    def close(self) -> None:
        """Do nothing: no file is held open."""


class _Shard(NamedTuple):
    """The properties of a file, found when it was first opened."""

    open: Open
    wanted: Wanted
    path: str
    format: str
    fields: tuple[Field, ...]
    labels: tuple[pa.Field, ...]
    n_rows: int | None
    cuts: tuple[int, ...] | None
    state: FileState
    index_rows: range | None

    @contextmanager
    def reopened(self) -> Iterator[Source]:
        with closing(self.open()) as table:
            source = table.select(self.wanted)
            if _state(self.path) != self.state or (source.fields, source.labels, source.n_rows) != (
                self.fields,
                self.labels,
                self.n_rows,
            ):
                raise StorageError(CHANGED, path=self.path)
            yield source


class ShardedSource(NamedTuple):
    """Files of the same format and columns as one source."""

    path: str
    shards: tuple[_Shard, ...]

    @property
    def format(self) -> str:
        return self.shards[0].format

    @property
    def fields(self) -> tuple[Field, ...]:
        return self.shards[0].fields

    @property
    def labels(self) -> tuple[pa.Field, ...]:
        return self.shards[0].labels

    @property
    def n_rows(self) -> int | None:
        return None if self._bounds is None else self._bounds[-1]

    @property
    def cuts(self) -> tuple[int, ...] | None:
        """The cuts of all shards and the borders between them; None if any row will do."""
        bounds = self._bounds
        if bounds is None:
            return ()
        if all(shard.cuts is None for shard in self.shards):
            return None
        inner = (
            begin + cut
            for begin, shard in zip(bounds, self.shards, strict=False)
            for cut in shard.cuts or ()
        )
        return tuple(sorted({*bounds, *inner}))

    def blocks(self, part: Part, n_rows: int) -> Iterator[Block]:
        bounds = self._bounds
        if bounds is None:
            for shard in self.shards:
                yield from _read(shard, Part(0, None), n_rows)
            return
        stop = bounds[-1] if part.stop is None else part.stop
        for (begin, end), shard in zip(pairwise(bounds), self.shards, strict=True):
            if begin < stop and part.start < end:
                within = Part(max(part.start, begin) - begin, min(stop, end) - begin)
                yield from _read(shard, within, n_rows)

    def elementwise(self, other: Source) -> None:
        return None

    def close(self) -> None:
        """Do nothing: no file is held open between blocks."""

    @property
    def _bounds(self) -> tuple[int, ...] | None:
        """The row at which each shard begins and the last one ends; None if not known."""
        counts = [shard.n_rows for shard in self.shards if shard.n_rows is not None]
        if len(counts) < len(self.shards):
            return None
        return tuple(accumulate(counts, initial=0))


def _with_header(opener: Open, *, is_there: bool, reason: str, is_counted: bool) -> Table:
    """Open a file, given whether its first row is a header."""
    table: Any = opener()
    settled: Table = table.with_header(is_there=is_there, reason=reason, is_counted=is_counted)
    return settled


def _without_header(opener: Open) -> Table:
    """Open a file of a set in which another file has no header: a first row of numbers is data."""
    table: Any = opener()
    rows: tuple[FirstRow, ...] = getattr(table, "first_rows", ())
    if not any(row.is_numbers and not row.is_plain_data for row in rows):
        return cast("Table", table)
    settled: Table = table.with_header(is_there=False, reason="other files of the set have none")
    return settled


def _look(opener: Open, wanted: Wanted, states: dict[str, FileState]) -> _Shard:
    with closing(opener()) as table:
        found = table.select(wanted)
        state = _state(found.path)
        if states.setdefault(found.path, state) != state:
            raise StorageError(CHANGED, path=found.path)
        return _Shard(
            opener,
            wanted,
            found.path,
            found.format,
            found.fields,
            found.labels,
            found.n_rows,
            found.cuts,
            state,
            getattr(found, "index_rows", None),
        )


def _read(shard: _Shard, part: Part, n_rows: int) -> Iterator[Block]:
    with shard.reopened() as source:
        yield from source.blocks(part, n_rows)


def _state(path: str) -> FileState:
    try:
        return state_of(os.stat(path))
    except OSError as error:
        raise storage_error(error, path) from error


def _description(shard: _Shard) -> str:
    fields = (
        f"{', '.join(field.columns)} {field.dtype} {field.row_shape}".strip()
        for field in shard.fields
    )
    labels = (f"{label.name} {label.type}" for label in shard.labels)
    return f"{shard.format} of {'; '.join([*fields, *labels])}"
