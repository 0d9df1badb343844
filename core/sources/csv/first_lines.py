"""The first lines of a CSV file, from which its layout follows."""

from __future__ import annotations

import csv
import re
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING

from smoothl1.errors import DataError
from smoothl1.lazy_patterns import lazy_pattern
from smoothl1.sources.csv.blanks import lacks_name_of_rows
from smoothl1.sources.csv.cells import is_number
from smoothl1.sources.csv.first_row import (
    Cell,
    FirstRow,
    depends_on_rows,
    is_whole,
    judge_first_row,
    split_rows,
)
from smoothl1.sources.csv.hints import (
    check_commas,
    check_delimiter,
    check_line_ends,
    count_comments,
    quoting_hint,
)
from smoothl1.sources.csv.layout import Layout
from smoothl1.sources.csv.one_line import cells_of
from smoothl1.sources.csv.quotes import BOM, CHUNK_BYTES, RowChunks
from smoothl1.sources.csv.rows import FLAGS, MISSING
from smoothl1.sources.ids import is_id
from smoothl1.sources.notations import (
    MISSING_MARK,
    are_mostly_numbers,
    is_figure,
    is_flag,
    may_be_number,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from smoothl1.files.contract import Input
    from smoothl1.read_options import ReadOptions
    from smoothl1.sources.contract import Columns

    Sample = Callable[[], list[list[Cell]]]

_FIRST_RECORD = lazy_pattern(rb'(?:[^"\r\n]++|"[^"]*+")*+(?:\r\n|\r|\n|\Z)')

_BLANK_LINES = lazy_pattern(rb"(?:[ \t]*+(?:\r\n|\r|\n))++")

_SAMPLE_BYTES = 1 << 16
"""Bytes read of the rows below a first row of numbers that may be names: some thousand rows, which
takes a few milliseconds."""

FEW_BYTES = 1 << 14
"""Bytes read to see whether a column that begins with text holds numbers."""


def read_layout(file: Input, options: ReadOptions) -> Layout:
    """Read the first lines of a CSV file.

    Args:
        file: The file.
        options: How it is read.

    Raises:
        DataError: The first line is blank, too long, badly quoted or a comment; or the rows seem to
            have another delimiter.
    """
    start = len(BOM) if file.head.startswith(BOM) else 0
    if options.skip_rows:
        start = _skip_lines(file, start, options.skip_rows)
    n_comments = count_comments(file, start, options)
    first_row, below_offset, below = _first_rows(file, start, options)
    has_header = not first_row.is_numbers if options.header is None else options.header
    names = first_row.names
    if not has_header:
        names = tuple(f"@{i + 1}" for i in range(len(names)))
    begins_with = (below or ()) if has_header else first_row.cells
    data_offset = below_offset if has_header else start
    header_line = file.read(start, below_offset - start).rstrip(b"\r\n")
    sample = partial(sampled_rows, file, data_offset, FEW_BYTES, options)
    flags, texts = flags_and_texts(begins_with, names, sample)
    if below is not None:
        _check_delimiters(file, below_offset, first_row, header_line, below, options)
    return Layout(
        path=file.path,
        delimiter=options.delimiter,
        decimal=options.decimal,
        first_row=first_row,
        has_header=has_header,
        is_settled=options.header is not None,
        is_counted=False,
        reason=first_row.reason if options.header is None else _reason_of_header(options),
        missing=(*MISSING, *options.missing_values),
        has_missing_numbers=any(is_number(x, options.decimal) for x in options.missing_values),
        names=names,
        begins_with=tuple(begins_with) if len(begins_with) == len(names) > 1 else (),
        numbers_below=numbers_below(begins_with, names, sample, options.decimal),
        flags=flags,
        texts=texts,
        header_line=header_line if has_header else b"",
        data_offset=data_offset,
        has_rows=not has_header or below is not None,
        n_comments=n_comments,
        first_alone=begins_with[0] if len(begins_with) == len(names) == 1 else None,
    ).with_columns()


def _check_delimiters(
    file: Input,
    offset: int,
    first: FirstRow,
    line: bytes,
    below: Sequence[Cell],
    options: ReadOptions,
) -> None:
    """Refuse rows that another delimiter may split: the first, its line, and that at a byte."""
    if len(first.cells) == 1:
        second = options.delimiter.join(cell.text for cell in below)
        check_delimiter(first.names, second, options, is_quoted=line.startswith(b'"'))
    elif options.delimiter == "," and re.search(rb"[;\t|]", line):
        check_commas(line, file.read(offset, CHUNK_BYTES))


def numbers_below(
    first: Sequence[Cell], names: Columns, sample: Sample, decimal: str
) -> frozenset[int]:
    """Positions of the columns that begin with text, though most cells below are numbers.

    Args:
        first: The first row of data.
        names: The names of the columns.
        sample: Gives the rows in the first `FEW_BYTES` of the data.
        decimal: The decimal mark.
    """
    numeric = [cell for cell in first if cell.is_numeric]
    texts = [
        i
        for i, (cell, name) in enumerate(zip(first, names, strict=False))
        if not (cell.is_numeric or is_id(name))
    ]
    if not (numeric and texts and len(first) == len(names)):
        return frozenset()
    rows = sample()
    with_whole = all(is_whole(cell.text) for cell in numeric)
    columns = {i: [row[i] for row in rows if len(row) == len(first)] for i in texts}
    found = {
        i: [
            cell.text.replace(decimal, ".")
            for cell in cells
            if cell.kind not in ("missing", "mark")
        ]
        for i, cells in columns.items()
    }
    return frozenset(
        i for i, some in found.items() if are_mostly_numbers(some, with_whole=with_whole)
    )


def flags_and_texts(
    first: Sequence[Cell], names: Columns, sample: Sample
) -> tuple[frozenset[int], frozenset[int]]:
    """Columns whose first value is True or False, and those that begin with missing values.

    Args:
        first: The first row of data.
        names: The names of the columns.
        sample: See `numbers_below`.

    Returns:
        The positions of both; the latter only where nothing but text is below.
    """
    if len(first) != len(names):
        return frozenset(), frozenset()
    rows = [first]
    if any(cell.kind == "missing" for cell in first):
        rows += [row for row in sample() if len(row) == len(first)]
    columns = [[c for c in column if c.kind != "missing"] for column in zip(*rows, strict=True)]
    flags = frozenset(i for i, cells in enumerate(columns) if cells and cells[0].text in FLAGS)
    texts = {i for i, cell in enumerate(first) if cell.kind == "missing"} - flags
    return flags, frozenset(i for i in texts if columns[i] and all(map(_is_word, columns[i])))


def _is_word(cell: Cell) -> bool:
    """Whether a cell is text, and nothing that could be meant as a number or a truth value."""
    return cell.kind == "text" and not (is_flag(cell.text) or may_be_number(cell.text))


def _reason_of_header(options: ReadOptions) -> str:
    return options.reason("header", "--header" if options.header else "--no-header")


def _first_rows(
    file: Input, start: int, options: ReadOptions
) -> tuple[FirstRow, int, Sequence[Cell] | None]:
    """The first row, the byte where the next one begins, and its cells (None if there is none)."""
    _refuse_blank_lines(file, start, options)
    cells, offset = _first_record(file, start, options.delimiter)
    kind_of = partial(kind_of_cell, options=options)
    rows_below = RowChunks(file, offset, options.delimiter, n_columns=len(cells))
    peeked = _peek_cells(rows_below, file, offset, options.delimiter)
    if (
        options.delimiter == " "
        and peeked
        and lacks_name_of_rows(cells, peeked, options, is_quoted=file.read(offset, 1) == b'"')
    ):
        cells = ["", *cells]
    row = [Cell(cell, kind_of(cell)) for cell in cells]
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
    return split_rows(text, options.delimiter, partial(kind_of_cell, options=options))


def kind_of_cell(cell: str, options: ReadOptions) -> str:
    """The kind of a cell by its text; see `Cell`."""
    if cell in MISSING or cell in options.missing_values:
        return "missing"
    if is_number(cell, options.decimal):
        return "number"
    if is_figure(cell):
        return "figure"
    return "mark" if MISSING_MARK.fullmatch(cell) else "text"


def _skip_lines(file: Input, start: int, n_lines: int) -> int:
    """The byte at which the line after the skipped lines begins."""
    ends = re.finditer(rb"\r\n|\r|\n", file.read(start, CHUNK_BYTES))
    last = next(islice(ends, n_lines - 1, None), None)
    if last is None:
        raise DataError(f"--skip-rows {n_lines}: there are fewer lines in {CHUNK_BYTES} bytes")
    return start + last.end()


def _refuse_blank_lines(file: Input, start: int, options: ReadOptions) -> None:
    """Refuse blank lines above the first row, and say how to leave them out."""
    data = file.read(start, FEW_BYTES)
    blank = _BLANK_LINES.match(data)
    if blank is not None and blank.end() < len(data):
        n_lines = options.skip_rows + len(blank[0].splitlines())
        hint = f"--skip-rows {n_lines} leaves out the lines above the header, in all CSV inputs"
        if options.header is False:  # then there is nothing above
            hint = "remove the blank lines"
        raise DataError("the first line is blank", hint=hint)


def _peek_cells(rows: RowChunks, file: Input, offset: int, delimiter: str) -> list[str] | None:
    """The cells of the first row; None if there are no rows.

    Faults of that row are found when it is read.
    """
    try:
        if next(iter(rows), None) is None:
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
        hint = "--comment '#' leaves out the lines that begin with #" if data[:1] == b"#" else None
        what = f"a quote that is not closed, or a line over {CHUNK_BYTES} bytes long"
        raise DataError(what, hint=hint)
    nul = match.group().find(b"\x00")
    if nul >= 0:
        raise DataError(f"a NUL byte at byte {offset + nul}: not text, or damaged")
    check_line_ends(data, match.end())
    text = match.group().rstrip(b"\r\n").decode("utf-8", "surrogateescape")
    if not text.strip(" \t"):
        raise DataError("the first line is blank")
    try:
        cells = cells_of(text, delimiter)
    except csv.Error as error:
        hint = quoting_hint(text, delimiter)
        raise DataError(f"the first line is badly quoted: {error}", hint=hint) from error
    return cells, offset + match.end()
