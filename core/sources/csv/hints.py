"""What a CSV file seems to be if it cannot be read as asked: delimiters, comments, line ends."""

from __future__ import annotations

import csv
import re
from itertools import takewhile
from typing import TYPE_CHECKING

from smoothl1.errors import DataError
from smoothl1.lazy_patterns import lazy_pattern
from smoothl1.sources.columns import LONG_HINT, shown
from smoothl1.sources.csv.cells import has_thousands, is_number
from smoothl1.sources.csv.one_line import cells_of
from smoothl1.sources.notations import may_be_number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from smoothl1.files.contract import Input
    from smoothl1.read_options import ReadOptions
    from smoothl1.sources.contract import Columns
    from smoothl1.sources.csv.first_row import Cell

DELIMITERS = (";", "\t", "|", ",")
"""Usual delimiters, those first that are rare in names and numbers."""

EMPTY_LINE_HINT = "an empty line is a row of the only column: delete it if it is none"
BLANK_HINT = "is the delimiter a blank? --delimiter whitespace if so"
REPEATED_HINT = "remove the repeated header rows"
_FOR_ALL = "--delimiter and --decimal apply to all CSV inputs"

_SAMPLE_BYTES = 1 << 16
"""Bytes read of lines that may be comments."""

_LINE = lazy_pattern(rb"([^\r\n]*)(?:\r\n|\r|\n)")
_IN_QUOTES = lazy_pattern('"[^"]*"')
_COMMA = lazy_pattern(r"[ \t]*,[ \t]*")


def check_delimiter(names: Columns, second: str, options: ReadOptions, *, is_quoted: bool) -> None:
    """Refuse rows of one cell that another delimiter would split into equal numbers of cells.

    Args:
        names: The first row.
        second: The second row.
        options: How the file is read.
        is_quoted: Whether the first row is in quotes.

    Raises:
        DataError: The first two rows have the same number of another delimiter.
    """
    delimiter, decimal = options.delimiter, options.decimal
    first = names[0]
    is_figure_alone = has_thousands(first, decimal) and has_thousands(second, decimal)
    has_blanks = are_numbers(second, decimal) and not is_figure_alone
    for other in (*DELIMITERS, *(" " if has_blanks else "")):
        n, n_below = (_n_separators(text, other) for text in (first, second))
        if other == delimiter or not 0 < n == n_below:
            continue
        if other == decimal and (is_quoted or (n == 1 and is_number(first, decimal))):
            continue
        hint = _delimiter_option(other, options)
        if decimal == "." and other != "," and _has_decimal_commas(_cells(second, other)):
            hint += " --decimal ','"
        raise DataError(
            f"the rows have one cell, {shown(first)} and {shown(second)}: is the "
            f"delimiter {other!r}?",
            hint=hint,
        )


def _n_separators(text: str, other: str) -> int:
    """The number of separators in a text, whose runs count as one if they are blanks."""
    return len(text.split()) - 1 if other == " " else text.count(other)


def check_commas(header: bytes, data: bytes) -> None:
    """Refuse rows with commas if another delimiter may split them as well.

    Args:
        header: The line of the first row.
        data: Bytes that begin with the second row.

    Raises:
        DataError: Both have the same number of another delimiter, and numbers if they are split by
            it: as many as between commas, or behind names with blanks after their commas.
    """
    lines = (header, re.split(rb"[\r\n]", data, maxsplit=1)[0])
    first, second = (line.decode("utf-8", "replace") for line in lines)
    outside = [_COMMA.sub(",", _IN_QUOTES.sub("", line)) for line in (first, second)]
    for other in DELIMITERS[:-1]:
        if not 0 < outside[0].count(other) == outside[1].count(other):
            continue
        cells = _cells(second, other)
        numbers = [cell for cell in cells if _is_any_number(cell)]
        are_few = len(numbers) < sum(map(_is_any_number, _cells(second, ",")))
        if not numbers or sum(map(bool, cells)) < 2:
            continue
        if are_few and other != "\t" and ", " not in first:
            continue
        wanted = f"--delimiter {other!r}" + (" --decimal ','" * _has_decimal_commas(cells))
        raise DataError(
            f"commas and {other!r} both split the first two rows, {shown(first)} and "
            f"{shown(second)}: is the delimiter {other!r}?",
            hint=f"{wanted} if so; quotes around a name with {other!r} if not",
        )


def _cells(line: str, delimiter: str) -> list[str]:
    """The cells of a line, without blanks around them; none if it is badly quoted."""
    try:
        return cells_of(line, delimiter)
    except csv.Error:
        return []


def _has_decimal_commas(cells: list[str]) -> bool:
    """Whether a cell is a number with a decimal comma."""
    return any(is_number(cell, ",") and not is_number(cell, ".") for cell in cells)


def _is_any_number(cell: str) -> bool:
    """Whether a cell's text may be a number, with a decimal point or comma."""
    return is_number(cell, ".") or is_number(cell, ",") or may_be_number(cell)


