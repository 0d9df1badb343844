"""Readers of a Parquet file, which hold no more of it than they must."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import pyarrow.parquet as pq

from smoothl1.sources.arrow.opening import arrow_file

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from smoothl1.files.contract import SeekableInput

_BUFFER_BYTES = 1 << 20
_SMALL_BYTES = 1 << 23
"""Bytes of a file that is held as a whole while it is read."""


def is_small(file: SeekableInput) -> bool:
    """Whether a file is held as a whole while it is read."""
    return file.size <= _SMALL_BYTES


def fits_buffer(file: SeekableInput) -> bool:
    """Whether one buffer holds a file as a whole."""
    return file.size <= _BUFFER_BYTES


@contextmanager
def opened_parquet(
    file: SeekableInput,
    metadata: pq.FileMetaData | None = None,
    dictionaries: Sequence[str] = (),
    *,
    whole: bool = True,
    has_rows: bool = True,
    unit_of_96_bits: str = "ns",
) -> Iterator[pq.ParquetFile]:
    """A reader; with `whole`, for a whole row group: its ranges are then requested together.

    Without `has_rows`, it is for the footer alone. Times of 96 bits are read in a unit.
    """
    # A buffer would be filled as long as a page says that it is. Ranges that are in memory are long
    # as the file is, so a small file is read at once.
    is_held = is_small(file)
    if is_held and has_rows and not file.is_remote and file.held is None:
        file.hold()  # else pyarrow's threads call Python, and may do so when it ends
    with arrow_file(file, exact=True) as raw:
        yield pq.ParquetFile(
            raw,
            metadata=metadata,
            read_dictionary=dictionaries,
            # Else whole column chunks are held in memory, or those of the whole file at once. Of a
            # store they are: a request for each buffer would take longer than the rest.
            buffer_size=_BUFFER_BYTES,
            pre_buffer=(whole and file.is_remote and file.held is None) or is_held,
            coerce_int96_timestamp_unit=unit_of_96_bits,
            page_checksum_verification=True,
        )
