"""Arrow columns as NumPy arrays: what every format that pyarrow reads has in common."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from pyarrow import types

from smoothl1.errors import DataError, DtypeError
from smoothl1.sources.columns import shown, shown_names

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

LIBRARY_ERRORS = (pa.ArrowException, UnicodeDecodeError, OverflowError, OSError)
"""What pyarrow raises on broken content. `ArrowException` covers invalid, key, type and not
implemented; corrupt pages come as `OSError` without `errno`, bad names as `UnicodeDecodeError`."""


_FLOATS = {"halffloat": "float16", "float": "float32", "double": "float64"}
"""Arrow's names of dtypes where they are not NumPy's. (Its own translation wants pandas.)"""


def numeric_dtype(kind: pa.DataType) -> np.dtype[Any] | None:
    """The dtype in which a column's numbers are delivered; None where it holds no numbers.

    Decimals are delivered as float64; dictionaries as their values.
    """
    if types.is_dictionary(kind):
        return numeric_dtype(kind.value_type)
    if types.is_decimal(kind):
        return np.dtype(np.float64)
    if types.is_floating(kind) or types.is_integer(kind) or types.is_boolean(kind):
        return np.dtype(_FLOATS.get(str(kind), str(kind)))
    return None


def field_dtype(names: Sequence[str], kinds: Sequence[pa.DataType]) -> np.dtype[Any]:
    """The one dtype of a field made of several columns.

    Raises:
        DtypeError: A column holds no numbers, or 64-bit integers stand beside other numbers.
    """
    dtypes = []
    for name, kind in zip(names, kinds, strict=True):
        dtype = numeric_dtype(kind)
        if dtype is None:
            raise DtypeError(f"column {shown(name)} is {str(kind)[:60]}, not a number")
        dtypes.append(dtype)
    joint = np.result_type(*dtypes)
    if joint.kind == "f" and any(dtype.kind in "iu" and dtype.itemsize == 8 for dtype in dtypes):
        raise DtypeError(
            f"columns {shown_names(names)} have no dtype in common that is exact for all of them",
            hint="evaluate them one by one",
        )
    return joint


def field_array(
    columns: Sequence[pa.Array], names: Sequence[str], dtype: np.dtype[Any], first_row: int
) -> NDArray[Any]:
    """One field of a batch of rows: a flat array of rows in C order.

    Args:
        columns: The field's columns, equally long.
        names: Their names, for messages.
        dtype: Of the field, as `field_dtype` says.
        first_row: Row of the table at which the batch begins, for messages.

    Raises:
        DataError: A value is missing.
    """
    for name, column in zip(names, columns, strict=True):
        if column.null_count:
            row = first_row + column.is_null().to_numpy(zero_copy_only=False).argmax() + 1
            raise DataError(f"row {row}, column {shown(name)}: the value is missing (null)")
    if len(columns) == 1:
        return _numbers(columns[0])
    stacked = np.empty((len(columns[0]), len(columns)), dtype)
    for i, column in enumerate(columns):
        stacked[:, i] = _numbers(column)
    return stacked.reshape(-1)


def _numbers(column: pa.Array) -> NDArray[Any]:
    if types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if types.is_decimal(column.type):
        # Arrow's own cast from decimal to float rounds twice; its parser of text rounds once.
        column = column.cast(pa.string()).cast(pa.float64())
    numbers: NDArray[Any] = column.to_numpy(zero_copy_only=False)
    return numbers
