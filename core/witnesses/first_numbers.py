"""The first number of each row of a column of lists: rows are told apart by it."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import types


def firsts_of(column: pa.Array) -> pa.Array:
    """The first number of each list, at any depth: null for a list that has none.

    Args:
        column: A column of any type; one without lists is returned as it is.
    """
    while _is_list(column.type):
        column = pc.list_slice(column, 0, 1, return_fixed_size_list=True).values
    return column


def _is_list(kind: pa.DataType) -> bool:
    are_of_any_size = types.is_list(kind) or types.is_large_list(kind)
    return bool(are_of_any_size or types.is_fixed_size_list(kind))
