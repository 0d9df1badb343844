"""Folders that Databricks writes: each transaction lists the files that it added and removed.

`_started_<id>` marks its beginning and `_committed_<id>` its end. The names of its files have the
same id. The files of a transaction that failed may remain, as may those that a later one removed.

Source: https://www.databricks.com/blog/2017/05/31/transactional-writes-cloud-storage.html.
"""

from __future__ import annotations

import json
import os
import re
from typing import TYPE_CHECKING, Any, NamedTuple

from smoothl1.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Sequence

_COMMITTED = "_committed_"
_MARKS = (_COMMITTED, "_started_")
_ID = re.compile(r"-tid-([0-9]+)-")


class _Commit(NamedTuple):
    added: frozenset[str]
    removed: frozenset[str]


def is_of_spark(name: str) -> bool:
    """Whether a file is named as Spark names it, so that there may be such lists beside it."""
    return name.startswith("part-")


def refuse_uncommitted(
    folder: str, everything: Sequence[str], names: Sequence[str], path: str
) -> None:
    """Refuse files that no transaction added, or one removed.

    Args:
        folder: The folder.
        everything: The names of all files in it.
        names: Those that are to be read.
        path: The input, as the user typed it.

    Raises:
        DataError: A file does not count; or a list names one that is not there, and all are read.
    """
    marks = [name for name in everything if name.startswith(_MARKS)]
    if not marks:
        return
    commits = {
        mark.removeprefix(_COMMITTED): commit
        for mark in marks
        if mark.startswith(_COMMITTED) and (commit := _read(os.path.join(folder, mark)))
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
    if missing is not None and os.path.isdir(path):
        _refuse(f"{missing}, which a transaction added, is not there", path)


def refuse_uncommitted_file(path: str) -> None:
    """Refuse a file that no transaction added, or one removed; one that is not there is told later.

    Raises:
        DataError: The file does not count.
    """
    try:
        folder, name = os.path.split(os.path.realpath(path))
        everything = os.listdir(folder)
    except (OSError, ValueError):
        return
    refuse_uncommitted(folder, everything, [name], path)


def _refuse(why: str, path: str) -> None:
    raise DataError(
        f"Databricks wrote it, and not all of its files count: {why}",
        path=path,
        hint="export the table to plain Parquet files, or write a pattern that matches the files "
        "that count",
    )


def _read(path: str) -> _Commit | None:
    """The files that a transaction added and removed; None where the file says nothing of it."""
    try:
        with open(path, encoding="utf-8") as file:
            content: Any = json.load(file)
        added, removed = content.get("added", ()), content.get("removed", ())
        return _Commit(frozenset(map(str, added)), frozenset(map(str, removed)))
    except (OSError, ValueError, TypeError, AttributeError):
        return None
