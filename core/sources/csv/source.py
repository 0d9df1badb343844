"""CSV as in RFC 4180, parsed by pyarrow; the type of the numbers is given, never inferred.

pyarrow rounds correctly and is fast, but it tolerates errors, and cannot say where a cell is wrong.
So the file is cut into chunks of whole rows, whose bytes are checked first (`quotes`). If the
numbers of a chunk are doubtful, the text of its cells is checked (`cells`).
"""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, NamedTuple

import pyarrow as pa

from smoothl1.decisions import Decision
from smoothl1.engines.threads import mapped
from smoothl1.errors import DataError, naming
from smoothl1.sources.columns import select_columns, shown
from smoothl1.sources.contract import Block, SourceDetails
from smoothl1.sources.csv.cells import is_doubtful, label_fault, read_cells, texts_or_null
from smoothl1.sources.csv.faults import fault_in_row
from smoothl1.sources.csv.first_lines import read_layout, sampled_rows
from smoothl1.sources.csv.first_row import header_doubt
from smoothl1.sources.csv.quotes import count_rows, first_rows
from smoothl1.sources.csv.rows import (
    RowError,
    numbers_of,
    parse_rows,
    parse_simple,
    parse_text,
)
from smoothl1.sources.csv.rows_in_quotes import refuse_rows_in_quotes
from smoothl1.sources.table import Storage

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from smoothl1.files.contract import Input
    from smoothl1.read_options import ReadOptions
    from smoothl1.sources.columns import Positions
    from smoothl1.sources.contract import Columns, Field, Part, Source, Wanted
    from smoothl1.sources.csv.first_row import Cell, FirstRow
    from smoothl1.sources.csv.layout import Layout
    from smoothl1.sources.table import ColumnInfo, Needs

    Parsed = tuple[dict[int, pa.Array], list[RowError]]


