"""NumPy's `.npz`: a zip archive of `.npy` members, which act as columns.

Members are read as streams, in constant memory whatever sizes they declare, and their checksums are
verified. Nothing is extracted, so a member's name is only a name.
"""

from __future__ import annotations

import math
import zipfile
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from smoothl1.errors import DataError, SmoothL1Error, naming
from smoothl1.files.archives import FAULTS
from smoothl1.files.stream import InputStream, Seekable
from smoothl1.sources.columns import select_columns, shown
from smoothl1.sources.contract import Block
from smoothl1.sources.lockstep import aligned
from smoothl1.sources.npy.source import NpySource
from smoothl1.sources.npy.source import open_table as open_npy
from smoothl1.sources.table import ColumnInfo

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from smoothl1.files.contract import Input
    from smoothl1.sources.contract import (
        Columns,
        Field,
        Part,
        ReadOptions,
        Source,
        Wanted,
    )

_ENCRYPTED = 1
_END, _END_BYTES = b"PK\5\6", 22
"""How the end record of an archive begins, and its bytes without the comment."""


class NpzSource(NamedTuple):
    """Some members, read in step from the beginning."""

    table: NpzTable
    members: tuple[NpySource, ...]
    fields: tuple[Field, ...]
    format: str = "npz"
    labels: tuple[()] = ()
    cuts: tuple[int, ...] = ()

    @property
    def path(self) -> str:
        return self.table.path

    @property
    def n_rows(self) -> int:
        return self.members[0].n_rows

    def blocks(self, part: Part, n_rows: int) -> Iterator[Block]:
        for blocks in aligned(self.members, part, n_rows):
            yield Block(blocks[0].n_rows, tuple(block.fields[0] for block in blocks))

    def elementwise(self, other: Source) -> None:
        return None

    def close(self) -> None:
        self.table.close()


@dataclass(frozen=True, slots=True)
class NpzTable:
    """An archive whose members are known by name, and the members that were opened."""

    file: Input
    archive: zipfile.ZipFile
    options: ReadOptions
    warn: Callable[[str], None]
    opened: list[NpySource] = field(default_factory=list)

    @property
    def path(self) -> str:
        return self.file.path

    @property
    def names(self) -> Columns:
        return tuple(info.filename.removesuffix(".npy") for info in self.archive.infolist())

    @property
    def numeric(self) -> tuple[bool, ...]:
        return (True,) * len(self.names)

    @property
    def columns(self) -> tuple[ColumnInfo, ...]:
        return (ColumnInfo("array"),) * len(self.names)

    @property
    def files(self) -> tuple[()]:
        return ()

    @property
    def decisions(self) -> tuple[()]:
        return ()

    def select(self, wanted: Wanted) -> NpzSource:
        with naming(self.path):
            return self._select(wanted)

    def _select(self, wanted: Wanted) -> NpzSource:
        if wanted.labels:
            raise DataError("the arrays of a .npz file cannot be keys or groups")
        chosen = select_columns(self.names, self.numeric, wanted).fields
        if not chosen:
            raise DataError("no array was chosen")
        if any(len(columns) > 1 for columns in chosen):
            raise DataError("several arrays of a .npz file do not form rows: choose one")
        positions = [position for (position,) in chosen]
        members = tuple(map(self._member, positions))
        if len({member.n_rows for member in members}) > 1:
            counts = " and ".join(str(member.n_rows) for member in members)
            raise DataError(f"the arrays have {counts} rows; they must have equally many")
        fields = tuple(
            member.fields[0]._replace(columns=(self.names[position],))
            for member, position in zip(members, positions, strict=True)
        )
        return NpzSource(self, members, fields)

    def close(self) -> None:
        for member in self.opened:
            member.close()
        self.file.close()

    def _member(self, position: int) -> NpySource:
        info = self.archive.infolist()[position]
        what = f"member {shown(info.filename)}"
        if info.flag_bits & _ENCRYPTED:
            raise DataError(f"{what} is encrypted")
        try:
            stream = InputStream(self.path, self.archive.open(info), what, FAULTS)
        except SmoothL1Error:
            raise
        except (*FAULTS, OSError) as error:
            fault = self.file.fault  # which zipfile takes for the end of the archive
            raise fault or DataError(f"{what} cannot be opened: {error}") from error
        try:
            source = open_npy(stream, self.options, self.warn).numbers()
        except DataError as error:
            error.what = f"{what}: {error.what}"
            stream.close()
            raise
        self.opened.append(source)
        header = source.header
        n_bytes = header.offset + math.prod(header.shape) * header.dtype.itemsize
        if info.file_size < n_bytes:
            raise DataError(f"{what} ends after {info.file_size} bytes, amid the data")
        if info.file_size > n_bytes:
            sizes = f"it has {info.file_size} by the archive, {n_bytes} by its own header"
            raise DataError(f"{what}: bytes after the end of the array: {sizes}")
        return source


def _hint_about(names: list[str]) -> str | None:
    """What to do with a zip archive of other files, if that is known."""
    texts = (".csv", ".tsv", ".txt", ".jsonl", ".ndjson")
    if any(name.lower().endswith(texts) for name in names):
        return "a zip archive of one file is read; unzip -p FILE NAME writes one of several"
    return None


def open_table(file: Input, options: ReadOptions, warn: Callable[[str], None]) -> NpzTable:
    """Open a `.npz` file; see `table.Opener`."""
    seekable = file.seekable()
    try:
        archive = zipfile.ZipFile(Seekable(seekable))
    except SmoothL1Error:
        raise
    except (*FAULTS, ValueError, OSError) as error:  # a position before the beginning
        raise seekable.fault or DataError(f"broken zip archive: {error}") from error
    n_end = _END_BYTES + len(archive.comment)
    if seekable.read(max(0, seekable.size - n_end), len(_END)) != _END:
        raise DataError("bytes after the end of the zip archive")
    names = [info.filename for info in archive.infolist()]
    if not names:
        raise DataError("a zip archive without members")
    if min(info.header_offset for info in archive.infolist()) > 0:
        what = "several files, one behind the other: the directory of the last one counts for all"
        raise DataError(f"{what} [give them as they are, by a pattern or a folder]")
    if other := next((name for name in names if not name.endswith(".npy")), None):
        from smoothl1.sources.foreign import kind_of_archive, refusal  # late: only for an error

        if (kind := kind_of_archive(names)) is not None:
            raise refusal(kind, file.path)
        what = f"it looks like another zip archive, it holds {shown(other)}"
        raise DataError(f"not .npz: {what}", hint=_hint_about(names))
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise DataError(f"two members are called {shown(twice)}")
    return NpzTable(seekable, archive, options, warn)
