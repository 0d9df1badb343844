"""The bytes of a CSV file on their way to the parser, inspected for what a parser forgives."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import numpy as np

from smoothl1.errors import DataError, SmoothL1Error

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from smoothl1.sources.file import InputFile

_QUOTE = ord('"')
_MAX_HELD_BYTES = 1 << 20


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
        self._has_rows = False
        self._finished = False

    def readable(self) -> bool:
        return True

    def prime(self, n_bytes: int) -> bool:
        """Read the first bytes ahead; whether there is anything but blank lines."""
        self._primed = self.read(n_bytes)
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
        while data := self._file.read(self.position, n_bytes):
            self._inspect(data)
            self.position += len(data)
            data = self._held + data
            kept = data.rstrip(self._blank)
            if len(data) - len(kept) > _MAX_HELD_BYTES:
                kept = data
            self._held = data[len(kept) :]
            if kept:
                self._has_rows = True
                return kept
        return b"" if self._finished else self._finish()

    def _finish(self) -> bytes:
        """The line end of the last row, without what follows it."""
        self._finished = True
        if self.quote_opened_at is not None:
            raise DataError(f"the quote opened at byte {self.quote_opened_at} is not closed")
        if not self._has_rows:
            return b""
        self.ends_with_newline = b"\n" in self._held or b"\r" in self._held
        return b"\n"

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
