"""Losses as record batches of Arrow."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


def batch_of(losses: NDArray[Any], keys: Sequence[pa.Array], schema: pa.Schema) -> pa.RecordBatch:
    """Some rows as a record batch: the keys, then a column for each element of a row.

    Args:
        losses: The losses of whole rows, flat.
        keys: For each key column a value for each row.
        schema: The schema of keys and losses.
    """
    columns = losses.reshape(-1, len(schema) - len(keys)).T
    return pa.record_batch([*keys, *(pa.array(column) for column in columns)], schema=schema)
