"""Labels as text: what is printed of keys, groups and kept columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa
from pyarrow import types

if TYPE_CHECKING:
    from collections.abc import Callable

_OUT_OF_RANGE = "<value out of range"
"""How Arrow begins the text of a time that no calendar has."""


def with_nulls(column: pa.Array, to_texts: Callable[[pa.Array], pa.Array]) -> pa.Array:
    """Values as text, missing ones as null.

    Args:
        column: The values.
        to_texts: Gives the texts of values of which none is missing.
    """
    there = column.drop_null()
    texts = to_texts(there)
    if len(there) == len(column):
        return texts
    is_there = column.is_valid().to_numpy(zero_copy_only=False)
    return texts.take(pa.array(is_there.cumsum() - 1, pa.int64(), mask=~is_there))


def as_texts(column: pa.Array) -> pa.Array:
    """Labels as an Arrow array of text; see `texts_of`."""
    if types.is_temporal(column.type):
        return pa.array(texts_of(column), pa.string())
    return column.cast(pa.string())


def texts_of(column: pa.Array) -> list[str]:
    """Labels as text, different for different values of a column.

    Zoned timestamps are shown in UTC: local times come twice where clocks are set back, once even
    by seconds within the same offset, and what is known of zones differs between machines.
    Fractions of a second end in no zero, so that an instant has the same text in any unit.
    Durations, and times that no calendar has, are shown as a number and its unit, so that 5 s is
    not 5 ms of another file.
    """
    kind = column.type
    if types.is_duration(kind):
        return _with_unit(column)
    is_zoned = types.is_timestamp(kind) and kind.tz is not None
    plain = column.view(pa.timestamp(kind.unit)) if is_zoned else column
    texts: list[str] = plain.cast(pa.string()).to_pylist()
    if types.is_timestamp(kind) or types.is_time(kind):
        texts = [_without_zeros(text) for text in texts]
    if is_zoned:
        texts = [f"{text}Z" for text in texts]
    if types.is_temporal(kind) and any(text.startswith(_OUT_OF_RANGE) for text in texts):
        numbers = _with_unit(column)
        texts = [
            number if text.startswith(_OUT_OF_RANGE) else text
            for text, number in zip(texts, numbers, strict=True)
        ]
    return texts


def _without_zeros(text: str) -> str:
    return text.rstrip("0").rstrip(".") if "." in text else text


def _with_unit(column: pa.Array) -> list[str]:
    """The stored integers of times, with their unit."""
    kind = column.type
    width = pa.int32() if kind.bit_width == 32 else pa.int64()
    unit = "days" if types.is_date32(kind) else "ms" if types.is_date64(kind) else kind.unit
    return [f"{number} {unit}" for number in column.view(width).to_pylist()]
