"""Formats of input, detected from the content, and the tables that their modules open."""

from __future__ import annotations

import os
from functools import cache, partial
from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple, cast

from smoothl1.errors import DataError, SettingsError, SmoothL1Error
from smoothl1.files.opening import STANDARD_INPUT, decompressed, open_input
from smoothl1.files.tree import LOCAL, tree_of
from smoothl1.files.uris import resolved
from smoothl1.sources.contract import ReadOptions, Wanted

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from smoothl1.files.contract import Input
    from smoothl1.files.tree import Tree
    from smoothl1.sources.arrow.parquet import ParquetTable
    from smoothl1.sources.contract import Columns, Source
    from smoothl1.sources.lakes.contract import LiveFiles, TableColumns
    from smoothl1.sources.table import Opener, Table


class _Format(NamedTuple):
    """A format, read by a module below this one, which is imported only when needed."""

    name: str
    module: str
    magic: bytes
    suffixes: tuple[str, ...]


_FORMATS = (
    _Format("npy", "npy.source", b"\x93NUMPY", (".npy",)),
    _Format("npz", "npy.npz", b"PK\x03\x04", (".npz",)),
    _Format("parquet", "arrow.parquet", b"PAR1", (".parquet", ".pq")),
    _Format("arrow", "arrow.file", b"ARROW1\x00\x00", (".arrow", ".feather", ".ipc")),
    _Format("arrow_stream", "arrow.stream", b"\xff\xff\xff\xff", (".arrows",)),
    _Format("csv", "csv.source", b"", (".csv", ".tsv", ".txt")),
)
"""The registry: each format by the bytes it begins with, in the order tried, and how its files are
usually called. What begins with nothing special is CSV, if it looks like text."""

_NAMED = {suffix: known.name for known in _FORMATS for suffix in known.suffixes}
"""The formats by the suffixes of their files."""

_STREAM_AS_FILE = ("arrow", "arrow_stream")
"""The format by the name and by the content of streams that Hugging Face Datasets writes."""

_COMPRESSED_SUFFIXES = (".gz", ".gzip", ".zst", ".zstd")

_OF_SPARK = "part-"
"""How the files begin that Spark writes."""

_OF_ICEBERG = ".metadata.json"
"""How the metadata files end of a table of Iceberg."""

_WILD = frozenset("*?[")

_FOREIGN = {
    b"PARE": "an encrypted Parquet file",
    b"FEA1": "a Feather file of version 1",
    b"PK\x05\x06": "a zip archive without members",
    b"BZh": "bzip2-compressed data",
    b"\xfd7zXZ": "xz-compressed data",
    b"\x89PNG": "a PNG image",
    b"\xff\xd8\xff": "a JPEG image",
    b"GIF8": "a GIF image",
    b"%PDF": "a PDF document",
    b"\x89HDF": "an HDF5 file",
    b"MATLAB": "a MATLAB file",
    b"\x80\x02": "a Python pickle, which is never loaded",
    b"\x80\x03": "a Python pickle, which is never loaded",
    b"\x80\x04": "a Python pickle, which is never loaded",
    b"\x80\x05": "a Python pickle, which is never loaded",
    b"\xff\xfe": "UTF-16 or UTF-32 text, which needs --encoding",
    b"\xfe\xff": "UTF-16 text, which needs --encoding",
    b"\x00\x00\xfe\xff": "UTF-32 text, which needs --encoding",
    b"version https://git-lfs": "a Git LFS pointer, not the file itself (run git lfs pull)",
    b"<": "HTML or XML",
    b"{": "JSON",
}
"""Files often given in place of tables, by the bytes that they begin with."""


def formats() -> tuple[str, ...]:
    """The names of the formats that can be read."""
    return tuple(known.name for known in _FORMATS)


def open_source(
    path: str,
    selections: Sequence[Columns] = ((),),
    options: ReadOptions = ReadOptions(),
    warn: Callable[[str], None] = lambda _: None,
) -> Source:
    """Open an input and choose its columns: `open_table` and `Table.select` in one.

    Args:
        path: See `open_table`.
        selections: For each wanted field its columns; if empty, the only numeric column.
        options: How to read what the content does not say.
        warn: Takes a warning about something that is odd, but not wrong.
    """
    table = open_table(path, options, warn)
    try:
        return table.select(Wanted(tuple(selections)))
    except BaseException:
        table.close()
        raise


def open_table(
    path: str,
    options: ReadOptions = ReadOptions(),
    warn: Callable[[str], None] = lambda _: None,
) -> Table:
    """Open an input, whatever its format.

    Args:
        path: A file, or the URI of an object; a folder or a pattern of them, whose rows are
            joined; or "-".
        options: How to read what the content does not say.
        warn: Takes a warning about something that is odd, but not wrong.

    Raises:
        DataError: The content cannot be trusted or understood.
        StorageError: The system refused.
    """
    path = resolved(path)
    tree = tree_of(path)
    if not _stands_for_files(path, tree):
        if os.path.basename(path).startswith(_OF_SPARK):
            from smoothl1.files.committed import refuse_uncommitted_file

            refuse_uncommitted_file(path)
        return _open_file(path, options, warn)
    from smoothl1.files.patterns import find_shards  # late: most inputs are one file
    from smoothl1.sources.shards import join_shards

    table = _live_files(path, tree)
    if table is not None:
        open_shard = partial(_open_live, columns=table.columns, options=options, warn=warn)
        return join_shards(path, table.found(path), open_shard, constants=table.constants)
    found = find_shards(path, warn, tree)
    plain: set[str] = set()
    open_shard = partial(_open_file, options=options, warn=warn, plain=plain)
    return join_shards(path, found, open_shard)


