"""Formats of the losses of single elements, and the sinks that their modules open."""

from __future__ import annotations

import os
from importlib import import_module
from typing import TYPE_CHECKING, cast

from smoothl1.errors import SettingsError, excerpt

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


def formats() -> tuple[str, ...]:
    """The names of the formats that can be written."""
    return tuple(_SUFFIXES)


def format_of(path: str) -> str | None:
    """The format that a file's name asks for, if any."""
    suffix = os.path.splitext(path)[1].lower()
    return next((name for name, suffixes in _SUFFIXES.items() if suffix in suffixes), None)


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
