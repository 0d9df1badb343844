"""Several files as one input: their rows joined, in the order of their names."""

from __future__ import annotations

import os
from contextlib import closing, contextmanager
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, NamedTuple

from smoothl1.errors import DataError, SettingsError, StorageError, storage_error
from smoothl1.sources.contract import Part

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import pyarrow as pa

    from smoothl1.sources.contract import Block, Columns, Field, Source, Table, Wanted

    Open = Callable[[], Table]

_HIDDEN = (".", "_")
_UNFINISHED = (".tmp", ".temp", ".part", ".partial", ".crdownload", ".inprogress", ".lock")


def shard_paths(path: str, warn: Callable[[str], None]) -> list[str]:
    """The files that a path stands for.

    Args:
        path: As the user typed it: a folder, or a pattern with `*`, `?` or `[...]`.
        warn: Is told which hidden files in a folder are left out.

    Raises:
        SettingsError: A pattern matches nothing.
        DataError: A folder holds no file, another folder, or a file that is not finished.
    """
    if os.path.isdir(path):
        return _in_folder(path, warn)
    import glob  # late: a few milliseconds that most runs do not need

    found = sorted(glob.glob(path))
    if not found:
        raise SettingsError("no file matches this pattern", path=path)
    for name in found:
        if not path.lower().endswith(_UNFINISHED):
            _check_finished(name, path)
        _check_regular(name, path)
    return found


def _in_folder(path: str, warn: Callable[[str], None]) -> list[str]:
    try:
        names = sorted(os.listdir(path))
    except OSError as error:
        raise storage_error(error, path) from error
    hidden = [name for name in names if name.startswith(_HIDDEN)]
    shown = [name for name in names if not name.startswith(_HIDDEN)]
    if not shown:
        raise DataError("a folder without files", path=path)
    for name in shown:
        if os.path.isdir(os.path.join(path, name)):
            raise DataError(
                f"holds a folder, {name}", path=path, hint="name the files by a pattern"
            )
        _check_finished(name, path)
        _check_regular(os.path.join(path, name), path)
    if hidden:
        warn(f"{path}: hidden files were left out: {', '.join(hidden[:5])}")
    return [os.path.join(path, name) for name in shown]


def _check_finished(name: str, path: str) -> None:
    if name.lower().endswith(_UNFINISHED):
        raise DataError(f"holds a file that looks unfinished, {name}", path=path)


def _check_regular(name: str, path: str) -> None:
    """Shards are opened more than once, which a pipe cannot be; what is missing is said later."""
    if os.path.exists(name) and not os.path.isfile(name) and not os.path.isdir(name):
        raise DataError(f"holds {name}, which is not a regular file", path=path)


def join_shards(path: str, openers: Sequence[Open]) -> ShardedTable:
    """Several files as one table, with the columns of the first of them.

    Only one is open at a time: there may be more than the system allows.
    """
    with closing(openers[0]()) as first:
        return ShardedTable(path, first.names, first.numeric, tuple(openers))


class ShardedTable(NamedTuple):
    """Files of which each holds the columns that are wanted."""

    path: str
    names: Columns
    numeric: tuple[bool, ...]
    openers: tuple[Open, ...]

    def select(self, wanted: Wanted) -> ShardedSource:
        """Look at every shard, and join them.

        Raises:
            DataError: Two shards differ in format, columns, dtype or the shape of a row.
        """
        shards = [_look(opener, wanted) for opener in self.openers]
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
        """Nothing is held open."""


class _Shard(NamedTuple):
    """What was found in a file when it was looked at."""

    open: Open
    wanted: Wanted
    path: str
    format: str
    fields: tuple[Field, ...]
    labels: tuple[pa.Field, ...]
    n_rows: int | None
    cuts: tuple[int, ...] | None

    @contextmanager
    def reopened(self) -> Iterator[Source]:
        with closing(self.open()) as table:
            source = table.select(self.wanted)
            if (source.fields, source.labels, source.n_rows) != (
                self.fields,
                self.labels,
                self.n_rows,
            ):
                raise StorageError("the file changed while being read", path=self.path)
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
        """Those of every shard and the borders between them; any row if that is so in all."""
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
        """Nothing is held open between blocks."""

    @property
    def _bounds(self) -> tuple[int, ...] | None:
        """The row at which each shard begins, and the last one ends; None if not known."""
        counts = [shard.n_rows for shard in self.shards if shard.n_rows is not None]
        if len(counts) < len(self.shards):
            return None
        return tuple(accumulate(counts, initial=0))


def _look(opener: Open, wanted: Wanted) -> _Shard:
    with closing(opener()) as table:
        found = table.select(wanted)
        return _Shard(
            opener,
            wanted,
            found.path,
            found.format,
            found.fields,
            found.labels,
            found.n_rows,
            found.cuts,
        )


def _read(shard: _Shard, part: Part, n_rows: int) -> Iterator[Block]:
    with shard.reopened() as source:
        yield from source.blocks(part, n_rows)


def _description(shard: _Shard) -> str:
    fields = (
        f"{', '.join(field.columns)} {field.dtype} {field.row_shape}".strip()
        for field in shard.fields
    )
    labels = (f"{label.name} {label.type}" for label in shard.labels)
    return f"{shard.format} of {'; '.join([*fields, *labels])}"
