"""The layout of a CSV file, known before its rows are read: its header and its columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from smoothl1.errors import DataError, NoColumnError
from smoothl1.lazy_patterns import lazy_pattern
from smoothl1.sources.columns import index_columns, names_at, shown
from smoothl1.sources.contract import Field
from smoothl1.sources.csv.first_row import (
    Cell,
    FirstRow,
    are_same,
    is_whole,
)
from smoothl1.sources.csv.hints import (
    BLANK_HINT,
    below_hint,
    comment_hint,
    delimiter_hint,
    words_hint,
)
from smoothl1.sources.csv.quotes import RowChunks
from smoothl1.sources.ids import is_id
from smoothl1.sources.notations import begins_with_date, is_flag, may_be_number
from smoothl1.sources.positions import select_columns
from smoothl1.sources.table import ColumnInfo

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from smoothl1.files.contract import Input
    from smoothl1.read_options import ReadOptions
    from smoothl1.sources.contract import Columns, Wanted
    from smoothl1.sources.positions import Positions


class Layout(NamedTuple):
    """The layout of a CSV file, known before its rows are read.

    Attributes:
        path: The file, as the user typed it.
        delimiter: The separator of cells: one character.
        decimal: The decimal mark: another character.
        first_row: The first row of the file, header or not; without cells if that is no row of CSV.
        has_header: Whether that row names the columns.
        is_settled: Whether the user, or other information about the inputs, settled that.
        is_counted: Whether the number of rows of another input settled it.
        reason: The reason for the decision about that row.
        missing: The cells that stand for a missing value in a column of numbers.
        has_missing_numbers: Whether one of them would be read as a number otherwise.
        names: Names of the columns; `@1`, `@2` and so on without a header.
        begins_with: The cells of the first row of data; empty if there is not one cell for each of
            several columns.
        numbers_below: Positions of the columns that begin with text, though most cells below are
            numbers.
        flags: Positions of the columns whose first value is True or False: they hold nothing else,
            unless values are missing.
        texts: Positions of the columns that begin with missing values above text: no numbers, as
            far as was looked.
        header_line: The bytes of the header row without its line end; empty without a header.
        data_offset: Byte at which the first row of data begins.
        has_rows: Whether rows follow. A blank line is a row only of a table of one column.
        n_comments: Number of lines at the beginning that begin with #; 0 if no other line follows.
        unseen: The hint that other names may occur below what was looked at; None if none can.
        is_rewritten: Whether its rows are those of another format, made rows of CSV: then nothing
            about delimiters, quotes and blanks is ambiguous.
        first_alone: The first cell of data of a table of one column, from which its type is told;
            None if there is none. Nothing is decided by it.
        numeric: Which columns begin with a number, or a missing value that is not above text alone.
            All, if that is not known.
        columns: More about each column: see `with_columns`.
    """

    path: str
    delimiter: str
    decimal: str
    first_row: FirstRow
    has_header: bool
    is_settled: bool
    is_counted: bool
    reason: str
    missing: Columns
    has_missing_numbers: bool
    names: Columns
    begins_with: tuple[Cell, ...]
    numbers_below: frozenset[int]
    flags: frozenset[int]
    texts: frozenset[int]
    header_line: bytes
    data_offset: int
    has_rows: bool
    n_comments: int
    unseen: str | None = None
    is_rewritten: bool = False
    first_alone: Cell | None = None
    numeric: tuple[bool, ...] = ()
    columns: tuple[ColumnInfo, ...] = ()

    def with_columns(self, nested: Mapping[int, str] | None = None) -> Layout:
        """The same layout, with more about each column, as far as its first value shows.

        Args:
            nested: The types of the columns whose values are no single ones, by their positions.
        """
        infos = map(_info, self.begins_with, self.names)
        known: dict[ColumnInfo, ColumnInfo] = {}  # of very many columns, most are alike
        kinds = [known.setdefault(info, info) for info in infos]
        kinds = kinds or [_unjudged(self.first_alone)] * len(self.names)
        for i, kind in (nested or {}).items():
            kinds[i] = kinds[i]._replace(type=kind)
        if (self.delimiter, self.has_header, len(kinds)) == (",", False, 2):
            kinds[1] = kinds[1]._replace(decimals=self.first_row.decimals)
        for i in self.numbers_below:
            kinds[i] = kinds[i]._replace(may_be_numbers=True)
        indexes = index_columns(self.names)
        for i in indexes:
            kinds[i] = kinds[i]._replace(is_index=True)
        others = self.flags | self.texts
        numeric = [c.is_numeric and i not in others for i, c in enumerate(self.begins_with)]
        return self._replace(
            numeric=tuple(numeric) or (True,) * len(self.names), columns=tuple(kinds)
        )

    def only(self, positions: Sequence[int]) -> Layout:
        """The layout of the same rows without all other columns.

        Args:
            positions: The positions of the columns that are left, in their order.
        """
        places = {position: i for i, position in enumerate(positions)}
        flags, texts, below = (
            frozenset(places[i] for i in some if i in places)
            for some in (self.flags, self.texts, self.numbers_below)
        )
        return self._replace(
            names=tuple(self.names[i] for i in positions),
            begins_with=tuple(self.begins_with[i] for i in positions if self.begins_with),
            numeric=tuple(self.numeric[i] for i in positions),
            columns=tuple(self.columns[i] for i in positions),
            flags=flags,
            texts=texts,
            numbers_below=below,
        )

    def positions(self, wanted: Wanted, options: ReadOptions) -> Positions:
        """Find the requested columns.

        Args:
            wanted: The requested columns.
            options: How the file is read, for hints.

        Raises:
            DataError: See `select_columns`; or a column is requested as numbers and as text.
        """
        try:
            found = select_columns(self.names, self.numeric, wanted)
            self._check_apart(found, wanted.carried)
        except DataError as error:
            error.path = self.path
            error.hint = self.hint_about(error, options)
            raise
        return found

    def _check_apart(self, positions: Positions, carried: tuple[int, ...]) -> None:
        labels = {i for place, i in enumerate(positions.labels) if place not in carried}
        for i in labels.intersection(positions.numeric):
            raise DataError(f"column {shown(self.names[i])} cannot be read as numbers and as text")

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

    def hint_about(self, error: DataError, options: ReadOptions) -> str | None:
        """The hint about columns that cannot be chosen.

        The first lines may be comments, the delimiter another one, or a name below what was looked
        at; else it is that of the error.
        """
        absent = error.name if isinstance(error, NoColumnError) else None
        if self.is_rewritten:
            return (self.unseen if absent is not None else None) or error.hint
        begins_with = self.begins_with if self.has_header else ()
        return (
            self._hint_about_names_in_comments(absent, options)
            or comment_hint(self.n_comments, options)
            or delimiter_hint(self.first_row.names, options)
            or self._hint_about_blanks(absent)
            or below_hint(absent, self.names, begins_with, options)
            or error.hint
        )

    def hint_about_lines(self, options: ReadOptions) -> str | None:
        """The hint that its first lines may be comments, or have another delimiter; else None."""
        if len(self.names) > 1:
            return comment_hint(self.n_comments, options) if self.n_comments > 1 else None
        hints = (
            comment_hint(self.n_comments, options),
            delimiter_hint(self.first_row.names, options) or self.hint_about_words(options),
        )
        return "; ".join(filter(None, hints)) or None

    def hint_about_words(self, options: ReadOptions) -> str | None:
        """The hint if the first cell of the only column seems to be several with blanks between."""
        text = "" if self.first_alone is None else self.first_alone.text
        return None if options.delimiter == " " else words_hint(text, options.decimal)

    def _hint_about_names_in_comments(self, absent: str | None, options: ReadOptions) -> str | None:
        """The hint if the names of columns may be in a line of comments, as numpy.savetxt writes.

        The name that is not there is in the line, or the line was left out.
        """
        if absent is None:
            return None
        is_unsaid = options.comment and options.header is None
        if is_unsaid and not (self.has_header and self.first_row.is_text):
            return "--header reads names from the comment above the rows, if it has them"
        names = self.names[0].lstrip("# \t") if self.n_comments == 1 else ""
        if absent and absent in (names, *names.split()):
            return "--comment '#' --header reads the names from the line that begins with #"
        return None

    def _hint_about_blanks(self, absent: str | None) -> str | None:
        """The hint if the name that is not there is a word of the only column's name."""
        words = self.names[0].split() if len(self.names) == 1 else []
        return BLANK_HINT if len(words) > 1 and absent in words else None

    def chunks_of(self, file: Input) -> RowChunks:
        """The bytes of the rows of data, in chunks of whole rows."""
        return RowChunks(file, self.data_offset, self.delimiter, n_columns=len(self.names))


