"""Formats of the losses of single elements, and the sinks that their modules open."""

from __future__ import annotations

import os
from importlib import import_module
from typing import TYPE_CHECKING, cast

from smoothl1.errors import SettingsError, excerpt
from smoothl1.files.compressing import SUFFIXES as COMPRESSED

if TYPE_CHECKING:
    from typing import BinaryIO

    from smoothl1.sinks.contract import Layout, Opener, Sink

_SUFFIXES = {
    "text": (".txt", ".text"),
    "csv": (".csv",),
    "tsv": (".tsv",),
    "json": (".json",),
    "npy": (".npy",),
    "parquet": (".parquet", ".pq"),
    "arrow": (".arrow", ".feather"),
}
"""The registry: each format, written by the module of the same name here, by file name suffix."""


BINARY = ("npy", "parquet", "arrow")
"""Formats that a terminal cannot show, and that are not compressed once more."""

UNWRITTEN = frozenset(
    [
        *(".npz", ".ipc", ".jsonl", ".ndjson", ".html", ".xml", ".yaml", ".yml", ".avro", ".xls"),
        *(".xlsx", ".ods", ".docx", ".pdf", ".png", ".svg", ".h5", ".hdf5", ".nc", ".zarr", ".orc"),
        *(".sqlite", ".pkl", ".pt", ".bz2", ".xz", ".zip"),
    ]
)
"""Suffixes of formats that nothing is written in: readers trust the name of a file."""

_OF_TABLES = frozenset([".md", ".markdown", ".tex"])
"""Suffixes of tables of results, which losses of elements are none of."""


def formats() -> tuple[str, ...]:
    """The names of the formats that can be written."""
    return tuple(_SUFFIXES)


def format_of(path: str) -> str | None:
    """The format that a file's name asks for, if any."""
    suffix = os.path.splitext(path)[1].lower()
    return next((name for name, suffixes in _SUFFIXES.items() if suffix in suffixes), None)


def suffixes_of(path: str | None) -> tuple[str, str | None]:
    """The suffix of a name that tells the format, and the codec that a last one asks for.

    Args:
        path: The path; None has no suffix.

    Returns:
        The suffix in small letters, and "gzip", "zstd" or None.
    """
    stem, suffix = os.path.splitext((path or "").lower())
    if suffix in COMPRESSED:
        return os.path.splitext(stem)[1], COMPRESSED[suffix]
    return suffix, None


def check_is_written(path: str | None) -> None:
    """Refuse a file of losses whose name is that of a format which losses are not written in.

    Args:
        path: The path of the file; None has no suffix.

    Raises:
        SettingsError: It is one. To name another format would contradict the name.
    """
    suffix, _ = suffixes_of(path)
    if suffix in UNWRITTEN | _OF_TABLES:
        *names, last = map(suffix_of, formats())
        hint = f"name it {', '.join(names)} or {last}"
        raise SettingsError(f"losses are not written as {suffix}", path=path, hint=hint)


def check_name(path: str, format_name: str, asked: str) -> None:
    """Refuse a file of losses whose name promises another format than it has.

    Args:
        path: The path of the file.
        format_name: The format of the losses.
        asked: What the user asked for, as the error calls it: "-f csv".

    Raises:
        SettingsError: The suffix is of another format, or the format is not compressed.
    """
    suffix, codec = suffixes_of(path)
    named = format_of(f"x{suffix}")
    promises = named not in (None, "text") or suffix in UNWRITTEN | _OF_TABLES
    if format_name != named and promises:
        raise SettingsError(f"{suffix} is another format than {asked}", path=path)
    check_codec(path, format_name, codec)


def check_codec(path: str | None, format_name: str | None, codec: str | None) -> None:
    """Refuse a compressed file of a format that is compressed by itself, or needs positions.

    Args:
        path: The path of the file.
        format_name: The format.
        codec: The codec that the name asks for; None for none.

    Raises:
        SettingsError: It is one.
    """
    if codec is not None and format_name in BINARY:
        what = f"{format_name} is not written inside {codec}"
        raise SettingsError(what, path=path, hint="leave out the last suffix")


def suffix_of(format_name: str) -> str:
    """The suffix by which files of a format are usually called."""
    return _SUFFIXES[format_name][0]


def open_sink(format_name: str, file: BinaryIO, layout: Layout) -> Sink:
    """Begin to write losses.

    Args:
        format_name: One of `formats()`.
        file: A file open for writing bytes; it stays open.
        layout: The shape, dtype and columns of the losses.
    """
    if format_name not in formats():
        known = ", ".join(formats())
        raise SettingsError(f"no such output format: {excerpt(format_name)}; there are {known}")
    opener = cast("Opener", import_module(f"smoothl1.sinks.{format_name}").open_sink)
    return opener(file, layout)
