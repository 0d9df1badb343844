"""How long the texts of a column chunk of Parquet are, by its first row, its pages and footer."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pyarrow import types

from smoothl1.sources.arrow.text_lengths import LONG_BYTES, text_lengths
from smoothl1.sources.text_batches import MOST_TEXT_BYTES

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq

    from smoothl1.sources.arrow.pages import PageSizes

_DELTA_BYTE_ARRAY = 7
_OF_DICTIONARIES = frozenset({0, 2, 8})
"""PLAIN, and the two encodings of places in a dictionary: pyarrow makes dictionaries of these."""

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
        is_dictionary: Whether it may be read as a dictionary.
    """

    longest_bytes: int = 0
    stored_bytes: int = 0
    mean_bytes: int = 0
    shared_bytes: int = 0
    is_dictionary: bool = False

    @classmethod
    def of(cls, row: pa.Array, chunk: pq.ColumnChunkMetaData, pages: PageSizes | None) -> TextLook:
        """What a row, the pages and the footer tell.

        A text of DELTA_BYTE_ARRAY is stored as what it does not share with the one before it. So
        many may be as long as their page, which no sum of stored bytes tells.

        Args:
            row: A row; read as a dictionary, it has all values of the dictionary.
            chunk: What the footer says. Ask only after rows of it were read.
            pages: What its pages say; None if they are not looked at.
        """
        is_dictionary = types.is_dictionary(row.type)
        lengths = text_lengths(row.dictionary if is_dictionary else row)
        n_bytes = chunk.total_uncompressed_size
        mean = n_bytes // max(1, chunk.num_values)
        page_bytes = min(n_bytes, _PAGE_BYTES)
        may_share = "DELTA_BYTE_ARRAY" in chunk.encodings
        if pages is not None:
            n_bytes, mean = max(n_bytes, pages.n_bytes), max(mean, pages.n_bytes_per_value)
            page_bytes = pages.n_largest
            is_dictionary = is_dictionary and pages.encodings <= _OF_DICTIONARIES
            may_share = _DELTA_BYTE_ARRAY in pages.encodings
        shared = page_bytes if may_share else 0
        return cls(int(lengths.max(initial=0)), n_bytes, mean, shared, is_dictionary)

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
