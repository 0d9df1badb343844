"""Texts of any length, read from an array in slices: as many rows as take bounded memory."""

from __future__ import annotations

from itertools import takewhile
from typing import TYPE_CHECKING, Any, Protocol

from smoothl1.sources import text_batches
from smoothl1.sources.columns import is_utf8
from smoothl1.sources.contract import Block, Numbers

if TYPE_CHECKING:
    from collections.abc import Generator

    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

    from smoothl1.sources.contract import Part

    Texts = NDArray[np.object_]

_MOST_ROWS = 1 << 16
"""Rows that are read at a time: each of their texts takes 50 bytes and more beside its own."""


class TextReader(Protocol):
    """Reads texts of some rows in their order, for one thread at a time."""

    def text_bytes(self, start: int, stop: int) -> NDArray[np.int64]:
        """The bytes of each text of the rows [start, stop), of which it holds none."""
        ...

    def texts(self, start: int, stop: int) -> Texts:
        """The texts of these rows, text or bytes, shape (stop - start, ...)."""
        ...


def text_blocks(reader: TextReader, part: Part, n_rows: int) -> Generator[Block]:
    """Texts in blocks of bounded memory.

    The size of a file says nothing of its texts: rows of HDF5 may share one, and those of Zarr are
    compressed.

    Args:
        reader: Reads the texts.
        part: The rows, whose end is known.
        n_rows: Most rows of a block.
    """
    n_at_once, stop = min(n_rows, _MOST_ROWS), part.stop or 0
    for start in range(part.start, stop, n_at_once):
        end = min(stop, start + n_at_once)
        for rows in text_batches.rows_that_fit(reader.text_bytes(start, end)):
            texts = reader.texts(start + rows.start, start + rows.stop).reshape(-1)
            yield Block(len(texts), (Numbers(texts),))


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
