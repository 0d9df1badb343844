"""Columns of a type of fractions that hold whole numbers, as ids with a missing value do."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import types

from smoothl1.witnesses.column_texts import without_marks
from smoothl1.witnesses.hashes import WHOLE_NUMBER
from smoothl1.witnesses.numbers_alike import as_floats

_MOST_EXACT = 2.0**53


def as_whole(column: pa.Array) -> pa.Array | None:
    """Numbers as int64; None if one is not whole, or not exact in float64.

    Args:
        column: Numbers of any type, or their texts as bytes; NaN, empty texts and marks of missing
            values are missing.
    """
    if types.is_integer(column.type):
        return column
    if not (types.is_floating(column.type) or types.is_decimal(column.type)):
        texts = column if types.is_binary(column.type) else column.cast(pa.binary())
        is_empty = pc.equal(pc.binary_length(texts), 0)
        texts = pc.if_else(is_empty, pa.scalar(None, pa.binary()), texts)
        if not _are_whole(texts) and not _are_whole(texts := without_marks(texts)):
            return None
        column = pc.utf8_trim(texts.cast(pa.string()), " \t+")
    numbers = as_floats(column)
    numbers = pc.if_else(pc.is_nan(numbers), pa.scalar(None, pa.float64()), numbers)
    are_exact = pc.all(pc.less_equal(pc.abs(numbers), _MOST_EXACT)).as_py()
    are_whole = pc.all(pc.equal(numbers, pc.trunc(numbers))).as_py()
    return None if False in (are_exact, are_whole) else numbers.cast(pa.int64())


def _are_whole(texts: pa.Array) -> bool:
    """Whether all texts that are there are whole numbers."""
    return pc.all(pc.match_substring_regex(texts, WHOLE_NUMBER)).as_py() is not False
