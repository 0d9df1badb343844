"""The bytes of a CSV file on their way to the parser, inspected for what a parser forgives."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING

import numpy as np

from smoothl1.errors import DataError, SmoothL1Error

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from smoothl1.sources.file import InputFile

_QUOTE = ord('"')
_MAX_HELD_BYTES = 1 << 20
_LINE_END = re.compile(rb"[ \t]*(?:\r\n|\n|\r(?!\n|\Z))")
"""A CR at the very end may be half of a CRLF, and is not one yet."""


class InspectedBytes(io.RawIOBase):
    """Reads on from a row's beginning, refuses NUL bytes and misplaced quotes, ends cleanly.

    Quotes: every quote either opens a cell, closes it, or is doubled within it (RFC 4180). A parser
    that forgives reads `"1"2` as 12. Numbering the quotes from 0, an even one must follow a
    delimiter, a line end or another quote, an odd one must precede one of them.

    The end: blank lines after the last row are not rows. So white space is held back until
    something follows it.

    Attributes:
        path: The file, as the user typed it.
        position: Byte up to which the file has been read.
        ends_with_newline: Whether the last row has a line end; right once all is read.
        quote_opened_at: Byte of a quote that has not been closed yet.
        fault: What was refused, kept since the parser may wrap what a read raises.
    """

    def __init__(self, file: InputFile, offset: int, delimiter: str) -> None:
        super().__init__()
        self.path = file.path
        self.position = offset
        self.ends_with_newline = True
        self.quote_opened_at: int | None = None
        self.fault: SmoothL1Error | None = None
        self._file = file
        self._blank = b" \t\r\n".replace(delimiter.encode(), b"")
        self._beside_quote = np.frombuffer(f'\r\n"{delimiter}'.encode(), np.uint8)
        self._last = b"\n"
        self._primed: bytes | None = None
        self._held = b""
        self._in_row = False
        self._finished = False

    def readable(self) -> bool:
        return True

    def prime(self, n_bytes: int) -> bool:
        """Read the first bytes ahead; whether there is anything but blank lines."""
        self._primed = self.read(n_bytes)
        if self._primed.startswith(b"\xef\xbb\xbf"):  # the parser would skip it
            raise DataError(f"a misplaced byte order mark at byte {self.position}", path=self.path)
        return bool(self._primed)

    def read(self, n_bytes: int = -1) -> bytes:
        if self._primed is not None:
            data, self._primed = self._primed, None
            return data
        try:
            return self._read(n_bytes)
        except SmoothL1Error as error:
            error.path = self.path
            self.fault = error
            raise

    def _read(self, n_bytes: int) -> bytes:
        while not self._finished:
            data = self._file.read(self.position, n_bytes)
            self._inspect(data)
            self.position += len(data)
            self._finished = self.position >= self._file.size
            data = self._held + data
            n_ready = self._n_ready(data)
            ready, self._held = data[:n_ready], data[n_ready:]
            if self._finished:
                ready += self._last_line_end()
            if ready:
                return ready
        return b""

    def _n_ready(self, data: bytes) -> int:
        """Bytes up to the end of the last row in them, its line end included if it is there."""
        n_ready = len(data.rstrip(self._blank))
        if len(data) - n_ready > _MAX_HELD_BYTES:
            n_ready = len(data)
        self._in_row = self._in_row or n_ready > 0
        line_end = _LINE_END.match(data, n_ready)
        if not (self._in_row and line_end):
            return n_ready
        self._in_row = False
        return line_end.end()

    def _last_line_end(self) -> bytes:
        """What the last row lacks. What is held back then is blank lines, or a lone CR."""
        if self.quote_opened_at is not None:
            raise DataError(f"the quote opened at byte {self.quote_opened_at} is not closed")
        self.ends_with_newline = not self._in_row or b"\r" in self._held
        return b"\n" if self._in_row else b""

    def _inspect(self, data: bytes) -> None:
        nul = data.find(b"\x00")
        if nul >= 0:
            raise DataError(f"a NUL byte at byte {self.position + nul}: not text, or damaged")
        if b'"' in data or self._last == b'"':
            self._check_quotes(np.frombuffer(data, np.uint8))
        self._last = data[-1:]

    def _check_quotes(self, data: NDArray[np.uint8]) -> None:
        was_open = self.quote_opened_at is not None
        if self._last == b'"' and not was_open and data[0] not in self._beside_quote:
            raise self._misplaced(0)
        at = np.flatnonzero(data == _QUOTE)
        if at.size == 0:
            return
        is_opening = (np.arange(at.size) + was_open) % 2 == 0
        before = np.where(at > 0, data[at - 1], np.uint8(self._last[0]))
        after = data[np.minimum(at + 1, data.size - 1)]  # at the very end: itself, a quote
        neighbour = np.where(is_opening, before, after)
        wrong = ~np.isin(neighbour, self._beside_quote)
        if wrong.any():
            raise self._misplaced(int(at[wrong.argmax()]))
        self.quote_opened_at = self.position + int(at[-1]) if is_opening[-1] else None

    def _misplaced(self, at: int) -> DataError:
        return DataError(
            f"a misplaced quote near byte {self.position + at}",
            hint="a quoted cell begins and ends with a quote; quotes within it are doubled",
        )
