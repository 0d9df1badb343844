"""The layout of a CSV file, known before its rows are read: its header and its columns."""

from __future__ import annotations

import csv
import re
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from smoothl1.errors import DataError
from smoothl1.sources.columns import index_columns, names_at
from smoothl1.sources.contract import Field
from smoothl1.sources.csv.cells import is_number
from smoothl1.sources.csv.first_row import (
    Cell,
    FirstRow,
    are_same,
    depends_on_rows,
    is_whole,
    judge_first_row,
    split_rows,
)
from smoothl1.sources.csv.hints import (
    check_commas,
    check_delimiter,
    check_line_ends,
    comment_hint,
    count_comments,
    delimiter_hint,
    quoting_hint,
)
from smoothl1.sources.csv.quotes import BOM, CHUNK_BYTES, RowChunks
from smoothl1.sources.csv.rows import MISSING
from smoothl1.sources.ids import is_id
from smoothl1.sources.notations import MISSING_MARK, is_figure, may_be_number
from smoothl1.sources.table import ColumnInfo

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from smoothl1.files.contract import Input
    from smoothl1.sources.contract import Columns, ReadOptions

_FIRST_RECORD = re.compile(rb'(?:[^"\r\n]++|"[^"]*+")*+(?:\r\n|\r|\n|\Z)')

_SAMPLE_BYTES = 1 << 16
"""Bytes read of the rows below a first row of numbers that may be names: some thousand rows, which
takes a few milliseconds."""


class Layout(NamedTuple):
    """The layout of a CSV file, known before its rows are read.

    Attributes:
        path: The file, as the user typed it.
        delimiter: The separator of cells: one character.
        decimal: The decimal mark: another character.
        first_row: The first row of the file, header or not.
        has_header: Whether that row names the columns.
        is_settled: Whether the user, or other information about the inputs, settled that.
        is_counted: Whether the number of rows of another input settled it.
        reason: The reason for the decision about that row.
        names: Names of the columns; `@1`, `@2` and so on without a header.
        begins_with: The cells of the first row of data; empty if there is not one cell for each of
            several columns.
        header_line: The bytes of the header row without its line end; empty without a header.
        data_offset: Byte at which the first row of data begins.
        has_rows: Whether rows follow. A blank line is a row only of a table of one column.
        n_comments: Number of lines at the beginning that begin with #; 0 if no other line follows.
    """

    path: str
    delimiter: str
    decimal: str
    first_row: FirstRow
    has_header: bool
    is_settled: bool
    is_counted: bool
    reason: str
    names: Columns
    begins_with: tuple[Cell, ...]
    header_line: bytes
    data_offset: int
    has_rows: bool
    n_comments: int

    @property
    def numeric(self) -> tuple[bool, ...]:
        """Which columns begin with a number or a missing value; all if that is not known."""
        if not self.begins_with:
            return (True,) * len(self.names)
        return tuple(cell.is_numeric for cell in self.begins_with)

    @property
    def columns(self) -> tuple[ColumnInfo, ...]:
        """More about each column, as far as its first value shows."""
        cells = zip(self.begins_with, self.names, strict=False)
        kinds = [_info(cell, name) for cell, name in cells] or [ColumnInfo("number")] * len(
            self.names
        )
        if (self.delimiter, self.has_header, len(kinds)) == (",", False, 2):
            kinds[1] = kinds[1]._replace(decimals=self.first_row.decimals)
        indexes = index_columns(self.names)
        return tuple(info._replace(is_index=i in indexes) for i, info in enumerate(kinds))

    def field(self, positions: tuple[int, ...]) -> Field:
        """The field made of these columns: binary64, whatever the text looks like."""
        names = names_at(positions, self.names)
        row_shape = () if len(positions) == 1 else (len(positions),)
        return Field(names, np.dtype(np.float64), row_shape)

    def may_repeat_header(self, chosen: Collection[int]) -> bool:
        """Whether the header row would be read as data if it were there again.

        Args:
            chosen: Positions of the columns that are read as numbers.
        """
        cells = self.first_row.cells
        return self.has_header and bool(chosen) and all(cells[i].is_numeric for i in chosen)

    @property
    def may_begin_with_label(self) -> bool:
        """Whether the only column may be labels without a header, though the first row is text."""
        return self.has_header and not self.is_settled and len(self.names) == 1

    def may_have_second_header(self, chosen: Collection[int]) -> bool:
        """Whether the first numbers below the header may be names: whole, or all the same.

        Args:
            chosen: Positions of the columns that are read as numbers.
        """
        if not (self.has_header and chosen and self.begins_with):
            return False
        cells = [self.begins_with[i] for i in chosen]
        are_whole = all(is_whole(cell.text) for cell in cells)
        return are_whole or (are_same(cells) and cells[0].kind == "number")

    def hint_about(self, options: ReadOptions) -> str | None:
        """The hint if the first lines seem to be comments, or the delimiter is another one."""
        return comment_hint(self.n_comments, options) or delimiter_hint(
            self.first_row.names, options
        )

    def chunks_of(self, file: Input) -> RowChunks:
        """The bytes of the rows of data, in chunks of whole rows."""
        return RowChunks(file, self.data_offset, self.delimiter, n_columns=len(self.names))


