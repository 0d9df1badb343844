"""Several files as one input: their rows concatenated, in the order of their names and numbers."""

from __future__ import annotations

from contextlib import closing
from functools import partial
from itertools import chain, compress
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from smoothl1.errors import DataError, DtypeError, naming
from smoothl1.files.changes import changed
from smoothl1.files.file import has_changed
from smoothl1.files.opening import state_at
from smoothl1.sources.columns import shown
from smoothl1.sources.constants import Constants, layout_of, of_folders
from smoothl1.sources.contract import Reopenable
from smoothl1.sources.counting import rows_of
from smoothl1.sources.nested_fields import hint_for_a_set
from smoothl1.sources.opened_ahead import OpenedAhead
from smoothl1.sources.shard_source import Place, Shard, ShardedSource, bounds_of
from smoothl1.sources.shard_types import types_of
from smoothl1.sources.table import Storage

if TYPE_CHECKING:
    from collections.abc import Sequence

    from smoothl1.decisions import Decision
    from smoothl1.files.contract import State
    from smoothl1.files.patterns import Found
    from smoothl1.sources.contract import Columns, Wanted
    from smoothl1.sources.csv.first_row import FirstRow
    from smoothl1.sources.shard_opener import OpenFile, ShardOpener, Warn
    from smoothl1.sources.table import ColumnInfo, Table
    from smoothl1.sources.written_numbers import Written


def join_shards(
    path: str,
    found: Found,
    open_shard: ShardOpener,
    states: dict[str, State] | None = None,
    constants: Constants | None = None,
) -> ShardedTable:
    """Several files as one table, with the columns of the first file.

    Few are open at a time: there may be more files than the system lets a process open.

    Args:
        path: The path as the user typed it.
        found: The files.
        open_shard: Opens each of them.
        states: The states of those files that have been opened already.
        constants: The columns that have one value in each file; unset, those of the folders.
    """
    constants = of_folders(found.partitions) if constants is None else constants
    more: tuple[Decision, ...] = ()
    with closing(open_shard(found.paths[0])) as first:
        rows = tuple(first.first_rows)
        if getattr(first, "n_lines_above", 0):
            from smoothl1.sources.csv.cut_files import keeping_rows  # late: pyarrow

            open_shard = open_shard._replace(open=keeping_rows(first, open_shard.open))
        if any(row.is_plain_data for row in rows):
            open_shard = open_shard._replace(
                open=partial(_without_header, open_shard.open, first.path)
            )
        elif rows and rows[0].is_text and len(found.paths) > 1:
            from smoothl1.sources.csv.cut_files import opening_with_first  # late: pyarrow

            open_file, more = opening_with_first(first, found.paths[1:], *open_shard[:2])
            open_shard = open_shard._replace(open=open_file)
        return ShardedTable(
            path,
            found,
            open_shard,
            rows,
            first.names,
            first.numeric,
            first.columns,
            (*first.decisions, *more),
            {} if states is None else states,
            constants if first.names else Constants(),  # an array has no columns
        )


