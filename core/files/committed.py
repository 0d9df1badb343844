"""Folders that Databricks writes: each transaction lists the files that it added and removed.

`_started_<id>` marks its beginning and `_committed_<id>` its end. The names of its files have the
same id. The files of a transaction that failed may remain, as may those that a later one removed.

Source: https://www.databricks.com/blog/2017/05/31/transactional-writes-cloud-storage.html.
"""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING, Any, NamedTuple

from smoothl1.errors import DataError, storage_error
from smoothl1.files.lists import damaged_list, read_list
from smoothl1.files.paths import real_path
from smoothl1.files.tree import LOCAL, tree_of
from smoothl1.lazy_patterns import lazy_pattern

if TYPE_CHECKING:
    from collections.abc import Sequence

    from smoothl1.files.tree import Tree

_COMMITTED = "_committed_"
_MARKS = (_COMMITTED, "_started_")
_HINT = "export the table to plain Parquet files"
_ID = lazy_pattern(r"-tid-([0-9]+)-")


class _Commit(NamedTuple):
    added: frozenset[str]
    removed: frozenset[str]


def is_of_spark(name: str) -> bool:
    """Whether a file is named as Spark names it, so that there may be such lists beside it."""
    return name.startswith("part-")


def refuse_uncommitted(
    folder: str, everything: Sequence[str], names: Sequence[str], path: str, tree: Tree = LOCAL
) -> None:
    """Refuse files that no transaction added, or one removed.

    Args:
        folder: The folder.
        everything: The names of all files in it.
        names: Those that are to be read.
        path: The input, as the user typed it.
        tree: The tree that the folder is in.

    Raises:
        DataError: A file does not count; or a list names one that is not there, and all are read;
            or a list is damaged.
        StorageError: A list cannot be read.
    """
    marks = [name for name in everything if name.startswith(_MARKS)]
    if not marks:
        return
    commits = {
        mark.removeprefix(_COMMITTED): _read(os.path.join(folder, mark), tree)
        for mark in marks
        if mark.startswith(_COMMITTED)
    }
    removed = frozenset[str]().union(*(commit.removed for commit in commits.values()))
    for name in names:
        tid = _ID.search(name)
        if name in removed:
            _refuse(f"{name} was removed by a later transaction", path)
        if tid and (tid[1] not in commits or name not in commits[tid[1]].added):
            _refuse(f"{name} was not committed by its transaction", path)
    added = frozenset[str]().union(*(commit.added for commit in commits.values()))
    missing = min(added - removed - {*everything}, default=None)
    if missing is not None and tree.is_folder(path):
        _refuse(f"{missing}, which a transaction added, is not there", path)


def refuse_uncommitted_file(path: str) -> None:
    """Refuse a file that no transaction added, or one removed; one that is not there is told later.

    Raises:
        DataError: The file does not count, or a list is damaged.
        StorageError: The lists cannot be looked for, or read.
    """
    tree = tree_of(path)
    try:
        folder, name = os.path.split(real_path(path))
    except ValueError:  # a NUL character in the name
        return
    try:
        everything = tree.names(folder)
    except OSError as error:
        if error.errno in (errno.ENOENT, errno.ENOTDIR):
            return
        refusal = storage_error(error, path)
        refusal.what += f": lists beside it may say that it does not count, in {folder}"
        refusal.hint = "rights to list the folder; a copy of the file elsewhere"
        raise refusal from error
    refuse_uncommitted(folder, everything, [name], path, tree)


def _refuse(why: str, path: str) -> None:
    raise DataError(
        f"Databricks wrote it, and not all of its files count: {why}",
        path=path,
        hint=f"{_HINT}, or write a pattern that matches the files that count",
    )


def _read(path: str, tree: Tree) -> _Commit:
    """The files that a transaction added and removed."""
    content = read_list(path, _HINT, tree)
    if not isinstance(content, dict):
        raise damaged_list(path, _HINT)
    return _Commit(*(_names(content.get(field), path) for field in _Commit._fields))


def _names(listed: Any, path: str) -> frozenset[str]:
    if not isinstance(listed, list):
        raise damaged_list(path, _HINT)
    return frozenset(map(str, listed))
