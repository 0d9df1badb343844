"""The values of a column as text, of which letters with accents have one form."""

from __future__ import annotations

from contextlib import suppress

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import types

from smoothl1.witnesses.text_bytes import may_be_decomposed

_MISSING = ("", "NA", "N/A", "null", "NULL", "nan", "NaN")
"""Texts that stand for a missing value among numbers and times."""


def as_bytes(column: pa.Array) -> pa.Array:
    """Text of any type as bytes; integers as they are, because their hashes ignore the type.

    A letter and its accent are one character, as most software writes them: names of files of a
    Mac have them as two. What is not UTF-8 stays as it is.
    """
    if types.is_integer(column.type):
        return column
    if not types.is_binary(column.type):
        is_sized = types.is_large_binary(column.type) or types.is_fixed_size_binary(column.type)
        column = (column if is_sized else column.cast(pa.string())).cast(pa.binary())
    if may_be_decomposed(column):
        with suppress(pa.ArrowInvalid):
            composed = pc.utf8_normalize(column.cast(pa.string()), form="NFC")
            return composed.cast(pa.binary())
    return column


def as_text(column: pa.Array) -> pa.Array:
    """Bytes as text, which may be a mark of a missing value; other columns as they are."""
    if not types.is_binary(column.type):
        return column
    text = pc.utf8_trim(column.cast(pa.string()), " \t")
    is_missing = pc.is_in(text, pa.array(_MISSING))
    return pc.if_else(is_missing, pa.scalar(None, pa.string()), text)
