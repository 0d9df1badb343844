"""What to do about a column of Arrow that holds no numbers where numbers are wanted."""

from __future__ import annotations

import pyarrow as pa
from pyarrow import types

from smoothl1.sources.text_types import is_text_type

_OF_TEXT = "if it is text of numbers, write numbers: CAST(... AS DOUBLE) in SQL, astype(float)"


def hint_about(kind: pa.DataType) -> str:
    """What to do about a column of a type that holds no numbers."""
    if is_text_type(kind):
        return _OF_TEXT
    if types.is_struct(kind):
        return "write its fields as columns of their own"
    if types.is_duration(kind):
        return "write it in a unit: EXTRACT(EPOCH FROM ...) in SQL, dt.total_seconds()"
    return "choose a column of numbers"
