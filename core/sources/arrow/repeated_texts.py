"""How many bytes the texts of a column are that are stored once for many rows."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
from pyarrow import types

from smoothl1.errors import DataError

_MOST_BYTES = (1 << 31) - 2
"""Bytes of all texts of an array of Arrow: their places in it are integers of 32 bits."""

_VIEW_BYTES = 16
"""Bytes of a view of a text, which begin with its length."""


def refuse_long_repeats(column: pa.Array) -> None:
    """Refuse a column whose texts are more bytes than an array holds, before they are repeated.

    Args:
        column: A column of views, runs or a dictionary.

    Raises:
        DataError: It is.
    """
    n_bytes = _bytes_repeated(column)
    if n_bytes > _MOST_BYTES:
        raise DataError(
            f"{len(column):,} rows of long texts, {n_bytes:,} bytes together, of which each is "
            "stored once for many rows",
            hint="a smaller --chunk-size, or leave out the column",
        )


def _bytes_repeated(column: pa.Array) -> int:
    """The bytes of all texts of a column, each as often as it is there; 0 of other values."""
    if types.is_string_view(column.type) or types.is_binary_view(column.type):
        views = column.buffers()[1]
        lengths = np.frombuffer(views, np.int32).reshape(-1, _VIEW_BYTES // 4)[:, 0]
        return int(lengths[column.offset :][: len(column)].sum(dtype=np.int64))
    if types.is_dictionary(column.type):
        indices = column.indices.drop_null().to_numpy(zero_copy_only=False)
        counts: Any = np.bincount(indices, minlength=len(column.dictionary))
        return _bytes_of(column.dictionary, counts)
    if types.is_run_end_encoded(column.type):
        ends = column.run_ends.to_numpy(zero_copy_only=False).astype(np.int64) - column.offset
        return _bytes_of(column.values, np.diff(np.clip(ends, 0, len(column)), prepend=0))
    return 0


def _bytes_of(values: pa.Array, counts: Any) -> int:
    """The bytes of texts, each as often as its count says."""
    import pyarrow.compute as pc  # late: few columns repeat texts

    kind = values.type
    if types.is_string_view(kind) or types.is_binary_view(kind):
        values = values.cast(pa.large_binary())
    elif not (types.is_string(kind) or types.is_binary(kind) or types.is_large_string(kind)):
        return 0
    lengths = pc.fill_null(pc.binary_length(values), 0).to_numpy(zero_copy_only=False)
    return int((lengths.astype(np.int64) * counts).sum())
