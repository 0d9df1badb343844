"""Tables of Delta Lake, whose log `deltalake` reads. Only this module imports it.

Source: https://github.com/delta-io/delta/blob/master/PROTOCOL.md.
"""

from __future__ import annotations

import errno
import os
import re
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any, NoReturn
from urllib.parse import unquote

import pyarrow as pa

from smoothl1.errors import (
    DataError,
    MissingExtraError,
    SmoothL1Error,
    storage_error,
    system_error,
)
from smoothl1.files.lakes import DELTA
from smoothl1.files.paths import real_path
from smoothl1.files.uris import is_uri
from smoothl1.sources.constants import Constants
from smoothl1.sources.lakes.contract import EXPORT_HINT, LiveFiles, TableColumns, words_of
from smoothl1.sources.lakes.delta_guard import check_log_files
from smoothl1.sources.lakes.delta_log import check_commits, check_totals

if TYPE_CHECKING:
    from collections.abc import Iterator

_DELETIONS, _MAPPING = "deletionVectors", "columnMapping"
_PURGE_HINT = f"REORG TABLE ... APPLY (PURGE) writes files without, or {EXPORT_HINT}"
_READ = {"timestampNtz", "v2Checkpoint", "vacuumProtocolCheck", _DELETIONS, _MAPPING}
"""Features of a table that do not change what its files hold, or are looked at below."""

_MAPPING_MODE = "delta.columnMapping.mode"
_DRAWN = re.compile(r"\x1b\[[0-9;]*m|\u21b3")
_SETTINGS = re.compile(r"max_retries:? \d+|retry_timeout:? \S+")
"""What deltalake puts into errors of stores: a drawing of their causes, and how often it tries."""

_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|/")
"""How paths begin that do not lead into the table's folder."""


_OF_SYSTEM = re.compile(r"(?:\bcode: |\(os error )([0-9]{1,3})\b")
_OF_LACK = {errno.EMFILE, errno.ENFILE, errno.EAGAIN, errno.ENOMEM, errno.EACCES, errno.EIO}
"""How Rust writes the number of an error of the system, and those that say nothing of content."""

_MISREAD = re.compile(r"[%\\]")
"""What deltalake takes for something else in a path: `%41` for A, and a backslash for a slash."""

_MISREAD_IN_URIS = re.compile(r"[%#?\x00-\x1f\x7f]|(?<=/)\.\.?(?=/|$)| (?=/?$)")
"""The same in a URI, which it cuts, decodes, strips and resolves as those of the web.

Source: https://url.spec.whatwg.org/#url-parsing.
"""


def live_files(path: str) -> LiveFiles:
    """The files that the current version of a table consists of.

    Args:
        path: The folder of the table, as the user typed it, or its resolved URI in S3.

    Raises:
        MissingExtraError: deltalake is not installed.
        DataError: The log is damaged, or the table has features that are not read.
        StorageError: The store refused, or gave no answer in time.
    """
    if not is_uri(path):
        return _live_files(path, None)
    from smoothl1.files.stores.requests import LISTING, asked  # late: most tables are here
    from smoothl1.sources.lakes.delta_store import storage_options

    path = path.rstrip("/")
    return asked(partial(_live_files, path, storage_options(path)), path, times=LISTING)


def _live_files(path: str, options: dict[str, str] | None) -> LiveFiles:
    table = _opened(path, options)
    try:
        with _panics_as_errors():
            return _files_of(table, path)
    except SmoothL1Error:
        raise
    except Exception as error:  # deltalake raises errors of several libraries
        raise _refusal(error, path) from error


def _files_of(table: Any, path: str) -> LiveFiles:
    """The files of an opened table.

    Args:
        table: The table.
        path: Its path, as the user typed it.
    """
    _refuse_features(table, path)
    added = pa.table(table.get_add_actions(flatten=True))
    partitions = table.metadata().partition_columns
    schema = pa.schema(table.schema().to_arrow())
    check_commits(path, table.version())
    check_totals(path, table.version(), len(added), _bytes_of(added))
    version = f"version {table.version()}"
    added = added.sort_by("path")
    paths = [_path_of(name, path) for name in added.column("path").to_pylist()]
    columns = (added.column(f"partition.{name}") for name in partitions)
    constants = Constants(tuple(partitions), tuple(column.combine_chunks() for column in columns))
    n_rows = _stated_rows(added, paths)
    return LiveFiles(DELTA, version, paths, TableColumns(schema), n_rows, constants)


