"""What the pages of a Parquet file say of their size, before pyarrow reads them.

pyarrow takes the memory that a page claims, up to 2 GiB, and only then reads. So the headers of the
pages are looked at first: they lie one behind the other, each before its page.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from smoothl1.errors import DataError
from smoothl1.sources.arrow.thrift import FAULTS, structure_at
from smoothl1.sources.arrow.whole import chunks_of_large

if TYPE_CHECKING:
    from collections.abc import Sequence

    from smoothl1.files.contract import SeekableInput

_HEADER_BYTES = (1 << 8, 1 << 16)
"""Bytes in which the header of a page is looked for; few have statistics that are long."""

_N_VALUES, _N_BYTES, _DATA_PAGE, _DICTIONARY_PAGE = 5, 7, 9, 11
"""Fields of what the footer says of a column chunk."""

_PAGE_BYTES, _PAGES_OF_DATA = 3, (5, 8)
"""Fields of the header of a page: its size as it is stored, and what is said of values."""


class Stretch(NamedTuple):
    """Where a column chunk lies.

    Attributes:
        begin: Its first byte.
        end: The byte behind it.
        n_values: The number of its values.
    """

    begin: int
    end: int
    n_values: int


def stretches_of(file: SeekableInput, leaves: Sequence[int]) -> tuple[tuple[Stretch, ...], ...]:
    """Where some columns lie in each row group.

    Args:
        file: A file whose footer pyarrow has read.
        leaves: The columns, as Parquet counts columns.

    Returns:
        Nothing for a footer that is not understood, or that is long for a file of its size.
    """
    try:
        groups = chunks_of_large(file)
        return tuple(tuple(_stretch(group[leaf]) for leaf in leaves) for group in groups)
    except FAULTS:
        return ()  # pyarrow skips what this does not know


def _stretch(chunk: dict[int, Any]) -> Stretch:
    begin, dictionary = chunk[_DATA_PAGE], chunk.get(_DICTIONARY_PAGE, 0)
    if 0 < dictionary < begin:  # 0 stands for none, too
        begin = dictionary
    return Stretch(begin, begin + chunk[_N_BYTES], chunk[_N_VALUES])


def check_pages(file: SeekableInput, stretches: Sequence[Stretch], what: str) -> None:
    """Refuse pages that claim more bytes than the file has.

    Args:
        file: The file.
        stretches: The column chunks to look at.
        what: What they are a part of, for the error.

    Raises:
        DataError: A page is longer than the file.
        StorageError: The system could not read.
    """
    for stretch in stretches:
        at, n_left = stretch.begin, stretch.n_values
        while at < stretch.end and n_left > 0:
            header = _header(file, at)
            if header is None:
                break  # pyarrow says what is wrong with it
            n_header, n_bytes, n_values = header
            at += n_header + n_bytes
            n_left -= n_values
            if at > file.size:
                claim = f"{what}: a page claims {n_bytes} bytes, more than are left of the file"
                raise DataError(claim, path=file.path)


def _header(file: SeekableInput, at: int) -> tuple[int, int, int] | None:
    """The bytes of a header, of its page, and the values of that; None if it is not understood."""
    for n_bytes in _HEADER_BYTES:
        data = file.read(at, max(0, min(n_bytes, file.size - at)))
        try:
            fields, n_header = structure_at(data)
            n_values = sum(fields[i][1] for i in _PAGES_OF_DATA if i in fields)
            return n_header, max(0, fields[_PAGE_BYTES]), max(0, n_values)
        except FAULTS:
            continue
    return None
