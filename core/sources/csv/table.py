"""A CSV file whose first rows have been read: its columns, and which of them are chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from smoothl1.decisions import Decision
from smoothl1.errors import naming
from smoothl1.sources.csv.first_lines import read_layout, sampled_rows
from smoothl1.sources.csv.first_row import header_doubt
from smoothl1.sources.csv.quotes import RowChunks, count_rows
from smoothl1.sources.csv.source import CsvSource, source_of
from smoothl1.sources.table import Storage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from smoothl1.files.contract import Input
    from smoothl1.read_options import ReadOptions
    from smoothl1.sources.contract import Columns, Wanted
    from smoothl1.sources.csv.first_row import Cell, FirstRow
    from smoothl1.sources.csv.layout import Layout
    from smoothl1.sources.positions import Positions
    from smoothl1.sources.table import ColumnInfo, Needs
    from smoothl1.sources.written_numbers import Written


class CsvTable(NamedTuple):
    """A CSV file whose first rows have been read.

    Attributes:
        choices: The decisions about its text that were made before.
        may_have_thousands: Whether nobody said that a point is the decimal mark.
    """

    file: Input
    layout: Layout
    options: ReadOptions
    needs: Needs
    warn: Callable[[str], None]
    choices: tuple[Decision, ...] = ()
    may_have_thousands: bool = False
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
        choice = "the first row is the header" if self.layout.has_header else "there is no header"
        return (*self.choices, Decision("header", self.path, choice, self.layout.reason))

    @property
    def hint(self) -> str | None:
        """See `table.LinesOfText`."""
        return self.layout.hint_about_lines(self.options)

    @property
    def n_lines_above(self) -> int:
        """The number of lines at its beginning that are left out."""
        return self.options.skip_rows

    def with_header(self, *, is_there: bool, reason: str, is_counted: bool = False) -> CsvTable:
        layout = read_layout(self.file, self.options._replace(header=is_there))
        return self._replace(layout=layout._replace(reason=reason, is_counted=is_counted))

    def keep(self) -> None:
        self.file.seekable()

    @property
    def bytes_read(self) -> tuple[int, int] | None:
        return self.file.bytes_read

    def chunks(self) -> RowChunks:
        return self.layout.chunks_of(self.file)

    def count_rows(self) -> int:
        return sum(map(count_rows, self.chunks()))

    def select(self, wanted: Wanted) -> CsvSource:
        positions = self.layout.positions(wanted, self.options)
        with naming(self.path):
            self._check_first_rows(positions)
            numbers = self._check_points(positions)
        source = source_of(self, positions, wanted.carried)
        first_row = ""
        if source.keys == (0,) and self.layout.may_begin_with_label:
            from smoothl1.sources.csv.header_rows import refuse_header_like_label  # late

            first_row = self.names[0]
            refuse_header_like_label(self.file, self.layout)
        details = source.details._replace(first_row=first_row, numbers=numbers)
        may_repeat = self.layout.may_repeat_header(positions.numeric)
        return source._replace(may_repeat_header=may_repeat, details=details)

    def numbers_in(self, wanted: Wanted) -> tuple[Written, ...]:
        """How the numbers of the wanted columns are written in the first rows."""
        return self.numbers_written(self.layout.positions(wanted, self.options))

    def numbers_written(self, positions: Positions) -> tuple[Written, ...]:
        """How the numbers of the chosen columns are written in the first rows."""
        from smoothl1.sources.csv import thousands  # late: few files need it

        sample = self.file.read(self.layout.data_offset, thousands.SAMPLE_BYTES)
        rows: Iterable[Sequence[str]]
        if b'"' in sample:
            sampled = self._sampled(thousands.SAMPLE_BYTES)
            rows = ([cell.text for cell in row] for row in sampled)
        else:
            end = b"\n" if len(sample) < thousands.SAMPLE_BYTES else b""
            rows = thousands.cells_of(sample + end, self.options.delimiter)
        chosen = dict.fromkeys(i for field in positions.fields for i in field)
        return thousands.numbers_written(self.names, chosen, rows, self.options.missing_values)

    def close(self) -> None:
        self.file.close()

    def _check_first_rows(self, positions: Positions) -> None:
        """Refuse a first row that may be a header or data."""
        chosen = {i for field in positions.fields for i in field}
        for row in self.first_rows if chosen else ():
            if (doubt := row.doubt_about(chosen)) is not None:
                raise header_doubt(row, doubt, self.path)
        if self.layout.may_have_second_header(chosen):
            from smoothl1.sources.csv.header_rows import refuse_second_header  # late

            refuse_second_header(self.layout, chosen, self._sampled, self.options.skip_rows)

    def _check_points(self, positions: Positions) -> tuple[Written, ...]:
        """Refuse points that may part thousands.

        Returns:
            How numbers are written; see `thousands.refuse_thousands`.
        """
        if not (self.may_have_thousands and positions.fields):
            return ()
        from smoothl1.sources.csv import thousands

        if not thousands.has_points(
            self.file.read(self.layout.data_offset, thousands.SAMPLE_BYTES)
        ):
            return ()
        return thousands.refuse_thousands(self.numbers_written(positions))

    def _sampled(self, n_bytes: int) -> list[list[Cell]]:
        return sampled_rows(self.file, self.layout.data_offset, n_bytes, self.options)