def _bytes_of(added: pa.Table) -> int | None:
    """The bytes of all files by the log, if it has the size of each."""
    if "size_bytes" not in added.column_names:
        return None
    sizes = added.column("size_bytes").to_pylist()
    return None if None in sizes else sum(sizes)


def _stated_rows(added: pa.Table, paths: list[str]) -> dict[str, int]:
    """The rows of files of which the log has statistics, by their paths."""
    if "num_records" not in added.column_names:
        return {}
    told = zip(paths, added.column("num_records").to_pylist(), strict=True)
    return {path: n_rows for path, n_rows in told if n_rows is not None}


def _opened(path: str, options: dict[str, str] | None) -> Any:
    try:
        from deltalake import DeltaTable
    except ImportError as error:
        raise MissingExtraError(
            "a table of Delta Lake, whose log says which rows count, needs deltalake",
            path=path,
            hint=f"pip install 'smoothl1[delta]', or {EXPORT_HINT}",
        ) from error
    where = real_path(path)  # deltalake follows links, too
    _refuse_misread(where, path)
    check_log_files(path)
    try:
        with _panics_as_errors():
            return DeltaTable(where, storage_options=options)
    except Exception as error:  # deltalake raises errors of several libraries
        raise _refusal(error, path) from error


def _refuse_misread(where: str, path: str) -> None:
    """Refuse a folder in whose place deltalake would open the table of another one."""
    if is_uri(path):
        found = _MISREAD_IN_URIS.search(where.partition("://")[2])
    else:
        found = _MISREAD.search(where)
    if found is not None:
        mark = found[0] if found[0].isprintable() else "control character"
        what = "blank at its end" if mark == " " else mark
        raise DataError(
            f"a table of Delta Lake in a folder whose name has a {what}, which deltalake does not "
            "find",
            path=path,
            hint=f"rename the folder, or {EXPORT_HINT}",
        )


@contextmanager
def _panics_as_errors() -> Iterator[None]:
    """Let a panic of deltalake, which is written in Rust and is no `Exception`, be an error."""
    try:
        yield
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        raise ValueError(str(error)) from error


def _refuse_features(table: Any, path: str) -> None:
    """Refuse a table whose files hold other rows or columns than the table."""
    features = set(table.protocol().reader_features or ())
    mode = table.metadata().configuration.get(_MAPPING_MODE, "none")
    if mode != "none":
        _refuse("its columns have other names in the files (column mapping)", path)
    if unknown := sorted(features - _READ):
        _refuse(f"it has the feature {unknown[0]}, which is not read", path)
    if _has_deletions(table):  # also if the protocol forgot to name them
        _refuse("rows of its files are deleted (deletion vectors)", path, _PURGE_HINT)


def _has_deletions(table: Any) -> bool:
    """Whether a file of the table has deletion vectors; also if they cannot be read."""
    try:
        found = pa.RecordBatchReader.from_stream(table.deletion_vectors())
        return any(batch.num_rows for batch in found)
    except Exception:  # noqa: BLE001  they are there, but damaged
        return True


def _refuse(why: str, path: str, hint: str = EXPORT_HINT) -> NoReturn:
    what = f"a table of Delta Lake that is not read as it is: {why}"
    raise DataError(what, path=path, hint=hint)


def _refusal(error: Exception, path: str) -> Exception:
    """The error to raise in place of one of deltalake; of a store, what it said."""
    if is_uri(path) and isinstance(error, OSError):
        return OSError(_SETTINGS.sub(" ", " ".join(_DRAWN.sub(" ", str(error)).split())))
    number = _OF_SYSTEM.search(str(error))
    if number is not None and int(number[1]) in _OF_LACK:
        return storage_error(OSError(int(number[1]), ""), path)
    what = f"the log of a table of Delta Lake cannot be read: {words_of(error)}"
    return system_error(error, path) or DataError(what, path=path, hint=EXPORT_HINT)


def _path_of(name: str, path: str) -> str:
    """The path of a file that the log names by a URI."""
    found = unquote(name)
    if _URI.match(name) or found.startswith("/") or ".." in found.split("/"):
        _refuse(f"a file is outside of its folder, {name}", path)
    if "\0" in found:
        _refuse(f"no file can be called {name!r}", path)
    return os.path.join(path, found)
