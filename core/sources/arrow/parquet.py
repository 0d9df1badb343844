"""Parquet: tables whose columns are chosen by the schema in the footer."""

from __future__ import annotations

from collections import deque
from itertools import accumulate
from typing import TYPE_CHECKING, Any, NamedTuple

import pyarrow as pa
from pyarrow import types

from smoothl1.errors import ColumnTypeError, DataError, NoColumnError, counted, naming
from smoothl1.sources.arrow.bounds import extremes_of
from smoothl1.sources.arrow.columns import choose_columns
from smoothl1.sources.arrow.noted_index import with_noted_index
from smoothl1.sources.arrow.row_groups import ParquetSource, few_rows, footer_of, pages_in
from smoothl1.sources.arrow.schema import described, is_list, numeric_columns
from smoothl1.sources.arrow.thrift import FAULTS
from smoothl1.sources.arrow.whole import check_one_parquet, column_chunks
from smoothl1.sources.columns import position
from smoothl1.sources.nested_fields import hint_about_field
from smoothl1.sources.table import Storage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    import pyarrow.parquet as pq

    from smoothl1.files.contract import Input, SeekableInput
    from smoothl1.read_options import ReadOptions
    from smoothl1.sources.arrow.columns import ChosenColumns
    from smoothl1.sources.contract import Columns, Wanted
    from smoothl1.sources.table import ColumnInfo, Needs


_MOST_CHUNKS = 10_000
"""Column chunks whose least and greatest values are looked at: that takes 20 us each."""


class _Choice(NamedTuple):
    """The columns that were chosen of a schema. The shards of a set mostly have one schema."""

    schema: pa.Schema
    allow_missing: bool
    wanted: Wanted
    chosen: ChosenColumns
    starts: tuple[int, ...]
    leaves: tuple[int, ...]
    filled: tuple[tuple[int, pa.Scalar], ...]

    def is_of(self, table: ParquetTable, wanted: Wanted) -> bool:
        """Whether the same columns would be chosen of a table."""
        return (
            self.wanted == wanted
            and self.allow_missing == table.allow_missing
            and self.chosen.stored_names == table.stored_names
            and self.starts == table.starts
            and self.filled == table.filled
            and bool(self.schema.equals(table.schema, check_metadata=True))
        )


_CODECS = dict(enumerate(("", "snappy", "gzip", "lzo", "brotli", "lz4", "zstd", "lz4")))
"""The codecs by their numbers in the footer."""

_CODEC, _STATISTICS = 4, 12
"""Fields of what the footer says of a column chunk."""

_NOWHERE = -1
"""Where a column begins that is not stored."""

_N_NULLS = 3
"""The field of statistics that counts missing values."""

_LAST_CHOICE: deque[_Choice] = deque(maxlen=1)


