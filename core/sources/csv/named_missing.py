"""Which of the texts that the user named for missing values occur in a CSV file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from smoothl1.sources.csv.cells import are_missing
from smoothl1.sources.csv.rows import parse_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyarrow as pa

    from smoothl1.sources.csv.layout import Layout


def see_named_missing(
    chunk: memoryview,
    layout: Layout,
    numeric: Sequence[int],
    named: Sequence[str],
    found: set[str],
) -> None:
    """Add the texts that some rows have to those that were found before.

    Args:
        chunk: The rows, of which a value is missing.
        layout: The layout of the file.
        numeric: Positions of the columns of numbers that are evaluated.
        named: The texts that the user named.
        found: Those found so far; others are added.
    """
    left = [text for text in named if text not in found]
    for column in parse_text(chunk, layout, numeric).values() if left else ():
        see_named_in(column, layout, left, found)


def see_named_in(column: pa.Array, layout: Layout, named: Sequence[str], found: set[str]) -> None:
    """Add the texts that some cells have to those that were found before.

    Args:
        column: The cells, as bytes.
        layout: As above.
        named: As above.
        found: As above.
    """
    left = [text for text in named if text not in found]
    found.update(text for text in left if are_missing(column, (text,), layout.decimal).any())
