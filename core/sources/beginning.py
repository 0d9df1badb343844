"""The first rows of a source, for a look at what they hold."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

from smoothl1.sources.contract import Part

if TYPE_CHECKING:
    from collections.abc import Iterator

    from smoothl1.sources.contract import Block, Source


_MOST_BYTES = 1 << 20
"""Bytes of labels behind which no more rows are looked at."""


def first_blocks(source: Source, n_rows: int) -> Iterator[Block]:
    """The blocks with the first rows of a source, of which the first may be a single row.

    Args:
        source: The source.
        n_rows: Rows that are looked at, if it has as many, and their texts are not long; a few
            more may come.
    """
    n_left, n_bytes = n_rows, 0
    with closing(source.blocks(Part(0, None), n_rows)) as blocks:
        for block in blocks:
            yield block
            n_left -= block.n_rows
            n_bytes += sum(column.nbytes for column in (*block.labels, *block.shared))
            if n_left <= 0 or n_bytes > _MOST_BYTES:
                return