class ParquetTable(NamedTuple):
    """A Parquet file whose footer has been read.

    A log may give its columns other names, and have only some of them.

    Attributes:
        file: The file.
        metadata: Its footer.
        schema: The names and types of the columns.
        cuts: See `contract.Source`.
        allow_missing: Whether numbers may be missing.
        stored_names: The names of the columns in the file.
        starts: Where each column begins, as Parquet counts columns: one may be stored as several.
        filled: Positions and values of columns that have one value in each row by a log.
        refused: What is wrong with columns by a log, and what helps, by their names; unset for none
    """

    file: SeekableInput
    metadata: pq.FileMetaData
    schema: pa.Schema
    cuts: tuple[int, ...]
    allow_missing: bool
    stored_names: Columns
    starts: tuple[int, ...]
    filled: tuple[tuple[int, pa.Scalar], ...] = ()
    refused: Mapping[str, tuple[str, str]] | None = None
    first_rows: tuple[()] = ()
    found: None = None
    files: tuple[()] = ()
    decisions: tuple[()] = ()

    @property
    def path(self) -> str:
        return self.file.path

    @property
    def names(self) -> Columns:
        return tuple(self.schema.names)

    @property
    def numeric(self) -> tuple[bool, ...]:
        return numeric_columns(self.schema)

    @property
    def columns(self) -> tuple[ColumnInfo, ...]:
        return described(self.schema)

    @property
    def storage(self) -> Storage:
        """Row groups, codecs, and missing values as far as all row groups count them."""
        n_groups, filled = self.metadata.num_row_groups, dict(self.filled)
        try:
            groups = column_chunks(self.file)
            codecs = {_CODECS.get(chunk[_CODEC], "") for group in groups for chunk in group}
            missing = tuple(
                self.metadata.num_rows * (not filled[i].is_valid)
                if i in filled
                else None
                if types.is_nested(kind)
                else _n_missing(groups, self.starts[i])
                for i, kind in enumerate(self.schema.types)
            )
        except FAULTS:  # pyarrow skips what this does not know
            return Storage(None, n_groups)
        return Storage(None, n_groups, ", ".join(sorted(codecs - {""})) or None, missing)

    def select(self, wanted: Wanted) -> ParquetSource:
        last = _LAST_CHOICE[-1] if _LAST_CHOICE else None
        if last is None or not last.is_of(self, wanted):
            chosen = self._chosen(wanted)
            leaves = tuple(self.starts[i] for i in chosen.wanted)
            of_table = (self.schema, self.allow_missing, wanted, chosen, self.starts, leaves)
            last = _Choice(*of_table, self.filled)
            if not any(is_list(self.schema.field(i).type) for i in chosen.positions.numeric):
                _LAST_CHOICE.append(last)  # else a file of this schema may have longer lists
        self._check_refused(last.chosen)
        pages = pages_in(self.file, last.leaves)
        return ParquetSource(self.file, self.metadata, last.chosen, last.leaves, self.cuts, pages)

    def _check_refused(self, chosen: ChosenColumns) -> None:
        refused = self.refused or {}
        for name in (self.names[i] for i in chosen.positions.all if refused):
            if name in refused:
                what, hint = refused[name]
                raise ColumnTypeError(what, path=self.path, hint=hint)

    def _chosen(self, wanted: Wanted) -> ChosenColumns:
        allow_missing = self.allow_missing
        try:
            with naming(self.path):
                found = choose_columns(
                    self.schema, wanted, self._rows_of, allow_missing=allow_missing
                )
        except NoColumnError as error:
            error.hint = hint_about_field(error.name, self) or error.hint
            raise
        filled = tuple(one for one in self.filled if one[0] in found.wanted)
        stored = tuple(i for i in found.wanted if self.starts[i] != _NOWHERE) or (0,)
        return found._replace(stored_names=self.stored_names, wanted=stored, filled=filled)

    def extremes(self, names: Sequence[str]) -> dict[str, tuple[Any, Any]]:
        """See `table.Bounded`."""
        places = {name: position(name, self.names) for name in names}
        unstored = {*range(self._n_not_noted, len(self.names)), *dict(self.filled)}
        places = {name: place for name, place in places.items() if place not in unstored}
        if not places or self.metadata.num_row_groups * self.metadata.num_columns > _MOST_CHUNKS:
            return {}
        found = {}
        try:
            groups = column_chunks(self.file)
            for name, place in places.items():
                leaf = self.starts[place]
                statistics = [group[leaf].get(_STATISTICS, {}) for group in groups]
                bounds = extremes_of(statistics, self.schema.field(place).type)
                if bounds is not None:
                    found[name] = bounds
        except FAULTS:  # pyarrow skips what this does not know
            return {}
        return found

    def _rows_of(self, position: int) -> Iterator[pa.Array]:
        """The values of a column, some rows at a time."""
        groups = range(self.metadata.num_row_groups)
        return few_rows(self.file, self.metadata, groups, [self.starts[position]])

    @property
    def _n_not_noted(self) -> int:
        return sum(not info.is_noted for info in self.columns)

    def of_log(
        self,
        names: Sequence[str | None],
        filled: Mapping[str, pa.Scalar],
        zones: Mapping[str, str],
        refused: Mapping[str, tuple[str, str]],
    ) -> ParquetTable:
        """The table with the columns that a log gives to it, and no others.

        Args:
            names: The name of each column that is stored, in their order; None for one that is none
                of the log's.
            filled: The names and values of columns that have one value in each row.
            zones: The zones of columns of times, by name. A file may lack them: Spark writes times
                as INT96, which have none, and are in UTC.
            refused: See the attribute: columns that may not be chosen.
        """
        table = self._named(names).with_zones(zones).with_filled(filled)
        return table._replace(refused=refused or None)

    def with_zones(self, zones: Mapping[str, str]) -> ParquetTable:
        """The table with the zones of times that are stored without one."""
        fields = [
            field.with_type(pa.timestamp(field.type.unit, zones[field.name]))
            if field.name in zones and types.is_timestamp(field.type) and field.type.tz is None
            else field
            for field in self.schema
        ]
        return self._replace(schema=pa.schema(fields, self.schema.metadata))

    def with_filled(self, filled: Mapping[str, pa.Scalar]) -> ParquetTable:
        """The table with more columns of one value each, behind those that are stored."""
        if not filled:
            return self
        n, fields = self._n_not_noted, [*self.schema]
        fields[n:n] = [pa.field(name, value.type) for name, value in filled.items()]
        return self._replace(
            schema=pa.schema(fields, self.schema.metadata),
            stored_names=(*self.stored_names[:n], *filled, *self.stored_names[n:]),
            starts=(*self.starts[:n], *(_NOWHERE for _ in filled), *self.starts[n:]),
            filled=tuple(enumerate(filled.values(), start=n)),
        )

    def _named(self, names: Sequence[str | None]) -> ParquetTable:
        names = (*names, *self.names[len(names) :])  # an index that is only noted keeps its name
        if names == self.names:
            return self
        kept = [i for i, name in enumerate(names) if name is not None]
        fields = [self.schema.field(i).with_name(names[i]) for i in kept]
        return self._replace(
            schema=pa.schema(fields, self.schema.metadata),
            stored_names=tuple(self.stored_names[i] for i in kept),
            starts=tuple(self.starts[i] for i in kept),
        )

    def close(self) -> None:
        self.file.close()


