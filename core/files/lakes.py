"""Tables of Delta Lake, Iceberg, Hudi, Paimon, Lance, streaming Spark: only some files count.

A log beside the files says which. Without reading it, rows that were removed or replaced would be
counted, so files of such a table are refused. The folder of a table may be one that is read.

Sources: https://github.com/delta-io/delta/blob/master/PROTOCOL.md,
https://iceberg.apache.org/spec/, https://hudi.apache.org/tech-specs/,
https://paimon.apache.org/docs/master/concepts/spec/.
"""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING

from smoothl1.errors import DataError, storage_error
from smoothl1.files.paths import real_path
from smoothl1.files.tree import LOCAL, NOT_THERE
from smoothl1.files.uris import is_uri, scheme_of

if TYPE_CHECKING:
    from smoothl1.errors import StorageError
    from smoothl1.files.tree import Tree

LOGGED = DELTA, ICEBERG = "Delta Lake", "Apache Iceberg"
"""Tables whose logs are read."""

METADATA_OF_ICEBERG = "metadata"

_DATA_OF_ICEBERG = "data"
"""The folder in which Iceberg keeps files, beside its metadata, unless a setting names another."""


_MARKS = {
    "_delta_log": DELTA,
    ".hoodie": "Apache Hudi",
    "_spark_metadata": "Spark's streaming sink",
}
"""Names that only such tables have, at their roots."""

_OF_PAIMON = ("snapshot", "manifest")
"""Folders that such tables have at their roots, and others, too: what is in them decides."""

_OF_LANCE = ("_versions", "data")
"""Folders that such tables have at their roots; the first holds manifests."""


def is_read(kind: str, root: str) -> bool:
    """Whether the log of a kind of table can be read: among stores in S3 alone."""
    return kind in LOGGED and (not is_uri(root) or scheme_of(root) == "s3")


def refuse_lake(folder: str, path: str, tree: Tree = LOCAL, *, parents: bool = True) -> None:
    """Refuse a folder that is, or is within, a table with a log of its own.

    Args:
        folder: Where the files are.
        path: The input, as the user typed it.
        tree: The tree that the folder is in.
        parents: Whether to check the folders above, too.

    Raises:
        DataError: The folder belongs to such a table; the error names its kind and root.
        StorageError: The system does not tell whether it does.
    """
    root = real_path(folder)
    holds_files = True
    while True:
        kind = kind_of(root, tree, may_be_hidden=not holds_files)
        if kind is not None:
            hint = "export the table to plain Parquet files"
            if is_read(kind, root):
                hint = f"give the folder of the table, which is read by its log, or {hint}"
            raise DataError(
                f"it belongs to a table of {kind} ({root}), whose log says which rows count",
                path=path,
                hint=hint,
            )
        parent = tree.parent(root)
        if parent == root or not parents:
            return
        holds_files = os.path.basename(root) == _DATA_OF_ICEBERG
        root = parent


def kind_of(folder: str, tree: Tree = LOCAL, *, may_be_hidden: bool = False) -> str | None:
    """The kind of table that has its root here, if any.

    Args:
        folder: The root.
        tree: The tree that it is in.
        may_be_hidden: Whether a folder of metadata is none of Iceberg's if it cannot be read.

    Raises:
        StorageError: The system does not tell.
    """
    try:
        present = tree.which(folder, [*_MARKS, METADATA_OF_ICEBERG, *_OF_PAIMON, *_OF_LANCE])
    except OSError as error:
        if may_be_hidden:
            return None
        raise _unknown(error, os.path.join(folder, METADATA_OF_ICEBERG)) from error
    for mark, kind in _MARKS.items():
        if mark in present:
            return kind
    if METADATA_OF_ICEBERG in present:
        metadata = os.path.join(folder, METADATA_OF_ICEBERG)
        names = _names_in(metadata, tree, may_be_hidden=may_be_hidden)
        if any(".metadata.json" in name for name in names):
            return ICEBERG
    if present.issuperset(_OF_PAIMON) and _is_of_paimon(folder, tree):
        return "Apache Paimon"
    if present.issuperset(_OF_LANCE):
        names = _names_in(os.path.join(folder, _OF_LANCE[0]), tree)
        return "Lance" if any(name.endswith(".manifest") for name in names) else None
    return None


def _is_of_paimon(folder: str, tree: Tree) -> bool:
    snapshots, manifests = (os.path.join(folder, name) for name in _OF_PAIMON)
    if not (tree.is_folder(snapshots) and tree.is_folder(manifests)):
        return False
    names = _names_in(snapshots, tree)
    if any(name.startswith(("snapshot-", "LATEST", "EARLIEST")) for name in names):
        return True
    return any(name.startswith("bucket-") for name in _names_in(folder, tree))


def _names_in(folder: str, tree: Tree, *, may_be_hidden: bool = False) -> list[str]:
    """The names in a folder; none where it is no folder."""
    try:
        return tree.names(folder)
    except OSError as error:
        is_none = error.errno in (*NOT_THERE, errno.ENAMETOOLONG)
        if is_none or may_be_hidden:
            return []
        raise _unknown(error, folder) from error


def _unknown(error: OSError, folder: str) -> StorageError:
    """The error about a folder of which the system does not tell what is in it."""
    refusal = storage_error(error, folder)
    refusal.what += ": it may be the log of a table, which says which rows count"
    refusal.hint = "copy the files elsewhere if it is none"
    return refusal
