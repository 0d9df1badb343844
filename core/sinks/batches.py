"""Losses as record batches of Arrow."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


def batch_of(
    losses: NDArray[Any], carried: Sequence[pa.Array], schema: pa.Schema
) -> pa.RecordBatch:
    """Some rows as a record batch: the columns carried, then one for each element of a row.

    Args:
        losses: The losses of whole rows, flat.
        carried: For each column that is carried a value for each row.
        schema: The schema of these columns and the losses.
    """
    columns = losses.reshape(-1, len(schema) - len(carried)).T
    return pa.record_batch([*carried, *(pa.array(column) for column in columns)], schema=schema)
