"""What to do about a column of Arrow that holds no numbers where numbers are wanted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyarrow import types

from smoothl1.errors import DtypeError
from smoothl1.sources.text_types import is_text_type

if TYPE_CHECKING:
    import pyarrow as pa

_OF_TEXT = "if it is text of numbers, write numbers: CAST(... AS DOUBLE) in SQL, astype(float)"


def no_number(name: str, kind: pa.DataType) -> DtypeError:
    """The error about a column of a type that holds no numbers.

    Args:
        name: Its name as messages show it.
        kind: Its type.
    """
    return DtypeError(f"column {name} is {str(kind)[:60]}, not a number", hint=_hint_about(kind))


def _hint_about(kind: pa.DataType) -> str:
    if is_text_type(kind):
        return _OF_TEXT
    if types.is_struct(kind):
        return "write its fields as columns of their own"
    if types.is_duration(kind):
        return "write it in a unit: EXTRACT(EPOCH FROM ...) in SQL, dt.total_seconds()"
    return "choose a column of numbers"
