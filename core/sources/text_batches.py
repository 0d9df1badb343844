"""Rows cut into batches whose texts, written out, take bounded memory together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

MOST_TEXT_BYTES = 1 << 24
"""Bytes of the texts of some rows that are held at a time. A file may store one text for many rows,
so its size says nothing of them."""


def rows_that_fit(n_bytes: NDArray[Any]) -> Iterator[slice]:
    """Cut rows so that each batch holds at most `MOST_TEXT_BYTES`, or is a single row.

    Args:
        n_bytes: The bytes of the texts of each row: integers, shape (n,).

    Yields:
        The batches, in order; at least one.
    """
    ends = np.cumsum(n_bytes, dtype=np.int64)
    start, n_before = 0, 0
    while True:
        stop = int(np.searchsorted(ends, n_before + MOST_TEXT_BYTES, side="right"))
        stop = min(max(stop, start + 1), len(ends))
        yield slice(start, stop)
        if stop == len(ends):
            return
        start, n_before = stop, int(ends[stop - 1])
