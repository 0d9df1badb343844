"""Commits of a table of Delta Lake that lost content: deltalake takes what is there.

Source: https://github.com/delta-io/delta/blob/master/PROTOCOL.md.
"""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from contextlib import closing
from typing import TYPE_CHECKING, Any

from smoothl1.engines.threads import mapped
from smoothl1.errors import DataError, counted, storage_error
from smoothl1.files.opening import open_input
from smoothl1.files.tree import tree_of
from smoothl1.files.uris import is_uri
from smoothl1.sources.shard_opener import OF_STORE

if TYPE_CHECKING:
    from collections.abc import Sequence

_COMMIT = re.compile(r"(?:[0-9]{20}\.)?([0-9]{20})(?:\.compacted)?\.json")
_CHECKPOINT = re.compile(
    r"([0-9]{20})\.checkpoint\.(?:[0-9]{10}\.([0-9]{10})\.|[0-9a-f-]{36}\.)?(?:parquet|json)"
)
"""How files of a log are called; a checkpoint may have several parts, and tells how many."""

_COMPACTED = ".compacted.json"
_LAST_CHECKPOINT = "_last_checkpoint"

_PIECE_BYTES = 1 << 16
"""Bytes of a compacted commit that are read at a time, to see whether it is blank."""

_ACTION = re.compile(rb'^[ \t]*\{[ \t]*"(add|remove|cdc|commitInfo)"', re.MULTILINE)
"""How the line of an action begins, of those that are looked at."""

_COUNT = re.compile(r"[0-9]{1,18}")

_WITH_CHANGES = ("num_added_files", "num_target_files_added")
"""Metrics in which delta-rs counts files of changes (`cdc`), too, but for those of an update."""

_METRICS = {
    "add": (
        *("num_added_files", "num_target_files_added", "numFilesAdded", "numRestoredFile"),
        *("numAddedFiles", "numTargetFilesAdded", "numRestoredFiles"),
    ),
    "remove": (
        *("num_removed_files", "num_target_files_removed", "numFilesRemoved", "numRemovedFile"),
        *("numRemovedFiles", "numTargetFilesRemoved"),
    ),
}
"""Metrics of operations that count the files of a commit: of delta-rs, and then of Spark. Others,
such as numFiles, count other files as well."""


def check_commits(path: str, version: int) -> None:
    """Refuse a table of whose log a commit lost content, among those that this version needs.

    A writer puts something into each, and often says how many files a commit adds and removes. If
    it does less, rows that it removed would count again, or rows that it added would be missing.

    Args:
        path: The folder of the table, as the user typed it, or its resolved URI.
        version: The version that is read.

    Raises:
        DataError: A commit is empty, or was cut.
        StorageError: The log cannot be read.
    """
    folder, tree = os.path.join(path, "_delta_log"), tree_of(path)
    try:
        commits = [os.path.join(folder, name) for name in _needed(tree.names(folder), version)]
        empty = tree.empty(commits)
    except OSError as error:
        raise storage_error(error, folder) from error
    if empty:
        raise _damaged("an empty commit of a table of Delta Lake", empty[0])
    n_at_once = OF_STORE if is_uri(path) else 1
    with closing(mapped(_content, commits, n_at_once, is_awaited=False)) as contents:
        for commit, content in zip(commits, contents, strict=True):
            _check_commit(commit, content)


def check_totals(path: str, version: int, n_files: int, n_bytes: int | None) -> None:
    """Compare the files that were found with what a log may tell of a version in other places.

    A commit that was cut at the end of a line may have lost what it told of itself, and a
    checkpoint may be that of another table. The checksum, which Spark writes after each commit,
    tells how many files the version has, and of how many bytes by the log; the note of the last
    checkpoint, how many files that one has. What says nothing of that, or is damaged itself, proves
    nothing.

    Args:
        path: See `check_commits`.
        version: The version that is read.
        n_files: The number of its files.
        n_bytes: The sum of their sizes by the log; None if it is not known.

    Raises:
        DataError: The version has other files.
        StorageError: The log cannot be read.
    """
    folder, tree = os.path.join(path, "_delta_log"), tree_of(path)
    try:
        known = [os.path.join(folder, name) for name in tree.names(folder)]
    except OSError as error:
        raise storage_error(error, folder) from error

    def told_by(name: str) -> dict[str, Any]:
        place = os.path.join(folder, name)
        return _object_of(_content(place)) if place in known and not tree.empty([place]) else {}

    checksum = f"{version:020}.crc"
    told = told_by(checksum)
    for key, found, unit in (("numFiles", n_files, "file"), ("tableSizeBytes", n_bytes, "byte")):
        said = told.get(key)
        if type(said) is int and found is not None and said != found:
            has = counted(found, unit)
            what = f"version {version} of a table of Delta Lake has {has} by its commits"
            at = os.path.join(folder, checksum)
            raise _damaged(f"{what}, but {said:,} by its checksum: a commit was cut", at)
    last = told_by(_LAST_CHECKPOINT)
    said = last.get("numOfAddFiles")
    if last.get("version") == version and type(said) is int and said != n_files:
        has = counted(n_files, "file")
        what = f"version {version} of a table of Delta Lake has {has} by its checkpoint"
        raise _damaged(
            f"{what}, but {said:,} by the note beside it", os.path.join(folder, _LAST_CHECKPOINT)
        )


