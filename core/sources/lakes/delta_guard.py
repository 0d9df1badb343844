"""Files of a log that deltalake must not be given: it waits for pipes, and believes all pages."""

from __future__ import annotations

import os
import re
import stat
from contextlib import closing, suppress
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

from smoothl1.errors import DataError, storage_error
from smoothl1.files.file import InputFile
from smoothl1.files.opening import open_input
from smoothl1.sources.arrow.pages import check_claims
from smoothl1.sources.arrow.row_groups import footer_of
from smoothl1.sources.lakes.contract import EXPORT_HINT
from smoothl1.sources.lakes.delta_log import newest_checkpoint

if TYPE_CHECKING:
    from collections.abc import Iterator

_OF_LOG = re.compile(r"[0-9]{20}\.|_last_checkpoint\Z")
"""How files of the log are called: deltalake passes a folder over, and reads an older version."""

_OF_SIDECARS = re.compile(r"[^.].*\.parquet\Z")

_SIDECARS = "_sidecars"
"""Where a checkpoint of format 2 may have further files."""


def check_log_files(path: str) -> None:
    """Refuse a log with a file that deltalake cannot be given, on this machine.

    Args:
        path: The folder of the table, as the user typed it.

    Raises:
        DataError: A file of the log is no regular file, or a page of a checkpoint is not as the
            footer says.
        StorageError: The log cannot be read.
    """
    folder = os.path.join(path, "_delta_log")
    names = list(_regular_files(folder, _OF_LOG))
    of_parquet = newest_checkpoint(names)
    named = {name for file in of_parquet for name in _check_checkpoint(os.path.join(folder, file))}
    sidecars = os.path.join(folder, _SIDECARS)
    for name in _regular_files(sidecars, _OF_SIDECARS) if os.path.isdir(sidecars) else ():
        if name in named or not of_parquet:  # a checkpoint in JSON names them, too
            _check_checkpoint(os.path.join(sidecars, name))


def _regular_files(folder: str, called: re.Pattern[str]) -> Iterator[str]:
    """The names of the files in a folder that deltalake reads; others may come and go.

    Args:
        folder: The folder.
        called: How such files are called.

    Raises:
        DataError: One is no regular file.
        StorageError: The folder cannot be read.
    """
    try:
        names = sorted(filter(called.match, os.listdir(folder)))
    except OSError as error:
        raise storage_error(error, folder) from error
    for name in names:
        at = os.path.join(folder, name)
        with suppress(OSError):  # a temporary file is not there any more
            if not stat.S_ISREG(os.stat(at).st_mode):
                what = "a file of the log of a table of Delta Lake that is no regular file"
                raise DataError(what, path=at, hint=EXPORT_HINT)
            yield name


def _check_checkpoint(path: str) -> set[str]:
    """Refuse a checkpoint in Parquet with a page that is not as the footer says.

    Returns:
        The names of the sidecars that it names.
    """
    with closing(open_input(path)) as file:
        if not isinstance(file, InputFile):
            return set()  # it is compressed as a whole, which deltalake does not read
        metadata, schema = footer_of(file)
        for i in range(metadata.num_row_groups):
            group = metadata.row_group(i)
            for leaf in range(group.num_columns):
                check_claims(file, group.column(leaf))
    if "sidecar" not in schema.names:
        return set()
    with suppress(pa.ArrowException, OSError, LookupError):  # deltalake says what is wrong
        column = pq.read_table(path, columns=["sidecar"]).column(0).combine_chunks()
        return {os.path.basename(name) for name in column.field("path").to_pylist() if name}
    return set()
