"""Opening a CSV file: its text in UTF-8 without comments, what separates cells, its first rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from smoothl1.decisions import Decision
from smoothl1.errors import DataError, SettingsError
from smoothl1.files.encoding import as_utf8
from smoothl1.read_options import AUTO, WHITESPACE
from smoothl1.sources.csv.blanks import are_separators, with_single_blanks
from smoothl1.sources.csv.comments import without_comments
from smoothl1.sources.csv.first_lines import read_layout
from smoothl1.sources.csv.reading import as_asked
from smoothl1.sources.csv.table import CsvTable

if TYPE_CHECKING:
    from collections.abc import Callable

    from smoothl1.files.contract import Input
    from smoothl1.read_options import ReadOptions
    from smoothl1.sources.csv.layout import Layout
    from smoothl1.sources.table import Needs


_BEGINNING_BYTES = 1 << 13

_MARKS_OF_PRINTS = (
    *(b"--", b"-+", b"+-", b"|-", b"==", b"= =", b"+="),  # lines below names, and frames
    *(b"\xe2\x94", b"\xe2\x95"),  # lines to draw boxes with
    *(b"shape: (", b"# A tibble", b"\xc3\x97", b" rows x "),
)
"""What any table that was printed for people has one of at its beginning: see `printed_tables`."""


def open_table(
    file: Input, options: ReadOptions, needs: Needs, warn: Callable[[str], None]
) -> CsvTable:
    """Open a CSV file; see `table.Opener`."""
    is_unsaid = options.decimal == AUTO
    if is_unsaid:
        options = options._replace(decimal=".")
    try:
        file = as_utf8(file, options.encoding)
        if options.comment:
            file = without_comments(file, options)
        if _may_be_printed(file):
            from smoothl1.sources.csv.printed_tables import refuse_printed  # late: few have marks

            refuse_printed(file, options)
        choices = tuple(as_asked(file.path, options))
        are_blanks = options.delimiter == WHITESPACE
        if options.delimiter == AUTO and are_separators(file, options):
            are_blanks, what = True, "runs of blanks separate the cells"
            reason = "each of the first lines has as many numbers between blanks"
            choices += (Decision("delimiter", file.path, what, reason),)
        if are_blanks:
            file = with_single_blanks(file)
        usual = "," if options.delimiter == AUTO else options.delimiter
        options = options._replace(delimiter=" " if are_blanks else usual)
        _check_decimal(options)
        if needs.read_again:
            file = file.seekable()
        layout = read_layout(file, options)
        _check_rows(layout, options)
    except BaseException:
        file.close()
        raise
    return CsvTable(file, layout, options, needs, warn, choices, may_have_thousands=is_unsaid)


def _check_rows(layout: Layout, options: ReadOptions) -> None:
    if not (layout.has_rows or options.allow_empty):
        raise DataError("no rows, only a header", hint="--allow-empty accepts that")


def _check_decimal(options: ReadOptions) -> None:
    if options.decimal == options.delimiter:
        hint = "--delimiter names another: files with decimal commas often use ';'"
        raise SettingsError("the decimal mark is the delimiter, too", hint=hint)


def _may_be_printed(file: Input) -> bool:
    beginning = file.read(0, _BEGINNING_BYTES)
    return any(mark in beginning for mark in _MARKS_OF_PRINTS)
