"""Files of a log that deltalake must not be given: it waits for pipes, and believes all pages."""

from __future__ import annotations

import os
import re
import stat
from contextlib import closing, suppress
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

from smoothl1.engines.threads import mapped
from smoothl1.errors import DataError, storage_error
from smoothl1.files.opening import open_input
from smoothl1.files.tree import LOCAL, tree_of
from smoothl1.sources.arrow.opening import arrow_file
from smoothl1.sources.arrow.pages import check_claims
from smoothl1.sources.arrow.row_groups import footer_of
from smoothl1.sources.lakes.contract import EXPORT_HINT
from smoothl1.sources.lakes.delta_log import newest_checkpoint
from smoothl1.sources.shard_opener import OF_STORE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from smoothl1.files.tree import Tree

_OF_LOG = re.compile(r"[0-9]{20}\.|_last_checkpoint\Z")
"""How files of the log are called: deltalake passes a folder over, and reads an older version."""

_OF_SIDECARS = re.compile(r"[^.].*\.parquet\Z")

_SIDECARS = "_sidecars"
"""Where a checkpoint of format 2 may have further files."""


def check_log_files(path: str) -> None:
    """Refuse a log with a file that deltalake cannot be given.

    Args:
        path: The folder of the table, as the user typed it, or its resolved URI.

    Raises:
        DataError: A file of the log is no regular file, or a page of a checkpoint is not as the
            footer says.
        StorageError: The log cannot be read.
    """
    folder, tree = os.path.join(path, "_delta_log"), tree_of(path)
    of_parquet = newest_checkpoint(list(_regular_files(folder, _OF_LOG, tree)))
    named = _check_checkpoints([os.path.join(folder, name) for name in of_parquet], tree)
    sidecars = os.path.join(folder, _SIDECARS)
    if tree.is_folder(sidecars):
        there = _regular_files(sidecars, _OF_SIDECARS, tree)
        # a checkpoint in JSON names them, too
        files = [name for name in there if name in named or not of_parquet]
        _check_checkpoints([os.path.join(sidecars, name) for name in files], tree)


def _regular_files(folder: str, called: re.Pattern[str], tree: Tree) -> Iterator[str]:
    """The names of the files in a folder that deltalake reads; others may come and go.

    Args:
        folder: The folder.
        called: How such files are called.
        tree: The tree that the folder is in.

    Raises:
        DataError: One is no regular file.
        StorageError: The folder cannot be read.
    """
    try:
        names = sorted(filter(called.match, tree.names(folder)))
    except OSError as error:
        raise storage_error(error, folder) from error
    for name in names:
        at = os.path.join(folder, name)
        with suppress(OSError):  # a temporary file is not there any more
            if tree is LOCAL and not stat.S_ISREG(os.stat(at).st_mode):
                what = "a file of the log of a table of Delta Lake that is no regular file"
                raise DataError(what, path=at, hint=EXPORT_HINT)
            yield name


def _check_checkpoints(paths: Sequence[str], tree: Tree) -> set[str]:
    """Refuse checkpoints in Parquet with a page that is not as the footer says.

    Returns:
        The names of the sidecars that they name.
    """
    n_at_once = 1 if tree is LOCAL else OF_STORE
    with closing(mapped(_check_checkpoint, paths, n_at_once, is_awaited=False)) as named:
        return set().union(*named)


def _check_checkpoint(path: str) -> set[str]:
    with closing(open_input(path)) as opened:
        file = opened.seekable()
        metadata, schema = footer_of(file)
        for i in range(metadata.num_row_groups):
            group = metadata.row_group(i)
            for leaf in range(group.num_columns):
                check_claims(file, group.column(leaf))
        if "sidecar" not in schema.names:
            return set()
        with suppress(pa.ArrowException, OSError, LookupError):  # deltalake says what is wrong
            table = pq.ParquetFile(arrow_file(file)).read(["sidecar"], use_threads=False)
            column = table.column(0).combine_chunks()
            return {os.path.basename(name) for name in column.field("path").to_pylist() if name}
    return set()
