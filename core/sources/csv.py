"""CSV as RFC 4180 has it, parsed by pyarrow; the type of the numbers is given, never inferred.

pyarrow rounds correctly and is fast, but it forgives what must not be forgiven, and cannot say
where a cell is wrong. So the file is cut into chunks of whole rows, whose bytes are inspected first
(`csv_chunks`); and where the numbers of a chunk are doubtful, the text of its cells is looked at
(`csv_cells`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from smoothl1.errors import DataError, SettingsError
from smoothl1.sources.columns import select_columns
from smoothl1.sources.csv_cells import Layout, check_cells, read_layout
from smoothl1.sources.csv_chunks import RowChunks
from smoothl1.sources.csv_rows import parse_numbers
from smoothl1.sources.encoding import as_utf8

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

    from smoothl1.sources.contract import Block, Columns, Field, Input, Part, ReadOptions, Source

_FIRST_INEXACT = 2.0**53
"""From here on not every integer is a binary64, and the text must be looked at."""


@dataclass(frozen=True, slots=True)
class CsvSource:
    """The chosen columns of a CSV file, which is one part: its rows are not known before."""

    file: Input
    layout: Layout
    positions: tuple[tuple[int, ...], ...]
    fields: tuple[Field, ...]
    warn: Callable[[str], None]
    n_rows: None = None
    cuts: tuple[int, ...] = ()
    format: str = "csv"

    @property
    def path(self) -> str:
        return self.file.path

    def blocks(self, part: Part, n_rows: int) -> Iterator[Block]:
        chunks = RowChunks(self.file, self.layout.data_offset, self.layout.delimiter)
        widths = [len(field) for field in self.positions]
        try:
            for columns in self._columns(chunks):
                arrays = [_stack([columns[i] for i in field]) for field in self.positions]
                for start in range(0, arrays[0].size // widths[0], n_rows):
                    yield tuple(
                        array[start * width : (start + n_rows) * width]
                        for array, width in zip(arrays, widths, strict=True)
                    )
        except DataError as error:
            error.path = self.path
            raise
        if not chunks.ends_with_newline:
            self.warn(f"{self.path}: the last line has no line end: was the file cut short?")

    def elementwise(self, other: Source) -> None:
        return None

    def close(self) -> None:
        self.file.close()

    def _columns(self, chunks: RowChunks) -> Iterator[dict[int, NDArray[np.float64]]]:
        """The wanted columns, by position, a chunk at a time."""
        wanted = sorted({i for field in self.positions for i in field})
        first_row = 1
        for chunk in chunks:
            try:
                table = parse_numbers(chunk, self.layout, wanted, first_row)
            except pa.ArrowInvalid as error:
                check_cells(chunk, self.layout, wanted, first_row)  # says which cell it is
                raise DataError(" ".join(str(error).split())[:200]) from error
            if any(map(_is_doubtful, table.columns)):
                check_cells(chunk, self.layout, wanted, first_row)
            yield {i: column.to_numpy() for i, column in zip(wanted, table.columns, strict=True)}
            first_row += table.num_rows


def open_source(
    file: Input,
    selections: Sequence[Columns],
    options: ReadOptions,
    warn: Callable[[str], None],
) -> CsvSource:
    """Open a CSV file; see `contract.Opener`."""
    if (
        len(options.delimiter) != 1
        or not options.delimiter.isascii()
        or options.delimiter in '"\r\n'
    ):
        raise SettingsError("the delimiter must be one ASCII character, and no quote or line end")
    _check_decimal(options)
    file = as_utf8(file, options.encoding)
    layout = read_layout(file, options)
    if not (layout.has_rows or options.allow_empty):
        raise DataError("no rows, only a header")
    try:
        positions = select_columns(layout.names, layout.numeric, selections)
    except DataError as error:
        error.hint = layout.delimiter_hint() or error.hint
        raise
    return CsvSource(file, layout, positions, tuple(map(layout.field, positions)), warn)


def _check_decimal(options: ReadOptions) -> None:
    if len(options.decimal) != 1 or options.decimal not in ".,":
        raise SettingsError("the decimal mark must be a point or a comma")
    if options.decimal == options.delimiter:
        raise SettingsError(
            "the decimal mark is the delimiter, too", hint="files with decimal commas often use ';'"
        )


def _is_doubtful(column: pa.ChunkedArray) -> bool:
    """Whether a value is missing, may have been too large for binary64, or an integer too long."""
    if column.null_count:
        return True
    return bool((np.abs(column.to_numpy()) >= _FIRST_INEXACT).any())


def _stack(columns: list[NDArray[Any]]) -> NDArray[Any]:
    return columns[0] if len(columns) == 1 else np.stack(columns, axis=1).reshape(-1)
