"""Which types of Arrow are text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyarrow import types

if TYPE_CHECKING:
    import pyarrow as pa


def is_text_type(kind: pa.DataType) -> bool:
    """Whether values of a type are text, of any length."""
    return bool(types.is_string(kind) or types.is_large_string(kind))
