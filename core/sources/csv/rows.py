"""Whole rows of a CSV file as Arrow columns, parsed so that no row is lost or shifted."""

from __future__ import annotations

import os
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from pyarrow import csv as arrow_csv

from smoothl1.lazy_patterns import lazy_pattern
from smoothl1.settings import BACKEND_VARIABLE
from smoothl1.sources.contract import Numbers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from smoothl1.sources.csv.layout import Layout

_RAGGED = lazy_pattern(r"CSV parse error: Row #(\d+): Expected (\d+) columns, got (\d+)")


class RowError(Exception):
    """The fault of the first faulty row of a chunk; the caller adds what is not known here.

    Args:
        row: The number of the row in the chunk, counted from 0.
        column: Position of the cell; None if the row as a whole is faulty.
        what: The message after the number of the row and the name of the column.
        hint: What to do about it.

    Attributes:
        row, column, what, hint: As above.
        is_last: Whether it is the last row, and has no line end.
    """

    is_last = False

    def __init__(self, row: int, column: int | None, what: str, hint: str | None = None) -> None:
        super().__init__(what)
        self.row = row
        self.column = column
        self.what = what
        self.hint = hint


CUT_SHORT = "the last line has no line end: was the file cut short?"

DECIMAL_HINT = "--delimiter ';' --decimal ',' if the commas are decimal marks"

MISSING = ("", "NA", "N/A", "null", "NULL")
"""Cells that stand for a missing value, whatever else does."""


FLAGS = {"True": 1, "true": 1, "TRUE": 1, "False": 0, "false": 0, "FALSE": 0}
"""Cells that are numbers in a column that holds nothing else."""


def parse_simple(
    chunk: memoryview, layout: Layout, numeric: Sequence[int]
) -> dict[int, pa.Array] | None:
    """Parse columns as binary64, if the compiled parser is built and can read all of them.

    It declines doubtful cells: missing values, numbers that are too large, and integers that are
    too long.

    Args:
        chunk: Some whole rows.
        layout: The layout of the file.
        numeric: Positions of the columns of numbers.

    Returns:
        Each column by its position; None if the compiled parser declines.
    """
    if not numeric or layout.decimal != "." or not _is_compiled():
        return None
    from smoothl1.sources.csv import _numbers

    wanted = np.array(sorted(set(numeric)), np.int64)
    # Every row that is simple has one line end; this counts them faster than bytes.count.
    n_rows = np.count_nonzero(np.frombuffer(chunk, np.uint8) == ord("\n"))
    out: NDArray[np.float64] = np.empty((wanted.size, n_rows))
    if _numbers.parse(chunk, layout.delimiter.encode(), len(layout.names), wanted, out) < 0:
        return None
    # Made of its memory: pa.array would import numpy.ma, which takes 10 ms.
    columns = (
        pa.Array.from_buffers(pa.float64(), n_rows, [None, pa.py_buffer(row)]) for row in out
    )
    return dict(zip(wanted.tolist(), columns, strict=True))


def parse_rows(
    chunk: memoryview, layout: Layout, numeric: Sequence[int], labels: Sequence[int]
) -> dict[int, pa.Array]:
    """Parse columns of numbers as binary64, with missing values as null, and others as text.

    Args:
        chunk: Some whole rows.
        layout: The layout of the file.
        numeric: Positions of the columns of numbers.
        labels: Positions of the columns of text.

    Returns:
        Each column by its position.

    Raises:
        RowError: A row has too many or too few cells.
        pyarrow.ArrowInvalid: A cell is not a number, or no text.
    """
    options = arrow_csv.ConvertOptions(
        null_values=list(layout.missing), strings_can_be_null=False, decimal_point=layout.decimal
    )
    kinds = dict.fromkeys(numeric, pa.float64()) | dict.fromkeys(labels, pa.string())
    return _parse(chunk, layout, kinds, options)


def parse_text(chunk: memoryview, layout: Layout, wanted: Sequence[int]) -> dict[int, pa.Array]:
    """Parse columns as bytes; see `parse_rows`."""
    options = arrow_csv.ConvertOptions(check_utf8=False, strings_can_be_null=False)
    return _parse(chunk, layout, dict.fromkeys(wanted, pa.binary()), options)


def numbers_of(columns: Sequence[pa.Array]) -> Numbers:
    """One field of some rows, of a column for each of its elements."""
    has_missing = any(column.null_count for column in columns)
    missing = _stack([column.is_null() for column in columns]) if has_missing else None
    return Numbers(_stack(columns), missing)


def _stack(columns: Sequence[pa.Array]) -> NDArray[Any]:
    arrays = [column.to_numpy(zero_copy_only=False) for column in columns]
    return arrays[0] if len(arrays) == 1 else np.stack(arrays, axis=1).reshape(-1)


def _is_compiled() -> bool:
    """Whether the compiled parser is built, and the environment does not turn it off."""
    return os.environ.get(BACKEND_VARIABLE) != "cpu" and _has_numbers()


@cache
def _has_numbers() -> bool:
    """Whether the compiled parser was built, and for this machine."""
    try:
        import smoothl1.sources.csv._numbers  # noqa: F401
    except ImportError:
        return False
    return True


def _parse(
    chunk: memoryview,
    layout: Layout,
    kinds: dict[int, pa.DataType],
    options: arrow_csv.ConvertOptions,
) -> dict[int, pa.Array]:
    if not kinds:
        return {}  # to pyarrow, no columns are all columns
    options.column_types = {str(i): kind for i, kind in kinds.items()}
    options.include_columns = [str(i) for i in kinds]
    try:
        table = arrow_csv.read_csv(
            pa.BufferReader(chunk),
            # One thread: only then does the parser know the number of a ragged row.
            read_options=arrow_csv.ReadOptions(
                column_names=[str(i) for i in range(len(layout.names))],
                block_size=len(chunk) + 1,
                use_threads=False,
            ),
            parse_options=arrow_csv.ParseOptions(
                delimiter=layout.delimiter,
                newlines_in_values=True,
                ignore_empty_lines=False,  # a blank line is a missing value
            ),
            convert_options=options,
        )
    except pa.ArrowInvalid as error:
        # Its handler of invalid rows would give the numbers, but not for bytes that are not UTF-8.
        ragged = _RAGGED.match(str(error))
        if ragged is None:
            raise
        row, n_expected, n_found = map(int, ragged.groups())
        cells = "1 cell" if n_found == 1 else f"{n_found} cells"
        hint = DECIMAL_HINT if (n_expected, n_found, layout.delimiter) == (1, 2, ",") else None
        raise RowError(row - 1, None, f"has {cells}, expected {n_expected}", hint) from None
    columns = (column.combine_chunks() for column in table.columns)
    return dict(zip(kinds, columns, strict=True))
