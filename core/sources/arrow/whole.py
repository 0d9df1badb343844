"""Whether a Parquet or Arrow IPC file is one file: what `cat` makes of several reads as one.

Both formats begin and end with magic bytes, and are read by the footer at the end. It says where
the data lie, counted from the beginning of the file. If files of one layout are joined byte by
byte, the last footer therefore describes rows of the first file.

The footer of Parquet is a structure of Apache Thrift: https://github.com/apache/parquet-format.
pyarrow cannot be asked about a column chunk before it was read: if the chunk's statistics are
broken, the question ends the process. The footer of Arrow IPC is a FlatBuffer:
https://arrow.apache.org/docs/format/Columnar.html#ipc-file-format.
"""

from __future__ import annotations

import struct
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from smoothl1.errors import DataError
from smoothl1.sources.arrow.thrift import FAULTS, structure

if TYPE_CHECKING:
    from collections.abc import Iterator

    from smoothl1.files.contract import SeekableInput

MOST_FOOTER_BYTES = 1 << 26
"""Most bytes of a footer: those of 1,000 columns in 500 row groups. Its size stands in the file,
and reading it takes several times the memory."""

_PIECE_BYTES = 1 << 20

_PARQUET_END = 8
"""Bytes behind the footer of Parquet: its length, in 4 bytes, and the magic bytes."""

_PARQUET_JOINT = b"PAR1PAR1"
_BYTES_PER_CHUNK = 100_000
"""Bytes that are searched in the time that it takes to read of one column chunk in the footer."""

_BYTES_PER_FOOTER = 1000
"""Bytes of pages for a byte of the footer, at least, for which reading the footer takes no time."""

_FOOTER_BEGINS = b"\x15"
"""The head of field 1 of the footer: the version, an integer."""

_IPC_END = 10
"""Bytes behind the footer of an IPC file: its length, in 4 bytes, and the magic bytes."""

_MOST_PADDING = 128
"""Bytes between the last record batch of an IPC file and its footer: the mark of the end of the
stream and padding, at most."""

_BLOCK = struct.Struct("<qi4xq")
"""Where a message of an IPC file lies: offset, bytes of its metadata, bytes of its body."""


def check_one_parquet(file: SeekableInput, n_chunks: int) -> None:
    """Refuse Parquet files that were joined byte by byte.

    Args:
        file: A file whose footer pyarrow has read.
        n_chunks: Number of its column chunks, of which the footer tells.

    Raises:
        DataError: It holds several files.
    """
    n_bytes = _footer_bytes(file, _PARQUET_END)
    start = file.size - _PARQUET_END - n_bytes
    unknown = start
    if file.is_remote or start > n_chunks * _BYTES_PER_CHUNK:
        unknown -= _end_of_chunks(file.read_range(start, n_bytes))
    # The files before the last one are unknown to the footer. The first of them is therefore
    # shorter than the bytes that are.
    if unknown > 0 and _has_joint(file, unknown + len(_PARQUET_JOINT)):
        raise _several(file)


def check_one_ipc(file: SeekableInput) -> None:
    """Refuse Arrow IPC files that were joined byte by byte.

    Args:
        file: A file whose footer pyarrow has read.

    Raises:
        DataError: It holds several files.
    """
    n_bytes = _footer_bytes(file, _IPC_END)
    start = file.size - _IPC_END - n_bytes
    end = _end_of_blocks(file.read_range(start, n_bytes))
    if end is not None and start - end > _MOST_PADDING:
        raise _several(file)


def check_parquet_footer(file: SeekableInput) -> None:
    """Refuse a Parquet file by the size of its footer, which pyarrow would read as a whole."""
    _check_footer(file, _PARQUET_END)


def check_ipc_footer(file: SeekableInput) -> None:
    """Refuse an Arrow IPC file by the size of its footer; see `check_parquet_footer`."""
    _check_footer(file, _IPC_END)


def _check_footer(file: SeekableInput, n_behind: int) -> None:
    if file.size > MOST_FOOTER_BYTES and _footer_bytes(file, n_behind) > MOST_FOOTER_BYTES:
        what = f"a footer of more than {MOST_FOOTER_BYTES >> 20} MiB"
        raise DataError(f"{what}: damaged, or of too many row groups and columns", path=file.path)


