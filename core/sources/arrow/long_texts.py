"""Long texts that are only compared: each is replaced by its beginning and its digest."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import types

LONG_BYTES = 1 << 10
"""Longer texts are replaced."""

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
    texts = [_short(column[int(i)]) for i in np.flatnonzero(is_long)]
    replacements = pa.array(texts, pa.binary()).cast(column.type)
    return pc.replace_with_mask(column, pa.array(is_long), replacements)


def decoded_shortened(column: pa.DictionaryArray) -> pa.Array:
    """The values of a dictionary column, with its long texts replaced before they are repeated."""
    indices, dictionary = column.indices, column.dictionary
    if len(dictionary) > len(indices):  # of a whole row group, for a few rows
        numbers = indices.fill_null(0).to_numpy(zero_copy_only=False)
        used, places = np.unique(numbers, return_inverse=True)
        dictionary = dictionary.take(pa.array(used))
        missing = indices.is_null().to_numpy(zero_copy_only=False)
        indices = pa.array(places.astype(np.int32), mask=missing)
    return pa.DictionaryArray.from_arrays(indices, shortened(dictionary)).dictionary_decode()


def _short(text: pa.Scalar) -> bytes:
    from hashlib import blake2b  # late: long texts are seldom

    whole: bytes = text.as_buffer().to_pybytes().strip(b" \t")
    beginning = whole[:_BEGINNING_BYTES].decode(errors="ignore").encode()
    return beginning + b"... " + blake2b(whole, digest_size=16).hexdigest().encode()
