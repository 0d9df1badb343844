"""The cells of a CSV file: the grammar of its numbers.

The grammar is that of C's `strtod`, without hexadecimal and without digit separators; `nan` and
`inf` are numbers. Blanks around a number are ignored. An empty cell, `NA`, `N/A`, `null` and `NULL`
stand for a missing value, and so do the cells that the user names, and numbers equal to them. In a
column that begins with `True` or `False`, all cells are one of these: 1 and 0.
"""

from __future__ import annotations

import math
import re
import shlex
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from smoothl1.lazy_patterns import lazy_pattern
from smoothl1.sources.columns import LABEL_HINT, MISSING_HINT, is_utf8, shown
from smoothl1.sources.csv.rows import FLAGS, RowError, parse_text
from smoothl1.sources.names import ENCODING_HINT
from smoothl1.sources.notations import may_be_missing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from smoothl1.sources.csv.layout import Layout

_LINE_OF_TABLE = lazy_pattern(r"-{3,}|={3,}")

_INF = r"[iI][nN][fF](?:[iI][nN][iI][tT][yY])?"
_NAN = r"[nN][aA][nN](?:\([0-9A-Za-z_]*\))?"
NUMBERS = {
    decimal: rf"[+-]?(?:(?:[0-9]+{mark}?[0-9]*|{mark}[0-9]+)(?:[eE][+-]?[0-9]+)?|{_INF}|{_NAN})"
    for decimal, mark in ((".", r"\."), (",", ","))
}
"""What a number is, for each decimal mark."""

INTEGER_PATTERN = r"[+-]?[0-9]+"
"""A whole number, written as one."""

_FIRST_INEXACT = 2.0**53
"""From here on not every integer is a binary64, so the text must be checked."""

_THOUSANDS = lazy_pattern(
    r"[+-]?[1-9][0-9]{0,2}(?P<mark>[.,'\u2019_ \u00a0\u202f])(?:[0-9]{2,3}(?P=mark))*[0-9]{3}"
    r"(?P<fraction>(?:[.,][0-9]*)?)"
)
"""Groups of three digits, or in India two, of which the last has three; with a separator."""


def is_number(cell: str, decimal: str) -> bool:
    """Whether a cell's text is a number by the grammar above."""
    return re.fullmatch(NUMBERS[decimal], cell) is not None


def read_cells(
    chunk: memoryview, layout: Layout, wanted: Sequence[int], *, allow_missing: bool
) -> tuple[dict[int, pa.Array], list[RowError]]:
    """Read the numbers of some rows from the text of their cells: slow and strict.

    Args:
        chunk: Some whole rows.
        layout: The layout of the file.
        wanted: The positions of the columns.
        allow_missing: Whether a missing value becomes null; else it is a fault.

    Returns:
        Each column by its position, as binary64, up to its first fault; and these faults. A fault
        is a cell that is missing, not a number, too large for binary64, or an integer that binary64
        cannot hold.

    Raises:
        RowError: A row has too many or too few cells.
    """
    numbers, faults = {}, []
    for i, column in parse_text(chunk, layout, wanted).items():
        read = _read_flags if i in layout.flags else numbers_of_cells
        numbers[i], fault = read(column, i, layout, allow_missing=allow_missing)
        if fault is not None:
            faults.append(fault)
    return numbers, faults


def is_doubtful(column: pa.Array, *, allow_missing: bool) -> bool:
    """Whether a value is missing, or may be too large for binary64, or too long an integer."""
    if column.null_count and not allow_missing:
        return True
    with np.errstate(invalid="ignore"):
        return bool((np.abs(column.to_numpy(zero_copy_only=False)) >= _FIRST_INEXACT).any())


