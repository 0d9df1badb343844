"""Parquet: read a row group at a time, each by a reader of its own, page checksums verified."""

from __future__ import annotations

from contextlib import contextmanager
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow import types

from smoothl1.errors import DataError, naming
from smoothl1.sources.arrow.columns import (
    LIBRARY_ERRORS,
    choose_columns,
    data_error,
)
from smoothl1.sources.arrow.noted_index import with_noted_index
from smoothl1.sources.arrow.schema import described, numeric_columns
from smoothl1.sources.arrow.whole import check_one_parquet
from smoothl1.sources.columns import shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from smoothl1.files.contract import Input
    from smoothl1.files.file import InputFile
    from smoothl1.sources.arrow.columns import ChosenColumns
    from smoothl1.sources.contract import Block, Columns, Field, Part, ReadOptions, Source, Wanted
    from smoothl1.sources.table import ColumnInfo


_BUFFER_BYTES = 1 << 20

_BATCH_ELEMENTS = 1 << 18
"""Elements of a field decoded at a time: larger batches take more memory, and no less time."""


_BATCH_TEXTS = 1 << 13
"""Rows decoded at a time if text is compared with that of another input: it may be long."""


_FEW_ROWS = 16
"""Rows in which the size of texts is looked at before others are read."""

_LONG_BYTES = 1 << 10
_BATCH_BYTES = 1 << 23
"""Bytes of long texts read at a time, as far as their size is known from the first rows."""