class CsvSource(NamedTuple):
    """The chosen columns of a CSV file. It is one part: its row count is not known before.

    Attributes:
        numbers: Positions of the columns of numbers.
        flags: Positions of those of True and False, which are no such columns.
        keys: Positions of the labels that are read together with numbers: keys and groups.
        may_repeat_header: Whether the header row would be read as data if it were there again.
        carried: Which of the labels are only written again.
        details: Whether there are rows below the header.
    """

    table: CsvTable
    positions: Positions
    fields: tuple[Field, ...]
    labels: tuple[pa.Field, ...]
    numbers: tuple[int, ...]
    flags: tuple[int, ...]
    keys: tuple[int, ...]
    may_repeat_header: bool = False
    carried: tuple[int, ...] = ()
    details: SourceDetails = SourceDetails()
    n_rows: None = None
    cuts: tuple[int, ...] = ()
    format: str = "csv"

    @property
    def path(self) -> str:
        return self.table.path

    @property
    def bytes_read(self) -> tuple[int, int] | None:
        return self.table.file.bytes_read

    def blocks(self, part: Part, n_rows: int) -> Generator[Block]:
        chunks, n_before = self.table.layout.chunks_of(self.table.file), 0
        # chunks are parsed ahead, before their row numbers are known
        parsed = mapped(self._parsed, chunks, self.table.needs.n_threads)
        with naming(self.path), closing(parsed):
            for block, fault in parsed:
                if block is not None:
                    for start in range(0, block.n_rows, n_rows):
                        yield block.rows(start, start + n_rows)
                    n_before += block.n_rows
                if fault is not None:
                    raise fault_in_row(n_before + 1, fault, self.table.layout, self.table.options)
        if not chunks.ends_with_newline:
            self.table.warn(f"{self.path}: the last line has no line end: was the file cut short?")

    def elementwise(self, other: Source) -> None:
        return None

    def close(self) -> None:
        self.table.close()

    def _parsed(self, rows: memoryview) -> tuple[Block | None, RowError | None]:
        """The rows of a chunk before its first fault, if any, and that fault, if any."""
        fault = None
        while rows:
            try:
                return self._block(rows), fault
            except RowError as error:  # perhaps not the first: ragged rows are found before others
                fault = error.with_traceback(None)  # which holds the rows
                rows = first_rows(rows, error.row)
        return None, fault

    def _block(self, chunk: memoryview) -> Block:
        if self.may_repeat_header:
            from smoothl1.sources.csv.header_rows import refuse_repeated_header  # late

            refuse_repeated_header(chunk, self.table.layout, self.table.options.skip_rows)
        columns, faults = self._columns(chunk)
        if self.flags:
            allow = self.table.needs.allow_missing
            flags, more = read_cells(chunk, self.table.layout, self.flags, allow_missing=allow)
            columns, faults = columns | flags, faults + more
        if self.table.options.missing_values:
            self._see_missing(chunk)
        labels, in_common = self.keys, self.positions.shared
        shared = parse_text(chunk, self.table.layout, in_common) if in_common else {}
        faults += [fault for i in labels if (fault := label_fault(columns[i], i)) is not None]
        if labels == (0,) and self.table.layout.may_begin_with_label and not faults:
            from smoothl1.sources.csv.header_rows import refuse_header_as_label  # late

            refuse_header_as_label(columns[0], self.table.names[0])
        carried, more = self._carried(chunk) if self.carried else ({}, [])
        if faults := faults + more:
            raise min(faults, key=lambda fault: (fault.row, fault.column))
        n_rows = len(next(iter((columns or carried).values())))
        fields = (numbers_of([columns[i] for i in field]) for field in self.positions.fields)
        texts = tuple(
            carried[i] if place in self.carried else columns[i].cast(pa.string())
            for place, i in enumerate(self.positions.labels)
        )
        return Block(n_rows, tuple(fields), texts, tuple(shared[i] for i in in_common))

    def _see_missing(self, chunk: memoryview) -> None:
        from smoothl1.sources.csv.named_missing import see_named_missing  # late: few name any

        table, numeric = self.table, self.positions.numeric
        how = table.options.missing_values, table.needs.missing_found
        see_named_missing(chunk, table.layout, numeric, *how)

    def _carried(self, chunk: memoryview) -> Parsed:
        """The columns that are only written again, as text, and the first fault of each."""
        positions = {self.positions.labels[place] for place in self.carried}
        cells = parse_text(chunk, self.table.layout, sorted(positions))
        faults = [f for i in cells if (f := label_fault(cells[i], i, allow_empty=True)) is not None]
        return ({} if faults else {i: texts_or_null(cells[i]) for i in cells}), faults

    def _columns(self, chunk: memoryview) -> Parsed:
        """The columns of numbers and keys of some rows, and the first fault of some of them.

        Keys are bytes if any of them may not be text.
        """
        layout, numeric, labels = self.table.layout, self.numbers, self.keys
        if layout.has_missing_numbers:
            return self._strict_columns(chunk)
        if not labels and (simple := parse_simple(chunk, layout, numeric)) is not None:
            return simple, []
        refuse_rows_in_quotes(chunk, layout, numeric)
        allow_missing = self.table.needs.allow_missing
        try:
            columns = parse_rows(chunk, layout, numeric, labels)
            if not any(is_doubtful(columns[i], allow_missing=allow_missing) for i in numeric):
                return columns, []
        except pa.ArrowInvalid:  # a cell that is no number, or no text
            pass
        return self._strict_columns(chunk)

    def _strict_columns(self, chunk: memoryview) -> Parsed:
        """The same, with the numbers read from the text of their cells."""
        layout = self.table.layout
        refuse_rows_in_quotes(chunk, layout, self.numbers)
        labels = parse_text(chunk, layout, self.keys)
        allow = self.table.needs.allow_missing
        numbers, faults = read_cells(chunk, layout, self.numbers, allow_missing=allow)
        return labels | numbers, faults


