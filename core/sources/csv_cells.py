"""What stands in a CSV file's cells: its header, and the grammar of its numbers.

The grammar is that of C's `strtod`, without hexadecimal and without digit separators; `nan` and
`inf` are numbers. Blanks around a number are ignored. An empty cell, `NA`, `N/A`, `null` and `NULL`
stand for a missing value.
"""

from __future__ import annotations

import csv
import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv as arrow_csv

from smoothl1.errors import DataError
from smoothl1.sources.contract import Field
from smoothl1.sources.csv_bytes import InspectedBytes
from smoothl1.sources.csv_rows import BLOCK_BYTES, open_rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from smoothl1.sources.contract import Columns
    from smoothl1.sources.file import InputFile

MISSING = ["", "NA", "N/A", "null", "NULL"]

_NUMBER = r"[+-]?(?:(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?|{inf}|{nan})".format(
    inf=r"[iI][nN][fF](?:[iI][nN][iI][tT][yY])?", nan=r"[nN][aA][nN](?:\([0-9A-Za-z_]*\))?"
)
_IS_NUMBER = re.compile(_NUMBER)
_CELL_PATTERN = rf"\A[ \t]*{_NUMBER}[ \t]*\z"
_INTEGER = re.compile(r"[+-]?[0-9]+")
_FIRST_RECORD = re.compile(rb'(?:[^"\r\n]++|"[^"]*+")*+(?:\r\n|\r|\n|\Z)')
_BOM = b"\xef\xbb\xbf"
_MAX_SHOWN = 40
_OTHER_DELIMITERS = (";", "\t", "|", ",")


@dataclass(frozen=True, slots=True)
class Layout:
    """What is known of a CSV file before its rows are read.

    Attributes:
        path: The file, as the user typed it.
        delimiter: One character.
        names: Of the columns; `@1`, `@2` and so on without a header.
        numeric: Which columns begin with a number or a missing value.
        data_offset: Byte at which the first row begins.
        has_rows: Whether anything but blank lines follows.
    """

    path: str
    delimiter: str
    names: Columns
    numeric: tuple[bool, ...]
    data_offset: int
    has_rows: bool

    def field(self, positions: tuple[int, ...]) -> Field:
        """The field made of these columns: binary64, whatever the text looks like."""
        names = tuple(self.names[i] for i in positions)
        row_shape = () if len(positions) == 1 else (len(positions),)
        return Field(names, np.dtype(np.float64), row_shape)

    def delimiter_hint(self) -> str | None:
        """What to say if the cells seem to be parted by something else."""
        if len(self.names) != 1:
            return None
        other = next((d for d in _OTHER_DELIMITERS if d in self.names[0]), None)
        return f"is the delimiter {other!r}? see --delimiter" if other else None


def read_layout(file: InputFile, delimiter: str, header: bool | None) -> Layout:
    """Read the first lines of a CSV file.

    Raises:
        DataError: The first line is blank, too long, or badly quoted.
    """
    start = len(_BOM) if file.head.startswith(_BOM) else 0
    cells, data_offset = _first_record(file, start, delimiter)
    if header is None:
        header = not all(map(is_number, cells))
    if header:
        names = tuple(cells)
        numeric, has_rows = _numeric_columns(file, data_offset, delimiter, len(names))
    else:
        names = tuple(f"@{i + 1}" for i in range(len(cells)))
        numeric, has_rows = tuple(map(_may_be_number, cells)), True
        data_offset = start
    return Layout(file.path, delimiter, names, numeric, data_offset, has_rows)


def is_number(cell: str) -> bool:
    """Whether a cell's text is a number by the grammar above."""
    return _IS_NUMBER.fullmatch(cell.strip(" \t")) is not None


