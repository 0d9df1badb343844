"""How long the texts of a column chunk of Parquet are, by its first rows and by its footer."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pyarrow import types

from smoothl1.sources.arrow.text_lengths import LONG_BYTES, text_lengths
from smoothl1.sources.text_batches import MOST_TEXT_BYTES

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq


class TextLook(NamedTuple):
    """What a few rows of a column chunk tell of its texts.

    Attributes:
        longest: The bytes of the longest text of its dictionary, or of these rows if it has none.
        n_bytes: The bytes of all its values as they are stored, before compression.
        mean: These bytes for each row.
        is_dictionary: Whether it may be read as a dictionary.
    """

    longest: int = 0
    n_bytes: int = 0
    mean: int = 0
    is_dictionary: bool = False

    @classmethod
    def of(cls, rows: pa.Array, chunk: pq.ColumnChunkMetaData) -> TextLook:
        """What some rows, and the footer, tell.

        Args:
            rows: The rows; read as a dictionary, they have all values of the dictionary.
            chunk: What the footer says. Ask only after rows of it were read.
        """
        is_dictionary = types.is_dictionary(rows.type)
        lengths = text_lengths(rows.dictionary if is_dictionary else rows)
        n_bytes = chunk.total_uncompressed_size
        mean = n_bytes // max(1, chunk.num_values)
        return cls(int(lengths.max(initial=0)), n_bytes, mean, is_dictionary)

    @property
    def is_stored_once(self) -> bool:
        """Whether long texts are read as a dictionary: pyarrow holds all values of such a chunk."""
        return self.is_dictionary and self.longest > LONG_BYTES and self.n_bytes <= MOST_TEXT_BYTES

    @property
    def n_rows(self) -> int:
        """Rows whose texts take bounded memory, as far as the look tells."""
        longest = 0 if self.is_stored_once else self.longest
        return max(1, MOST_TEXT_BYTES // max(1, longest, self.mean))