class CsvTable(NamedTuple):
    """A CSV file whose first rows have been read.

    Attributes:
        choices: The decisions about its text that were made before.
        format: The format whose rows were made those of a CSV file.
    """

    file: Input
    layout: Layout
    options: ReadOptions
    needs: Needs
    warn: Callable[[str], None]
    choices: tuple[Decision, ...] = ()
    format: str = "csv"
    storage: Storage = Storage()
    found: None = None
    files: tuple[()] = ()

    @property
    def path(self) -> str:
        return self.file.path

    @property
    def names(self) -> Columns:
        return self.layout.names

    @property
    def numeric(self) -> tuple[bool, ...]:
        return self.layout.numeric

    @property
    def columns(self) -> tuple[ColumnInfo, ...]:
        return self.layout.columns

    @property
    def first_rows(self) -> tuple[FirstRow, ...]:
        return () if self.layout.is_settled else (self.layout.first_row,)

    @property
    def decisions(self) -> tuple[Decision, ...]:
        if self.format != "csv":
            return self.choices
        choice = "the first row is the header" if self.layout.has_header else "there is no header"
        return (*self.choices, Decision("header", self.path, choice, self.layout.reason))

    def with_header(self, *, is_there: bool, reason: str, is_counted: bool = False) -> CsvTable:
        layout = read_layout(self.file, self.options._replace(header=is_there))
        return self._replace(layout=layout._replace(reason=reason, is_counted=is_counted))

    def keep(self) -> None:
        self.file.seekable()

    def count_rows(self) -> int:
        return sum(map(count_rows, self.layout.chunks_of(self.file)))

    def select(self, wanted: Wanted) -> CsvSource:
        try:
            positions = select_columns(self.names, self.numeric, wanted)
            if wanted.labels:
                self._check_apart(positions, wanted.carried)
        except DataError as error:
            error.path = self.path
            error.hint = self.layout.hint_about(error, self.options)
            raise
        with naming(self.path):
            self._check_header(positions)
        fields = tuple(map(self.layout.field, positions.fields))
        labels = tuple(
            pa.field(self.names[i].encode("utf-8", "replace").decode(), pa.string())
            for i in positions.labels
        )
        numeric, flags = positions.numeric, self.layout.flags
        read = (
            tuple(i for i in numeric if i not in flags),
            tuple(i for i in numeric if i in flags),
            tuple(i for n, i in enumerate(positions.labels) if n not in wanted.carried),
        )
        may_repeat = self.format == "csv" and self.layout.may_repeat_header(numeric)
        first_row = ""
        if read[2] == (0,) and self.layout.may_begin_with_label:
            from smoothl1.sources.csv.header_rows import refuse_header_like_label  # late

            first_row = self.names[0]
            refuse_header_like_label(self.file, self.layout)
        details = SourceDetails(has_rows=self.layout.has_rows, first_row=first_row)
        how = (may_repeat, wanted.carried, details)
        return CsvSource(self, positions, fields, labels, *read, *how, format=self.format)

    def close(self) -> None:
        self.file.close()

    def _check_header(self, positions: Positions) -> None:
        """Refuse a first row that may be a header or data."""
        chosen = {i for field in positions.fields for i in field}
        if self.format != "csv":
            return
        for row in self.first_rows if chosen else ():
            if (doubt := row.doubt_about(chosen)) is not None:
                raise header_doubt(row, doubt, self.path)
        if self.layout.may_have_second_header(chosen):
            from smoothl1.sources.csv.header_rows import refuse_second_header  # late

            refuse_second_header(self.layout, chosen, self._sampled, self.options.skip_rows)

    def _sampled(self, n_bytes: int) -> list[list[Cell]]:
        return sampled_rows(self.file, self.layout.data_offset, n_bytes, self.options)

    def _check_apart(self, positions: Positions, carried: tuple[int, ...]) -> None:
        labels = {i for place, i in enumerate(positions.labels) if place not in carried}
        for i in {i for field in positions.fields for i in field} & labels:
            raise DataError(f"column {shown(self.names[i])} cannot be read as numbers and as text")
