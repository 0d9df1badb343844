"""NumPy's `.npz`: a zip archive of `.npy` members, which act as columns.

Members are read as streams, in constant memory whatever sizes they declare, and their checksums are
verified. Nothing is extracted, so a member's name is only a name.
"""

from __future__ import annotations

import math
from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING, cast

from smoothl1.errors import DataError
from smoothl1.files.archives import FAULTS, opened_member, whole_archive
from smoothl1.files.stream import InputStream
from smoothl1.files.zarr_marks import is_member
from smoothl1.sources.columns import shown
from smoothl1.sources.containers.arrays import ArraysTable
from smoothl1.sources.containers.labels import info_of, unread
from smoothl1.sources.contract import Wanted
from smoothl1.sources.npy.layouts import layout_beside
from smoothl1.sources.npy.source import NpyTable
from smoothl1.sources.npy.source import open_table as open_npy
from smoothl1.sources.sparse import with_layouts
from smoothl1.sources.table import Needs

if TYPE_CHECKING:
    import zipfile
    from collections.abc import Callable

    from smoothl1.files.contract import Input, SeekableInput
    from smoothl1.read_options import ReadOptions
    from smoothl1.sources.contract import Source
    from smoothl1.sources.npy.header import NpyHeader
    from smoothl1.sources.npy.source import NpySource
    from smoothl1.sources.table import ColumnInfo


def _member(
    file: SeekableInput,
    archive: zipfile.ZipFile,
    options: ReadOptions,
    warn: Callable[[str], None],
    position: int,
) -> NpySource:
    """Open a member as a stream of numbers."""
    return _opened(file, archive, options, warn, position, _numbers)


def _labels(
    file: SeekableInput,
    archive: zipfile.ZipFile,
    options: ReadOptions,
    warn: Callable[[str], None],
    position: int,
) -> Source:
    """Open a member as a stream of numbers, dates, or text."""
    return _opened(file, archive, options, warn, position, _array)


def _numbers(table: NpyTable) -> NpySource:
    return cast("NpySource", table.select(Wanted()))


def _array(table: NpyTable) -> NpySource:
    return table.source


def _info(
    file: SeekableInput,
    archive: zipfile.ZipFile,
    options: ReadOptions,
    warn: Callable[[str], None],
    position: int,
) -> ColumnInfo:
    """More about a member, from its header; what is wrong with it is told if it is chosen."""
    name = archive.infolist()[position].filename.removesuffix(".npy")
    try:
        with closing(_opened(file, archive, options, warn, position, _array)) as array:
            header = array.header
            type_name = f"{header.dtype} {header.shape}"
            info = info_of(type_name, header.dtype, header.shape, name=name)
            return (
                info._replace(kind="", may_be_key=False, has_rows=False) if header.narrow else info
            )
    except DataError:
        return unread("array", name)


def _opened(
    file: SeekableInput,
    archive: zipfile.ZipFile,
    options: ReadOptions,
    warn: Callable[[str], None],
    position: int,
    of_table: Callable[[NpyTable], NpySource],
) -> NpySource:
    """Open a member as a stream, whose header is checked."""
    info = archive.infolist()[position]
    what = f"member {shown(info.filename)}"
    reader = opened_member(file, archive, info, what)
    stream = InputStream(file.path, reader, what, FAULTS)
    try:
        source = of_table(open_npy(stream, options, Needs(), warn))
    except DataError as error:
        error.what = f"{what}: {error.what}"
        stream.close()
        raise
    try:
        _check_size(what, info.file_size, source.header)
    except DataError:
        source.close()
        raise
    return source


def _check_size(what: str, n_bytes: int, header: NpyHeader) -> None:
    """Check that the archive and the array agree in the size of a member."""
    n_declared = header.offset + math.prod(header.shape) * header.dtype.itemsize
    if n_bytes < n_declared:
        raise DataError(f"{what} ends after {n_bytes} bytes, amid the data")
    if n_bytes > n_declared:
        sizes = f"it has {n_bytes} by the archive, {n_declared} by its own header"
        raise DataError(f"{what}: bytes after the end of the array: {sizes}")


def _hint_about(names: list[str]) -> str | None:
    """What to do with a zip archive of other files, if that is known."""
    texts = (".csv", ".tsv", ".txt", ".jsonl", ".ndjson")
    if any(name.lower().endswith(texts) for name in names):
        return "a zip archive of one file is read; unzip -p FILE NAME writes one of several"
    return None


def open_table(
    file: Input, options: ReadOptions, needs: Needs, warn: Callable[[str], None]
) -> ArraysTable:
    """Open a `.npz` file; see `table.Opener`."""
    seekable = file.seekable()
    archive = whole_archive(seekable)
    names = [info.filename for info in archive.infolist()]
    if not names:
        raise DataError("a zip archive without members")
    if any(map(is_member, names)):
        from smoothl1.sources.containers.zarr.opening import open_archive  # late: few are that

        return open_archive(seekable, archive, needs, warn)
    if other := next((name for name in names if not name.endswith(".npy")), None):
        from smoothl1.sources.foreign import kind_of_archive, refusal  # late: only for an error

        if (kind := kind_of_archive(names)) is not None:
            raise refusal(kind, file.path)
        what = f"it looks like another zip archive, it holds {shown(other)}"
        raise DataError(f"not .npz: {what}", hint=_hint_about(names))
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise DataError(f"two members are called {shown(twice)}")
    of_archive = (seekable, archive, options, warn)
    infos = tuple(_info(*of_archive, position) for position in range(len(names)))
    members = tuple(name.removesuffix(".npy") for name in names)
    return ArraysTable(
        seekable,
        "npz",
        members,
        tuple(with_layouts(members, infos, partial(layout_beside, seekable, archive))),
        tuple(info.kind not in ("text", "date") for info in infos),
        partial(_member, *of_archive),
        open_labels=partial(_labels, *of_archive),
    )
