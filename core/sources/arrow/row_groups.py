"""The row groups of a Parquet file, each read by a reader of its own, page checksums verified."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from pyarrow import types

from smoothl1.errors import DataError, counted
from smoothl1.sources.arrow.opened_parquet import fits_buffer, is_small, opened_parquet
from smoothl1.sources.arrow.pages import check_pages, page_ranges
from smoothl1.sources.arrow.pyarrow_errors import LIBRARY_ERRORS, data_error
from smoothl1.sources.arrow.registered import stored_schema, stored_type
from smoothl1.sources.arrow.schema import is_list
from smoothl1.sources.arrow.whole import check_parquet_footer
from smoothl1.sources.columns import shown
from smoothl1.sources.contract import Again, SourceDetails
from smoothl1.sources.text_types import is_text_type

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator, Sequence

    import pyarrow as pa
    import pyarrow.parquet as pq

    from smoothl1.files.contract import SeekableInput
    from smoothl1.sources.arrow.columns import ChosenColumns
    from smoothl1.sources.arrow.pages import PageRange
    from smoothl1.sources.contract import Block, Field, Part, Source

_BATCH_ELEMENTS = 1 << 18
"""Elements of a field decoded at a time: larger batches take more memory, and no less time."""


_BATCH_TEXTS = 1 << 13
"""Rows decoded at a time if text is compared with that of another input: it may be long."""


_CUTS_OF_ONE_GROUP = 2

_STORED_AS = {
    "float": "FLOAT",
    "double": "DOUBLE",
    "bool": "BOOLEAN",
    "int32": "INT32",
    "int64": "INT64",
    "string": "BYTE_ARRAY",
}
"""The physical types of columns that the schema gives these types. For others it is asked: a footer
that was asked for its schema refers to itself, so it stays in memory until cycles are collected."""

_FEW_ROWS = 16
"""Rows in which the length of lists is looked at before others are read."""


class _Reading(NamedTuple):
    """How a row group is read.

    Attributes:
        n_rows: Most rows of a batch.
        n_decoded: Most rows that are decoded at a time: small batches are joined.
        dictionaries: Names of the columns that are read as dictionaries.
        may_grow: Whether texts of later rows may be longer than those of a dictionary.
    """

    n_rows: int
    n_decoded: int
    dictionaries: Sequence[str] = ()
    may_grow: bool = False


class ParquetSource(NamedTuple):
    """The chosen columns of a Parquet file. Parts begin and end at row groups.

    Attributes:
        metadata: The footer; None if it is read with the only row group.
        ranges: Where the chosen columns lie in each row group, if their pages are looked at.
    """

    file: SeekableInput
    metadata: pq.FileMetaData | None
    chosen: ChosenColumns
    leaves: tuple[int, ...]
    cuts: tuple[int, ...]
    ranges: tuple[tuple[PageRange, ...], ...] = ()
    format: str = "parquet"
    bytes_read: None = None

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
    def details(self) -> SourceDetails:
        return SourceDetails(index_rows=self.chosen.index_rows, by_log=self.chosen.by_log)

    def again(self) -> Again | None:
        if self.file.is_copy:
            return None
        source_of = partial(_source_again, self.chosen, self.leaves, self.cuts)
        return Again(self.file.state, source_of)

    def blocks(self, part: Part, n_rows: int) -> Generator[Block]:
        stop = self.n_rows if part.stop is None else part.stop
        for group, first_row in enumerate(self.cuts[:-1]):
            if part.start <= first_row < stop:
                yield from self._group_blocks(group, first_row, n_rows)

    def elementwise(self, other: Source) -> None:
        return None

    def close(self) -> None:
        self.file.close()

    @property
    def _texts(self) -> dict[int, str]:
        """Columns of text of which values are read, and their names: by the leaves of Parquet."""
        chosen = self.chosen
        labels = zip(chosen.positions.labels, chosen.labels, strict=True)
        texts = chosen.texts | {i for i, label in labels if is_text_type(label.type)}
        leaves = zip(chosen.wanted, self.leaves, strict=True)
        return {leaf: chosen.stored_names[i] for i, leaf in leaves if i in texts}

    @property
    def _times(self) -> dict[int, str]:
        """Labels that are times in nanoseconds, and their names: by the leaves of Parquet."""
        chosen = self.chosen
        labels = zip(chosen.positions.labels, chosen.labels, strict=True)
        times = {
            i for i, label in labels if types.is_timestamp(label.type) and label.type.unit == "ns"
        }
        leaves = zip(chosen.wanted, self.leaves, strict=True)
        return {leaf: chosen.names[i] for i, leaf in leaves if i in times}

    def _reading(self, group: int, n_rows: int) -> _Reading:
        """How a group is read, at most so many rows at a time.

        If there is text, a row is read to find out. A value that is stored once for many rows is
        read once; other rows are read a few at a time.
        """
        width = max((field.row_elements for field in self.fields), default=1)
        n_rows = min(n_rows, max(1, _BATCH_ELEMENTS // max(1, width)))
        texts = self._texts
        if not texts:
            return _Reading(n_rows, n_rows)
        if self.chosen.has_texts_in_common:
            n_rows = min(n_rows, _BATCH_TEXTS)
        n_decoded = n_rows
        may_stay = {self.chosen.stored_names[i] for i in self.chosen.encoded}
        names = []
        from smoothl1.sources.arrow.text_look import text_looks  # late: most have numbers alone

        looks = text_looks(self.file, self.metadata, group, texts)
        for name, look in zip(texts.values(), looks, strict=True):
            if look.is_stored_once or (look.is_dictionary and name in may_stay):
                names.append(name)
            n_rows, n_decoded = min(n_rows, look.most_rows), min(n_decoded, look.most_decoded)
        return _Reading(n_rows, min(n_rows, n_decoded), names, len(names) < len(texts))

    def _group_blocks(self, group: int, first_row: int, n_rows: int) -> Iterator[Block]:
        """The blocks of one row group. A separate reader keeps memory at a few pages."""
        n_expected = self.cuts[group + 1] - first_row
        n_read = 0
        if self.ranges:
            check_pages(self.file, self.ranges[group], f"row group {group + 1}")
        try:
            reading = self._reading(group, min(n_rows, max(1, n_expected)))
            with opened_parquet(self.file, self.metadata, reading.dictionaries) as opened:
                if times := self._times:
                    from smoothl1.sources.arrow.times_of_96_bits import check_times  # late

                    check_times(self.file, opened.metadata, group, times, first_row)
                for batch in self._batches(opened, group, reading):
                    if n_read == 0:
                        self._check_chunks(opened.metadata, group, batch.schema.types)
                    yield from self.chosen.blocks(batch, first_row + n_read)
                    n_read += batch.num_rows
        except LIBRARY_ERRORS as error:
            raise data_error(error, f"Parquet file, row group {group + 1}", self.file) from error
        if n_read != n_expected:
            raise DataError(
                f"row group {group + 1} holds {counted(n_read, 'row')}, "
                f"the footer says {n_expected}",
                path=self.path,
            )

    def _batches(
        self, opened: pq.ParquetFile, group: int, reading: _Reading
    ) -> Iterator[pa.RecordBatch]:
        # By position in the file: names may be duplicate, empty or full of dots.
        read: Callable[[int], Iterator[pa.RecordBatch]] = partial(
            opened.reader.iter_batches,
            row_groups=[group],
            column_indices=list(self.leaves),
            use_threads=False,
        )
        if reading.may_grow:
            from smoothl1.sources.arrow.growing_batches import growing_batches

            return growing_batches(opened.reader, read, reading.n_rows, reading.n_decoded)
        return read(reading.n_rows)

    def _check_chunks(
        self, metadata: pq.FileMetaData, group: int, kinds: list[pa.DataType]
    ) -> None:
        """Compare what the footer says of the column chunks with what it says of the row group.

        Call it after the chunks have been read: pyarrow's description of a chunk ends the process
        if the chunk's statistics are broken, whereas reading raises an error.
        """
        row_group = metadata.row_group(group)
        n_rows = row_group.num_rows
        for leaf, kind in zip(self.leaves, map(stored_type, kinds), strict=True):
            chunk, what = row_group.column(leaf), ""
            if chunk.num_values == n_rows and chunk.physical_type == _STORED_AS.get(str(kind)):
                continue
            column = metadata.schema.column(leaf)
            if chunk.num_values != n_rows and not is_list(kind):
                what = f"has {chunk.num_values} values, its rows are {n_rows}"
            elif chunk.physical_type != column.physical_type:
                what = f"is {chunk.physical_type}, the schema says {column.physical_type}"
            if what:
                where = f"row group {group + 1}, column {shown(column.name)}"
                raise DataError(f"{where} {what}", path=self.path)


def few_rows(
    file: SeekableInput, metadata: pq.FileMetaData, groups: Sequence[int], leaves: Sequence[int]
) -> Iterator[pa.Array]:
    """The values of one column, a few rows at a time: for a look at the first ones.

    Args:
        file: The file.
        metadata: Its footer.
        groups: The row groups to look at, in order.
        leaves: The column, as Parquet counts columns.
    """
    ranges = pages_in(file, leaves)
    try:
        for group in groups:
            if ranges:
                check_pages(file, ranges[group], f"row group {group + 1}")
            with opened_parquet(file, metadata, whole=False) as opened:
                for batch in opened.reader.iter_batches(
                    _FEW_ROWS, row_groups=[group], column_indices=list(leaves), use_threads=False
                ):
                    yield batch.column(0)
    except LIBRARY_ERRORS as error:
        raise data_error(error, "Parquet file", file) from error


def footer_of(file: SeekableInput) -> tuple[pq.FileMetaData, pa.Schema]:
    """What the footer says."""
    check_parquet_footer(file)
    try:
        with opened_parquet(file, has_rows=False) as opened:
            metadata, schema = opened.metadata, opened.schema_arrow
        _ = schema.names  # a name that is no text is refused here
    except LIBRARY_ERRORS as error:
        raise data_error(error, "Parquet file, footer", file) from error
    return metadata, stored_schema(schema)


def _source_again(
    chosen: ChosenColumns, leaves: tuple[int, ...], cuts: tuple[int, ...], file: SeekableInput
) -> ParquetSource:
    """The source of a file whose columns were chosen before.

    One row group needs one reader, and a small file one read.
    """
    if fits_buffer(file):
        file.hold()
    metadata = None if len(cuts) <= _CUTS_OF_ONE_GROUP else footer_of(file)[0]
    return ParquetSource(file, metadata, chosen, leaves, cuts, pages_in(file, leaves))


def pages_in(file: SeekableInput, leaves: Sequence[int]) -> tuple[tuple[PageRange, ...], ...]:
    """Where pages of some columns lie that are looked at; those that are held need no look."""
    is_held = is_small(file) or file.is_remote
    return () if is_held else page_ranges(file, leaves)
