"""Long texts that are only compared: each is replaced by its beginning and its digest."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import types

from smoothl1.sources.arrow.text_lengths import LONG_BYTES

_BEGINNING_BYTES = 128
"""So much of a text is kept, so that most keep their order."""


def is_text_or_bytes(kind: pa.DataType) -> bool:
    """Whether values are text or bytes of any length."""
    return bool(
        types.is_string(kind)
        or types.is_binary(kind)
        or types.is_large_string(kind)
        or types.is_large_binary(kind)
    )


def shortened(column: pa.Array) -> pa.Array:
    """A column whose long texts are replaced; equal texts stay equal, but for blanks at the ends.

    Short columns, and columns without long texts, are returned as they are.
    """
    if not is_text_or_bytes(column.type):
        return column
    sizes = pc.fill_null(pc.binary_length(column), 0).to_numpy(zero_copy_only=False)
    is_long = sizes > LONG_BYTES
    if not is_long.any():
        return column
    long = column.filter(pa.array(is_long)).dictionary_encode()
    texts = pa.array([_short(text) for text in long.dictionary], pa.binary()).cast(column.type)
    return pc.replace_with_mask(column, pa.array(is_long), texts.take(long.indices))


def _short(text: pa.Scalar) -> bytes:
    from hashlib import blake2b  # late: long texts are seldom

    whole: bytes = text.as_buffer().to_pybytes().strip(b" \t")
    beginning = whole[:_BEGINNING_BYTES].decode(errors="ignore").encode()
    return beginning + b"... " + blake2b(whole, digest_size=16).hexdigest().encode()
