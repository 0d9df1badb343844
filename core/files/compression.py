"""The codecs gzip, zstd, xz and bzip2, streamed in constant memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from smoothl1.files.read_ahead import ReadAhead
from smoothl1.files.stream import Cursor, InputStream

if TYPE_CHECKING:
    from smoothl1.files.contract import Input
    from smoothl1.files.stream import Reader

_PIECE_BYTES = 1 << 18
"""Bytes that are decompressed at a time: enough that threads seldom wait for one another."""


def gunzip(file: Input, n_threads: int) -> Input:
    """Read all gzip members in order. Length and checksum of each are checked."""
    from smoothl1.files.gzip_readers import FAULTS, gzip_reader

    return _unpacked(file, gzip_reader(file, n_threads), "gzip data", FAULTS)


def unzstd(file: Input) -> Input:
    """Read all zstd frames, one after another. Checksums are verified if there are any."""
    import pyarrow as pa

    reader: Reader = pa.CompressedInputStream(pa.PythonFile(Cursor(file), mode="r"), "zstd")
    return _unpacked(file, reader, "zstd data", (OSError,))


def unxz(file: Input) -> Input:
    """Read all xz streams, one after another. Their checksums are verified."""
    from smoothl1.files.streamed_codecs import FAULTS, xz_reader

    return _unpacked(file, xz_reader(file), "xz data", FAULTS)


def unbzip2(file: Input) -> Input:
    """Read all bzip2 streams, one after another. Their checksums are verified."""
    from smoothl1.files.streamed_codecs import FAULTS, bzip2_reader

    return _unpacked(file, bzip2_reader(file), "bzip2 data", FAULTS)


def _unpacked(
    file: Input, reader: Reader, what: str, faults: tuple[type[Exception], ...]
) -> InputStream:
    """The decompressed stream of an input; it is read ahead unless the input may have to wait."""
    if file.size is not None:
        reader = ReadAhead(reader, _PIECE_BYTES)
    return InputStream(file.path, reader, what, faults, file)
