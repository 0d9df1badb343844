"""What the log of a table says: which files count, and what they hold."""

from __future__ import annotations

import errno
import os
import stat
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from smoothl1.decisions import Decision
from smoothl1.errors import DataError
from smoothl1.files.patterns import Found
from smoothl1.files.uris import is_uri
from smoothl1.sources.arrow.schema import numeric_dtype
from smoothl1.sources.columns import shown
from smoothl1.sources.constants import Constants

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pyarrow as pa

    from smoothl1.errors import StorageError
    from smoothl1.sources.memory.table_source import MemoryTable

EXPORT_HINT = "export the table to plain Parquet files"
_REWRITE_HINT = f"rewrite the files of the table, or {EXPORT_HINT}"


class TableColumns(NamedTuple):
    """The columns of a table.

    Attributes:
        schema: Their names and types.
        ids: The number of each column, by its name; None if names tell columns apart.
        ids_by_name: The numbers of the columns of files that have none, by name.
    """

    schema: pa.Schema
    ids: Mapping[str, int] | None = None
    ids_by_name: Mapping[str, int] | None = None

    def check(self, of_file: pa.Schema, path: str) -> None:
        """Check that the columns of a file are those of the table that have the same names.

        Raises:
            DataError: A column of the file is another one, or of another type of numbers: columns
                were dropped, renamed or changed since.
        """
        for field in of_file:
            name, what = field.name, ""
            if name not in self.schema.names:
                what = "is no column of the table"
            elif self.ids is not None and self._id_of(field) != self.ids[name]:
                what = "is not the column of the table that has this name"
            elif numeric_dtype(field.type) != numeric_dtype(self.schema.field(name).type):
                what = f"is {field.type}, but {self.schema.field(name).type} in the table"
            if what:
                raise DataError(
                    f"column {shown(name)} {what}: the table was changed after this file was "
                    "written",
                    path=path,
                    hint=_REWRITE_HINT,
                )

    def _id_of(self, field: pa.Field) -> int | None:
        number = (field.metadata or {}).get(b"PARQUET:field_id")
        return (self.ids_by_name or {}).get(field.name) if number is None else int(number)


def check_regular(path: str) -> None:
    """Refuse a file of a table that is a pipe, a device or a folder: it might never end.

    Args:
        path: The file; what is not there, or in a store, is told by whoever opens it.

    Raises:
        DataError: It is no regular file.
    """
    with suppress(OSError):
        if not (is_uri(path) or stat.S_ISREG(os.stat(path).st_mode)):
            raise DataError("a file of a table that is no regular file", path=path)


class LiveFiles(NamedTuple):
    """The files that count.

    Attributes:
        kind: The kind of the table.
        version: Its state.
        paths: The files, sorted by name: a table keeps no order of them.
        columns: The columns of the table.
        n_rows: The number of rows of files by the log, by their paths. It is not there for all.
        constants: Those that have one value in each file, by the log.
    """

    kind: str
    version: str
    paths: list[str]
    columns: TableColumns
    n_rows: Mapping[str, int]
    constants: Constants = Constants()

    def check_rows(self, n_rows: int, path: str) -> None:
        """Check that a file has as many rows as the log says.

        Sizes in bytes are not compared: some writers put wrong ones into the log
        (apache/iceberg#1980, streamnative/pulsar-io-lakehouse#170).

        Args:
            n_rows: The number of rows that it has.
            path: The file.

        Raises:
            DataError: It has more or fewer.
        """
        stated = self.n_rows.get(path, n_rows)
        if stated != n_rows:
            raise DataError(
                f"it has {n_rows:,} rows, but {stated:,} by the log of the table of {self.kind}: "
                "another file took its place, or the log is wrong",
                path=path,
                hint=f"restore this file or an earlier version of the table, or {EXPORT_HINT}",
            )

    def explain(self, error: StorageError) -> None:
        """Say of a file that is not there why it was looked for: the log was read before."""
        if error.errno == errno.ENOENT:
            error.what += f", which the log of the table of {self.kind} names"
            error.hint = "run again if files of the table were removed meanwhile, else restore it"

    def found(self, path: str) -> Found:
        """The files of a path as those of a folder are found.

        Raises:
            DataError: There are none, or one is no regular file.
        """
        if not self.paths:
            what = f"a table of {self.kind} without files, at {self.version}"
            raise DataError(what, path=path, hint="--allow-empty accepts that")
        for file in self.paths:
            check_regular(file)
        doubt = f"a table of {self.kind} keeps no order of them" if len(self.paths) > 1 else ""
        return Found(self.paths, [], doubt, version=self._named_version)

    def without_rows(self, path: str, *, allow_missing: bool) -> MemoryTable:
        """The table of a log that names no files: the columns that the log tells, of 0 rows.

        Args:
            path: The path as the user typed it.
            allow_missing: Whether values may be missing.
        """
        from smoothl1.sources.memory.table_source import MemoryTable  # late: most tables have files

        schema = self.columns.schema
        why = "its log says that no file counts"
        return MemoryTable(
            path,
            schema.empty_table(),
            schema,
            allow_missing,
            format="parquet",
            decisions=(Decision("version", path, self._named_version, why),),
        )

    @property
    def _named_version(self) -> str:
        return f"{self.version} of a table of {self.kind}"


def words_of(error: BaseException) -> str:
    """What a library says about a log, in one line that is not too long."""
    lines = str(error).strip().splitlines() or [type(error).__name__]
    return " ".join(lines[0].split())[:200]