def _unjudged(first: Cell | None) -> ColumnInfo:
    """A column of which nothing is decided by its first cell, or that has none."""
    return ColumnInfo("unknown" if first is None else _info(first, "").type, is_unjudged=True)


_WHOLE = ColumnInfo("whole number", "integer")

_NO_FRACTION = lazy_pattern(r"\.0*\Z")


def _info(cell: Cell, name: str) -> ColumnInfo:
    """Describe a column from its first cell; a missing value may stand for anything.

    pandas writes ids as 1.0 if one was missing. A column that is called an id and begins with
    another fraction is compared as text: 12e4 may be hexadecimal.
    """
    if is_whole(cell.text):
        return _WHOLE
    is_integer = is_whole(_NO_FRACTION.sub("", cell.text))
    if is_id(name) and is_integer:
        return _WHOLE
    if cell.kind == "number":
        kind = "text" if is_id(name) else "fraction"
        return ColumnInfo("number", kind, may_be_key=False, has_fractions=not is_integer)
    odd = not is_id(name) and may_be_number(cell.text)
    kind = "text" if cell.kind in ("mark", "figure", "flag") else cell.kind
    is_date = begins_with_date(cell.text)
    return ColumnInfo(kind, "text", may_be_numbers=odd, is_flag=is_flag(cell.text), is_date=is_date)
