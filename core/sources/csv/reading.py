"""Decisions that options say how the cells of a CSV file are read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from smoothl1.decisions import MISSING_NUMBERS, Decision
from smoothl1.read_options import AUTO
from smoothl1.sources.csv.cells import is_number

if TYPE_CHECKING:
    from collections.abc import Iterator

    from smoothl1.read_options import ReadOptions


def as_asked(path: str, options: ReadOptions) -> Iterator[Decision]:
    """The decisions on cells that are not the usual ones.

    Args:
        path: The path of the file.
        options: How it is read.
    """
    if options.delimiter != AUTO:
        reason = options.reason("delimiter", "--delimiter")
        yield Decision("delimiter", path, f"{options.delimiter!r} separates the cells", reason)
    if options.decimal != ".":
        reason = options.reason("decimal", "--decimal")
        yield Decision("numbers", path, f"{options.decimal!r} is the decimal mark", reason)
    if options.encoding.lower().replace("_", "-") not in ("utf-8", "utf8"):
        reason = options.reason("encoding", "--encoding")
        yield Decision("encoding", path, f"the text is {options.encoding}", reason)
    reason = options.reason("missing_values", "--missing-value")
    for subject, text in dict.fromkeys(
        _missing(one, options.decimal) for one in sorted({*options.missing_values})
    ):
        yield Decision(subject, path, f"{text} stands for a missing value", reason)


def _missing(text: str, decimal: str) -> tuple[str, str]:
    """The subject of the decision on a text for missing values, and the text as it is shown.

    A number stands for all cells that are equal to it.
    """
    if not is_number(text, decimal):
        return "missing values", repr(text)
    return MISSING_NUMBERS, repr(float(text.replace(decimal, "."))).removesuffix(".0")
