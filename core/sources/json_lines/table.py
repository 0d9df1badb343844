"""A file of JSON Lines whose first objects have been read: its columns, and which are chosen."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Any, NamedTuple

from smoothl1.errors import NoColumnError, naming
from smoothl1.files.rewritten import pieces_ahead
from smoothl1.sources.csv.quotes import count_rows
from smoothl1.sources.csv.source import CsvSource, source_of
from smoothl1.sources.json_lines.rows import Chosen, rows_of
from smoothl1.sources.json_lines.values import Number
from smoothl1.sources.nested_fields import hint_about_field
from smoothl1.sources.table import Storage

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence

    from smoothl1.decisions import Decision
    from smoothl1.files.contract import Input
    from smoothl1.read_options import ReadOptions
    from smoothl1.sources.contract import Columns, Wanted
    from smoothl1.sources.csv.layout import Layout
    from smoothl1.sources.json_lines.document import Document
    from smoothl1.sources.positions import Positions
    from smoothl1.sources.table import ColumnInfo, Needs
    from smoothl1.sources.written_numbers import Written


class Objects(NamedTuple):
    """The objects of a file.

    Attributes:
        file: The file, in UTF-8.
        start: The byte at which the first line begins.
        chosen: The columns that are written.
    """

    file: Input
    start: int
    chosen: Chosen

    def only(self, positions: Sequence[int]) -> Objects:
        """The same objects, of which fewer columns are written.

        Args:
            positions: Positions among the columns that are written now.
        """
        names = tuple(self.chosen.names[i] for i in positions)
        return self._replace(chosen=self.chosen._replace(names=names))


class ObjectChunks:
    """The rows of objects; see `csv.source.Chunks`."""

    def __init__(self, objects: Objects) -> None:
        self.ends_with_newline = True
        self._objects = objects

    def __iter__(self) -> Generator[memoryview, None, None]:
        pieces = pieces_ahead(self._objects.file, rows_of(*self._objects))
        with closing(pieces):
            while piece := pieces.read(1):
                yield memoryview(piece)


class ObjectRows(NamedTuple):
    """Chosen columns of a file of JSON Lines; see `csv.source.RowsOfText`."""

    objects: Objects
    layout: Layout
    options: ReadOptions
    needs: Needs
    warn: Callable[[str], None]

    @property
    def path(self) -> str:
        return self.layout.path

    @property
    def bytes_read(self) -> tuple[int, int] | None:
        return self.objects.file.bytes_read

    def chunks(self) -> ObjectChunks:
        return ObjectChunks(self.objects)

    def close(self) -> None:
        self.objects.file.close()


def _is_text(value: object) -> bool:
    return isinstance(value, str) and not isinstance(value, Number)


def _cell(value: object) -> str:
    """A value as the cell of a row: the point of a number of JSON is a decimal mark for certain."""
    if isinstance(value, Number):
        return f"{value}e0" if "." in value else str(value)
    return value.strip(" \t") if isinstance(value, str) else ""


class ObjectsTable(NamedTuple):
    """A file of JSON Lines whose first objects have been read.

    Only the columns that are chosen are made rows of CSV: a file may have very many.

    Attributes:
        rows: The rows with all columns.
        decisions: The decisions about its lines.
        first_objects: The first objects, unless somebody said that a point is the decimal mark.
        document: What the file is instead if its only line is no row; None if that is certain.
    """

    rows: ObjectRows
    decisions: tuple[Decision, ...] = ()
    first_objects: tuple[dict[str, Any], ...] = ()
    document: Document | None = None
    first_rows: tuple[()] = ()
    storage: Storage = Storage()
    found: None = None
    files: tuple[()] = ()

    @property
    def path(self) -> str:
        return self.rows.path

    @property
    def file(self) -> Input:
        return self.rows.objects.file

    @property
    def layout(self) -> Layout:
        return self.rows.layout

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
    def hint(self) -> str | None:
        """See `table.LinesOfText`."""
        return self.rows_hint

    @property
    def rows_hint(self) -> str | None:
        """See `table.RowsWithin`."""
        return None if self.document is None else self.document.hint

    def keep(self) -> None:
        self.file.seekable()

    def count_rows(self) -> int:
        return sum(map(count_rows, self._only([0]).chunks()))

    def select(self, wanted: Wanted) -> CsvSource:
        try:
            positions = self.layout.positions(wanted, self.rows.options)
        except NoColumnError as error:
            error.hint = hint_about_field(error.name, self) or error.hint
            raise
        fields = {self.names[i] for field in positions.fields for i in field}
        if self.document is not None and not fields.isdisjoint(self.document.arrays):
            raise self.document.refusal()
        read = positions.all or [0]
        chosen = positions.within(read)
        source = source_of(self._only(read), chosen, wanted.carried, format="jsonl")
        with naming(self.path):
            numbers = self._check_points(positions)
        return source._replace(details=source.details._replace(numbers=numbers))

    def numbers_in(self, wanted: Wanted) -> tuple[Written, ...]:
        """How the numbers of the wanted columns are written in the first objects."""
        return self._numbers_written(self.layout.positions(wanted, self.rows.options))

    def _numbers_written(self, positions: Positions) -> tuple[Written, ...]:
        from smoothl1.sources.csv.thousands import numbers_written  # late: few have texts

        names = tuple(dict.fromkeys(self.names[i] for field in positions.fields for i in field))
        rows = ([_cell(of.get(name)) for name in names] for of in self.first_objects)
        return numbers_written(names, range(len(names)), rows, self.rows.options.missing_values)

    def _check_points(self, positions: Positions) -> tuple[Written, ...]:
        """Refuse points of texts that may part thousands; see `thousands.refuse_thousands`."""
        chosen = {self.names[i] for field in positions.fields for i in field}
        if not any(_is_text(of.get(name)) for of in self.first_objects for name in chosen):
            return ()
        from smoothl1.sources.csv.thousands import refuse_thousands  # late, as above

        return refuse_thousands(self._numbers_written(positions))

    def close(self) -> None:
        self.rows.close()

    def _only(self, positions: Sequence[int]) -> ObjectRows:
        """The rows with fewer columns, at least one."""
        objects, layout = self.rows.objects, self.layout
        return self.rows._replace(objects=objects.only(positions), layout=layout.only(positions))
