"""What stands in a CSV file's cells: its header, and the grammar of its numbers.

The grammar is that of C's `strtod`, without hexadecimal and without digit separators; `nan` and
`inf` are numbers. Blanks around a number are ignored. An empty cell, `NA`, `N/A`, `null` and `NULL`
stand for a missing value.
"""

from __future__ import annotations

import csv
import math
import re
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pyarrow as pa

from smoothl1.errors import DataError
from smoothl1.sources.columns import is_utf8, names_at, shown
from smoothl1.sources.contract import Field
from smoothl1.sources.csv_chunks import BOM, CHUNK_BYTES, RowChunks
from smoothl1.sources.csv_rows import MISSING, RowError, parse_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from smoothl1.sources.contract import Columns, Input, ReadOptions

_NUMBER = r"[+-]?(?:(?:[0-9]+{mark}?[0-9]*|{mark}[0-9]+)(?:[eE][+-]?[0-9]+)?|{inf}|{nan})"
_INF = r"[iI][nN][fF](?:[iI][nN][iI][tT][yY])?"
_NAN = r"[nN][aA][nN](?:\([0-9A-Za-z_]*\))?"
_INTEGER_PATTERN = r"[+-]?[0-9]+"
_MISSING_PATTERN = f"(?:{'|'.join(map(re.escape, MISSING))})"
_THOUSANDS = re.compile(
    r"[+-]?[1-9][0-9]{0,2}(?P<mark>[.,'\u2019_ \u00a0\u202f])(?:[0-9]{2,3}(?P=mark))*[0-9]{3}"
    r"(?P<fraction>(?:[.,][0-9]*)?)"
)
"""Groups of three digits, or in India two; the last has three. Parted by a mark or a blank."""

_FIRST_RECORD = re.compile(rb'(?:[^"\r\n]++|"[^"]*+")*+(?:\r\n|\r|\n|\Z)')
_OTHER_DELIMITERS = (";", "\t", "|", ",")


class Layout(NamedTuple):
    """What is known of a CSV file before its rows are read.

    Attributes:
        path: The file, as the user typed it.
        delimiter: One character.
        decimal: Another one, before the fraction of a number.
        names: Of the columns; `@1`, `@2` and so on without a header.
        numeric: Which columns begin with a number or a missing value.
        data_offset: Byte at which the first row begins.
        has_rows: Whether anything but blank lines follows.
    """

    path: str
    delimiter: str
    decimal: str
    names: Columns
    numeric: tuple[bool, ...]
    data_offset: int
    has_rows: bool

    def field(self, positions: tuple[int, ...]) -> Field:
        """The field made of these columns: binary64, whatever the text looks like."""
        names = names_at(positions, self.names)
        row_shape = () if len(positions) == 1 else (len(positions),)
        return Field(names, np.dtype(np.float64), row_shape)

    def delimiter_hint(self) -> str | None:
        """What to say if the cells seem to be parted by something else."""
        if len(self.names) != 1:
            return None
        other = next((d for d in _OTHER_DELIMITERS if d in self.names[0]), None)
        return f"is the delimiter {other!r}? see --delimiter" if other else None


def read_layout(file: Input, options: ReadOptions) -> Layout:
    """Read the first lines of a CSV file.

    Raises:
        DataError: The first line is blank, too long, or badly quoted.
    """
    start = len(BOM) if file.head.startswith(BOM) else 0
    start = _skip_lines(file, start, options.skip_rows)
    cells, data_offset = _first_record(file, start, options.delimiter)
    is_number = partial(_is_number, decimal=options.decimal)
    has_header = not all(map(is_number, cells)) if options.header is None else options.header
    first_row: list[str] | None = cells
    if has_header:
        names = tuple(cells)
        first_row = _peek_cells(file, data_offset, options.delimiter)
    else:
        names = tuple(f"@{i + 1}" for i in range(len(cells)))
        data_offset = start
    numeric = (True,) * len(names)
    if first_row is not None and len(first_row) == len(names) > 1:
        numeric = tuple(is_number(cell) or cell in MISSING for cell in first_row)
    return Layout(
        path=file.path,
        delimiter=options.delimiter,
        decimal=options.decimal,
        names=names,
        numeric=numeric,
        data_offset=data_offset,
        has_rows=first_row is not None,
    )