def _delimiter_option(other: str, options: ReadOptions) -> str:
    """The hint that a file has another delimiter than that which was asked for, or the usual."""
    if other == " ":
        return "--delimiter whitespace"
    if options.delimiter == ",":
        return f"--delimiter {other!r}"
    hint = f"if all inputs have it, else convert one: {_FOR_ALL}"
    if other != options.decimal:
        return f"--delimiter {other!r} {hint}"
    return f"--delimiter {other!r} --decimal . {hint}; quotes around a name with {other!r}"


def delimiter_hint(names: Columns, options: ReadOptions) -> str | None:
    """The hint if the only cell of the first row seems to have another delimiter."""
    if len(names) != 1:
        return None
    cell, decimal = names[0], options.decimal
    other = next((d for d in DELIMITERS if d in cell and d not in (decimal, options.delimiter)), "")
    if not other and " " in cell and are_numbers(cell, decimal):
        other = " "
    if not other:
        return None
    option = "whitespace" if other == " " else repr(other)
    return f"is the delimiter {other!r}? --delimiter {option} if so"


def words_hint(text: str, decimal: str) -> str | None:
    """The hint that a cell seems to be several with blanks between, some of which are numbers."""
    words = text.split()
    if len(words) < 2 or has_thousands(text, decimal):
        return None
    return BLANK_HINT if any(is_number(word, decimal) for word in words) else None


def are_numbers(text: str, decimal: str) -> bool:
    """Whether a text is numbers with blanks between them."""
    return all(is_number(part, decimal) for part in text.split())


def quoting_hint(line: str, delimiter: str) -> str | None:
    """The hint if another delimiter would split a line that is badly quoted."""
    for other in (*DELIMITERS, " "):
        try:
            n_cells = len(cells_of(line, other))
        except csv.Error:
            continue
        if n_cells > 1 and other != delimiter:
            if other == " ":
                return "--delimiter whitespace"
            decimal = ", with --decimal ',' if its numbers have decimal commas"
            return f"--delimiter {other!r}{decimal if other == ';' else ''}"
    return None


def check_line_ends(data: bytes, end: int) -> None:
    """Refuse line ends that a program wrote twice, CR CR LF.

    Args:
        data: Bytes that begin with a row.
        end: The end of that row, with its line end.

    Raises:
        DataError: A CR ends the row, and a CR and LF follow.
    """
    if data[end - 1 : end + 2] == b"\r\r\n":
        raise DataError(
            r"the lines end with \r\r\n: \n was twice replaced by \r\n",
            hint=r"write the file with newline='', or replace \r\r\n by \n",
        )


def count_comments(file: Input, start: int, options: ReadOptions) -> int:
    """The number of lines at the beginning that begin with #, if other lines follow them; else 0.

    Args:
        file: The file.
        start: The byte at which its first row begins.
        options: How it is read.

    Raises:
        DataError: The row below them has another number of cells than the first of them.
    """
    begin = file.read(start, 6)
    if re.fullmatch(rb"sep=.[\r\n]", begin, re.DOTALL):
        mark = begin[4:5].decode("latin-1")
        raise DataError(
            f"the first line, {begin[:5].decode('latin-1')!r}, tells Excel the delimiter",
            hint=f"--skip-rows {options.skip_rows + 1} --delimiter {mark!r}",
        )
    if not begin.startswith(b"#"):
        return 0
    lines = [match[1] for match in _LINE.finditer(file.read(start, _SAMPLE_BYTES))]
    n = len(list(takewhile(lambda line: line.startswith(b"#"), lines)))
    if n == len(lines):
        return 0
    ends = (lines[i].decode("utf-8", "replace") for i in (0, n))
    try:
        first, below = (len(cells_of(line, options.delimiter)) for line in ends)
    except csv.Error:
        return n
    if first != below:
        raise DataError(
            f"{_lines(n)} with #, and the row below has {below} cells, not {first}",
            hint=comment_hint(n, options),
        )
    return n


def _lines(n: int) -> str:
    return "the first line begins" if n == 1 else f"the first {n} lines begin"


def comment_hint(n: int, options: ReadOptions) -> str | None:
    """The hint that the first lines may be comments; None if no line is."""
    if n == 0:
        return None
    lines = "the line that begins" if n == 1 else f"the {n} lines that begin"
    return f"--comment '#' leaves out {lines} with #, in all CSV inputs"


def below_hint(
    absent: str | None, names: Columns, below: Sequence[Cell], options: ReadOptions
) -> str | None:
    """The hint if the name that is not there is in the row below the header.

    Beside a fraction it is a value, as the name of a model in a table of several.

    Args:
        absent: The name that was asked for.
        names: The header.
        below: The cells of the row below; none if there is no header.
        options: How the file is read.
    """
    place = next((i for i, cell in enumerate(below) if absent and cell.text == absent), None)
    if place is None:
        return None
    if any(cell.kind == "number" and not cell.text.strip().isdigit() for cell in below):
        return f"{shown(below[place].text)} is a value of column {shown(names[place])}: {LONG_HINT}"
    return f"are the names in the row below? --skip-rows {options.skip_rows + 1} if so"


def missing_hint(names: Columns, hint: str | None) -> str | None:
    """The hint about a missing value, which in a table of one column may be an empty line."""
    if len(names) != 1:
        return hint
    return f"{hint}; {EMPTY_LINE_HINT}" if hint else EMPTY_LINE_HINT
