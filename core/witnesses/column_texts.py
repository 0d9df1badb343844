"""The values of a column as text, of which letters with accents have one form."""

from __future__ import annotations

from contextlib import suppress

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import types

from smoothl1.sources.notations import may_be_missing
from smoothl1.witnesses.text_bytes import may_be_decomposed

_MISSING = ("", "NA", "N/A", "null", "NULL", "nan", "NaN")
"""Texts that stand for a missing value among numbers and times."""

_BEGINS_AS_NUMBER = r"\A[ \t]*(?:[+-]?\.?[0-9][^#]*)?\z"
"""Numbers, times and empty texts begin so, but not `1.#QNAN` of Windows."""


FIRST_ROWS = 1024
"""Rows among which the first text is looked for: a long column may have none."""


def first_text(column: pa.Array) -> bytes:
    """The first text of the first rows that is not empty, as bytes; none if all are.

    Args:
        column: Text as bytes or as strings.
    """
    texts = column.slice(0, FIRST_ROWS).cast(pa.binary())
    return next((text.as_py() for text in texts if text.is_valid and text.as_py()), b"")


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


def without_marks(column: pa.Array) -> pa.Array:
    """Bytes without the marks of a missing value that other software writes: `None`, `-`, `#N/A`.

    They are missing values among numbers and times. What has other texts in it is as it is.
    """
    if not types.is_binary(column.type):
        return column
    is_odd = pc.invert(pc.match_substring_regex(column, _BEGINS_AS_NUMBER))
    odd = pc.unique(column.filter(is_odd)).drop_null()
    texts = (text.decode("utf-8", "replace").strip(" \t") for text in odd.to_pylist())
    if not all(map(may_be_missing, texts)):
        return column
    return pc.if_else(pc.is_in(column, odd), pa.scalar(None, column.type), column)


def as_text(column: pa.Array) -> pa.Array:
    """Bytes as text, which may be a mark of a missing value; other columns as they are."""
    if not types.is_binary(column.type):
        return column
    text = pc.utf8_trim(column.cast(pa.string()), " \t")
    is_missing = pc.is_in(text, pa.array(_MISSING))
    return pc.if_else(is_missing, pa.scalar(None, pa.string()), text)
