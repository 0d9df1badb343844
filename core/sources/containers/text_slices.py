"""Texts of any length, read from an array in slices: a few rows at a time where they are long."""

from __future__ import annotations

from itertools import takewhile
from typing import TYPE_CHECKING, Any

import numpy as np

from smoothl1.sources import text_batches
from smoothl1.sources.columns import is_utf8
from smoothl1.sources.contract import Block, Numbers

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator

    import pyarrow as pa
    from numpy.typing import NDArray

    from smoothl1.sources.contract import Part

    Texts = NDArray[np.object_]

_FIRST_ROWS = 64
"""Rows that are read before it is known how long texts are."""

_MOST_ROWS = 1 << 10
"""Rows that are read at a time: rows that follow short texts may share one that is long."""


def text_blocks(
    read: Callable[[int, int], Texts], part: Part, n_read: int, n_rows: int
) -> Generator[Block]:
    """Texts in blocks of bounded memory.

    A file says how long texts are only as they are read: rows of HDF5 may share one, and those of
    Zarr are compressed.

    Args:
        read: Gives the texts of the rows [start, stop), text or bytes.
        part: The rows, whose end is known.
        n_read: Rows of a piece, which is read as a whole.
        n_rows: Most rows of a block.
    """
    held: list[Texts] = []
    n_held, n_bytes, longest = 0, 0, text_batches.MOST_TEXT_BYTES // _FIRST_ROWS
    start, stop = part.start, part.stop or 0
    while start < stop:
        n_wanted = min(_MOST_ROWS, max(1, text_batches.MOST_TEXT_BYTES // longest))
        end = min(stop, (start // n_read) * n_read + max(1, n_wanted // n_read) * n_read)
        held.append(read(start, end))
        lengths = _lengths(held[-1])
        longest = max(longest if start > part.start else 1, int(lengths.max()))
        n_held, n_bytes, start = n_held + end - start, n_bytes + int(lengths.sum()), end
        if n_held >= n_rows or n_bytes >= text_batches.MOST_TEXT_BYTES or start == stop:
            yield from _blocks(held, n_rows)
            n_held = n_bytes = 0


def _blocks(held: list[Texts], n_rows: int) -> Iterator[Block]:
    """Texts that were read, in blocks; they are no longer held when the last one was taken."""
    texts = np.concatenate(held)
    held.clear()
    for rows in text_batches.rows_that_fit(_lengths(texts)):
        for start in range(rows.start, rows.stop, n_rows):
            some = texts[start : min(start + n_rows, rows.stop)].copy()  # a view holds all texts
            yield Block(len(some), (Numbers(some),))


def column_of_texts(texts: NDArray[Any], *, shorten: bool) -> tuple[pa.Array, str]:
    """Texts of any width before the first that is not UTF-8, and what is wrong with that one.

    Args:
        texts: Text, or bytes, of at most `MOST_TEXT_BYTES` or of a single row, shape (n,).
        shorten: Whether long texts are replaced, as they are only compared.
    """
    import pyarrow as pa

    values, fault = texts.tolist(), ""
    try:
        column = pa.array(values).cast(pa.string())
    except pa.ArrowInvalid:
        good = list(takewhile(lambda text: isinstance(text, str) or is_utf8(text), values))
        column, fault = pa.array(good).cast(pa.string()), "no text in UTF-8"
    if shorten:
        from smoothl1.sources.arrow.long_texts import shortened  # late: pyarrow.compute

        column = shortened(column)
    return column, fault


def _lengths(texts: Texts) -> NDArray[np.int64]:
    return np.fromiter(map(len, texts), np.int64, len(texts))