def label_fault(column: pa.Array, position: int, *, allow_empty: bool = False) -> RowError | None:
    """The first cell of a label column that is empty or no text, if any.

    Args:
        column: Text, or bytes if they may not be text.
        position: The position of the column.
        allow_empty: Whether a cell may be empty.
    """
    import pyarrow.compute as pc

    is_wrong: NDArray[np.bool_] = pc.binary_length(column).to_numpy() == (-1 if allow_empty else 0)
    if pa.types.is_binary(column.type) and not _is_all_text(column):
        is_text = np.array([is_utf8(cell) for cell in column.to_pylist()], np.bool_)
        is_wrong = is_wrong | ~is_text
    if not is_wrong.any():
        return None
    row = int(is_wrong.argmax())
    if column[row].as_py() in ("", b""):
        return RowError(row, position, "the value is missing (empty)", LABEL_HINT)
    cell = shown(column[row].as_py().decode("utf-8", "backslashreplace"))
    return RowError(row, position, f"{cell} is not UTF-8", ENCODING_HINT)


def texts_or_null(column: pa.Array) -> pa.Array:
    """Cells as text; null where a cell is empty."""
    import pyarrow.compute as pc

    texts = column.cast(pa.string())
    return pc.if_else(pc.equal(pc.binary_length(column), 0), pa.scalar(None, pa.string()), texts)


def _is_all_text(column: pa.Array) -> bool:
    try:
        column.cast(pa.string())
    except pa.ArrowInvalid:
        return False
    return True


def numbers_of_cells(
    column: pa.Array, position: int, layout: Layout, *, allow_missing: bool
) -> tuple[pa.Array, RowError | None]:
    """The numbers up to the first faulty cell, and its fault.

    Args:
        column: The cells, as bytes.
        position: The position of the column, for the fault.
        layout: The layout of the file.
        allow_missing: Whether a missing value becomes null; else it is a fault.
    """
    import pyarrow.compute as pc  # late: it takes as long to import as NumPy

    is_missing = are_missing(column, layout.missing, layout.decimal)
    is_good = matches(column, NUMBERS[layout.decimal])
    if allow_missing:
        is_good |= is_missing
    else:
        is_good &= ~is_missing
        is_missing[:] = False
    n_good = len(is_good) if is_good.all() else int(is_good.argmin())
    good = pc.ascii_trim(column.slice(0, n_good).cast(pa.string()), " \t")
    good = pc.replace_substring(good, layout.decimal, ".")
    good = pc.if_else(pa.array(is_missing[:n_good]), pa.scalar(None, pa.string()), good)
    numbers = good.cast(pa.float64())
    values = numbers.to_numpy(zero_copy_only=False)
    with np.errstate(invalid="ignore"):
        is_long = matches(good, INTEGER_PATTERN) & (np.abs(values) >= 2.0**53)
    for row in np.flatnonzero(np.isinf(values) | is_long).tolist():
        if what := _inexact(good[row].as_py(), float(values[row])):
            return numbers, RowError(row, position, what)
    if n_good == len(is_good):
        return numbers, None
    return numbers, RowError(n_good, position, *_describe(column[n_good].as_py(), layout))


def _read_flags(
    column: pa.Array, position: int, layout: Layout, *, allow_missing: bool
) -> tuple[pa.Array, RowError | None]:
    """The same of a column that begins with True or False: 1 and 0."""
    is_true = _matches_any(column, [text for text, value in FLAGS.items() if value])
    is_false = _matches_any(column, [text for text, value in FLAGS.items() if not value])
    is_missing = ~(is_true | is_false)
    is_bad = is_missing & ~(_matches_any(column, layout.missing) & allow_missing)
    n_good = int(is_bad.argmax()) if is_bad.any() else len(is_bad)
    values = pa.array(is_true[:n_good].astype(np.float64), mask=is_missing[:n_good])
    if n_good == len(is_bad):
        return values, None
    cell = column[n_good].as_py()
    text = cell.decode("utf-8", "replace").strip(" \t")
    if text in layout.missing:
        return values, RowError(n_good, position, *_describe(cell, layout))
    what = f"{shown(text)} is neither True nor False, as the first value is"
    return values, RowError(n_good, position, what)