class ParquetSource(NamedTuple):
    """The chosen columns of a Parquet file. Parts begin and end at row groups."""

    file: InputFile
    metadata: pq.FileMetaData
    chosen: ChosenColumns
    leaves: tuple[int, ...]
    cuts: tuple[int, ...]
    format: str = "parquet"

    @property
    def path(self) -> str:
        return self.file.path

    @property
    def fields(self) -> tuple[Field, ...]:
        return self.chosen.fields

    @property
    def labels(self) -> tuple[pa.Field, ...]:
        return self.chosen.labels

    @property
    def n_rows(self) -> int:
        return self.cuts[-1]

    @property
    def index_rows(self) -> range | None:
        return self.chosen.index_rows

    def blocks(self, part: Part, n_rows: int) -> Iterator[Block]:
        stop = self.n_rows if part.stop is None else part.stop
        for group, first_row in enumerate(self.cuts[:-1]):
            if part.start <= first_row < stop:
                yield from self._group_blocks(group, first_row, n_rows)

    def elementwise(self, other: Source) -> None:
        return None

    def close(self) -> None:
        self.file.close()

    @property
    def _dictionaries(self) -> list[str]:
        """Columns of text that are most likely stored as dictionaries, and may be read as such."""
        chosen = self.chosen
        texts = {
            i
            for i, label in zip(chosen.positions.labels, chosen.labels, strict=True)
            if types.is_string(label.type) or types.is_large_string(label.type)
        }
        return [chosen.names[i] for i in texts & chosen.encoded]

    def _reading(self, group: int) -> tuple[int, list[str]]:
        """How many rows of a group are read at a time, and which columns as dictionaries.

        If text is compared that begins with long values, a few rows are read to find out. A value
        that is stored once for many rows is read once; other rows are read a few at a time.
        """
        width = max((field.row_elements for field in self.fields), default=1)
        n_rows = max(1, _BATCH_ELEMENTS // max(1, width))
        if not self.chosen.has_texts_in_common:
            return n_rows, self._dictionaries
        rows, names = min(n_rows, _BATCH_TEXTS), self._dictionaries
        few = self._few_texts(group)
        for name, column in () if few is None else zip(few.schema.names, few.columns, strict=True):
            n_bytes = column.nbytes // len(column)
            if n_bytes > _LONG_BYTES and not types.is_dictionary(column.type):
                if len(column.unique()) > len(column) // 2:
                    rows = max(1, min(rows, _BATCH_BYTES // n_bytes))
                else:
                    names.append(name)
        return rows, names

    def _few_texts(self, group: int) -> pa.RecordBatch | None:
        """The texts that are compared in a few rows of a group."""
        leaves = zip(self.chosen.wanted, self.leaves, strict=True)
        texts = [leaf for i, leaf in leaves if i in self.chosen.texts]
        with _opened(self.file, self.metadata) as opened:
            batches = opened.reader.iter_batches(
                _FEW_ROWS, row_groups=[group], column_indices=texts, use_threads=False
            )
            return next(iter(batches), None)

    def _group_blocks(self, group: int, first_row: int, n_rows: int) -> Iterator[Block]:
        """The blocks of one row group. A separate reader keeps memory at a few pages."""
        n_expected = self.cuts[group + 1] - first_row
        n_read = 0
        try:
            n_batch, dictionaries = self._reading(group)
            with _opened(self.file, self.metadata, dictionaries) as opened:
                # By position in the file: names may be duplicate, empty or full of dots.
                batches = opened.reader.iter_batches(
                    min(n_rows, n_batch, max(1, n_expected)),
                    row_groups=[group],
                    column_indices=list(self.leaves),
                    use_threads=False,
                )
                for batch in batches:
                    if n_read == 0:
                        self._check_chunks(group)
                    yield from self.chosen.blocks(batch, first_row + n_read)
                    n_read += batch.num_rows
        except LIBRARY_ERRORS as error:
            raise data_error(error, f"Parquet file, row group {group + 1}", self.path) from error
        if n_read != n_expected:
            raise DataError(
                f"row group {group + 1} holds {n_read} rows, the footer says {n_expected}",
                path=self.path,
            )

    def _check_chunks(self, group: int) -> None:
        """Compare what the footer says of the column chunks with what it says of the row group.

        Call it after the chunks have been read: pyarrow's description of a chunk ends the process
        if the chunk's statistics are broken, whereas reading raises an error.
        """
        row_group = self.metadata.row_group(group)
        for leaf in self.leaves:
            chunk, column = row_group.column(leaf), self.metadata.schema.column(leaf)
            where = f"row group {group + 1}, column {shown(column.name)}"
            if chunk.num_values != row_group.num_rows:
                raise DataError(
                    f"{where} has {chunk.num_values} values, its rows are {row_group.num_rows}",
                    path=self.path,
                )
            if chunk.physical_type != column.physical_type:
                raise DataError(
                    f"{where} is {chunk.physical_type}, the schema says {column.physical_type}",
                    path=self.path,
                )


class ParquetTable(NamedTuple):
    """A Parquet file whose footer has been read."""

    file: InputFile
    metadata: pq.FileMetaData
    schema: pa.Schema
    cuts: tuple[int, ...]
    allow_missing: bool

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
    def files(self) -> tuple[()]:
        return ()

    @property
    def decisions(self) -> tuple[()]:
        return ()

    def select(self, wanted: Wanted) -> ParquetSource:
        with naming(self.path):
            chosen = choose_columns(self.schema, wanted, allow_missing=self.allow_missing)
        leaves = _leaves(self.schema.types, chosen.wanted)
        return ParquetSource(self.file, self.metadata, chosen, leaves, self.cuts)

    def close(self) -> None:
        self.file.close()


def open_table(file: Input, options: ReadOptions, warn: Callable[[str], None]) -> ParquetTable:
    """Open a Parquet file; see `table.Opener`."""
    seekable = file.seekable()
    try:
        with _opened(seekable) as opened:
            metadata, schema = opened.metadata, opened.schema_arrow
        _ = schema.names  # a name that is no text is refused here
    except LIBRARY_ERRORS as error:
        raise data_error(error, "Parquet file, footer", file.path) from error
    check_one_parquet(seekable, metadata.num_row_groups * metadata.num_columns)
    sizes = [metadata.row_group(i).num_rows for i in range(metadata.num_row_groups)]
    if any(size < 0 for size in sizes) or sum(sizes) != metadata.num_rows:
        raise DataError(f"the footer says {metadata.num_rows} rows, its row groups {sum(sizes)}")
    cuts = tuple(accumulate(sizes, initial=0))
    schema = with_noted_index(schema, metadata.num_rows)
    return ParquetTable(seekable, metadata, schema, cuts, options.allow_missing)


@contextmanager
def _opened(
    file: InputFile, metadata: pq.FileMetaData | None = None, dictionaries: Sequence[str] = ()
) -> Iterator[pq.ParquetFile]:
    with pa.OSFile(file.reopenable) as raw:
        yield pq.ParquetFile(
            raw,
            metadata=metadata,
            read_dictionary=dictionaries,
            # Else whole column chunks are held in memory, or those of the whole file at once.
            buffer_size=_BUFFER_BYTES,
            pre_buffer=False,
            page_checksum_verification=True,
        )


def _leaves(kinds: list[pa.DataType], positions: Sequence[int]) -> tuple[int, ...]:
    """Positions of columns as Parquet counts them: a nested column is stored as several."""
    starts = list(accumulate((_n_leaves(kind) for kind in kinds), initial=0))
    return tuple(starts[i] for i in positions)


def _n_leaves(kind: pa.DataType) -> int:
    if isinstance(kind, pa.BaseExtensionType):
        return _n_leaves(kind.storage_type)
    if types.is_nested(kind):
        return sum(_n_leaves(kind.field(i).type) for i in range(kind.num_fields))
    return 1
