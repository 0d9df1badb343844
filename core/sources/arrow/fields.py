"""The fields of a table: which columns make up each, in which dtype and shape."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from pyarrow import types

from smoothl1.errors import DtypeError
from smoothl1.sources.arrow.lists import row_shape_of
from smoothl1.sources.arrow.no_numbers import no_number
from smoothl1.sources.arrow.schema import lists_of, numeric_dtype
from smoothl1.sources.columns import shown
from smoothl1.sources.contract import Field, narrower_floats

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    import pyarrow as pa

    from smoothl1.sources.contract import Columns


def field_of(
    names: Columns, kinds: Sequence[pa.DataType], rows: Callable[[], Iterable[pa.Array]]
) -> Field:
    """A field of several columns of numbers, or of one column of numbers or lists.

    Args:
        names: The names of the columns.
        kinds: Their types.
        rows: Gives the values of the first column, in arrays of some rows: see `choose_columns`.

    Raises:
        DataError: The lists are not of one length.
        DtypeError: A column holds no numbers, or lists beside others.
    """
    lists = [lists_of(kind) for kind in kinds]
    if len(kinds) == 1 and lists[0] is not None:
        dtype = _field_dtype(names, [lists[0].number])
        return Field(names, dtype, row_shape_of(names[0], lists[0].lengths, rows))
    for name, found in zip(names, lists, strict=True):
        if found is not None:
            raise DtypeError(
                f"column {shown(name)} holds lists, and several columns form a row of numbers only "
                "if each holds a number",
                hint="choose it alone",
            )
    dtype, shape = _field_dtype(names, kinds), () if len(kinds) == 1 else (len(kinds),)
    stored = narrower_floats(map(numeric_dtype, kinds), dtype)
    is_null = all(map(types.is_null, kinds))
    return Field(names, dtype, shape, is_null=is_null, narrower=tuple(sorted(stored)))


def _field_dtype(names: Sequence[str], kinds: Sequence[pa.DataType]) -> np.dtype[Any]:
    """The one dtype of a field made of several columns; float64 for integers beside floats."""
    dtypes = []
    for name, kind in zip(names, kinds, strict=True):
        dtype = np.dtype(np.bool_) if types.is_null(kind) else numeric_dtype(kind)
        if dtype is None:
            raise no_number(shown(name), kind)
        dtypes.append(dtype)
    return np.result_type(*dtypes)