class ShardedTable(NamedTuple):
    """Files that all hold the wanted columns.

    Attributes:
        path: The path as the user typed it.
        found: The files.
        open_shard: Opens each of them.
        rows_of_first: The first row of the first file, if it is a CSV whose header is not settled.
        names_of_first, numeric_of_first, columns_of_first: The properties of the columns of the
            first file.
        of_first: The decisions about the first file.
        states: The state of each file when it was first opened.
        constants: The columns that have one value in each file.
    """

    path: str
    found: Found
    open_shard: ShardOpener
    rows_of_first: tuple[FirstRow, ...]
    names_of_first: Columns
    numeric_of_first: tuple[bool, ...]
    columns_of_first: tuple[ColumnInfo, ...]
    of_first: tuple[Decision, ...]
    states: dict[str, State]
    constants: Constants = Constants()
    storage: Storage = Storage()

    @property
    def names(self) -> Columns:
        return (*self.names_of_first, *self._added.names)

    @property
    def numeric(self) -> tuple[bool, ...]:
        return (*self.numeric_of_first, *(False for _ in self._added.names))

    @property
    def columns(self) -> tuple[ColumnInfo, ...]:
        return (*self.columns_of_first, *self._added.infos())

    @property
    def _added(self) -> Constants:
        """The constants that are no columns of the files."""
        return self.constants.without(self.names_of_first)

    @property
    def files(self) -> list[str]:
        return self.found.paths

    @property
    def decisions(self) -> tuple[Decision, ...]:
        of_first = (decision._replace(input=self.path) for decision in self.of_first)
        return (*self.found.decisions(self.path), *of_first)

    @property
    def first_rows(self) -> tuple[FirstRow, ...]:
        """The first rows of all files, unless the first file is certain."""
        if all(row.is_certain for row in self.rows_of_first):
            return self.rows_of_first
        return tuple(chain.from_iterable(self.open_shard.each(_first_rows, self.files)))

    def with_header(self, *, is_there: bool, reason: str, is_counted: bool = False) -> ShardedTable:
        how: dict[str, Any] = {"is_there": is_there, "reason": reason, "is_counted": is_counted}
        settled = partial(_with_header, self.open_shard.open, **how)
        opener = self.open_shard._replace(open=settled)
        return join_shards(self.path, self.found, opener, self.states, self.constants)

    def with_times(self, positions: frozenset[int]) -> ShardedTable:
        """The same files, of which some columns are delivered as times where they are labels.

        Args:
            positions: Their positions in the first file; each counts from a time there.
        """
        from smoothl1.sources.containers.times import as_times  # late: few sets count so

        names = frozenset(self.names_of_first[i] for i in positions)
        opener = self.open_shard._replace(
            open=partial(_opened_in_times, self.open_shard.open, names)
        )
        infos = enumerate(self.columns_of_first)
        columns = tuple(as_times(info) if i in positions else info for i, info in infos)
        return self._replace(open_shard=opener, columns_of_first=columns)

    def keep(self) -> None:
        """Do nothing: shards are files, which can be read again."""

    def count_rows(self) -> int:
        return sum(n_rows or 0 for n_rows in self.open_shard.each(rows_of, self.files))

    def select(self, wanted: Wanted) -> ShardedSource:
        """Open every shard once, check it, and join them.

        Raises:
            DataError: Two shards differ in format, columns, the shape of a row, or dtypes that no
                dtype joins.
        """
        with naming(self.path):
            n_stored = len(self.names_of_first)
            layout = layout_of(self.constants, wanted, self.names, n_stored)
        read = wanted if layout is None else layout.stored
        added = self._added.names
        look = partial(_look, self.open_shard, read, self.states, added, self._units(read))
        shards: list[Shard] = []
        try:
            for shard in self.open_shard.each(look, self.files):
                shards.append(shard)  # noqa: PERF402  those before an error name another file
        except DataError as error:
            error.hint = hint_for_a_set(error.hint)
            if not shards and any(row.is_plain_data for row in self.rows_of_first):
                self._refuse_other_headers()
            if not isinstance(error, DtypeError):
                raise
            error.what += f", unlike in {shards[0].path}" if shards else ""
            raise
        if layout is not None:
            shards = [x._replace(constants=self.constants.at(i)) for i, x in enumerate(shards)]
        empty = tuple(shard.path for shard in shards if shard.is_empty)
        if len(empty) < len(shards):
            shards = [shard for shard in shards if not shard.is_empty]
        else:
            empty = ()
        types = types_of(shards)
        numbers: tuple[Written, ...] = ()
        if any(shard.details.numbers for shard in shards):
            from smoothl1.sources.csv.thousands import refuse_thousands_in_set  # late: pyarrow

            numbers = refuse_thousands_in_set(self.path, shards)
        bounds = bounds_of(shards)
        ahead = OpenedAhead(shards) if self.open_shard.is_remote else None
        of_files = (tuple(shards), types, bounds, Place(), layout, empty, ahead, numbers)
        return ShardedSource(self.path, *of_files)

    def _units(self, wanted: Wanted) -> dict[str, str]:
        """The units of the columns that are read, by the first file, as far as it says them."""
        named = {name for columns in (*wanted.fields, wanted.labels) for name in columns}
        if () in wanted.fields:  # the only column of numbers
            named.update(compress(self.names_of_first, self.numeric_of_first))
        infos = zip(self.names_of_first, self.columns_of_first, strict=False)
        found = {name: info for name, info in infos if info.unit and name in named}
        return {name: info.unit for name, info in found.items() if not info.is_in_times}

    def _refuse_other_headers(self) -> None:
        """Refuse files that begin with a header where the first begins with data."""
        for _ in self.open_shard.each(_first_rows, self.files[1:]):
            pass  # opening refuses such a file

    def close(self) -> None:
        """Do nothing: no file is held open."""


def _first_rows(table: Table) -> Sequence[FirstRow]:
    """The first rows of a table, for each of several files."""
    return table.first_rows


def _with_header(open_file: OpenFile, path: str, warn: Warn, **how: Any) -> Table:
    """Open a file, given whether its first row is a header."""
    table: Any = open_file(path, warn)
    settled: Table = table.with_header(**how)
    return settled


def _opened_in_times(open_file: OpenFile, names: frozenset[str], path: str, warn: Warn) -> Table:
    """Open a file, of which some columns are delivered as times, whatever they count from."""
    table: Any = open_file(path, warn)
    infos = enumerate(zip(table.names, table.columns, strict=True))
    found = frozenset(i for i, (name, info) in infos if name in names and info.time_unit)
    delivered: Table = table.with_times(found) if found else table
    return delivered


def _without_header(open_file: OpenFile, first: str, path: str, warn: Warn) -> Table:
    """Open a file of a set whose first file has no header: a first row of numbers is data."""
    table: Any = open_file(path, warn)
    if (rows := table.first_rows) and all(row.is_text for row in rows):
        from smoothl1.sources.csv.cut_files import unlike  # late: pyarrow

        table.close()
        raise unlike(path, first, is_data=False)
    if not any(row.is_numbers and not row.is_plain_data for row in table.first_rows):
        return cast("Table", table)
    settled: Table = table.with_header(is_there=False, reason="other files of the set have none")
    return settled


def _look(
    open_shard: ShardOpener,
    wanted: Wanted,
    states: dict[str, State],
    added: Columns,
    units: dict[str, str],
    table: Table,
) -> Shard:
    """Check a file. The columns that are added to those of the first file are in no other, too."""
    if units:
        from smoothl1.sources.units_of_shards import refuse_other_units  # late: most say no unit

        refuse_other_units(table, units)
    for name in {*added}.intersection(table.names):
        raise DataError(f"has a column {shown(name)}, unlike the first file", path=table.path)
    found = table.select(wanted)
    again = found.again() if isinstance(found, Reopenable) else None
    state = state_at(found.path) if again is None else again.state
    if has_changed(found.path, states.setdefault(found.path, state), state):
        raise changed(found.path)
    what = (found.path, found.format, found.fields, found.labels, found.n_rows, found.cuts)
    return Shard(open_shard, wanted, *what, state, found.details, again)
