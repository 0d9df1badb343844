"""Commits of a table of Delta Lake that say nothing: deltalake passes over them.

Source: https://github.com/delta-io/delta/blob/master/PROTOCOL.md.
"""

from __future__ import annotations

import os
import re
from collections import Counter

from smoothl1.errors import DataError, storage_error
from smoothl1.files.tree import tree_of
from smoothl1.files.uris import is_uri

_COMMIT = re.compile(r"(?:[0-9]{20}\.)?([0-9]{20})(?:\.compacted)?\.json")
_CHECKPOINT = re.compile(
    r"([0-9]{20})\.checkpoint\.(?:[0-9]{10}\.([0-9]{10})\.|[0-9a-f-]{36}\.)?(?:parquet|json)"
)
"""How files of a log are called; a checkpoint may have several parts, and tells how many."""

_BEGINNING_BYTES = 1 << 12
"""No commit begins with so many blanks."""


def refuse_empty_commits(path: str, version: int) -> None:
    """Refuse a table of whose log a commit is empty, among those that this version needs.

    A writer puts something into each, so its content was lost: it may have removed rows. Of a
    store, the sizes are those of the listing, and only the newest commit is looked into.

    Args:
        path: The folder of the table, as the user typed it, or its resolved URI.
        version: The version that is read.

    Raises:
        DataError: A commit is empty.
        StorageError: The log cannot be read.
    """
    folder, tree = os.path.join(path, "_delta_log"), tree_of(path)
    try:
        commits = [os.path.join(folder, name) for name in _needed(tree.names(folder), version)]
        empty = tree.empty(commits)
        looked_into = commits[-1:] if is_uri(path) else commits
        empty += [
            commit
            for commit in looked_into
            if commit not in empty and not tree.beginning(commit, _BEGINNING_BYTES).strip()
        ]
    except OSError as error:
        raise storage_error(error, folder) from error
    if empty:
        raise DataError(
            "an empty commit of a table of Delta Lake: which rows count is not known",
            path=empty[0],
            hint="restore this file from a copy, or the table to an earlier version",
        )


def _needed(names: list[str], version: int) -> list[str]:
    """The commits after the last whole checkpoint, sorted."""
    parts = Counter(
        (match[1], match[2]) for name in names if (match := _CHECKPOINT.fullmatch(name))
    )
    whole = [int(of) for (of, n), found in parts.items() if n is None or found == int(n)]
    last = max((number for number in whole if number <= version), default=-1)
    commits = ((match[1], name) for name in names if (match := _COMMIT.fullmatch(name)))
    return [name for number, name in sorted(commits) if last < int(number) <= version]