def _is_number(cell: str, decimal: str) -> bool:
    """Whether a cell's text is a number by the grammar above."""
    return re.fullmatch(_number_pattern(decimal), cell) is not None


def _number_pattern(decimal: str) -> str:
    return _NUMBER.format(mark=re.escape(decimal), inf=_INF, nan=_NAN)


def _skip_lines(file: Input, start: int, n_lines: int) -> int:
    """The byte at which the line after so many begins."""
    if n_lines == 0:
        return start
    ends = re.finditer(rb"\r\n|\r|\n", file.read(start, CHUNK_BYTES))
    last = next(islice(ends, n_lines - 1, None), None)
    if last is None:
        raise DataError(f"--skip-rows {n_lines}: there are fewer lines in {CHUNK_BYTES} bytes")
    return start + last.end()


def read_cells(
    chunk: memoryview, layout: Layout, wanted: Sequence[int], *, allow_missing: bool
) -> tuple[dict[int, pa.Array], list[RowError]]:
    """Read the numbers of some rows from the text of their cells, slowly and with care.

    Args:
        chunk: Some whole rows.
        layout: Of the file.
        wanted: Positions of the columns.
        allow_missing: Whether a missing value is null; else it is a fault.

    Returns:
        Each column by its position, as binary64, up to its first fault; and these faults: a cell
        that is missing, not a number, too large for binary64, or an integer that binary64 cannot
        hold.

    Raises:
        RowError: A row has too many or too few cells.
    """
    numbers, faults = {}, []
    for i, column in parse_text(chunk, layout, wanted).items():
        numbers[i], fault = _read_column(column, i, layout, allow_missing=allow_missing)
        if fault is not None:
            faults.append(fault)
    return numbers, faults


def label_fault(column: pa.Array, position: int) -> RowError | None:
    """The first cell of a column of text that is empty, or no text, if any.

    Args:
        column: Text, or bytes where they may not be text.
        position: Of the column.
    """
    import pyarrow.compute as pc

    is_wrong: NDArray[np.bool_] = pc.binary_length(column).to_numpy() == 0
    if pa.types.is_binary(column.type):
        is_text = np.array([is_utf8(cell) for cell in column.to_pylist()], np.bool_)
        is_wrong = is_wrong | ~is_text
    if not is_wrong.any():
        return None
    row = int(is_wrong.argmax())
    if column[row].as_py() in ("", b""):
        return RowError(row, position, "the value is missing (empty)")
    cell = shown(column[row].as_py().decode("utf-8", "backslashreplace"))
    return RowError(row, position, f"{cell} is not UTF-8", "--encoding names another encoding")


def _read_column(
    column: pa.Array, position: int, layout: Layout, *, allow_missing: bool
) -> tuple[pa.Array, RowError | None]:
    """The numbers up to the first wrong cell, and what is wrong with it."""
    import pyarrow.compute as pc  # late: it takes as long to import as NumPy

    is_missing = _matches(column, _MISSING_PATTERN)
    if not allow_missing:
        is_missing[:] = False
    matches = is_missing | _matches(column, _number_pattern(layout.decimal))
    n_good = len(matches) if matches.all() else int(matches.argmin())
    good = pc.ascii_trim(column.slice(0, n_good).cast(pa.string()), " \t")
    good = pc.replace_substring(good, layout.decimal, ".")
    good = pc.if_else(pa.array(is_missing[:n_good]), pa.scalar(None, pa.string()), good)
    numbers = good.cast(pa.float64())
    values = numbers.to_numpy(zero_copy_only=False)
    with np.errstate(invalid="ignore"):
        is_long = _matches(good, _INTEGER_PATTERN) & (np.abs(values) >= 2.0**53)
    for row in np.flatnonzero(np.isinf(values) | is_long).tolist():
        if what := _inexact(good[row].as_py(), float(values[row])):
            return numbers, RowError(row, position, what)
    if n_good == len(matches):
        return numbers, None
    return numbers, RowError(n_good, position, *_describe(column[n_good].as_py(), layout.decimal))


