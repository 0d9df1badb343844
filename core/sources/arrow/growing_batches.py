"""Batches of Parquet that begin with one row, and grow only while their texts are short.

What a file says of its texts before they are read need not be true of those that follow.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import pyarrow as pa
from pyarrow import types

from smoothl1.sources.arrow.text_lengths import text_lengths
from smoothl1.sources.text_batches import MOST_TEXT_BYTES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_GROWTH = 4
"""How many times the rows of a batch the next one may have."""


class BatchReader(Protocol):
    """What a batch is read by: it looks up the number of rows for each."""

    def set_batch_size(self, n_rows: int) -> None: ...


def growing_batches(
    reader: BatchReader,
    read: Callable[[int], Iterator[pa.RecordBatch]],
    n_rows: int,
    n_decoded: int,
) -> Iterator[pa.RecordBatch]:
    """Batches of which each has bounded memory as far as the texts before it tell.

    Small ones are joined: each takes as long as many rows.

    Args:
        reader: The reader of the batches.
        read: Begins to read them, given the rows of the first one.
        n_rows: Most rows of a batch.
        n_decoded: Most rows that are decoded at a time.
    """
    held: list[pa.RecordBatch] = []
    n_held = n_bytes = 0
    n_next = 1
    for batch in read(n_next):
        longest, n_of_batch = _longest(batch), batch.nbytes
        if held and n_bytes + n_of_batch > MOST_TEXT_BYTES:
            yield _joined(held)
            n_held = n_bytes = 0
        held.append(batch)
        n_held, n_bytes = n_held + len(batch), n_bytes + n_of_batch
        has_shared = any(map(types.is_dictionary, batch.schema.types))  # these would be joined, too
        if n_held == n_rows or has_shared:
            yield _joined(held)
            n_held = n_bytes = 0
        most = (n_rows - n_held, n_decoded, _GROWTH * n_next, MOST_TEXT_BYTES // max(1, longest))
        n_next = max(1, min(most))
        reader.set_batch_size(n_next)
    if held:
        yield _joined(held)


def _longest(batch: pa.RecordBatch) -> int:
    """The bytes of the longest text that is not stored once for many rows."""
    columns = (column for column in batch.columns if not types.is_dictionary(column.type))
    return max((int(text_lengths(column).max(initial=0)) for column in columns), default=0)


def _joined(held: list[pa.RecordBatch]) -> pa.RecordBatch:
    """Batches as one, and none held any more."""
    if len(held) == 1:
        return held.pop()
    table = pa.Table.from_batches(held).combine_chunks()
    held.clear()
    (joined,) = table.to_batches()
    return joined
