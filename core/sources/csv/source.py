"""CSV as in RFC 4180, parsed by pyarrow; the type of the numbers is given, never inferred.

pyarrow rounds correctly and is fast, but it tolerates errors, and cannot say where a cell is wrong.
So the file is cut into chunks of whole rows, whose bytes are checked first (`quotes`). If the
numbers of a chunk are doubtful, the text of its cells is checked (`cells`).
"""

from __future__ import annotations

from contextlib import closing, suppress
from typing import TYPE_CHECKING, NamedTuple, Protocol

import pyarrow as pa

from smoothl1.engines.threads import mapped
from smoothl1.errors import SmoothL1Error, naming
from smoothl1.sources.contract import Block, SourceDetails
from smoothl1.sources.csv.cells import is_doubtful, label_fault, read_cells, texts_or_null
from smoothl1.sources.csv.faults import fault_in_row
from smoothl1.sources.csv.quotes import count_rows, first_rows
from smoothl1.sources.csv.rows import (
    CUT_SHORT,
    RowError,
    numbers_of,
    parse_rows,
    parse_simple,
    parse_text,
)
from smoothl1.sources.csv.rows_in_quotes import refuse_rows_in_quotes

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator

    from smoothl1.read_options import ReadOptions
    from smoothl1.sources.contract import Field, Part, Source
    from smoothl1.sources.csv.layout import Layout
    from smoothl1.sources.positions import Positions
    from smoothl1.sources.table import Needs

    Parsed = tuple[dict[int, pa.Array], list[RowError]]


def _is_at_end(parsed: Iterator[object]) -> bool:
    """Whether no rows follow; what is wrong with them is another error."""
    with suppress(SmoothL1Error):
        return next(parsed, None) is None
    return False


class Chunks(Protocol):
    """The rows of data as CSV, some whole rows at a time; read from the first one each time.

    Attributes:
        ends_with_newline: Whether the last row has a line end; right once all is read.
    """

    ends_with_newline: bool

    def __iter__(self) -> Iterator[memoryview]: ...


class RowsOfText(Protocol):
    """A table whose rows are those of a CSV file, or are made so."""

    @property
    def path(self) -> str:
        """The path as the user typed it."""
        ...

    @property
    def layout(self) -> Layout:
        """The columns of its rows, and how they are written."""
        ...

    @property
    def options(self) -> ReadOptions:
        """How it is read."""
        ...

    @property
    def needs(self) -> Needs:
        """What the run needs of it."""
        ...

    @property
    def warn(self) -> Callable[[str], None]:
        """Takes a warning."""
        ...

    @property
    def bytes_read(self) -> tuple[int, int] | None:
        """How far its file has been read; see `files.contract.Input`."""
        ...

    def chunks(self) -> Chunks:
        """Its rows of data."""
        ...

    def close(self) -> None:
        """Release what is held open; a second call is harmless."""
        ...


class CsvSource(NamedTuple):
    """The chosen columns of a CSV file. It is one part: its row count is not known before.

    Attributes:
        table: The rows.
        positions: The positions of the chosen columns in them.
        numbers: Positions of the columns of numbers.
        flags: Positions of those of True and False, which are no such columns.
        keys: Positions of the labels that are read together with numbers: keys and groups.
        may_repeat_header: Whether the header row would be read as data if it were there again.
        carried: Which of the labels are only written again.
        details: Whether there are rows below the header.
    """

    table: RowsOfText
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
        return self.table.bytes_read

    def blocks(self, part: Part, n_rows: int) -> Generator[Block]:
        chunks, n_before = self.table.chunks(), 0
        # chunks are parsed ahead, before their row numbers are known
        parsed = mapped(self._parsed, chunks, self.table.needs.n_threads)
        with naming(self.path), closing(parsed):
            for block, fault in parsed:
                if block is not None:
                    for start in range(0, block.n_rows, n_rows):
                        yield block.rows(start, start + n_rows)
                    n_before += block.n_rows
                if fault is not None:
                    fault.is_last &= _is_at_end(parsed) and not chunks.ends_with_newline
                    raise fault_in_row(n_before + 1, fault, self.table.layout, self.table.options)
        if not chunks.ends_with_newline:
            self.table.warn(f"{self.path}: {CUT_SHORT}")

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
                is_last = error.row == count_rows(rows) - 1 and (fault is None or fault.is_last)
                fault = error.with_traceback(None)  # which holds the rows
                fault.is_last = is_last
                rows = first_rows(rows, error.row)
        return None, fault

    def _block(self, chunk: memoryview) -> Block:
        layout = self.table.layout
        if self.may_repeat_header:
            from smoothl1.sources.csv.header_rows import refuse_repeated_header  # late

            refuse_repeated_header(chunk, layout, self.table.options.skip_rows)
        columns, faults = self._columns(chunk)
        if self.flags:
            allow = self.table.needs.allow_missing
            flags, more = read_cells(chunk, layout, self.flags, allow_missing=allow)
            columns, faults = columns | flags, faults + more
        if self.table.options.missing_values:
            self._see_missing(chunk)
        labels, in_common = self.keys, self.positions.shared
        shared = parse_text(chunk, layout, in_common) if in_common else {}
        if layout.decimal != ".":
            from smoothl1.sources.csv.decimal_points import with_points  # late, as above

            shared = {i: with_points(cells, layout.decimal) for i, cells in shared.items()}
        faults += [fault for i in labels if (fault := label_fault(columns[i], i)) is not None]
        if labels == (0,) and layout.may_begin_with_label and not faults:
            from smoothl1.sources.csv.header_rows import refuse_header_as_label  # late

            refuse_header_as_label(columns[0], layout.names[0])
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


def source_of(
    table: RowsOfText, positions: Positions, carried: tuple[int, ...], *, format: str = "csv"
) -> CsvSource:
    """The source of chosen columns.

    Args:
        table: The rows.
        positions: The positions of the columns.
        carried: Which of the labels are only written again.
        format: The format of the file.
    """
    layout, numeric = table.layout, positions.numeric
    labels = (layout.names[i].encode("utf-8", "replace").decode() for i in positions.labels)
    return CsvSource(
        table,
        positions,
        tuple(map(layout.field, positions.fields)),
        tuple(pa.field(name, pa.string()) for name in labels),
        numbers=tuple(i for i in numeric if i not in layout.flags),
        flags=tuple(i for i in numeric if i in layout.flags),
        keys=tuple(i for n, i in enumerate(positions.labels) if n not in carried),
        carried=carried,
        details=SourceDetails(has_rows=layout.has_rows),
        format=format,
    )
