"""What the log of a table says: which files count, and what they hold."""

from __future__ import annotations

import errno
import os
import stat
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pyarrow as pa
from pyarrow import types

from smoothl1.decisions import Decision
from smoothl1.errors import DataError, counted
from smoothl1.files.patterns import Found
from smoothl1.files.uris import is_uri
from smoothl1.sources.arrow.schema import lists_of, numeric_dtype
from smoothl1.sources.columns import shown
from smoothl1.sources.constants import Constants

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from smoothl1.errors import StorageError
    from smoothl1.sources.memory.table_source import MemoryTable

    Extremes = Callable[[Sequence[str]], Mapping[str, tuple[Any, Any]]]

EXPORT_HINT = "export the table to plain Parquet files"
_REWRITE_HINT = f"rewrite the files of the table, or {EXPORT_HINT}"
_TYPES_HINT = f"if values of both types are the same numbers, {_REWRITE_HINT}"


class TableColumns(NamedTuple):
    """The columns of a table.

    Attributes:
        schema: Their names and types.
        names: The name of each column, by its number; None if names tell columns apart.
        ids_by_name: The numbers of the columns of files that have none, by name.
        defaults: What rows have in a column that their file lacks; missing without.
    """

    schema: pa.Schema
    names: Mapping[int, str] | None = None
    ids_by_name: Mapping[str, int] | None = None
    defaults: Mapping[str, pa.Scalar] | None = None

    def names_in(self, of_file: pa.Schema, path: str) -> list[str | None]:
        """The names that the columns of a file have in the table, in the order of the file.

        None stands for a column that is none of the table: one that was dropped since, or that a
        writer left behind. Where columns have numbers, a file may have other names: those before a
        column was renamed, or `y_x20hat` for `y hat`, as Avro allows names.

        Args:
            of_file: The columns of the file.
            path: The file.

        Raises:
            DataError: Whether a column is one of the table is not known, or none is.
        """
        known = {*self.schema.names}
        found = (self._name_of(field, path) for field in of_file)
        names = [name if name in known else None for name in found]
        if not any(name is not None for name in names):
            raise _changed("none of its columns is one of the table", path)
        return names

    def refused_in(
        self, of_file: pa.Schema, names: Sequence[str | None], extremes: Extremes
    ) -> dict[str, tuple[str, str]]:
        """The columns of a file that must not be read: they may have other numbers in the table.

        Their type in the table is another one: it was changed since, or what made a table of the
        file chose it. Whole numbers are read if they all fit into that type. Tables know fewer
        types: of 8 bits in a file, of 32 in the table. Unsigned numbers may have one bit more than
        the table has for them; what they are is asked of the statistics of the file.

        Args:
            of_file: The columns of the file.
            names: The names that they have in the table.
            extremes: Gives the least and the greatest number of columns, by their names in the
                file, as far as it says them.

        Returns:
            What is wrong with each, by its name in the table, and what helps.
        """
        kinds = dict(zip(self.schema.names, self.schema.types, strict=True))
        others = [
            (name, field, kinds[name])
            for name, field in zip(names, of_file, strict=True)
            if name is not None and not _holds(kinds[name], field.type)
        ]
        asked = [field.name for _, field, kind in others if _are_whole(field.type, kind)]
        bounds = extremes([name for name in asked if of_file.names.count(name) == 1])
        refused = {}
        for name, field, kind in others:
            why = ""
            if _are_whole(field.type, kind):
                why = _why_not_held(kind, bounds.get(field.name))
                if not why:
                    continue
            what = f"column {shown(name)} is {field.type}, but {kind} in the table{why}"
            refused[name] = what, _TYPES_HINT
        return refused

    @property
    def zones(self) -> dict[str, str]:
        """The zones of columns of times, by the names of these columns."""
        return {
            of.name: of.type.tz for of in self.schema if types.is_timestamp(of.type) and of.type.tz
        }

    def _name_of(self, field: pa.Field, path: str) -> str | None:
        """The name that a column of a file has in the table; None if its number is not there."""
        if self.names is None:
            return str(field.name)
        number = (field.metadata or {}).get(b"PARQUET:field_id")
        if number is not None:
            return self.names.get(int(number))
        known = (self.ids_by_name or {}).get(field.name)
        if known is None and field.name in self.schema.names:
            what = f"column {shown(field.name)} has no number by which the table knows it"
            raise DataError(what, path=path, hint=_REWRITE_HINT)
        return None if known is None else self.names.get(known)


def _holds(of_table: pa.DataType, of_file: pa.DataType) -> bool:
    """Whether the numbers of a column, or in its lists, are those that the table has."""
    one, other = _number_of(of_file), _number_of(of_table)
    if one is None or other is None or not _are_whole(of_file, of_table):
        return one == other
    return np.can_cast(one, other)


def _why_not_held(of_table: pa.DataType, bounds: tuple[int, int] | None) -> str:
    """Why whole numbers may not fit into a type, to be added to a sentence; "" if they do.

    Args:
        of_table: The type.
        bounds: The least and the greatest of them; None if they are not known.
    """
    if bounds is None:
        return ", and its range is not stated"
    limits = np.iinfo(numeric_dtype(of_table))
    outside = [number for number in bounds if not limits.min <= number <= limits.max]
    return f", which cannot hold {outside[0]}" if outside else ""


def _number_of(kind: pa.DataType) -> np.dtype[Any] | None:
    """The dtype of the numbers of a column, or of those in its lists; None without numbers."""
    lists = lists_of(kind)
    return numeric_dtype(kind if lists is None else lists.number)


def _are_whole(*kinds: pa.DataType) -> bool:
    """Whether columns of some types hold whole numbers, not in lists."""
    return all(map(types.is_integer, kinds))


def _changed(what: str, path: str) -> DataError:
    """The error where columns of a file are not those of the table."""
    what += ": the table was changed after this file was written"
    return DataError(what, path=path, hint=_REWRITE_HINT)


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
        of_partitions: By path, what all rows of a file have in columns that the table is
            partitioned by, and that the file may lack.
    """

    kind: str
    version: str
    paths: list[str]
    columns: TableColumns
    n_rows: Mapping[str, int]
    constants: Constants = Constants()
    of_partitions: Mapping[str, Mapping[str, pa.Scalar]] | None = None

    def values_of_missing(self, names: Sequence[str | None], path: str) -> dict[str, pa.Scalar]:
        """What all rows of a file have in the columns of the table that the file lacks.

        It was written before they were added to the table, or its partition says their value.
        Columns of several values are left out.

        Args:
            names: The names that the columns of the file have in the table.
            path: The file.
        """
        there = {*names, *self.constants.names}
        known = {**(self.columns.defaults or {}), **(self.of_partitions or {}).get(path, {})}
        return {
            field.name: known.get(field.name, pa.scalar(None, field.type))
            for field in self.columns.schema
            if field.name not in there and not types.is_nested(field.type)
        }

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
                f"it has {counted(n_rows, 'row')}, but {stated:,} by the log of the table of "
                f"{self.kind}: another file took its place, or the log is wrong",
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
