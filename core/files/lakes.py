"""Tables of Delta Lake, Iceberg, Hudi, Paimon and streaming Spark: only some of the files count.

A log beside the files says which. Without reading it, rows that were removed or replaced would be
counted, so such files are refused.

Sources: https://github.com/delta-io/delta/blob/master/PROTOCOL.md,
https://iceberg.apache.org/spec/, https://hudi.apache.org/tech-specs/,
https://paimon.apache.org/docs/master/concepts/spec/.
"""

from __future__ import annotations

import errno
import os

from smoothl1.errors import DataError, storage_error
from smoothl1.files.paths import real_path

_DATA_OF_ICEBERG = "data"
"""The folder in which Iceberg keeps files, beside its metadata, unless a setting names another."""


def refuse_lake(folder: str, path: str, *, parents: bool = True) -> None:
    """Refuse a folder that is, or is within, a table with a log of its own.

    Args:
        folder: Where the files are.
        path: The input, as the user typed it.
        parents: Whether to check the folders above, too.

    Raises:
        DataError: The folder belongs to such a table; the error names its kind and root.
        StorageError: The system does not tell whether it does.
    """
    root = real_path(folder)
    holds_files = True
    while True:
        kind = _kind_of(root, may_be_hidden=not holds_files)
        if kind is not None:
            raise DataError(
                f"it belongs to a table of {kind} ({root}), whose log, which is not read here, "
                "says which rows count",
                path=path,
                hint="export the table to plain Parquet files",
            )
        parent = os.path.dirname(root)
        if parent == root or not parents:
            return
        holds_files = os.path.basename(root) == _DATA_OF_ICEBERG
        root = parent


def _kind_of(folder: str, *, may_be_hidden: bool) -> str | None:
    """The kind of table that has its root here, if any.

    Args:
        folder: The root.
        may_be_hidden: Whether a folder of metadata is none of Iceberg's if it cannot be read.
    """
    if os.path.lexists(os.path.join(folder, "_delta_log")):
        return "Delta Lake"
    if os.path.lexists(os.path.join(folder, ".hoodie")):
        return "Apache Hudi"
    if os.path.lexists(os.path.join(folder, "_spark_metadata")):
        return "Spark's streaming sink"
    metadata = os.path.join(folder, "metadata")
    if any(".metadata.json" in name for name in _names_in(metadata, may_be_hidden=may_be_hidden)):
        return "Apache Iceberg"
    return "Apache Paimon" if _is_of_paimon(folder) else None


def _is_of_paimon(folder: str) -> bool:
    snapshots = os.path.join(folder, "snapshot")
    if not (os.path.isdir(snapshots) and os.path.isdir(os.path.join(folder, "manifest"))):
        return False
    if any(name.startswith(("snapshot-", "LATEST", "EARLIEST")) for name in _names_in(snapshots)):
        return True
    return any(name.startswith("bucket-") for name in _names_in(folder))


def _names_in(folder: str, *, may_be_hidden: bool = False) -> list[str]:
    """The names in a folder; none where it is no folder."""
    try:
        return os.listdir(folder)
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        if may_be_hidden or error.errno in (errno.ELOOP, errno.ENAMETOOLONG):
            return []
        refusal = storage_error(error, folder)
        refusal.what += ": it may be the log of a table, which says which rows count"
        refusal.hint = "copy the files elsewhere if it is none"
        raise refusal from error