def _object_of(content: bytes) -> dict[str, Any]:
    """The JSON object that bytes hold; an empty one if they hold none."""
    try:
        found = json.loads(content)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _content(path: str) -> bytes:
    """The bytes of a commit; of a compacted one, which may be long, a piece that is not blank."""
    with closing(open_input(path)) as file:
        size = file.size or 0
        n_at_once = _PIECE_BYTES if path.endswith(_COMPACTED) else max(size, 1)
        starts = range(0, size, n_at_once)
        pieces = (file.read(start, min(n_at_once, size - start)) for start in starts)
        return next((piece for piece in pieces if not piece.isspace()), b"")


def _check_commit(path: str, content: bytes) -> None:
    """Refuse a commit that is blank, or adds or removes fewer files than it says itself.

    A compacted one stands for several commits, each of which may have said that.
    """
    if not content:
        raise _damaged("an empty commit of a table of Delta Lake", path)
    if path.endswith(_COMPACTED):
        return
    found, information = _actions(content)
    metrics, is_update = _metrics(information)
    for action, names in _METRICS.items():
        for name in names:
            has_changes = name in _WITH_CHANGES and not is_update
            n_found = found[action.encode()] + (found[b"cdc"] if has_changes else 0)
            said = _number(metrics.get(name))
            if n_found < said:
                what = f"a commit of a table of Delta Lake was cut: it has {n_found} of {said}"
                raise _damaged(f"{what} actions '{action}' of which it tells", path)


def _actions(content: bytes) -> tuple[Counter[bytes], bytes]:
    """How often a commit has each action, and the first line that informs about it, if any."""
    found, information = Counter[bytes](), b""
    for match in _ACTION.finditer(content):
        found[match[1]] += 1
        if match[1] == b"commitInfo" and not information:
            end = content.find(b"\n", match.start())
            information = content[match.start() : None if end < 0 else end]
    return found, information


def _metrics(information: bytes) -> tuple[dict[str, Any], bool]:
    """What a commit says about itself, and whether it is an update.

    It says nothing if it does not do so in a form that is known.
    """
    try:
        told = json.loads(information)["commitInfo"]
        found, is_update = told["operationMetrics"], told.get("operation") == "UPDATE"
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return {}, False
    return (found, is_update) if isinstance(found, dict) else ({}, False)


def _number(value: object) -> int:
    """A number of files, which Spark writes as text; 0 if it is none."""
    if type(value) is int:
        return value
    return int(value) if isinstance(value, str) and _COUNT.fullmatch(value) else 0


def _damaged(what: str, path: str) -> DataError:
    hint = "restore this file from a copy, or the table to an earlier version"
    return DataError(f"{what}: which rows count is not known", path=path, hint=hint)


def newest_checkpoint(names: Sequence[str]) -> list[str]:
    """The files in Parquet of the newest checkpoint of a log that has all its parts.

    Args:
        names: The names of the files of the log.
    """
    whole = _whole_checkpoints(names)
    last = max((int(of) for of, _ in whole), default=-1)
    found = ((name, _CHECKPOINT.fullmatch(name)) for name in names if name.endswith(".parquet"))
    return [
        name
        for name, match in found
        if match is not None and int(match[1]) == last and (match[1], match[2]) in whole
    ]


def _whole_checkpoints(names: Sequence[str]) -> set[tuple[str, str | None]]:
    """The version of each checkpoint that has all its parts, and the number of these."""
    parts = Counter(
        (match[1], match[2]) for name in names if (match := _CHECKPOINT.fullmatch(name))
    )
    return {(of, n) for (of, n), found in parts.items() if n is None or found == int(n)}


def _last_whole(names: Sequence[str], version: float) -> int:
    """The version of the newest checkpoint that has all its parts; -1 if there is none.

    Args:
        names: The names of the files of a log.
        version: The newest that counts.
    """
    whole = (int(of) for of, _ in _whole_checkpoints(names))
    return max((number for number in whole if number <= version), default=-1)


def _needed(names: list[str], version: int) -> list[str]:
    """The commits after the last whole checkpoint, sorted."""
    last = _last_whole(names, version)
    commits = ((match[1], name) for name in names if (match := _COMMIT.fullmatch(name)))
    return [name for number, name in sorted(commits) if last < int(number) <= version]