def _matches(column: pa.Array, pattern: str) -> NDArray[np.bool_]:
    """Which cells are of this pattern, apart from blanks around it."""
    import pyarrow.compute as pc

    found = pc.match_substring_regex(column, rf"\A[ \t]*{pattern}[ \t]*\z").fill_null(
        pa.scalar(value=False)
    )
    flags: NDArray[np.bool_] = np.array(found.to_numpy(zero_copy_only=False), np.bool_)
    return flags


def _inexact(text: str, value: float) -> str | None:
    """What is wrong with an infinity or a large integer, if anything."""
    if math.isinf(value):
        return None if "inf" in text.lower() else f"{shown(text)} is too large for float64"
    if int(value) != _long_integer(text):
        return f"the integer {shown(text)} is not exact in float64"
    return None


def _long_integer(text: str) -> int:
    """Python refuses to read integers of over 4,300 digits; finite ones here have at most 309."""
    return int(text.lstrip("+-0") or "0") * (-1 if text.startswith("-") else 1)


def _describe(cell: bytes, decimal: str) -> tuple[str, str | None]:
    """What is wrong with a cell that is no number, and a hint."""
    text = cell.decode("utf-8", "replace").strip(" \t")
    if text in MISSING:
        return f"the value is missing ({shown(text) if text else 'empty'})", None
    what = f"{shown(text)} is not a number"
    if _has_thousands(text, decimal):
        # No other decimal mark is advised: 1.234 may be a thousand times another 1.234.
        return f"{what}: it looks like a thousands separator", "write numbers without separators"
    other = "," if decimal == "." else "."
    if _is_number(text, other):
        return f"{what}; with --decimal '{other}' it is one", None
    return what, None


def _has_thousands(text: str, decimal: str) -> bool:
    """Whether digits are parted as people part thousands: 1,234 or 1.234.567,8 or 12 34 567.

    A number such as 0,123 or 1234,567 cannot be meant so.
    """
    match = _THOUSANDS.fullmatch(text)
    return match is not None and match["mark"] != decimal and match["fraction"][:1] in ("", decimal)


def _peek_cells(file: Input, offset: int, delimiter: str) -> list[str] | None:
    """The cells of the first row; None if there are no rows.

    Whatever is wrong with that row is found when it is read.
    """
    try:
        if next(iter(RowChunks(file, offset, delimiter)), None) is None:
            return None
        return _first_record(file, offset, delimiter)[0]
    except DataError:
        return []


def _first_record(file: Input, offset: int, delimiter: str) -> tuple[list[str], int]:
    """The cells of the row that begins at a byte, and where the next one begins."""
    data = file.read(offset, CHUNK_BYTES)
    if data.startswith(BOM):
        raise DataError(f"a second byte order mark at byte {offset}")
    match = _FIRST_RECORD.match(data)
    if match is None or match.end() == len(data) == CHUNK_BYTES:
        raise DataError(f"a quote that is not closed, or a line over {CHUNK_BYTES} bytes long")
    nul = match.group().find(b"\x00")
    if nul >= 0:
        raise DataError(f"a NUL byte at byte {offset + nul}: not text, or damaged")
    text = match.group().rstrip(b"\r\n").decode("utf-8", "surrogateescape")
    if not text.strip(" \t"):
        raise DataError("the first line is blank")
    try:
        cells = next(csv.reader([text], delimiter=delimiter, strict=True))
    except csv.Error as error:
        raise DataError(f"the first line is badly quoted: {error}") from error
    return [cell.strip(" \t") for cell in cells], offset + match.end()
