"""Decisions that options say which lines of a CSV file are read, and how."""

from __future__ import annotations

from typing import TYPE_CHECKING

from smoothl1.decisions import MISSING_NUMBERS, Decision
from smoothl1.read_options import AUTO
from smoothl1.sources.csv.cells import is_number
from smoothl1.sources.csv.comments import comments_left_out

if TYPE_CHECKING:
    from collections.abc import Iterator

    from smoothl1.read_options import ReadOptions


def as_asked(path: str, options: ReadOptions) -> Iterator[Decision]:
    """The decisions on lines that are left out, and on cells that are not the usual ones.

    Args:
        path: The path of the file.
        options: How it is read.
    """
    if options.comment:
        yield comments_left_out(path, options)
    if options.skip_rows:
        n = options.skip_rows
        choice = f"the first {'line' if n == 1 else f'{n:,} lines'} left out"
        yield Decision("lines", path, choice, options.reason("skip_rows", "--skip-rows"))
    if options.delimiter != AUTO:
        reason = options.reason("delimiter", "--delimiter")
        yield Decision("delimiter", path, f"{options.delimiter!r} separates the cells", reason)
    if options.decimal != ".":
        reason = options.reason("decimal", "--decimal")
        yield Decision("numbers", path, f"{options.decimal!r} is the decimal mark", reason)
    if options.encoding.lower().replace("_", "-") not in ("utf-8", "utf8"):
        reason = options.reason("encoding", "--encoding")
        yield Decision("encoding", path, f"the text is {options.encoding}", reason)
    yield from missing_as_asked(path, options)


def missing_as_asked(path: str, options: ReadOptions) -> Iterator[Decision]:
    """The decisions on cells that stand for missing values, of CSV or JSON Lines.

    Args:
        path: The path of the file.
        options: How it is read.
    """
    for subject, text in dict.fromkeys(
        _missing(one, options.decimal) for one in sorted({*options.missing_values})
    ):
        reason = options.reason("missing_values", "--missing-value")
        yield Decision(subject, path, f"{text} stands for a missing value", reason)


def _missing(text: str, decimal: str) -> tuple[str, str]:
    """The subject of the decision on a text for missing values, and the text as it is shown.

    A number stands for all cells that are equal to it.
    """
    if not is_number(text, decimal):
        return "missing values", repr(text)
    return MISSING_NUMBERS, repr(float(text.replace(decimal, "."))).removesuffix(".0")
