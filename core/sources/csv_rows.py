"""Whole rows of a CSV file as Arrow columns, parsed so that no row is lost or shifted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa
from pyarrow import csv as arrow_csv

from smoothl1.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from smoothl1.sources.csv_cells import Layout

MISSING = ["", "NA", "N/A", "null", "NULL"]
"""Cells that stand for a missing value."""


def parse_numbers(chunk: bytes, layout: Layout, wanted: Sequence[int], first_row: int) -> pa.Table:
    """Parse columns as binary64; missing values are null.

    Args:
        chunk: Some whole rows.
        layout: Of the file.
        wanted: Positions of the columns, ascending.
        first_row: Number of the chunk's first row, for messages.

    Raises:
        DataError: A row has too many or too few cells.
        pyarrow.ArrowInvalid: A cell is not a number.
    """
    options = arrow_csv.ConvertOptions(null_values=MISSING, strings_can_be_null=True)
    return _parse(chunk, layout, wanted, first_row, pa.float64(), options)


def parse_text(chunk: bytes, layout: Layout, wanted: Sequence[int], first_row: int) -> pa.Table:
    """Parse columns as bytes; see `parse_numbers`."""
    options = arrow_csv.ConvertOptions(check_utf8=False, strings_can_be_null=False)
    return _parse(chunk, layout, wanted, first_row, pa.binary(), options)


def _parse(
    chunk: bytes,
    layout: Layout,
    wanted: Sequence[int],
    first_row: int,
    kind: pa.DataType,
    options: arrow_csv.ConvertOptions,
) -> pa.Table:
    ragged: list[arrow_csv.InvalidRow] = []
    options.column_types = {str(i): kind for i in range(len(layout.names))}
    options.include_columns = [str(i) for i in wanted]

    def note_ragged(row: arrow_csv.InvalidRow) -> str:
        ragged.append(row)
        return "error"

    try:
        return arrow_csv.read_csv(
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
                ignore_empty_lines=False,  # a blank line is a missing value, not nothing
                invalid_row_handler=note_ragged,
            ),
            convert_options=options,
        )
    except pa.ArrowInvalid:
        if not ragged:
            raise
        row = ragged[0]
        cells = "1 cell" if row.actual_columns == 1 else f"{row.actual_columns} cells"
        raise DataError(
            f"row {first_row + row.number - 1} has {cells}, expected {row.expected_columns}"
        ) from None
