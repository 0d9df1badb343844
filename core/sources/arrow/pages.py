"""What the pages of a Parquet file say of their size, before pyarrow reads them.

pyarrow takes the memory that a page claims, up to 2 GiB, and only then reads. So the headers of the
pages are looked at first: they lie one behind the other, each before its page.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any, NamedTuple

from smoothl1.errors import DataError
from smoothl1.sources.arrow.thrift import FAULTS, structure_at
from smoothl1.sources.arrow.whole import chunks_of_large

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pyarrow.parquet as pq

    from smoothl1.files.contract import SeekableInput

_HEADER_BYTES = (1 << 8, 1 << 16)
"""Bytes in which the header of a page is looked for; few have statistics that are long."""

_MOST_HEADER_BYTES = 1 << 26
"""Bytes of the longest header of a page: two long texts are the least and the greatest in it."""

_N_VALUES, _N_BYTES, _DATA_PAGE, _DICTIONARY_PAGE = 5, 7, 9, 11
"""Fields of what the footer says of a column chunk."""

_READ_BYTES, _PAGE_BYTES, _PAGES_OF_DATA, _PAGE_OF_DICTIONARY = 2, 3, (5, 8), 7
"""Fields of the header of a page: its size once it is read and as it is stored, and what is said of
the values of data, and of a dictionary."""

PLACES = frozenset({2, 8})
"""The numbers of the two encodings of places in a dictionary."""

_ENCODINGS = {5: 2, 8: 4}
"""The field of the encoding in what is said of the values of data."""

_MOST_PAGES = 1 << 14
"""Pages of a column chunk that are looked at: that takes 30 us each."""


class PageRange(NamedTuple):
    """The bytes in which the pages of a column chunk lie.

    Attributes:
        begin: Its first byte.
        end: The byte behind it.
        n_values: The number of its values.
    """

    begin: int
    end: int
    n_values: int


def page_ranges(file: SeekableInput, leaves: Sequence[int]) -> tuple[tuple[PageRange, ...], ...]:
    """Where some columns lie in each row group.

    Args:
        file: A file whose footer pyarrow has read.
        leaves: The columns, as Parquet counts columns.

    Returns:
        Nothing for a footer that is not understood, or that is long for a file of its size.
    """
    try:
        groups = chunks_of_large(file)
        return tuple(tuple(_page_range(group[leaf]) for leaf in leaves) for group in groups)
    except FAULTS:
        return ()  # pyarrow skips what this does not know


def _page_range(chunk: dict[int, Any]) -> PageRange:
    begin, dictionary = chunk[_DATA_PAGE], chunk.get(_DICTIONARY_PAGE, 0)
    if 0 < dictionary < begin:  # 0 stands for none, too
        begin = dictionary
    return PageRange(begin, begin + chunk[_N_BYTES], chunk[_N_VALUES])


def check_pages(file: SeekableInput, ranges: Sequence[PageRange], what: str) -> None:
    """Refuse pages that claim more bytes than the file has.

    Args:
        file: The file.
        ranges: The column chunks to look at.
        what: What they are a part of, for the error.

    Raises:
        DataError: A page is longer than the file.
        StorageError: The system could not read.
    """
    for found in ranges:
        at = found.begin
        for page in _pages(file, found):
            if page is None:
                break  # pyarrow says what is wrong with it
            at += page.n_header + page.n_stored
            if at > file.size:
                claim = (
                    f"{what}: a page claims {page.n_stored} bytes, more than are left of the file"
                )
                raise DataError(claim, path=file.path)


def check_claims(file: SeekableInput, chunk: pq.ColumnChunkMetaData) -> None:
    """Refuse a column chunk with a page that is not as the footer says.

    This is for readers that take the memory that a page claims for its values.

    Args:
        file: The file.
        chunk: What the footer says of the chunk.

    Raises:
        DataError: A page is not understood, or claims more than the chunk has; or a place or a
            length is negative.
        StorageError: The system could not read.
    """
    begin = min((x for x in (chunk.dictionary_page_offset, chunk.data_page_offset) if x), default=0)
    at, end, n_left = begin, begin + chunk.total_compressed_size, chunk.num_values
    if min(begin, end - begin, n_left) < 0:
        what = f"{chunk.path_in_schema}: the footer tells of a negative place or length: damaged"
        raise DataError(what, path=file.path)
    while n_left > 0:
        page = _page(file, at, (*_HEADER_BYTES, min(end - at, _MOST_HEADER_BYTES)))
        at = -1 if page is None else at + page.n_header + page.n_stored
        n_left -= 0 if page is None else page.n_values
        if (
            page is None
            or not at <= min(end, file.size)
            or n_left < 0
            or max(page.n_bytes, page.n_of_dictionary) > chunk.total_uncompressed_size
        ):
            what = f"{chunk.path_in_schema}: a page is not as the footer says: damaged"
            raise DataError(what, path=file.path)


class PageSizes(NamedTuple):
    """What the pages of a column chunk say of the bytes of their values, before compression.

    Attributes:
        n_bytes: The bytes of all pages.
        n_text_bytes: Those of the dictionary, and of pages of data that hold the values themselves.
        n_bytes_per_value: The bytes of a page of data for each of its values, at most.
        n_largest: The bytes of the largest page of data.
        encodings: The numbers of the encodings of pages of data.
    """

    n_bytes: int
    n_text_bytes: int
    n_bytes_per_value: int
    n_largest: int
    encodings: frozenset[int]


def page_sizes(file: SeekableInput, chunk: pq.ColumnChunkMetaData) -> PageSizes | None:
    """What the pages of a column chunk say of themselves: the footer may say less.

    Args:
        file: The file.
        chunk: What the footer says of the chunk. Ask only after rows of it were read.

    Returns:
        None for pages that are not understood, too many, or a request each.

    Raises:
        StorageError: The system could not read.
    """
    if file.is_remote and file.held is None:
        return None
    begin = min((x for x in (chunk.dictionary_page_offset, chunk.data_page_offset) if x), default=0)
    where = PageRange(begin, begin + chunk.total_compressed_size, chunk.num_values)
    n_bytes, n_texts, largest, per_value, encodings = 0, 0, 0, 0, set()
    for i, page in enumerate(_pages(file, where)):
        if page is None or i == _MOST_PAGES:
            return None
        n_bytes += page.n_bytes
        n_texts += 0 if page.encoding in PLACES else page.n_bytes
        if page.encoding is not None:
            largest = max(largest, page.n_bytes)
            per_value = max(per_value, page.n_bytes // max(1, page.n_values))
            encodings.add(page.encoding)
    return PageSizes(n_bytes, n_texts, per_value, largest, frozenset(encodings))


def _pages(file: SeekableInput, where: PageRange) -> Iterator[_Page | None]:
    """The pages of a column chunk; None at the end if one is not understood."""
    at, n_left = where.begin, where.n_values
    while at < where.end and n_left > 0:
        page = _page(file, at)
        yield page
        if page is None:
            return
        at += page.n_header + page.n_stored
        n_left -= page.n_values


class _Page(NamedTuple):
    """What a page says of itself.

    Attributes:
        n_header: The bytes of its header.
        n_stored: The bytes behind that.
        n_bytes: The bytes that they stand for.
        n_values: The number of its values; 0 of a dictionary.
        n_of_dictionary: The number of values of a dictionary.
        encoding: The number of the encoding of values of data; None of a dictionary.
    """

    n_header: int
    n_stored: int
    n_bytes: int
    n_values: int
    n_of_dictionary: int
    encoding: int | None


def _page(file: SeekableInput, at: int, lengths: Sequence[int] = _HEADER_BYTES) -> _Page | None:
    """What the page at a byte says of itself; None if that is not understood.

    Args:
        file: The file.
        at: The byte.
        lengths: In how many bytes the header is looked for, one after the other.
    """
    if at < 0:
        return None
    for n_bytes in lengths:
        data = file.read(at, max(0, min(n_bytes, file.size - at)))
        with suppress(*FAULTS):
            fields, n_header = structure_at(data)
            of_data = {i: fields[i] for i in _PAGES_OF_DATA if i in fields}
            n_values = sum(values[1] for values in of_data.values())
            encoding = next((values[_ENCODINGS[i]] for i, values in of_data.items()), None)
            n_of_dictionary = fields[_PAGE_OF_DICTIONARY][1] if _PAGE_OF_DICTIONARY in fields else 0
            found = _Page(
                n_header,
                fields[_PAGE_BYTES],
                fields[_READ_BYTES],
                n_values,
                n_of_dictionary,
                encoding,
            )
            return found if min(found[:-1]) >= 0 else None
    return None
