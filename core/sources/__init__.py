"""Inputs: told apart by content, opened as sources."""

from __future__ import annotations

import os
from importlib import import_module
from typing import TYPE_CHECKING, cast

from smoothl1.errors import DataError, SettingsError, SmoothL1Error
from smoothl1.sources.contract import ReadOptions
from smoothl1.sources.file import InputFile

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from smoothl1.sources.contract import Columns, Opener, Source

_MAGIC = {"npy": b"\x93NUMPY", "parquet": b"PAR1", "csv": b""}
"""The registry: each format by the bytes it begins with, in the order tried. It is read by the
module of the same name here, imported only when needed. What begins with nothing special is CSV,
if it looks like text."""

_SUFFIXES = {".npy": "npy", ".parquet": "parquet", ".pq": "parquet", ".csv": "csv", ".tsv": "csv"}

_FOREIGN = {
    b"PARE": "an encrypted Parquet file",
    b"ARROW1": "an Arrow IPC file",
    b"\xff\xff\xff\xff": "an Arrow IPC stream",
    b"PK\x03\x04": "a zip archive (such as .npz or .xlsx)",
    b"\x1f\x8b": "gzip-compressed data",
    b"\x28\xb5\x2f\xfd": "zstd-compressed data",
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
    b"\xff\xfe": "UTF-16 or UTF-32 text",
    b"\xfe\xff": "UTF-16 text",
    b"\x00\x00\xfe\xff": "UTF-32 text",
    b"version https://git-lfs": "a Git LFS pointer, not the file itself (run git lfs pull)",
    b"<": "HTML or XML",
    b"{": "JSON",
}
"""What is often found in place of numbers, by the bytes it begins with."""


def formats() -> tuple[str, ...]:
    """The names of the formats that can be read."""
    return tuple(_MAGIC)


def open_source(
    path: str,
    selections: Sequence[Columns] = ((),),
    options: ReadOptions = ReadOptions(),
    warn: Callable[[str], None] = lambda _: None,
) -> Source:
    """Open an input, whatever its format.

    Args:
        path: A file.
        selections: For each field wanted of it the columns it is made of; empty, the only one.
        options: How to read what the content does not say.
        warn: Takes a sentence about something that is odd, but not wrong.

    Raises:
        DataError: The content cannot be trusted or understood.
        StorageError: The system refused.
    """
    file = InputFile(path)
    try:
        opener = _opener(_format_of(file, options, warn))
        return opener(file, selections, options, warn)
    except SmoothL1Error as error:
        file.close()
        error.path = path if error.path is None else error.path
        raise
    except BaseException:
        file.close()
        raise


def _opener(format_name: str) -> Opener:
    return cast("Opener", import_module(f"{__name__}.{format_name}").open_source)


def _format_of(file: InputFile, options: ReadOptions, warn: Callable[[str], None]) -> str:
    if options.format is not None:
        if options.format not in _MAGIC:
            raise SettingsError(f"no such input format: {options.format}; there are {formats()}")
        return options.format
    named = _SUFFIXES.get(os.path.splitext(file.path)[1].lower())
    found = next(name for name, magic in _MAGIC.items() if file.head.startswith(magic))
    if _MAGIC[found] == b"":
        _check_text(file, named)
    elif named not in (None, found):
        warn(f"{file.path}: named as {named}, but the content is {found}: read as {found}")
    return found


def _check_text(file: InputFile, named: str | None) -> None:
    """Refuse, with what it looks like, anything that is not plain text named as such."""
    for magic, what in _FOREIGN.items():
        if file.head.startswith(magic):
            raise DataError(f"not a file of numbers: it looks like {what}")
    for name, magic in _MAGIC.items():
        if magic.startswith(file.head):
            raise DataError(
                f"cut short: it ends after {file.size} bytes, within the mark of {name}"
            )
    if b"\x00" in file.head:
        raise DataError(
            f"neither text nor a format that is known: it begins with {file.head[:8]!r} and has a "
            f"NUL byte at byte {file.head.index(0)}"
        )
    if named not in (None, "csv"):
        raise DataError(
            f"not {named}, as its name says: it looks like text", hint="--format-in csv reads it"
        )