def files_of(path: str, warn: Callable[[str], None]) -> list[str] | None:
    """The files that a folder or a pattern stands for; None where the path is a file itself.

    Raises:
        SettingsError, DataError: See `patterns.find_shards`.
    """
    path = resolved(path)
    tree = tree_of(path)
    if not _stands_for_files(path, tree):
        return None
    from smoothl1.files.patterns import find_shards

    table = _live_files(path, tree)
    return find_shards(path, warn, tree).paths if table is None else table.paths


def _stands_for_files(path: str, tree: Tree) -> bool:
    is_pattern = bool(_WILD.intersection(path)) and not (tree.has_links and os.path.exists(path))
    return is_pattern or tree.is_folder(path) or _is_metadata(path)


def _is_metadata(path: str) -> bool:
    """Whether a path is that of a metadata file of a table of Iceberg, by its name."""
    return path.endswith(_OF_ICEBERG) and os.path.isfile(path)


def _live_files(path: str, tree: Tree) -> LiveFiles | None:
    """The files that count of a table with a log; None if there is none, or if it is in a store."""
    if tree is not LOCAL:
        return None
    from smoothl1.files.lakes import ICEBERG, LOGGED, kind_of  # late: most inputs are one file

    kind = ICEBERG if _is_metadata(path) else None
    if os.path.isdir(path):
        kind = kind_of(path, may_be_hidden=True)  # if so, listing the folder is refused
    if kind not in LOGGED:
        return None
    from smoothl1.sources.lakes.choice import live_files

    return live_files(path, kind)


def _open_live(
    path: str, columns: TableColumns, options: ReadOptions, warn: Callable[[str], None]
) -> Table:
    """Open a file that counts by the log of its table, which is always Parquet."""
    table = cast("ParquetTable", _open(path, options._replace(format="parquet"), warn))
    try:
        columns.check(table.metadata.schema.to_arrow_schema(), path)
    except BaseException:
        table.close()
        raise
    return table


def _open_file(
    path: str, options: ReadOptions, warn: Callable[[str], None], plain: set[str] | None = None
) -> Table:
    """Open one file. `plain` has the folders that are known to hold no table with a log."""
    return _open(path, options, warn, set() if plain is None else plain)


def _open(
    path: str, options: ReadOptions, warn: Callable[[str], None], plain: set[str] | None = None
) -> Table:
    """Open one file; where `plain` is None, also a Parquet file of a table with a log."""
    file = open_input(path, options.n_threads)
    try:
        file = decompressed(file, options.n_threads)
        name = _format_of(file, options, warn)
        if name == "parquet" and path != STANDARD_INPUT and plain is not None:
            _refuse_lake(path, plain)
        return _opener_of(name)(file, options, warn)
    except SmoothL1Error as error:
        file.close()
        error.path = path if error.path is None else error.path
        raise
    except BaseException:
        file.close()
        raise


@cache
def _opener_of(name: str) -> Opener:
    """The function that opens files of a format; a set may have many of them."""
    known = next(known for known in _FORMATS if known.name == name)
    return cast("Opener", import_module(f"smoothl1.sources.{known.module}").open_table)


def _refuse_lake(path: str, plain: set[str]) -> None:
    folder = os.path.dirname(path)
    if folder in plain and not os.path.islink(path):
        return
    from smoothl1.files.lakes import refuse_lake
    from smoothl1.files.paths import real_path

    real = os.path.dirname(real_path(path))
    if real not in plain:
        refuse_lake(real, path, tree_of(real))
    plain.add(real)
    if not os.path.islink(path):
        plain.add(folder)


def _format_of(file: Input, options: ReadOptions, warn: Callable[[str], None]) -> str:
    if options.format is not None:
        if options.format not in formats():
            raise SettingsError(f"no such input format: {options.format}; there are {formats()}")
        return options.format
    named = _named_format(file.path)
    found = next(known for known in _FORMATS if file.head.startswith(known.magic))
    if found.magic == b"":
        if options.encoding == "utf-8":
            _check_text(file, named)
    elif named not in (None, found.name) and (named, found.name) != _STREAM_AS_FILE:
        warn(f"{file.path}: named as {named}, but the content is {found.name}: read as that")
    return found.name


def _named_format(path: str) -> str | None:
    """The format that a file's name promises, if any."""
    stem, suffix = os.path.splitext(path.lower())
    if suffix in _COMPRESSED_SUFFIXES:
        suffix = os.path.splitext(stem)[1]
    return _NAMED.get(suffix)


def _check_text(file: Input, named: str | None) -> None:
    """Refuse anything that is not plain text, or is named like another format."""
    for magic, what in _FOREIGN.items():
        if file.head.startswith(magic):
            raise DataError(f"not a file of numbers: it looks like {what}")
    for known in _FORMATS:
        if known.magic.startswith(file.head):
            raise DataError(
                f"cut short: it ends after {len(file.head)} bytes, within the mark of {known.name}"
            )
    if b"\x00" in file.head:
        raise DataError(
            f"neither text nor a format that is known: it begins with {file.head[:8]!r} and has a "
            f"NUL byte at byte {file.head.index(0)}",
            hint="UTF-16 text needs --encoding",
        )
    if named not in (None, "csv"):
        raise DataError(
            f"not {named}, as its name says: it looks like text", hint="--format-in csv reads it"
        )