def are_missing(column: pa.Array, texts: Sequence[str], decimal: str) -> NDArray[np.bool_]:
    """Which cells stand for a missing value: -999 is -999.0, too.

    Args:
        column: The cells, as bytes.
        texts: The texts that stand for one.
        decimal: The decimal mark.
    """
    import pyarrow.compute as pc

    found = _matches_any(column, texts)
    numbers = [float(text.replace(decimal, ".")) for text in texts if is_number(text, decimal)]
    numbers = [number for number in numbers if abs(number) < _FIRST_INEXACT]
    if numbers:
        are_numbers = pa.array(matches(column, NUMBERS[decimal]))
        cells = pc.if_else(are_numbers, column, pa.scalar(None, column.type)).cast(pa.string())
        cells = pc.replace_substring(pc.ascii_trim(cells, " \t"), decimal, ".")
        found |= np.isin(cells.cast(pa.float64()).to_numpy(zero_copy_only=False), numbers)
    return found


def _matches_any(column: pa.Array, texts: Sequence[str]) -> NDArray[np.bool_]:
    return matches(column, f"(?:{'|'.join(map(re.escape, texts))})")


def matches(column: pa.Array, pattern: str) -> NDArray[np.bool_]:
    """Which cells match a pattern, apart from blanks around it.

    Args:
        column: Text, or bytes.
        pattern: A regular expression for a whole cell.
    """
    import pyarrow.compute as pc

    found = pc.match_substring_regex(column, rf"\A[ \t]*{pattern}[ \t]*\z").fill_null(
        pa.scalar(value=False)
    )
    flags: NDArray[np.bool_] = np.array(found.to_numpy(zero_copy_only=False), np.bool_)
    return flags


def _inexact(text: str, value: float) -> str | None:
    """The fault of an infinity or a large integer, if any."""
    if math.isinf(value):
        return None if "inf" in text.lower() else f"{shown(text)} is too large for float64"
    if int(value) != _long_integer(text):
        return f"the integer {shown(text)} is not exact in float64"
    return None


def _long_integer(text: str) -> int:
    """Read a long integer: Python refuses over 4,300 digits; finite ones have at most 309."""
    return int(text.lstrip("+-0") or "0") * (-1 if text.startswith("-") else 1)


def _describe(cell: bytes, layout: Layout) -> tuple[str, str | None]:
    """Describe a cell that is no number, with a hint."""
    text = cell.decode("utf-8", "replace").strip(" \t")
    if text in layout.missing:
        return f"the value is missing ({shown(text) if text else 'empty'})", MISSING_HINT
    what = f"{shown(text)} is not a number"
    if text in FLAGS:
        return what, "True and False are numbers where a column begins with one of them"
    if _LINE_OF_TABLE.fullmatch(text):
        return what, "is it a line below the names, as sqlcmd writes it? sed 2d deletes it if so"
    if may_be_missing(text):
        return what, f"--missing-value {shlex.quote(text)} --nan omit if it is a missing value"
    return _other_marks(what, text, layout) or _in_another_notation(what, text)


def _in_another_notation(what: str, text: str) -> tuple[str, str | None]:
    """What is said of a text that may be a number in another notation, and what to write."""
    from smoothl1.sources.notation_hints import notation_hint  # late: only for an error

    return what, notation_hint(text)


def _other_marks(what: str, text: str, layout: Layout) -> tuple[str, str | None] | None:
    """What is said of a number with other marks than the decimal one; None if it is none."""
    other = "," if layout.decimal == "." else "."
    has_other_mark = other != layout.delimiter and is_number(text, other)
    if has_thousands(text, layout.decimal):
        hint = "write numbers without separators"
        if not has_other_mark:
            return f"{what}: it looks like a thousands separator", hint
        # 1,234 may be a thousand times another 1,234, so neither reading is advised alone.
        return (
            f"{what}: it may have a thousands separator or another decimal mark",
            f"{hint}, or give --decimal '{other}' if that is the decimal mark",
        )
    if has_other_mark:
        return f"{what}; with --decimal '{other}' it is one", None
    if is_number(text, other):
        return (
            f"{what}: it may have a decimal comma",
            "write decimal points; in CSV, another delimiter between cells allows --decimal ','",
        )
    return None


def has_thousands(text: str, decimal: str) -> bool:
    """Whether a text has thousands separators: 1,234 or 1.234.567,8 or 12 34 567.

    In a number such as 0,123 or 1234,567 the comma cannot be one.
    """
    match = _THOUSANDS.fullmatch(text)
    return match is not None and match["mark"] != decimal and match["fraction"][:1] in ("", decimal)
