"""The least and the greatest value of a column, by the statistics in the footer of Parquet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from pyarrow import types

from smoothl1.sources.text_types import is_text_type

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyarrow as pa

_GREATEST, _LEAST = 5, 6
"""Fields of the statistics of a column chunk."""


def extremes_of(statistics: Sequence[dict[int, Any]], kind: pa.DataType) -> tuple[Any, Any] | None:
    """The least and the greatest of all values, as numbers or bytes.

    Args:
        statistics: The fields of the statistics of each column chunk, by number.
        kind: The type of the column.

    Returns:
        None if a chunk does not tell them, or one is not finite, or for other types than text,
        integers and floats. Long texts may have been cut.
    """
    raw: list[tuple[bytes, bytes]] = []
    for found in statistics:
        least, greatest = found.get(_LEAST), found.get(_GREATEST)
        if not (isinstance(least, bytes) and isinstance(greatest, bytes)):
            return None
        raw.append((least, greatest))
    if not raw:
        return None
    if types.is_integer(kind):
        signed = types.is_signed_integer(kind)
        numbers = [int.from_bytes(value, "little", signed=signed) for pair in raw for value in pair]
        return min(numbers), max(numbers)
    if types.is_float32(kind) or types.is_float64(kind):
        floats = np.frombuffer(b"".join(map(b"".join, raw)), f"<f{kind.bit_width // 8}")
        are_finite = bool(np.isfinite(floats).all())
        return (float(floats.min()), float(floats.max())) if are_finite else None
    if not is_text_type(kind):
        return None
    return min(raw)[0], max(greatest for _, greatest in raw)
