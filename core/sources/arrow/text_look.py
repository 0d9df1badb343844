"""How long the texts of a column chunk of Parquet are, by its first row, its pages and footer."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from pyarrow import types

from smoothl1.sources.arrow.opened_parquet import opened_parquet
from smoothl1.sources.arrow.pages import PLACES, page_sizes
from smoothl1.sources.arrow.pyarrow_errors import LIBRARY_ERRORS
from smoothl1.sources.arrow.text_lengths import LONG_BYTES, text_lengths
from smoothl1.sources.text_batches import MOST_TEXT_BYTES

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq

    from smoothl1.files.contract import SeekableInput
    from smoothl1.sources.arrow.pages import PageSizes

_DELTA_BYTE_ARRAY = 7
_OF_DICTIONARIES = PLACES | {0}
"""PLAIN, and places in a dictionary: pyarrow makes dictionaries of these."""

_MOST_SHARED_BYTES = 4 * MOST_TEXT_BYTES
"""Bytes of the texts that are decoded at a time, if each is as long as its page: few are, so more
are allowed."""

_PAGE_BYTES = 1 << 20
"""Bytes of a page at most, as nearly all writers have it, where pages are not looked at."""


class TextLook(NamedTuple):
    """What the first row, the pages and the footer tell of the texts of a column chunk.

    Attributes:
        longest_bytes: Those of the longest text of its dictionary, or of the row if it has none.
        stored_bytes: Those of all its values as they are stored, before compression.
        mean_bytes: These for each row, of the page in which they are most.
        shared_bytes: Those that each of many rows may have in common with the one before it.
        has_dictionary: Whether it has a dictionary that takes bounded memory: with it pyarrow holds
            the texts of pages that are stored as they are, too.
        is_dictionary: Whether it was read as a dictionary, and may be.
    """

    longest_bytes: int = 0
    stored_bytes: int = 0
    mean_bytes: int = 0
    shared_bytes: int = 0
    has_dictionary: bool = False
    is_dictionary: bool = False

    @classmethod
    def of(cls, row: pa.Array, chunk: pq.ColumnChunkMetaData, pages: PageSizes | None) -> TextLook:
        """What a row, the pages and the footer tell.

        A text of DELTA_BYTE_ARRAY is stored as what it does not share with the one before it. So
        many may be as long as their page, which no sum of stored bytes tells.

        Args:
            row: A row as it is.
            chunk: What the footer says. Ask only after rows of it were read.
            pages: What its pages say; None if they are not looked at.
        """
        n_bytes = chunk.total_uncompressed_size
        mean = n_bytes // max(1, chunk.num_values)
        page_bytes = min(n_bytes, _PAGE_BYTES)
        text_bytes, has_dictionary = n_bytes, chunk.has_dictionary_page
        may_share = "DELTA_BYTE_ARRAY" in chunk.encodings
        if pages is not None:
            n_bytes, mean = max(n_bytes, pages.n_bytes), max(mean, pages.n_bytes_per_value)
            page_bytes, text_bytes = pages.n_largest, pages.n_text_bytes
            has_dictionary = has_dictionary and pages.encodings <= _OF_DICTIONARIES
            may_share = _DELTA_BYTE_ARRAY in pages.encodings
        shared = page_bytes if may_share else 0
        has_dictionary = has_dictionary and text_bytes <= MOST_TEXT_BYTES
        return cls(_longest(row), n_bytes, mean, shared, has_dictionary)

    def of_dictionary(self, row: pa.Array) -> TextLook:
        """The look at a column of which a row was read as a dictionary: that has all its values."""
        if not types.is_dictionary(row.type):
            return self
        return self._replace(longest_bytes=_longest(row.dictionary), is_dictionary=True)

    @property
    def is_stored_once(self) -> bool:
        """Whether long texts are read as a dictionary: pyarrow holds all values of such a chunk."""
        return (
            self.is_dictionary
            and self.longest_bytes > LONG_BYTES
            and self.stored_bytes <= MOST_TEXT_BYTES
        )

    @property
    def most_rows(self) -> int:
        """Rows whose texts take bounded memory, as far as the look tells."""
        longest = 0 if self.is_stored_once else self.longest_bytes
        return max(1, MOST_TEXT_BYTES // max(1, longest, self.mean_bytes))

    @property
    def most_decoded(self) -> int:
        """Rows that take bounded memory even if each has in common with others what it may."""
        most = _MOST_SHARED_BYTES // max(1, self.shared_bytes)
        return min(self.most_rows, max(1, most))


def text_looks(
    file: SeekableInput, metadata: pq.FileMetaData | None, group: int, texts: dict[int, str]
) -> list[TextLook]:
    """What the first row of a row group, and its pages, tell of texts.

    A row is read as it is, and then as one of a dictionary where that takes bounded memory.

    Args:
        file: The file.
        metadata: Its footer, if it was read.
        group: The row group.
        texts: The names of columns of text, by the leaves of Parquet.

    Returns:
        A look for each column.
    """
    with opened_parquet(file, metadata, whole=False) as opened:
        rows = _first_rows(opened, group, [*texts])
        chunks = opened.metadata.row_group(group)
        looks = {leaf: _look(file, chunks.column(leaf), row) for leaf, row in rows.items()}
    dictionaries = {leaf: texts[leaf] for leaf, look in looks.items() if look.has_dictionary}
    for leaf, row in _rows_of_dictionaries(file, metadata, group, dictionaries).items():
        looks[leaf] = looks[leaf].of_dictionary(row)
    return [looks.get(leaf, TextLook()) for leaf in texts]


def _look(file: SeekableInput, chunk: pq.ColumnChunkMetaData, row: pa.Array) -> TextLook:
    return TextLook.of(row, chunk, page_sizes(file, chunk))


def _rows_of_dictionaries(
    file: SeekableInput, metadata: pq.FileMetaData | None, group: int, texts: dict[int, str]
) -> dict[int, pa.Array]:
    """The first row of columns, read as dictionaries, of those that can be; see `text_looks`."""
    if not texts:
        return {}
    reader = opened_parquet(file, metadata, [*texts.values()], whole=False)
    with suppress(KeyError, *LIBRARY_ERRORS), reader as opened:  # an encoding without dictionaries
        return _first_rows(opened, group, [*texts])
    found: dict[int, pa.Array] = {}
    for leaf, name in texts.items() if len(texts) > 1 else ():
        found |= _rows_of_dictionaries(file, metadata, group, {leaf: name})
    return found


def _first_rows(opened: pq.ParquetFile, group: int, leaves: list[int]) -> dict[int, pa.Array]:
    """The first row of some columns of a row group, by their leaves; nothing if it has none."""
    batches = opened.reader.iter_batches(
        1, row_groups=[group], column_indices=leaves, use_threads=False
    )
    batch = next(iter(batches), None)
    return {} if batch is None else dict(zip(leaves, batch.columns, strict=True))


def _longest(column: pa.Array) -> int:
    """The bytes of the longest text of a column."""
    return int(text_lengths(column).max(initial=0))
