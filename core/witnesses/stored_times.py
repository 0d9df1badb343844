"""Dates and times as the integers that are stored, and what these count.

Files of one set may store times in different units, as pandas 2 and 3 do. What is kept of one block
of rows is compared with that of another in nanoseconds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

_NANOSECONDS = {"s": 10**9, "ms": 10**6, "us": 10**3, "ns": 1}
_OF_DAY = 86_400 * 10**9


def counts_of(column: pa.Array) -> NDArray[Any]:
    """The integers that are stored of dates or times without a missing one, shape (N,)."""
    import pyarrow as pa

    stored = column.view(pa.int32() if column.type.bit_width == 32 else pa.int64())
    counts: NDArray[Any] = stored.to_numpy(zero_copy_only=False)
    return counts


def nanoseconds_of(kind: pa.DataType) -> int:
    """How many nanoseconds each of the counts of a type of dates or times stands for."""
    from pyarrow import types

    if types.is_date32(kind):
        return _OF_DAY
    return _NANOSECONDS["ms" if types.is_date64(kind) else kind.unit]