def read_layout(file: Input, options: ReadOptions) -> Layout:
    """Read the first lines of a CSV file.

    Raises:
        DataError: The first line is blank, too long, badly quoted or a comment; or the rows seem to
            have another delimiter.
    """
    start = len(BOM) if file.head.startswith(BOM) else 0
    start = _skip_lines(file, start, options.skip_rows)
    n_comments = count_comments(file, start, options)
    first_row, below_offset, below = _first_rows(file, start, options)
    has_header = not first_row.is_numbers if options.header is None else options.header
    names = first_row.names
    if not has_header:
        names = tuple(f"@{i + 1}" for i in range(len(names)))
    begins_with = (below or ()) if has_header else first_row.cells
    header_line = file.read(start, below_offset - start).rstrip(b"\r\n")
    if len(names) == 1 and below is not None:
        second = options.delimiter.join(cell.text for cell in below)
        is_quoted = header_line.startswith(b'"')
        check_delimiter(first_row.names, second, options, is_quoted=is_quoted)
    elif below is not None and options.delimiter == "," and re.search(rb"[;\t|]", header_line):
        check_commas(header_line, file.read(below_offset, CHUNK_BYTES))
    return Layout(
        path=file.path,
        delimiter=options.delimiter,
        decimal=options.decimal,
        first_row=first_row,
        has_header=has_header,
        is_settled=options.header is not None,
        is_counted=False,
        reason=first_row.reason if options.header is None else _option(options.header),
        names=names,
        begins_with=tuple(begins_with) if len(begins_with) == len(names) > 1 else (),
        header_line=header_line if has_header else b"",
        data_offset=below_offset if has_header else start,
        has_rows=not has_header or below is not None,
        n_comments=n_comments,
    )


def _info(cell: Cell, name: str) -> ColumnInfo:
    """Describe a column from its first cell; a missing value may stand for anything.

    pandas writes ids as 1.0 if one was missing. A column that is called an id and begins with
    another fraction is compared as text: 12e4 may be hexadecimal.
    """
    if is_whole(cell.text) or (is_id(name) and is_whole(re.sub(r"\.0*\Z", "", cell.text))):
        return ColumnInfo("whole number", "integer")
    if cell.kind == "number":
        return ColumnInfo("number", "text" if is_id(name) else "fraction", may_be_key=False)
    odd = not is_id(name) and may_be_number(cell.text)
    kind = "text" if cell.kind in ("mark", "figure") else cell.kind
    is_flag = cell.text.lower() in ("true", "false", "t", "f")
    return ColumnInfo(kind, "text", may_be_numbers=odd, is_flag=is_flag)


