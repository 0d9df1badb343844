"""Conversion of Arrow columns to NumPy arrays: by Arrow, or without it if nothing is lost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from smoothl1.errors import DtypeError
from smoothl1.numerics.loss import check_dtype

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

_MOST_CHARACTERS = 120
"""Characters quoted from another library's error about a column."""


def is_arrow(values: Any) -> bool:
    """Whether an object, or the array inside a column of pandas, converts to an Arrow array."""
    protocols = ("__arrow_c_array__", "__arrow_c_stream__", "__arrow_array__")
    return any(hasattr(values, protocol) for protocol in protocols) or hasattr(
        getattr(values, "array", None), "__arrow_array__"
    )


def numbers_of_arrow(values: Any, name: str) -> NDArray[Any]:
    """The numbers of a column; lists of a fixed size are further dimensions.

    Args:
        values: An object for which `is_arrow` is true.
        name: The name of the argument in an error.

    Returns:
        Bool, integers or floats of at most 64 bits, shape (N, *).

    Raises:
        DtypeError: A value is missing or no number, or the column cannot be converted.
    """
    import pyarrow as pa  # late: arrays do not need it

    try:
        column = _column(getattr(values, "array", values))  # pandas' own would take NaN for missing
    except MemoryError:
        raise
    except Exception as error:  # the column's own library may raise anything
        found = _plain(values)
        if found is not None:
            return found
        raise _unreadable(error, name) from error
    try:
        return _numbers(column, name)
    except MemoryError:
        raise
    except pa.ArrowException as error:
        raise _unreadable(error, name) from error


def incomplete_column(values: Any) -> pa.Array | pa.ChunkedArray | None:
    """A column of numbers in which a value is missing; None for anything else.

    Args:
        values: Any object.
    """
    if isinstance(getattr(values, "dtype", None), np.dtype) or not is_arrow(values):
        return None
    import pyarrow as pa

    from smoothl1.sources.arrow.schema import numeric_columns

    try:
        column = _column(getattr(values, "array", values))
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001  the column's own library may raise anything; told elsewhere
        return None
    is_numeric = numeric_columns(pa.schema([("values", column.type)]))[0]
    return column if is_numeric and column.null_count else None


def _column(values: Any) -> pa.Array | pa.ChunkedArray:
    import pyarrow as pa

    is_stream = hasattr(values, "__arrow_c_stream__") and not hasattr(values, "__arrow_array__")
    column = pa.chunked_array(values) if is_stream else pa.array(values)
    if not pa.types.is_run_end_encoded(column.type):
        return column
    import pyarrow.compute as pc  # late: it takes as long to import as NumPy

    return pc.run_end_decode(column)


def _unreadable(error: Exception, name: str) -> DtypeError:
    said = " ".join(str(error).split())[:_MOST_CHARACTERS]
    return DtypeError(
        f"{name} cannot be had as a column of Arrow: {said}", hint="pass it as a NumPy array"
    )


def _plain(values: Any) -> NDArray[Any] | None:
    """The array that NumPy's protocol gives if it cannot lose anything; else None.

    Integers and bool cannot represent a missing value. Floats can, and may have been converted from
    other numbers, unless the column's dtype says that it holds floats, as that of a sparse column
    of pandas does.
    """
    try:
        found = np.asarray(values)
    except Exception:  # noqa: BLE001  likewise; the caller reports Arrow's error
        return None
    kind = getattr(getattr(values, "dtype", None), "kind", None)
    return found if found.dtype.kind in "biu" or found.dtype.kind == kind == "f" else None


def _numbers(column: pa.Array | pa.ChunkedArray, name: str) -> NDArray[Any]:
    import pyarrow as pa

    from smoothl1.sources.arrow.schema import numeric_dtype

    kind = column.type
    if pa.types.is_dictionary(kind) and numeric_dtype(kind) is not None:
        column = column.cast(kind.value_type)  # whose values may be missing, too
    _check_complete(column, name)
    if pa.types.is_fixed_size_list(column.type):
        return _of_lists(column, name)
    extension = getattr(kind, "extension_name", "")
    if extension == "arrow.bool8":
        return _numbers(_joined(column).storage, name).astype(np.bool_)
    if extension == "arrow.fixed_shape_tensor" and _is_in_order(kind.permutation):
        return _numbers(_joined(column).storage, name).reshape(len(column), *kind.shape)
    if pa.types.is_decimal(column.type):
        from smoothl1.sources.arrow.decoding import values_of  # late: few columns are decimals

        return values_of(_joined(column))
    if numeric_dtype(column.type) is None:
        raise DtypeError(f"{name} is {str(column.type)[:60]}: it takes bool, integers and floats")
    found: NDArray[Any] = column.to_numpy(zero_copy_only=False)
    check_dtype(found.dtype)
    return found


def _of_lists(column: pa.Array | pa.ChunkedArray, name: str) -> NDArray[Any]:
    """Lists of a fixed size, none of which is missing: shape (N, size, *)."""
    found = _numbers(_joined(column).flatten(), name)
    return found.reshape(len(column), column.type.list_size, *found.shape[1:])


def _is_in_order(permutation: list[int] | None) -> bool:
    return permutation is None or permutation == sorted(permutation)


def _joined(column: pa.Array | pa.ChunkedArray) -> pa.Array:
    return column.combine_chunks() if hasattr(column, "combine_chunks") else column


def _check_complete(column: pa.Array | pa.ChunkedArray, name: str) -> None:
    if column.null_count:
        first = column.is_null().index(True).as_py()
        raise DtypeError(
            f"{name} has missing values ({column.null_count}, the first at position {first}), "
            "which have no loss: fill or drop them"
        )
