"""Arrow IPC streams: record batches in sequence, and a mark at the end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import pyarrow as pa

from smoothl1.errors import DataError, naming
from smoothl1.files.stream import Cursor
from smoothl1.sources.arrow.columns import choose_columns
from smoothl1.sources.arrow.pyarrow_errors import LIBRARY_ERRORS, data_error
from smoothl1.sources.arrow.schema import described, numeric_columns, readable
from smoothl1.sources.arrow.validation import validate
from smoothl1.sources.contract import Part, SourceDetails, Wanted
from smoothl1.sources.table import Storage

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator, Sequence

    from smoothl1.files.contract import Input
    from smoothl1.read_options import ReadOptions
    from smoothl1.sources.arrow.columns import ChosenColumns
    from smoothl1.sources.contract import Block, Columns, Field, Source
    from smoothl1.sources.table import ColumnInfo, Needs

_MANY_ROWS = 1 << 31

_NUMBER_BYTES = 4

_MOST_METADATA = 1 << 26
_MOST_BODY = 1 << 30
"""Most bytes of the metadata and of the body of a message, where the number of all bytes is not
known. They are read at once, and their numbers stand in the stream."""

_END_OF_STREAM = b"\xff\xff\xff\xff\x00\x00\x00\x00"


class _Messages(Cursor):
    """A stream as pyarrow reads it: of each message numbers of 4 bytes, its metadata, its body."""

    def __init__(self, file: Input) -> None:
        super().__init__(file)
        self._is_bounded = file.size is not None
        self._n_before = 0

    def read(self, n_bytes: int = -1) -> bytes:
        is_metadata = self._n_before == _NUMBER_BYTES != n_bytes
        most, self._n_before = (_MOST_METADATA if is_metadata else _MOST_BODY), n_bytes
        if n_bytes > most and not self._is_bounded:
            what = "metadata" if is_metadata else "a record batch"
            where = f"{what} of {n_bytes} bytes, at byte {self.position}"
            raise DataError(
                f"{where}: in a pipe or compressed, at most {most} are read",
                hint=None if is_metadata else "write batches of fewer rows, or to a file",
            )
        return super().read(n_bytes)


class BatchSource(NamedTuple):
    """The chosen columns of record batches, as one part: the row count is not known before."""

    file: Input
    chosen: ChosenColumns
    batches: Callable[[Any, Sequence[int]], Iterator[pa.RecordBatch]]
    format: str
    n_rows: None = None
    cuts: tuple[int, ...] = ()

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
    def details(self) -> SourceDetails:
        return SourceDetails(index_rows=self.chosen.index_rows)

    @property
    def bytes_read(self) -> tuple[int, int] | None:
        return self.file.bytes_read

    def blocks(self, part: Part, n_rows: int) -> Generator[Block]:
        first_row = 0
        try:
            for batch in self.batches(self.file, self.chosen.wanted):
                validate(batch)  # before any value is read: offsets come from the file
                for start in range(0, batch.num_rows, n_rows):
                    yield from self.chosen.blocks(batch.slice(start, n_rows), first_row + start)
                first_row += batch.num_rows
        except LIBRARY_ERRORS as error:
            raise data_error(error, f"Arrow data after row {first_row}", self.file) from error

    def elementwise(self, other: Source) -> None:
        return None

    def close(self) -> None:
        self.file.close()


class BatchTable(NamedTuple):
    """Record batches whose columns are known."""

    file: Input
    schema: pa.Schema
    batches: Callable[[Any, Sequence[int]], Iterator[pa.RecordBatch]]
    format: str
    allow_missing: bool
    first_rows: tuple[()] = ()
    storage: Storage = Storage()
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

    def keep(self) -> None:
        self.file.seekable()

    def count_rows(self) -> int:
        source = self.select(Wanted((), shared=("@1",)))
        return sum(block.n_rows for block in source.blocks(Part(0, None), _MANY_ROWS))

    def select(self, wanted: Wanted) -> BatchSource:
        with naming(self.path):
            chosen = choose_columns(
                self.schema, wanted, self._rows_of, allow_missing=self.allow_missing
            )
        return BatchSource(self.file, chosen, self.batches, self.format)

    def _rows_of(self, position: int) -> Iterator[pa.Array]:
        """The values of a column, a batch at a time; a pipe is kept to be read again."""
        file = self.file.seekable()
        try:
            for batch in self.batches(file, [position]):
                validate(batch)
                yield batch.column(0)
        except LIBRARY_ERRORS as error:
            raise data_error(error, "Arrow data", self.file) from error

    def close(self) -> None:
        self.file.close()


def open_table(
    file: Input, options: ReadOptions, needs: Needs, warn: Callable[[str], None]
) -> BatchTable:
    """Open an Arrow IPC stream; see `table.Opener`."""
    if needs.read_again:
        file = file.seekable()
    try:
        schema = readable(pa.ipc.open_stream(_Messages(file)).schema)
    except LIBRARY_ERRORS as error:
        raise data_error(error, "Arrow IPC stream", file) from error
    return BatchTable(file, schema, _batches, "arrow_stream", needs.allow_missing)


def _batches(file: Input, wanted: Sequence[int]) -> Iterator[pa.RecordBatch]:
    cursor = _Messages(file)
    options = pa.ipc.IpcReadOptions(included_fields=list(wanted), use_threads=False)
    yield from pa.ipc.open_stream(cursor, options=options)
    if cursor.tail != _END_OF_STREAM:
        raise DataError("no end-of-stream mark: cut short?")
    if file.read(cursor.position, 1):
        raise DataError(f"bytes after the end of the stream, at byte {cursor.position}")
