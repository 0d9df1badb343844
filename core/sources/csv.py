"""CSV as RFC 4180 has it, streamed by pyarrow's parser; the numbers' type is given, never inferred.

pyarrow rounds correctly and is fast, but it forgives what must not be forgiven and cannot say where
a cell is wrong. So the bytes are inspected on their way in (`csv_bytes`), and where a block holds
anything doubtful, the text of the cells is looked at again (`csv_cells`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from pyarrow import csv as arrow_csv

from smoothl1.errors import DataError, SettingsError
from smoothl1.sources.columns import select_columns
from smoothl1.sources.csv_bytes import InspectedBytes
from smoothl1.sources.csv_cells import MISSING, Layout, check_cells, read_layout
from smoothl1.sources.csv_rows import open_rows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

    from smoothl1.sources.contract import Block, Columns, Field, Part, ReadOptions, Source
    from smoothl1.sources.file import InputFile

_FIRST_INEXACT = 2.0**53
"""From here on not every integer is a binary64, and the text must be looked at again."""


@dataclass(frozen=True, slots=True)
class CsvSource:
    """The chosen columns of a CSV file, which is one part: its rows are not known before."""

    file: InputFile
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
        stream = InspectedBytes(self.file, self.layout.data_offset, self.layout.delimiter)
        checked = False
        for columns in self._batches(stream):
            if not checked and any(_is_doubtful(column) for column in columns.values()):
                check_cells(self.file, self.layout, sorted(columns))
                checked = True  # of the whole file
            arrays = [_stack([columns[i] for i in field]) for field in self.positions]
            widths = [len(field) for field in self.positions]
            for start in range(0, arrays[0].size // widths[0], n_rows):
                yield tuple(
                    array[start * width : (start + n_rows) * width]
                    for array, width in zip(arrays, widths, strict=True)
                )
        if not stream.ends_with_newline:
            self.warn(f"{self.path}: the last line has no line end: was the file cut short?")

    def elementwise(self, other: Source) -> None:
        return None

    def close(self) -> None:
        self.file.close()

    def _batches(self, stream: InspectedBytes) -> Iterator[dict[int, NDArray[np.float64]]]:
        """The wanted columns, by position, a batch of rows at a time."""
        wanted = sorted({i for field in self.positions for i in field})
        options = arrow_csv.ConvertOptions(null_values=MISSING, strings_can_be_null=True)
        try:
            for batch in open_rows(stream, self.layout, wanted, pa.float64(), options):
                if any(column.null_count for column in batch.columns):
                    check_cells(self.file, self.layout, wanted)
                yield {
                    i: column.to_numpy() for i, column in zip(wanted, batch.columns, strict=True)
                }
        except pa.ArrowInvalid as error:
            check_cells(self.file, self.layout, wanted)  # says which cell it is
            raise DataError(" ".join(str(error).split()), path=self.path) from error


def open_source(
    file: InputFile,
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
    layout = read_layout(file, options.delimiter, options.header)
    if not (layout.has_rows or options.allow_empty):
        raise DataError("no rows, only a header")
    try:
        positions = select_columns(layout.names, layout.numeric, selections)
    except DataError as error:
        error.hint = layout.delimiter_hint() or error.hint
        raise
    return CsvSource(file, layout, positions, tuple(map(layout.field, positions)), warn)


def _is_doubtful(column: NDArray[np.float64]) -> bool:
    """Whether a number may have been too large for binary64, or an integer too long."""
    return bool((np.abs(column) >= _FIRST_INEXACT).any())


def _stack(columns: list[NDArray[Any]]) -> NDArray[Any]:
    return columns[0] if len(columns) == 1 else np.stack(columns, axis=1).reshape(-1)
