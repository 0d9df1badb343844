"""Whether the first row of a CSV file names the columns, or is the first row of data.

A row of text is a header, and a row of numbers is data. Good readers disagree about two kinds of
row between these, so smoothl1 does not guess:

- a row of numbers that looks like names: 0, 1, 2, ... (which pandas gives), numbers in quotes above
  numbers without quotes, or distinct whole numbers above fractions (years);
- a mixed row in which the cell of a column of numbers is itself a number, or missing. True and
  False are numbers, above cells that are, too.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from smoothl1.errors import DataError
from smoothl1.lazy_patterns import lazy_pattern
from smoothl1.sources.columns import shown_names
from smoothl1.sources.csv.first_flags import doubt_about_flags, has_flags, with_flags
from smoothl1.sources.csv.first_years import YEAR, has_years
from smoothl1.sources.csv.levels import are_levels, as_numbers, is_one_level

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from smoothl1.sources.contract import Columns

_WHOLE = lazy_pattern(r"[+-]?[0-9]+")
_FINITE = lazy_pattern(r"[+-]?[.,]?[0-9]")
_SAID = {"number": "a number", "figure": "like a number", "flag": "true or false"}
_NOTHING: frozenset[int] = frozenset()


class Cell(NamedTuple):
    """A cell of one of the first rows.

    Attributes:
        text: The text without quotes, and without blanks around it.
        kind: "number", "missing" or "text"; but text is a "figure" if it may be a number in another
            notation, 1,234.5 or 0x1F, a "mark" if it may be a missing value, None or #N/A, and a
            "flag" if it is True or False above such cells.
        is_quoted: Whether it is in quotes.
    """

    text: str
    kind: str
    is_quoted: bool = False

    @property
    def is_numeric(self) -> bool:
        """Whether it can occur in a column of numbers."""
        return self.kind in ("number", "missing")


class FirstRow(NamedTuple):
    """The first row of a CSV file, and what is known about the columns below it.

    Attributes:
        cells: The cells of the row.
        numeric: Positions of the columns whose next cell is a number, or missing.
        doubt: Why a row of numbers may be a header nevertheless, whatever columns are read.
        fractions: Positions of the columns with fractions below, if the row is made of distinct
            whole numbers: if one of these columns is read, the row may be made of names.
        may_be_shared: Whether the row is data unless another input has the same one: a single
            `1` above fractions, as pandas names a column, or years.
        may_be_levels: Whether the row is data unless another input has the same one above other
            rows: fractions that rise, as quantile levels do, or a number apart from those below.
        below: The cells of the rows below it, as many as were read.
        is_above_index: Whether the row is an empty cell and 0, 1, ..., above rows that are counted
            whole numbers, or have names or dates: what pandas writes of columns without names.
        is_above_numbers: Whether these whole numbers are not counted from 0: then the first column
            may be one of numbers, if it is chosen.
        is_of_years: Whether the row has years beside names that do not occur below it, and other
            numbers are below the years.
        decimals: Whether the second of two cells may be what stands after a decimal comma: see
            `table.ColumnInfo`.
    """

    cells: tuple[Cell, ...]
    numeric: frozenset[int] = _NOTHING
    doubt: str | None = None
    fractions: frozenset[int] = _NOTHING
    may_be_shared: bool = False
    may_be_levels: bool = False
    below: Columns = ()
    is_above_index: bool = False
    is_above_numbers: bool = False
    is_of_years: bool = False
    decimals: str = ""

    @property
    def names(self) -> Columns:
        """The names of the columns, if the row is a header."""
        return tuple(cell.text for cell in self.cells)

    @property
    def values(self) -> tuple[float | str, ...]:
        """The cells as numbers, if all are numbers: 0.5 is 0.50."""
        return tuple(as_numbers(self.names)) or self.names

    @property
    def is_numbers(self) -> bool:
        """Whether every cell is a number: then the row is data, unless there is a doubt."""
        return all(cell.kind in ("number", "flag") for cell in self.cells)

    @property
    def is_plain_data(self) -> bool:
        """Whether the row is data, whatever columns are read."""
        return self.is_numbers and self.doubt is None and not self.fractions

    @property
    def may_be_names(self) -> bool:
        """Whether the row is made of distinct whole numbers, so that it might be one of names."""
        names = self.names
        return len(set(names)) == len(names) and all(map(is_whole, names))

    @property
    def is_certain(self) -> bool:
        """Whether it is certain what the row is, whatever columns are read."""
        return self.is_plain_data or self.is_text or self.is_above_index or self.is_of_years

    @property
    def is_text(self) -> bool:
        """Whether every cell is text: then the row is a header."""
        return all(cell.kind == "text" for cell in self.cells)

    @property
    def reason(self) -> str:
        """The reason for the decision about the row, if there is no doubt."""
        if self.is_above_index:
            return "pandas names an index and columns without names so"
        if self.is_of_years:
            return "it has years beside names, above other numbers"
        are_flags = any(cell.kind == "flag" for cell in self.cells)
        what = "are numbers, or true and false" if are_flags else "are numbers"
        return f"all of its cells {what}" if self.is_numbers else "its cells are text"

    def doubt_about(self, chosen: Collection[int]) -> str | None:
        """Why the row may be either a header or data; None if it is certain.

        Args:
            chosen: Positions of the columns that are read as numbers.
        """
        if self.is_numbers:
            if self.doubt is None and not self.fractions.isdisjoint(chosen):
                return "its cells are distinct whole numbers above fractions, as years may be"
            return self.doubt
        is_index = self.is_above_index and not (self.is_above_numbers and 0 in chosen)
        if is_index or self.is_of_years:
            return None
        kinds = {i: self.cells[i].kind for i in sorted(chosen) if i < len(self.cells)}
        number = next((i for i, kind in kinds.items() if kind in _SAID), None)
        if number is not None:
            return f"the cell of column @{number + 1} is {_SAID[kinds[number]]}"
        missing = next((i for i, kind in kinds.items() if kind in ("missing", "mark")), None)
        if missing is not None and not any(self.cells[i].kind == "text" for i in self.numeric):
            what = "is missing" if kinds[missing] == "missing" else "may be a missing value"
            return f"the cell of column @{missing + 1} {what}, and no name is above numbers"
        return None


def depends_on_rows(cells: Sequence[str]) -> bool:
    """Whether the rows below decide if a row is a header: years, flags, or numbers alone."""
    return all(map(_FINITE.match, cells)) or any(map(YEAR.fullmatch, cells)) or has_flags(cells)


def judge_first_row(cells: Sequence[Cell], below: Sequence[Sequence[Cell]]) -> FirstRow:
    """Collect what speaks for a header and what speaks for data.

    Args:
        cells: The first row.
        below: The rows that follow, as many as were read.
    """
    row = FirstRow(with_flags(cells, below))
    if below and len(below[0]) == len(cells):
        row = row._replace(
            numeric=frozenset(i for i, cell in enumerate(below[0]) if cell.is_numeric),
            decimals=_decimals([cells, *below]),
            below=tuple(cell.text for of_row in below for cell in of_row),
        )
    if not row.is_numbers:
        return _judge_index(row._replace(is_of_years=has_years(cells, below)), below)
    columns = [[of[i] for of in below if i < len(of)] for i in range(len(cells))]
    if doubt := _doubt_about_numbers(row, columns):
        return row._replace(doubt=doubt)
    are_years = all(map(YEAR.fullmatch, row.names)) and row.may_be_names
    is_level = len(cells) == 1 and is_one_level(cells[0].text, (of.text for of in columns[0]))
    row = row._replace(may_be_shared=are_years, may_be_levels=is_level or are_levels(row.names))
    if row.may_be_names if len(cells) > 1 else are_years:
        fractions = (i for i, column in enumerate(columns) if any(map(is_fraction, column)))
        return row._replace(fractions=frozenset(fractions))
    if row.names == ("1",):
        return row._replace(may_be_shared=any(map(is_fraction, columns[0])))
    return row


def _doubt_about_numbers(row: FirstRow, columns: Sequence[Sequence[Cell]]) -> str | None:
    """Why a row of numbers may be a header, whatever columns are read.

    Args:
        row: The row.
        columns: The cells below it, by columns.
    """
    n = len(row.cells)
    if list(row.names) == [str(i) for i in range(n)]:
        listed = "'0'" if n == 1 else f"'0' to '{n - 1}'"
        return f"its cells are {listed}, which pandas writes as names"
    for cell, column in zip(row.cells, columns, strict=True):
        if cell.is_quoted and column and not any(other.is_quoted for other in column):
            return "its cells are in quotes, and those below are not"
    return doubt_about_flags(row.cells, columns)


def _judge_index(row: FirstRow, below: Sequence[Sequence[Cell]]) -> FirstRow:
    """Add whether a row is what pandas writes above an index and columns without names."""
    counted = ["", *(str(i) for i in range(len(row.cells) - 1))]
    first = below[0][0] if below and below[0] else None  # a broken row has no cells
    if list(row.names) != counted or len(counted) == 1 or first is None:
        return row
    if is_whole(first.text):
        return row._replace(is_above_index=True, is_above_numbers=first.text != "0")
    return row._replace(is_above_index=first.kind in ("text", "mark"))


def _decimals(rows: Sequence[Sequence[Cell]]) -> str:
    """Whether all rows may be numbers with decimal commas: digits, and digits without a sign."""
    for row in rows:
        if len(row) != 2 or not (is_whole(row[0].text) and row[1].text.isdecimal()):
            return ""
    has_zeros = any(row[1].text[0] == "0" and len(row[1].text) > 1 for row in rows)
    return "likely" if has_zeros else "possible"


def are_same(cells: Sequence[Cell]) -> bool:
    """Whether there are several cells, all with the same text."""
    return len(cells) > 1 and len({cell.text for cell in cells}) == 1


def is_fraction(cell: Cell) -> bool:
    """Whether a number is written with a decimal mark or an exponent."""
    return (
        cell.kind == "number" and not is_whole(cell.text) and _FINITE.match(cell.text) is not None
    )


def is_whole(text: str) -> bool:
    """Whether a cell's text is a whole number, written as one."""
    return _WHOLE.fullmatch(text) is not None


