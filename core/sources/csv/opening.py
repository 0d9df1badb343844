"""Opening a CSV file: its text as UTF-8, and its first rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from smoothl1.errors import DataError, SettingsError
from smoothl1.files.encoding import as_utf8
from smoothl1.sources.csv.first_lines import read_layout
from smoothl1.sources.csv.source import CsvTable

if TYPE_CHECKING:
    from collections.abc import Callable

    from smoothl1.files.contract import Input
    from smoothl1.sources.contract import ReadOptions


def open_table(file: Input, options: ReadOptions, warn: Callable[[str], None]) -> CsvTable:
    """Open a CSV file; see `table.Opener`."""
    is_one = len(options.delimiter) == 1 and options.delimiter.isascii()
    if not is_one or options.delimiter in '"\r\n':
        raise SettingsError("the delimiter must be one ASCII character, and no quote or line end")
    _check_decimal(options)
    file = as_utf8(file, options.encoding)
    if options.read_again:
        file = file.seekable()
    layout = read_layout(file, options)
    if not (layout.has_rows or options.allow_empty):
        raise DataError("no rows, only a header", hint="--allow-empty accepts that")
    return CsvTable(file, layout, options, warn)


def _check_decimal(options: ReadOptions) -> None:
    if len(options.decimal) != 1 or options.decimal not in ".,":
        raise SettingsError("the decimal mark must be a point or a comma")
    if options.decimal == options.delimiter:
        hint = "files with decimal commas often use ';'"
        raise SettingsError("the decimal mark is the delimiter, too", hint=hint)
