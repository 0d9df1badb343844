"""The codecs xz and bzip2 of the standard library: streams one behind the other, in bounded memory.

Python's own readers of such files pass over whatever follows the first stream and is none.
"""

from __future__ import annotations

import bz2
import lzma
from typing import TYPE_CHECKING

from smoothl1.errors import DataError
from smoothl1.files.stream import STEP_BYTES, Cursor

if TYPE_CHECKING:
    from collections.abc import Callable

    from smoothl1.files.contract import Input

    Decompressor = bz2.BZ2Decompressor | lzma.LZMADecompressor

FAULTS = (EOFError, OSError, lzma.LZMAError)
"""What the decompressors raise if the data are damaged."""

_MOST_BYTES = 1 << 27
"""Most memory that xz may take: `xz -9` makes data that need half of it."""

_PADDING = b"\x00\x00\x00\x00"
"""What may stand behind a stream of xz, any number of times: the .xz file format, section 2.2."""


class StreamsReader:
    """The content of all streams of an input, in order.

    Args:
        file: The compressed input.
        new: Makes the decompressor of a stream.
        padding: Bytes that may stand behind a stream, any number of times.
    """

    def __init__(self, file: Input, new: Callable[[], Decompressor], padding: bytes) -> None:
        self._cursor = Cursor(file)
        self._new = new
        self._padding = padding
        self._decompressor = new()

    def read(self, n_bytes: int, /) -> bytes:
        """Read up to that many bytes; none only at the end.

        Raises:
            EOFError: The input ends amid a stream.
        """
        while True:
            rest = b""
            if self._decompressor.eof:
                rest = self._next_stream()
                if not rest:
                    return b""
                self._decompressor = self._new()
            elif self._decompressor.needs_input:
                rest = self._cursor.read(STEP_BYTES)
                if not rest:
                    raise EOFError("it ends early")
            if data := self._decompressor.decompress(rest, n_bytes):
                return data

    def close(self) -> None:
        """The input is closed by the stream that reads this."""

    def _next_stream(self) -> bytes:
        """The first bytes of the next stream; none if there is none."""
        data = self._decompressor.unused_data
        n_unit = max(1, len(self._padding))
        while True:
            while len(data) < n_unit and (more := self._cursor.read(STEP_BYTES)):
                data += more
            n_whole = len(data) - len(data) % n_unit
            if not (n_whole and self._padding) or data[:n_whole].strip(self._padding):
                return self._behind_padding(data)
            data = data[n_whole:]

    def _behind_padding(self, data: bytes) -> bytes:
        """What follows the whole units of padding at the beginning of some bytes."""
        if not self._padding:
            return data
        n_padding = len(data) - len(data.lstrip(self._padding[:1]))
        return data[n_padding - n_padding % len(self._padding) :]


class _XzReader(StreamsReader):
    """The content of xz streams; what would need too much memory is refused."""

    def read(self, n_bytes: int, /) -> bytes:
        try:
            return super().read(n_bytes)
        except lzma.LZMAError as error:
            if "limit" not in str(error):
                raise
            raise DataError(
                f"the xz data need over {_MOST_BYTES >> 20} MiB of memory",
                hint="xz -dc FILE | xz -6 compresses them again with a smaller dictionary",
            ) from error


def xz_reader(file: Input) -> StreamsReader:
    """The content of an input that is compressed by xz; checksums are verified."""

    def new() -> lzma.LZMADecompressor:
        return lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_MOST_BYTES)

    return _XzReader(file, new, _PADDING)


def bzip2_reader(file: Input) -> StreamsReader:
    """The content of an input that is compressed by bzip2; checksums are verified."""
    return StreamsReader(file, bz2.BZ2Decompressor, b"")
