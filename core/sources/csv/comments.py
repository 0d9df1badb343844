"""Lines of comments in a CSV file, which are left out before its rows are read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from smoothl1.files.converted import blocks_of_lines, converted
from smoothl1.sources.csv.cells import is_number
from smoothl1.sources.csv.quotes import BOM

if TYPE_CHECKING:
    from collections.abc import Generator

    from smoothl1.files.contract import Input
    from smoothl1.sources.contract import ReadOptions


def without_comments(file: Input, options: ReadOptions) -> Input:
    """The lines of a file that do not begin with a mark, apart from blanks.

    A line within a quoted cell is none. If the file has a header, the last line of comments above
    rows of numbers is it, if it has as many cells: numpy.savetxt writes the names so.

    Args:
        file: The file.
        options: How it is read; the mark is one ASCII character.

    Raises:
        DataError: There are no other lines.
    """
    return converted(file, _lines(file, options), "text without its comments")


def without_lines(file: Input, mark: str) -> Input:
    """Leave out the lines that begin with a mark, where no text is longer than a line.

    Args:
        file: The file, as JSON Lines.
        mark: One ASCII character.
    """
    return converted(file, _unmarked(file, mark.encode()), "JSON Lines without comments")


def _unmarked(file: Input, mark: bytes) -> Generator[bytes, None, None]:
    for block in blocks_of_lines(file, len(BOM) if file.head.startswith(BOM) else 0):
        lines = block.splitlines(keepends=True) if mark in block else [block]
        yield b"".join(line for line in lines if not line.lstrip(b" \t").startswith(mark))


def _lines(file: Input, options: ReadOptions) -> Generator[bytes, None, None]:
    mark = options.comment.encode()
    start = len(BOM) if file.head.startswith(BOM) else 0
    is_quoted, above, is_first = False, b"", options.header is True
    for block in blocks_of_lines(file, start):
        if mark not in block and not is_first:
            is_quoted ^= block.count(b'"') % 2 == 1
            yield block
            continue
        kept = []
        for line in block.splitlines(keepends=True):
            if not is_quoted and line.lstrip(b" \t").startswith(mark):
                above = line
                continue
            if is_first and (header := _header(above, line, options)):
                kept.append(header)
            is_first = False
            is_quoted ^= line.count(b'"') % 2 == 1
            kept.append(line)
        if kept:
            yield b"".join(kept)


def _header(comment: bytes, line: bytes, options: ReadOptions) -> bytes:
    """The names in a line of comments if the line below has as many numbers; else nothing."""
    names = comment.strip(b" \t").removeprefix(options.comment.encode()).lstrip(b" \t")
    delimiter = options.delimiter if len(options.delimiter) == 1 else None
    if options.delimiter == "auto" and b"," in line:
        delimiter = ","
    cells = [cell.strip(" \t\r\n") for cell in line.decode("latin-1").split(delimiter)]
    are_numbers = all(is_number(cell, options.decimal) for cell in cells)
    n_names = len(names.decode("latin-1").split(delimiter)) if names.strip() else 0
    return names if are_numbers and n_names == len(cells) else b""
