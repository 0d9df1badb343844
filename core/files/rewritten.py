"""Inputs whose text is changed on its way: a stream of pieces that a generator makes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from smoothl1.errors import DataError
from smoothl1.files.read_ahead import ReadAhead
from smoothl1.files.stream import InputStream
from smoothl1.lazy_patterns import lazy_pattern

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from smoothl1.files.contract import Input
    from smoothl1.files.stream import Reader

_BLOCK_BYTES = 1 << 18
"""Bytes read at a time."""

_MOST_LINE_BYTES = 1 << 22
"""Bytes of the longest line that is held: more than any reader of rows takes."""

_LAST_LINE = lazy_pattern(rb"[^\r\n]*\r?\Z")
"""What may go on in the next block: a line without its end, or half of a line end, CR LF."""


class _Pieces:
    """A reader of the bytes that a generator makes; no piece is empty."""

    def __init__(self, pieces: Generator[bytes, None, None]) -> None:
        self._pieces = pieces

    def read(self, n_bytes: int, /) -> bytes:
        """The next piece, whatever size is asked for; empty at the end."""
        return next(self._pieces, b"")

    def close(self) -> None:
        self._pieces.close()


def rewritten(file: Input, pieces: Generator[bytes, None, None], what: str) -> InputStream:
    """The bytes that a generator makes of an input, read ahead unless the input may have to wait.

    Args:
        file: The input, which is closed with the stream.
        pieces: Makes the bytes of it, none of them empty.
        what: A description of these bytes for messages.

    Raises:
        DataError: There are no bytes.
    """
    return InputStream(file.path, pieces_ahead(file, pieces), what, (), file, delays_faults=True)


def pieces_ahead(file: Input, pieces: Generator[bytes, None, None]) -> Reader:
    """A reader of the pieces that a generator makes of an input; for arguments see `rewritten`."""
    reader = _Pieces(pieces)
    return reader if file.size is None else ReadAhead(reader, _BLOCK_BYTES)


def blocks_of_lines(file: Input, start: int = 0) -> Iterator[bytes]:
    """The bytes of an input in blocks of whole lines, whose ends are LF, CR LF or CR.

    Args:
        file: The input.
        start: The byte at which to begin.

    Raises:
        DataError: A line is too long.
    """
    offset, rest = start, b""
    while data := file.read(offset, _BLOCK_BYTES):
        offset += len(data)
        data = rest + data
        match = _LAST_LINE.search(data, max(data.rfind(b"\n"), data.rfind(b"\r", 0, -1)) + 1)
        end = len(data) if match is None else match.start()
        if end:
            yield data[:end]
        rest = data[end:]
        if len(rest) > _MOST_LINE_BYTES:
            raise DataError(f"a line over {_MOST_LINE_BYTES} bytes long at byte {offset}")
    if rest:
        yield rest