def check_cells(file: InputFile, layout: Layout, wanted: Sequence[int]) -> None:
    """Look at the text of every wanted cell.

    Raises:
        DataError: A cell is missing, not a number, too large for binary64, or an integer that
            binary64 cannot hold. It names the first such row, counted from 1 after the header.
    """
    stream = InspectedBytes(file, layout.data_offset, layout.delimiter)
    options = arrow_csv.ConvertOptions(check_utf8=False, strings_can_be_null=False)
    first_row = 1
    for batch in open_rows(stream, layout, wanted, pa.binary(), options):
        faults = [
            (row, i, what)
            for i, column in zip(wanted, batch.columns, strict=True)
            if (found := _first_fault(column)) is not None
            for row, what in [found]
        ]
        if faults:
            row, i, what = min(faults)
            where = f"row {first_row + row}, column {layout.names[i]!r}"
            raise DataError(f"{where}: {what}", path=layout.path)
        first_row += batch.num_rows


def _first_fault(column: pa.Array) -> tuple[int, str] | None:
    """Position and description of the first wrong cell of a batch."""
    matches = pc.match_substring_regex(column, _CELL_PATTERN).to_numpy(zero_copy_only=False)
    n_good = len(matches) if matches.all() else int(matches.argmin())
    good = pc.ascii_trim(column.slice(0, n_good).cast(pa.string()), " \t")
    values = good.cast(pa.float64()).to_numpy()
    with np.errstate(all="ignore"):
        doubtful = np.flatnonzero(~(np.abs(values) < 2.0**53) & ~np.isnan(values))
    for row in doubtful.tolist():
        if what := _inexact(good[row].as_py(), float(values[row])):
            return row, what
    if n_good == len(matches):
        return None
    return n_good, _describe(column[n_good].as_py())


def _inexact(text: str, value: float) -> str | None:
    """What is wrong with a large number, if anything."""
    if math.isinf(value):
        return None if "inf" in text.lower() else f"{_shown(text)} is too large for float64"
    if _INTEGER.fullmatch(text) and int(value) != _long_integer(text):
        return f"the integer {_shown(text)} is not exact in float64"
    return None


def _long_integer(text: str) -> int:
    """Python refuses to read integers of over 4,300 digits; finite ones here have at most 309."""
    return int(text.lstrip("+-0") or "0") * (-1 if text.startswith("-") else 1)


def _describe(cell: bytes) -> str:
    text = cell.decode("utf-8", "replace")
    if text.strip(" \t") in MISSING:
        shown = "empty" if not text.strip(" \t") else _shown(text.strip(" \t"))
        return f"the value is missing ({shown})"
    return f"{_shown(text)} is not a number"


def _shown(text: str) -> str:
    return repr(text if len(text) <= _MAX_SHOWN else text[:_MAX_SHOWN] + "...")


def _may_be_number(cell: str) -> bool:
    return is_number(cell) or cell.strip(" \t") in MISSING


def _numeric_columns(
    file: InputFile, data_offset: int, delimiter: str, n_columns: int
) -> tuple[tuple[bool, ...], bool]:
    """Which columns begin with a number, and whether there are rows.

    Whatever is wrong with the first row is found when it is read.
    """
    if not InspectedBytes(file, data_offset, delimiter).prime(BLOCK_BYTES):
        return (True,) * n_columns, False
    try:
        cells, _ = _first_record(file, data_offset, delimiter)
    except DataError:
        cells = []
    if n_columns == 1 or len(cells) != n_columns:
        return (True,) * n_columns, True
    return tuple(map(_may_be_number, cells)), True


def _first_record(file: InputFile, offset: int, delimiter: str) -> tuple[list[str], int]:
    """The cells of the row that begins at a byte, and where the next one begins."""
    data = file.read(offset, BLOCK_BYTES)
    if data.startswith(_BOM):
        raise DataError(f"a second byte order mark at byte {offset}")
    match = _FIRST_RECORD.match(data)
    if match is None or match.end() == len(data) == BLOCK_BYTES:
        raise DataError(f"a quote that is not closed, or a line over {BLOCK_BYTES} bytes long")
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
