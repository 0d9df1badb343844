"""The codecs gzip and zstd, streamed in constant memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from smoothl1.files.read_ahead import ReadAhead
from smoothl1.files.stream import STEP_BYTES, Cursor, InputStream

if TYPE_CHECKING:
    from smoothl1.files.contract import Input
    from smoothl1.files.stream import Reader


def gunzip(file: Input) -> Input:
    """Read all gzip members in order. Python's gzip checks length and checksum of each."""
    import gzip
    import zlib

    faults = (EOFError, zlib.error, gzip.BadGzipFile)
    reader = gzip.GzipFile(fileobj=Cursor(file), mode="rb")
    return _unpacked(file, reader, "gzip data", faults)


def unzstd(file: Input) -> Input:
    """Read all zstd frames, one after another. Checksums are verified if there are any."""
    import pyarrow as pa

    reader: Reader = pa.CompressedInputStream(pa.PythonFile(Cursor(file), mode="r"), "zstd")
    return _unpacked(file, reader, "zstd data", (OSError,))


def _unpacked(
    file: Input, reader: Reader, what: str, faults: tuple[type[Exception], ...]
) -> InputStream:
    """The decompressed stream of an input; it is read ahead unless the input may have to wait."""
    if file.size is not None:
        reader = ReadAhead(reader, STEP_BYTES)
    return InputStream(file.path, reader, what, faults, file)
