"""Chooses who reads the log of a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from smoothl1.files.lakes import DELTA
from smoothl1.sources.lakes import delta, iceberg

if TYPE_CHECKING:
    from smoothl1.sources.lakes.contract import LiveFiles


def live_files(path: str, kind: str) -> LiveFiles:
    """The files that count of a table with a log.

    Args:
        path: The path as the user typed it: the folder of the table, or a metadata file of Iceberg.
        kind: One of `lakes.LOGGED`.

    Raises:
        MissingExtraError: The package that reads the log is not installed.
        DataError: The log cannot be understood, or the files do not tell the rows by themselves.
        StorageError: The system refused to read.
    """
    return delta.live_files(path) if kind == DELTA else iceberg.live_files(path)