def open_table(
    file: Input, options: ReadOptions, needs: Needs, warn: Callable[[str], None]
) -> ParquetTable:
    """Open a Parquet file; see `table.Opener`."""
    seekable = file.seekable()
    metadata, schema = footer_of(seekable)
    check_one_parquet(seekable, metadata.num_row_groups * metadata.num_columns)
    sizes = [metadata.row_group(i).num_rows for i in range(metadata.num_row_groups)]
    if any(size < 0 for size in sizes) or sum(sizes) != metadata.num_rows:
        raise DataError(
            f"the footer says {counted(metadata.num_rows, 'row')}, its row groups {sum(sizes)}"
        )
    cuts = tuple(accumulate(sizes, initial=0))
    schema = with_noted_index(schema, metadata.num_rows)
    starts = tuple(accumulate((_n_leaves(kind) for kind in schema.types), initial=0))[:-1]
    names = tuple(schema.names)
    return ParquetTable(seekable, metadata, schema, cuts, needs.allow_missing, names, starts)


def _n_missing(groups: list[list[dict[int, Any]]], leaf: int) -> int | None:
    """The missing values of a column in all row groups; None if one does not count them."""
    counts = [group[leaf].get(_STATISTICS, {}).get(_N_NULLS) for group in groups]
    known = [count for count in counts if isinstance(count, int)]
    return sum(known) if len(known) == len(groups) else None


def _n_leaves(kind: pa.DataType) -> int:
    """The number of columns as which Parquet stores one column."""
    if isinstance(kind, pa.BaseExtensionType):
        return _n_leaves(kind.storage_type)
    if types.is_nested(kind):
        return sum(_n_leaves(kind.field(i).type) for i in range(kind.num_fields))
    return 1
