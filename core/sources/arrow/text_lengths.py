"""How long the texts of each row are, told before any text that is stored once is repeated."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from pyarrow import types

from smoothl1.sources.arrow.repeated_values import is_view, places_of, repeats_values, views_of

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

LONG_BYTES = 1 << 10
"""Longer texts are shortened where they are only compared."""

SHORTEST_REPLACED = 68
"""Bytes that what replaces a long text has at least."""

_DTYPES = {
    "string": np.int32,
    "binary": np.int32,
    "large_string": np.int64,
    "large_binary": np.int64,
}
"""The dtypes of the places at which texts begin, by the types of Arrow."""


def text_lengths(column: pa.Array) -> NDArray[np.int64]:
    """The bytes of the text of each row; 0 of missing ones, and of other values than text.

    Args:
        column: A column as it is stored, of n rows.

    Returns:
        Shape (n,). Where a value is missing, it may be any length that is stored for it.
    """
    kind = column.type
    if hasattr(kind, "storage_type"):
        return text_lengths(column.storage)
    if types.is_struct(kind) and kind.num_fields == 1:
        return text_lengths(column.flatten()[0])
    if repeats_values(kind):
        places, values = places_of(column)
        lengths: NDArray[np.int64] = np.append(text_lengths(values), 0)[places]  # -1: missing
        return lengths
    if is_view(kind):
        lengths = views_of(column)[:, 0].astype(np.int64)
        if column.null_count:
            lengths[column.is_null().to_numpy(zero_copy_only=False)] = 0
        return lengths
    dtype = _DTYPES.get(str(kind))
    return np.zeros(len(column), np.int64) if dtype is None else _differences(column, dtype)


def _differences(column: pa.Array, dtype: Any) -> NDArray[np.int64]:
    """The lengths of texts, by the places at which they begin.

    The buffer of a damaged file may be longer than these, by any number of bytes.
    """
    if not len(column):
        return np.zeros(0, np.int64)
    begin = column.offset * np.dtype(dtype).itemsize
    places = np.frombuffer(column.buffers()[1], dtype, len(column) + 1, begin)
    return np.diff(places).astype(np.int64)
