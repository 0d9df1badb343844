"""What stands in a CSV file's cells: the grammar of its numbers.

The grammar is that of C's `strtod`, without hexadecimal and without digit separators; `nan` and
`inf` are numbers. Blanks around a number are ignored. An empty cell, `NA`, `N/A`, `null` and `NULL`
stand for a missing value.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from smoothl1.errors import DataError
from smoothl1.sources.columns import shown
from smoothl1.sources.csv_rows import MISSING, parse_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from smoothl1.sources.csv_layout import Layout

_NUMBER = r"[+-]?(?:(?:[0-9]+{mark}?[0-9]*|{mark}[0-9]+)(?:[eE][+-]?[0-9]+)?|{inf}|{nan})"
_INF = r"[iI][nN][fF](?:[iI][nN][iI][tT][yY])?"
_NAN = r"[nN][aA][nN](?:\([0-9A-Za-z_]*\))?"
_INTEGER_PATTERN = r"[+-]?[0-9]+"
_MISSING_PATTERN = f"(?:{'|'.join(map(re.escape, MISSING))})"


def is_number(cell: str, decimal: str) -> bool:
    """Whether a cell's text is a number by the grammar above."""
    return re.fullmatch(_number_pattern(decimal), cell) is not None


def _number_pattern(decimal: str) -> str:
    return _NUMBER.format(mark=re.escape(decimal), inf=_INF, nan=_NAN)


def read_cells(
    chunk: memoryview,
    layout: Layout,
    wanted: Sequence[int],
    first_row: int,
    *,
    allow_missing: bool,
) -> dict[int, pa.Array]:
    """Read the numbers of some rows from the text of their cells, slowly and with care.

    Args:
        chunk: Some whole rows.
        layout: Of the file.
        wanted: Positions of the columns.
        first_row: Number of the chunk's first row, counted from 1 after the header.
        allow_missing: Whether a missing value is null; else it is an error.

    Returns:
        Each column by its position, as binary64.

    Raises:
        DataError: A cell is missing, not a number, too large for binary64, or an integer that
            binary64 cannot hold. It names the first such row.
    """
    columns = parse_text(chunk, layout, wanted, first_row)
    read = {
        i: _read_column(column, layout, allow_missing=allow_missing)
        for i, column in columns.items()
    }
    faults = [(*fault, i) for i, (_, fault) in read.items() if fault is not None]
    if faults:
        row, what, i = min(faults, key=lambda fault: (fault[0], fault[2]))
        raise DataError(f"row {first_row + row}, column {shown(layout.names[i])}: {what}")
    return {i: numbers for i, (numbers, _) in read.items()}


def _read_column(
    column: pa.Array, layout: Layout, *, allow_missing: bool
) -> tuple[pa.Array, tuple[int, str] | None]:
    """The numbers up to the first wrong cell; its position, and what is wrong with it."""
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
            return numbers, (row, what)
    if n_good == len(matches):
        return numbers, None
    return numbers, (n_good, _describe(column[n_good].as_py(), layout.decimal))


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


def _describe(cell: bytes, decimal: str) -> str:
    text = cell.decode("utf-8", "replace").strip(" \t")
    if text in MISSING:
        return f"the value is missing ({shown(text) if text else 'empty'})"
    other = "," if decimal == "." else "."
    hint = f" with --decimal '{other}' it is one" if is_number(text, other) else ""
    return f"{shown(text)} is not a number{';' * bool(hint)}{hint}"
