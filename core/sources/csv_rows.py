"""Rows of a CSV file through pyarrow's streaming parser, set up so that none is lost or shifted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa
from pyarrow import csv as arrow_csv

from smoothl1.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from smoothl1.sources.csv_bytes import InspectedBytes
    from smoothl1.sources.csv_cells import Layout

BLOCK_BYTES = 1 << 20
"""Parsed at a time, and the length of the longest line that can be read."""


def open_rows(
    stream: InspectedBytes,
    layout: Layout,
    wanted: Sequence[int],
    kind: pa.DataType,
    options: arrow_csv.ConvertOptions,
) -> Iterator[pa.RecordBatch]:
    """Read the wanted columns as the given type, a batch at a time.

    Raises:
        DataError: A row has too many or too few cells, a line is too long, a quote is misplaced.
        pyarrow.ArrowInvalid: A cell is not of the type.
    """
    if not stream.prime(BLOCK_BYTES):
        return
    ragged: list[arrow_csv.InvalidRow] = []
    options.column_types = {str(i): kind for i in range(len(layout.names))}
    options.include_columns = [str(i) for i in wanted]

    def note_ragged(row: arrow_csv.InvalidRow) -> str:
        ragged.append(row)
        return "error"

    try:
        yield from arrow_csv.open_csv(
            stream,
            # One thread: only then does the parser know the number of a ragged row.
            read_options=arrow_csv.ReadOptions(
                column_names=[str(i) for i in range(len(layout.names))],
                block_size=BLOCK_BYTES,
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
    except (pa.ArrowInvalid, DataError) as error:
        raise stream.fault or _ragged(ragged, layout) or _overlong(error, stream) from error


def _ragged(rows: list[arrow_csv.InvalidRow], layout: Layout) -> DataError | None:
    if not rows:
        return None
    row = rows[0]
    cells = "1 cell" if row.actual_columns == 1 else f"{row.actual_columns} cells"
    return DataError(
        f"row {row.number} has {cells}, expected {row.expected_columns}", path=layout.path
    )


def _overlong(error: Exception, stream: InspectedBytes) -> Exception:
    """What a row that does not fit a block means: 'straddling', in pyarrow's words."""
    if "straddl" not in str(error):
        return error
    if stream.quote_opened_at is not None:
        what = f"the quote opened at byte {stream.quote_opened_at} is not closed"
    else:
        what = f"a line longer than {BLOCK_BYTES} bytes, before byte {stream.position}"
    return DataError(what, path=stream.path)
