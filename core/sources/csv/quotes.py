"""Cuts a CSV file at line ends into chunks of whole rows, and refuses what parsers tolerate."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from smoothl1.errors import DataError
from smoothl1.lazy_patterns import lazy_pattern

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from smoothl1.files.contract import Input


CHUNK_BYTES = 1 << 20
"""Bytes read at a time. A row that is longer than about two chunks is refused."""

_MAX_BLANK_BYTES = 1 << 20

BOM = b"\xef\xbb\xbf"
_LF, _CR, _QUOTE = b'\n\r"'
_LINE_END = lazy_pattern(rb"\r\n|\r|\n")


class _Fault(NamedTuple):
    """A fault at a byte, counted from the beginning of some rows."""

    at: int
    what: str
    why: str = ""
    hint: str | None = None


class RowChunks:
    """Iterates over a file from the beginning of a row, and yields the bytes of some whole rows.

    Rows before a fault are yielded before it is raised, so that their own faults are reported
    first, wherever the chunks are cut.

    Blank lines after the last row are not rows, so blank lines are held back until something
    follows them. But in a table of one column each is a row whose value is missing: Polars, DuckDB
    and pyarrow write a null as an empty line.

    Quotes: every quote either opens a cell, closes it, or is doubled within it (RFC 4180). A
    tolerant parser reads `"1"2` as 12. Numbering the quotes of some rows from 0, an even one must
    follow a delimiter, a line end or another quote, and an odd one must precede one of them.

    Args:
        file: The file.
        offset: The byte at which its rows begin.
        delimiter: The separator of cells.
        n_columns: The number of columns.

    Attributes:
        ends_with_newline: Whether the last row has a line end; right once all is read.
    """

    def __init__(self, file: Input, offset: int, delimiter: str, *, n_columns: int) -> None:
        self.ends_with_newline = True
        self._file = file
        self._offset = offset
        self._blank = b" \t\r\n".replace(delimiter.encode(), b"") if n_columns > 1 else b""
        self._beside_quote = f'\r\n"{delimiter}'.encode()

    def __iter__(self) -> Iterator[memoryview]:
        begin, n_rest = self._offset, 0
        # What is left over is read again with what follows: to join the two would take longer.
        while len(data := self._file.read(begin, n_rest + CHUNK_BYTES)) > n_rest:
            if fault := self._first_fault(data):
                if n_before := _start_of_row(data, fault.at):
                    yield memoryview(data)[:n_before]
                raise DataError(
                    f"{fault.what} at byte {begin + fault.at}{fault.why}", hint=fault.hint
                )
            n_text = self._count_text(data)
            n_ready = _end_of_rows(data, n_text)
            if n_ready > 0:
                yield memoryview(data)[:n_ready]
            if len(data) - n_text > _MAX_BLANK_BYTES:
                raise DataError(f"a megabyte of blank lines at byte {begin + n_text}")
            if n_ready == 0 and len(data) > CHUNK_BYTES + _MAX_BLANK_BYTES:
                raise self._overlong(data, begin)
            begin += n_ready
            n_rest = len(data) - n_ready
        if self._file.size is None:
            self._file.read(begin + len(data), 1)  # raises what a stream has met behind these rows
        n_text = self._count_text(data)
        if n_text:
            self._check_last(data, n_text, begin)
            is_ended = data[n_text - 1] in b"\r\n"
            yield memoryview(data[:n_text] + (b"" if is_ended else b"\n"))

    def _count_text(self, data: bytes) -> int:
        """The number of bytes before the blanks at the end that are not rows."""
        return len(data.rstrip(self._blank)) if self._blank else len(data)

    def _first_fault(self, data: bytes) -> _Fault | None:
        """The first fault that parsers tolerate: a misplaced mark or quote, or a NUL byte.

        Args:
            data: Bytes that begin with a row.
        """
        nul = data.find(b"\x00")
        faults = [
            _Fault(nul, "a NUL byte", ": not text, or damaged") if nul >= 0 else None,
            self._misplaced_quote(data) if b'"' in data else None,
            _misplaced_mark(data) if BOM[:1] in data else None,  # takes a tenth of the time of BOM
        ]
        return min((fault for fault in faults if fault is not None), default=None)

    def _misplaced_quote(self, data: bytes) -> _Fault | None:
        framed = np.frombuffer(b"\n" + data + b"\n", np.uint8)
        at = np.flatnonzero(framed == _QUOTE)
        is_opening = np.arange(at.size) % 2 == 0
        neighbour = np.where(is_opening, framed[at - 1], framed[at + 1])
        wrong = ~np.isin(neighbour, np.frombuffer(self._beside_quote, np.uint8))
        if not wrong.any():
            return None
        hint = "a quoted cell begins and ends with a quote; quotes within it are doubled"
        return _Fault(int(at[wrong.argmax()]) - 1, "a misplaced quote", hint=hint)

    def _check_last(self, rest: bytes, n_text: int, begin: int) -> None:
        if rest.count(b'"') % 2:
            raise _unclosed(rest, begin)
        self.ends_with_newline = any(end in b"\r\n" for end in rest[n_text - 1 :])

    def _overlong(self, data: bytes, begin: int) -> DataError:
        if data.count(b'"') % 2:
            return _unclosed(data, begin)
        return DataError(f"the row at byte {begin} is over {CHUNK_BYTES} bytes long")


def count_rows(rows: memoryview) -> int:
    """The number of rows in some bytes of whole rows."""
    return int(_row_ends(bytes(rows)).size)


def first_rows(rows: memoryview, n: int) -> memoryview:
    """The bytes of the first `n` of some whole rows."""
    return rows[: int(_row_ends(bytes(rows))[n - 1])] if n else rows[:0]


def rows_of_lines(rows: memoryview) -> Iterator[tuple[int, list[bytes]]]:
    """The rows that have line ends within quotes: their numbers, from 0, and their lines.

    Args:
        rows: Some whole rows.
    """
    if not (np.frombuffer(rows, np.uint8) == _QUOTE).any():
        return
    data = bytes(rows)
    ends = _row_ends(data)
    lines = np.fromiter((match.end() for match in _LINE_END.finditer(data)), np.intp)
    inner = lines[~np.isin(lines, ends)]
    starts = np.append(0, ends)
    for row in np.unique(np.searchsorted(ends, inner)).tolist():
        yield row, _LINE_END.split(data[int(starts[row]) : int(ends[row])])


def _misplaced_mark(data: bytes) -> _Fault | None:
    """The first byte order mark that begins a row, if any.

    At the beginning of a chunk, pyarrow would skip it; elsewhere, it would take it as text. Within
    a row, it is text wherever chunks are cut.

    Args:
        data: Bytes that begin with a row.
    """
    at = data.find(BOM)
    if at < 0:
        return None
    starts = np.append(0, _row_ends(data)).tolist()
    found = next((start for start in starts if data.startswith(BOM, start)), None)
    return None if found is None else _Fault(found, "a misplaced byte order mark")


def _start_of_row(data: bytes, at: int) -> int:
    """The beginning of the row that contains a byte."""
    ends = _row_ends(data[:at])
    return int(ends[-1]) if ends.size else 0


def _row_ends(data: bytes) -> NDArray[np.intp]:
    """The end of each row, including its line end: LF, CRLF or CR outside of quotes."""
    framed = np.frombuffer(data + b"\x00", np.uint8)
    is_lf, is_cr = framed == _LF, framed == _CR
    is_cr[:-1] &= ~is_lf[1:]  # else it is half of a CRLF
    return _outside_quotes(framed, np.flatnonzero(is_lf | is_cr)) + 1


def _end_of_rows(data: bytes, n_text: int) -> int:
    """The number of bytes up to the end of the last complete row, without trailing blank lines.

    Args:
        data: Bytes that begin with a row.
        n_text: Number of bytes before the blanks at the end.
    """
    if n_text == 0:
        return 0
    has_quotes = b'"' in data
    is_outside = not has_quotes or data.count(b'"', 0, n_text) % 2 == 0
    if is_outside and (end := _end_of_line(data, n_text)):
        return end
    if not has_quotes and b"\n" in data:  # the usual case, without a look at every line
        return data.rfind(b"\n") + 1
    ends = _line_ends(data)
    return int(ends[-1]) + 1 if ends.size else 0


def _end_of_line(data: bytes, start: int) -> int:
    """The end of the last line that is not blank; 0 if that line is incomplete.

    A CR at the very end may be half of a CRLF.
    """
    ends = [end for end in (data.find(b"\n", start), data.find(b"\r", start)) if end >= 0]
    if not ends or (min(ends) == len(data) - 1 and data[-1] == _CR):
        return 0
    first = min(ends)
    return first + 2 if data[first : first + 2] == b"\r\n" else first + 1


def _line_ends(data: bytes) -> NDArray[np.intp]:
    """Positions of the last bytes of line ends that are not part of a quoted cell.

    LF if there is any, else CR, except one at the very end: it may be half of a CRLF.
    """
    array = np.frombuffer(data, np.uint8)
    ends = _outside_quotes(array, np.flatnonzero(array == _LF))
    return ends if ends.size else _outside_quotes(array, np.flatnonzero(array[:-1] == _CR))


def _outside_quotes(data: NDArray[np.uint8], at: NDArray[np.intp]) -> NDArray[np.intp]:
    n_quotes_before = np.searchsorted(np.flatnonzero(data == _QUOTE), at)
    outside: NDArray[np.intp] = at[n_quotes_before % 2 == 0]
    return outside


def _unclosed(rows: bytes, begin: int) -> DataError:
    """The last quote that opened a cell, and is not the second of a doubled quote within it."""
    data = np.frombuffer(b"\n" + rows, np.uint8)
    opening = np.flatnonzero(data == _QUOTE)[::2]
    at = begin + int(opening[data[opening - 1] != _QUOTE][-1]) - 1
    return DataError(f"the quote opened at byte {at} is not closed")