def _option(has_header: bool) -> str:
    return "--header" if has_header else "--no-header"


def _first_rows(
    file: Input, start: int, options: ReadOptions
) -> tuple[FirstRow, int, Sequence[Cell] | None]:
    """The first row, the byte where the next one begins, and its cells (None if there is none)."""
    cells, offset = _first_record(file, start, options.delimiter)
    kind_of = partial(_kind_of, decimal=options.decimal)
    row = [Cell(cell, kind_of(cell)) for cell in cells]
    peeked = _peek_cells(file, offset, options.delimiter, n_columns=len(cells))
    below = None if peeked is None else [Cell(cell, kind_of(cell)) for cell in peeked]
    rows = [] if below is None else [below]
    if options.header is None and depends_on_rows(cells):
        found = sampled_rows(file, start, offset - start + _SAMPLE_BYTES, options)
        if found and len(found[0]) == len(row):
            row, rows = found[0], found[1:] or rows
    return judge_first_row(row, rows), offset, below


def sampled_rows(file: Input, start: int, n_bytes: int, options: ReadOptions) -> list[list[Cell]]:
    """The rows that begin at a byte, as many as are whole in a number of bytes."""
    sample = file.read(start, n_bytes)
    if len(sample) < n_bytes:
        sample = sample.rstrip(b"\r\n") + b"\n"
    text = sample.decode("utf-8", "surrogateescape")
    return split_rows(text, options.delimiter, partial(_kind_of, decimal=options.decimal))


def _kind_of(cell: str, decimal: str) -> str:
    if is_number(cell, decimal):
        return "number"
    if cell in MISSING:
        return "missing"
    if is_figure(cell):
        return "figure"
    return "mark" if MISSING_MARK.fullmatch(cell) else "text"


def _skip_lines(file: Input, start: int, n_lines: int) -> int:
    """The byte at which the line after the skipped lines begins."""
    if n_lines == 0:
        return start
    ends = re.finditer(rb"\r\n|\r|\n", file.read(start, CHUNK_BYTES))
    last = next(islice(ends, n_lines - 1, None), None)
    if last is None:
        raise DataError(f"--skip-rows {n_lines}: there are fewer lines in {CHUNK_BYTES} bytes")
    return start + last.end()


def _peek_cells(file: Input, offset: int, delimiter: str, *, n_columns: int) -> list[str] | None:
    """The cells of the first row; None if there are no rows.

    Faults of that row are found when it is read.
    """
    try:
        if next(iter(RowChunks(file, offset, delimiter, n_columns=n_columns)), None) is None:
            return None
        return _first_record(file, offset, delimiter)[0]
    except DataError:
        return []


def _first_record(file: Input, offset: int, delimiter: str) -> tuple[list[str], int]:
    """The cells of the row that begins at a byte, and the byte at which the next one begins."""
    data = file.read(offset, CHUNK_BYTES)
    if data.startswith(BOM):
        raise DataError(f"a second byte order mark at byte {offset}")
    match = _FIRST_RECORD.match(data)
    if match is None or match.end() == len(data) == CHUNK_BYTES:
        raise DataError(f"a quote that is not closed, or a line over {CHUNK_BYTES} bytes long")
    nul = match.group().find(b"\x00")
    if nul >= 0:
        raise DataError(f"a NUL byte at byte {offset + nul}: not text, or damaged")
    check_line_ends(data, match.end())
    text = match.group().rstrip(b"\r\n").decode("utf-8", "surrogateescape")
    if not text.strip(" \t"):
        raise DataError("the first line is blank")
    try:
        cells = next(csv.reader([text], delimiter=delimiter, strict=True))
    except csv.Error as error:
        hint = quoting_hint(text, delimiter)
        raise DataError(f"the first line is badly quoted: {error}", hint=hint) from error
    return [cell.strip(" \t") for cell in cells], offset + match.end()