def header_doubt(row: FirstRow, doubt: str, path: str, more: str = "") -> DataError:
    """The error to raise if the first row may be a header or data.

    Args:
        row: The first row.
        doubt: The reason of the doubt.
        path: The file, as the user typed it.
        more: A description of what else was tried to decide it.
    """
    return DataError(
        f"the first row, {shown_names(row.names)}, may be a header or data: {doubt}{more}",
        path=path,
        hint="--header or --no-header says which",
    )


def split_rows(text: str, delimiter: str, kind_of: Callable[[str], str]) -> list[list[Cell]]:
    """Split well-formed rows into cells.

    Args:
        text: Whole rows; text after the last line end is ignored.
        delimiter: The separator of cells.
        kind_of: A function that gives the kind of a cell.
    """
    mark = re.escape(delimiter)
    token = re.compile(rf'("(?:[^"]|"")*")|([^{mark}\r\n"]+)|({mark})|\r\n|\r|\n')
    rows: list[list[Cell]] = []
    cells: list[Cell] = []
    cell, is_quoted = "", False
    for match in token.finditer(text):
        if match[1]:
            cell, is_quoted = match[1][1:-1].replace('""', '"'), True
            continue
        if match[2]:
            cell += match[2]
            continue
        cell = cell.strip(" \t")
        cells.append(Cell(cell, kind_of(cell), is_quoted))
        cell, is_quoted = "", False
        if not match[3]:
            rows.append(cells)
            cells = []
    return rows