def _several(file: SeekableInput) -> DataError:
    what = "several files, one behind the other: the footer of the last one counts for all"
    return DataError(f"{what} [give them as they are, by a pattern or a folder]", path=file.path)


def _footer_bytes(file: SeekableInput, n_behind: int) -> int:
    (n_bytes,) = struct.unpack("<i", file.read_range(file.size - n_behind, 4))
    return int(n_bytes)


def _has_joint(file: SeekableInput, n_bytes: int) -> bool:
    """Whether a Parquet file ends and another one begins within the first bytes."""
    overlap = len(_PARQUET_JOINT) - 1
    for start in range(0, n_bytes, _PIECE_BYTES):
        piece = file.read(start, min(_PIECE_BYTES + overlap, n_bytes - start))
        at = piece.find(_PARQUET_JOINT)
        while at >= 0:
            if _is_footer_before(file, start + at):
                return True
            at = piece.find(_PARQUET_JOINT, at + 1)
    return False


def _is_footer_before(file: SeekableInput, end: int) -> bool:
    """Whether what stands before the magic bytes can be a footer and its length."""
    (n_bytes,) = struct.unpack("<i", file.read(end - 4, 4)) if end >= _PARQUET_END else (0,)
    start = end - 4 - n_bytes
    return n_bytes > 0 and start >= 4 and file.read(start, 1) == _FOOTER_BEGINS


def _end_of_chunks(footer: bytes) -> int:
    """Where the last of the column chunks, indexes and filters ends that a footer tells of."""
    try:
        return max((end for group in _groups(footer) for end in _ends(group)), default=0)
    except FAULTS:
        return 0  # pyarrow skips what it does not know


def column_chunks(file: SeekableInput) -> list[list[dict[int, Any]]]:
    """What the footer of Parquet says of the column chunks of each row group.

    Args:
        file: A file whose footer pyarrow has read.

    Returns:
        The fields of their metadata, by number.

    Raises:
        Exception: The footer is not understood; see `thrift.FAULTS`.
    """
    n_bytes = _footer_bytes(file, _PARQUET_END)
    groups = _groups(file.read_range(file.size - _PARQUET_END - n_bytes, n_bytes))
    return [[chunk.get(3, {}) for chunk in group] for group in groups]


def chunks_of_large(file: SeekableInput) -> list[list[dict[int, Any]]]:
    """What the footer says of column chunks, see `column_chunks`; nothing if they are small."""
    if _footer_bytes(file, _PARQUET_END) * _BYTES_PER_FOOTER > file.size:
        return []
    return column_chunks(file)


def _groups(footer: bytes) -> list[list[dict[int, Any]]]:
    """The column chunks of each row group."""
    return [group.get(1, []) for group in structure(footer).get(4, [])]


def _ends(chunks: list[dict[int, Any]]) -> Iterator[int]:
    for chunk in chunks:
        pages = chunk.get(3, {})
        first = [pages[i] for i in (9, 11) if i in pages]  # of data, of the dictionary
        yield min(first, default=0) + pages.get(7, 0)
        yield pages.get(14, 0) + pages.get(15, 0)  # the Bloom filter
        for i in (4, 6):  # the two indexes of pages
            yield chunk.get(i, 0) + chunk.get(i + 1, 0)


def _end_of_blocks(footer: bytes) -> int | None:
    """Where the last message ends that the footer of an IPC file tells of; None if of none."""
    ends: list[int] = []
    with suppress(struct.error):
        (table,) = struct.unpack_from("<I", footer)
        (to_fields,) = struct.unpack_from("<i", footer, table)
        fields = table - to_fields
        (n_bytes,) = struct.unpack_from("<H", footer, fields)
        for number in (2, 3):  # dictionaries and record batches
            slot = 4 + 2 * number
            (offset,) = struct.unpack_from("<H", footer, fields + slot) if slot < n_bytes else (0,)
            if offset:
                (to_blocks,) = struct.unpack_from("<I", footer, table + offset)
                blocks = table + offset + to_blocks
                (n_blocks,) = struct.unpack_from("<I", footer, blocks)
                size = n_blocks * _BLOCK.size
                found = _BLOCK.iter_unpack(footer[blocks + 4 : blocks + 4 + size])
                ends.extend(map(sum, found))
    return max(ends, default=None)
