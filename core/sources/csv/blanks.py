"""Rows whose cells are separated by runs of blanks and tabs, as Fortran, NumPy and R write them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from smoothl1.files.rewritten import blocks_of_lines, rewritten
from smoothl1.lazy_patterns import lazy_pattern
from smoothl1.sources.csv.cells import has_thousands, is_number
from smoothl1.sources.csv.quotes import BOM
from smoothl1.sources.csv.rows import MISSING

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    from smoothl1.files.contract import Input
    from smoothl1.read_options import ReadOptions

_SAMPLE_BYTES = 1 << 16
"""Bytes read to see what separates cells: some thousand rows, which takes milliseconds."""

CELL = lazy_pattern(r'"[^"]*"|[^ \t"]+')
"""A cell between blanks."""

_LINE_END = lazy_pattern(r"\r\n|\r|\n")
_ODD = (b"  ", b"\t", b"\n ", b" \n", b"\r ", b" \r")
"""What text has whose cells are not separated by single blanks."""

_BLANK, _TAB, _LF, _CR, _QUOTE = b' \t\n\r"'


def with_single_blanks(file: Input) -> Input:
    """The text of a file with one blank for each run of blanks and tabs, and none around lines.

    Blanks within quotes stay as they are.
    """
    return rewritten(file, _squeezed(file), "text")


def _squeezed(file: Input) -> Generator[bytes, None, None]:
    is_quoted = False
    start = len(BOM) if file.head.startswith(BOM) else 0
    for block in blocks_of_lines(file, start):
        is_odd = block.startswith(b" ") or block.endswith(b" ")
        is_simple = not (is_odd or any(map(block.__contains__, _ODD)))
        text = block if is_simple else _squeeze(block, is_quoted=is_quoted)
        is_quoted ^= block.count(b'"') % 2 == 1
        if text:
            yield text


def _squeeze(block: bytes, *, is_quoted: bool) -> bytes:
    """Whole lines with single blanks.

    Args:
        block: The lines.
        is_quoted: Whether they begin within quotes.
    """
    text = np.frombuffer(b"\n" + block + b"\n", np.uint8).copy()
    is_blank = (text == _BLANK) | (text == _TAB)
    if is_quoted or b'"' in block:
        n_quotes = np.cumsum(text == _QUOTE, dtype=np.uint32)
        is_blank &= n_quotes % 2 == (1 if is_quoted else 0)
    is_end = (text == _LF) | (text == _CR)
    begins = np.flatnonzero(is_blank[1:] & ~is_blank[:-1]) + 1
    ends = np.flatnonzero(is_blank[:-1] & ~is_blank[1:])
    within = begins[~(is_end[begins - 1] | is_end[ends + 1])]
    text[within] = _BLANK
    is_kept = ~is_blank
    is_kept[within] = True
    squeezed: bytes = text[is_kept][1:-1].tobytes()
    return squeezed


def are_separators(file: Input, options: ReadOptions) -> bool:
    """Whether runs of blanks certainly separate the cells of a file.

    Every line at the beginning must have as many numbers between blanks, at least two; only the
    first may be names, if others follow, and R leaves out the name of the quoted names of rows. No
    other delimiter occurs, and the numbers may not be one with blanks for thousands.

    Args:
        file: The file, without lines of comments.
        options: How it is read.
    """
    others = ";|" if options.decimal == "," else ",;|"
    if any(mark.encode() in file.head for mark in others):
        return False
    sample = file.read(0, _SAMPLE_BYTES)
    text = sample.removeprefix(BOM).decode("utf-8", "replace")
    if "\t\t" in text or " " not in text or any(mark in text for mark in others):
        return False
    lines = _LINE_END.split(text)[options.skip_rows :]
    if len(sample) == _SAMPLE_BYTES:
        lines.pop()
    lines = "\n".join(lines).rstrip("\n \t").split("\n")
    if any(line.count('"') % 2 for line in lines):
        return False
    if all(has_thousands(line.strip(" \t"), options.decimal) for line in lines[1:] or lines):
        return False
    return _are_table([CELL.findall(line) for line in lines], options)


def _are_table(rows: Sequence[list[str]], options: ReadOptions) -> bool:
    """Whether the cells between blanks are those of a table of numbers."""
    first, below = rows[0], rows[1:]
    missing = (*MISSING, *options.missing_values)

    def are_numbers(cells: Sequence[str]) -> bool:
        return all(is_number(cell, options.decimal) or cell in missing for cell in cells)

    if not below:
        return len(first) > 1 and all(is_number(cell, options.decimal) for cell in first)
    width = len(below[0])
    if width < 2 or any(len(row) != width for row in below):
        return False
    if len(first) == width - 1:
        are_named = all(row[0].startswith('"') for row in below)
        return are_named and all(are_numbers(row[1:]) for row in below) and not are_numbers(first)
    has_names = not any(is_number(cell, options.decimal) for cell in first)
    return (
        len(first) == width and (has_names or are_numbers(first)) and all(map(are_numbers, below))
    )


def lacks_name_of_rows(
    first: Sequence[str], below: Sequence[str], options: ReadOptions, *, is_quoted: bool
) -> bool:
    """Whether the first row lacks a name for the names of rows, as R's write.table writes it.

    Args:
        first: The cells of the first row.
        below: The cells of the next row.
        options: How the file is read.
        is_quoted: Whether the next row begins with a quote.
    """
    if len(first) + 1 != len(below) or any(is_number(cell, options.decimal) for cell in first):
        return False
    return below[-1] != "" and (is_quoted or not is_number(below[0], options.decimal))
