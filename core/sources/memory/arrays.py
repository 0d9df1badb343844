"""Conversion of the criterion's arguments to NumPy arrays: exact, or refused.

NumPy's own conversion rounds some integers to binary64 (`[2**63, -1]`, `[2**53 + 1, 0.5]`), takes a
masked element of a list for a number, and lets other libraries convert a missing value: often to
NaN, in an array of floats that has lost digits of its integers. Here each of these is refused with
an error that names it.

Tables and columns are known by what they can do, not by their class, so that neither pandas nor
Polars is needed: the protocols are `__arrow_c_array__` and `__arrow_c_stream__` of Arrow's
PyCapsule interface, `__arrow_array__` of pandas' extension arrays, and NumPy's `__array__`.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Sequence
from itertools import chain
from typing import TYPE_CHECKING, Any, TypeGuard

import numpy as np

from smoothl1.checks import NARROW
from smoothl1.errors import DtypeError, ShapeError
from smoothl1.numerics.loss import check_dtype
from smoothl1.sources.memory.arrow import is_arrow, numbers_of_arrow

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import ArrayLike, NDArray

_NUMBERS = (bool, int, float, np.bool_, np.integer, np.floating)
_NO_LISTS = (str, bytes, bytearray, memoryview, array)


def as_numbers(values: ArrayLike, name: str) -> NDArray[Any]:
    """Numbers as an array of a dtype that holds each of them exactly.

    Args:
        values: An array, a number, a nested list, a column or table of Arrow, pandas or Polars.
        name: The name of the argument in an error.

    Returns:
        Bool, integers or floats of at most 64 bits; float32 for bfloat16 and float8.

    Raises:
        DtypeError: A value is missing, masked or no number; or there is no such dtype.
        ShapeError: Lists or columns are not equally long.
    """
    numbers, mask = numbers_and_mask(values, name)
    if mask is not None:
        raise DtypeError(f"{name} has masked values, which have no loss: fill or drop them")
    return numbers


def numbers_and_mask(values: ArrayLike, name: str) -> tuple[NDArray[Any], NDArray[np.bool_] | None]:
    """The numbers of what may be a masked array, and which of them are masked.

    Args:
        values: See `as_numbers`.
        name: The name of the argument in an error.

    Returns:
        The numbers, as `as_numbers` has them, and a mask of their shape; None if none is masked.

    Raises:
        DtypeError: See `as_numbers`; but a masked value is none but in a list or a table.
        ShapeError: See `as_numbers`.
    """
    if isinstance(values, Sequence) and not isinstance(values, _NO_LISTS):
        return _of_list(values, name), None
    columns = None if isinstance(values, np.ndarray) else _columns_of(values)
    if columns is not None:
        return _stacked([as_numbers(column, name) for column in columns], name, axis=1), None
    if not isinstance(getattr(values, "dtype", None), np.dtype) and is_arrow(values):
        return numbers_of_arrow(values, name), None
    if _is_narrow_tensor(values):
        values = values.float()  # exact; NumPy takes no bfloat16 of PyTorch
    found = _of_dlpack(values, name) if _has_only_dlpack(values) else np.asanyarray(values)
    mask = _mask_of(found)  # netCDF4 and Dask make masked arrays only when they are asked
    return _plain(np.asarray(found), values, name), mask


def _plain(found: NDArray[Any], values: object, name: str) -> NDArray[Any]:
    """An array of a dtype that is known, in the byte order of the machine if that is named.

    Args:
        found: The array.
        values: What it was made of.
        name: The name of the argument in an error.
    """
    if found.dtype.kind == "O" and isinstance(values, int):
        raise DtypeError(f"{name} is an integer of more than 64 bits", hint="pass a float")
    if found.dtype.name in NARROW:  # of ml_dtypes, which JAX uses
        found = found.astype(np.float32)
    check_dtype(found.dtype)
    is_named = found.dtype.byteorder in "<>" and found.dtype.isnative
    return found.view(np.dtype(found.dtype.str)) if is_named else found  # C wants it unnamed


def _mask_of(values: NDArray[Any]) -> NDArray[np.bool_] | None:
    """Which values are masked, of numpy.ma or another class that extends `ndarray`.

    Returns:
        A mask of the shape of the values; None if none is masked.
    """
    mask = None if type(values) is np.ndarray else getattr(values, "mask", None)
    if not isinstance(mask, np.ndarray | np.bool_) or not np.any(mask):
        return None
    return np.broadcast_to(np.asarray(mask, np.bool_), values.shape)


def _is_narrow_tensor(values: Any) -> TypeGuard[Any]:
    """Whether values are a tensor of PyTorch in a format that NumPy does not know."""
    library, _, name = str(getattr(values, "dtype", None)).rpartition(".")
    return library.endswith("torch") and name in NARROW and hasattr(values, "float")


def _has_only_dlpack(values: object) -> bool:
    """Whether NumPy would take an array of another library for an object."""
    return hasattr(values, "__dlpack__") and not hasattr(values, "__array__")


def _of_dlpack(values: Any, name: str) -> NDArray[Any]:
    """An array of another library that is in the memory of this process.

    Raises:
        DtypeError: It is in another place, or has a dtype that NumPy has not.
    """
    try:
        return np.from_dlpack(values)
    except (BufferError, NotImplementedError, RuntimeError, TypeError, ValueError) as error:
        words = " ".join(str(error).split())[:120]
        raise DtypeError(f"{name} cannot be read: {words}") from error


def _of_list(values: Sequence[Any], name: str) -> NDArray[Any]:
    """The numbers of a list, whose elements may be lists or arrays."""
    shape, leaves = [len(values)], list(values)
    while leaves and all(map(_is_list, leaves)):
        if len(set(map(len, leaves))) > 1:
            raise ShapeError(f"{name} has lists that are not equally long")
        shape.append(len(leaves[0]))
        leaves = list(chain.from_iterable(leaves))
    kinds = set(map(type, leaves))
    if all(issubclass(kind, _NUMBERS) for kind in kinds):
        return _of_leaves(leaves, kinds, name).reshape(shape)
    for place, leaf in enumerate(leaves):
        if not (isinstance(leaf, _NUMBERS) or hasattr(leaf, "__array__") or _is_list(leaf)):
            raise DtypeError(
                f"{name} holds {_described(leaf)} at position {place}",
                hint="it takes bool, integers and floats",
            )
    found = _stacked([as_numbers(leaf, name) for leaf in leaves], name, axis=0)
    return found.reshape(*shape, *found.shape[1:])


def _is_list(value: object) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, _NO_LISTS)


def _of_leaves(leaves: list[Any], kinds: Iterable[type], name: str) -> NDArray[Any]:
    """An array of single numbers, of one type or several."""
    for kind in kinds:
        if issubclass(kind, np.generic):
            check_dtype(np.dtype(kind))  # longdouble
    found = np.asarray(leaves)
    are_floats = {issubclass(kind, float | np.floating) for kind in kinds}
    is_kept = found.dtype.kind in "biuf" and are_floats == {found.dtype.kind == "f"}
    if is_kept or not leaves:
        return found
    leaves = [leaf.item() if isinstance(leaf, np.generic) else leaf for leaf in leaves]
    if are_floats == {False}:
        return np.array(leaves, _integer_dtype(min(leaves), max(leaves), name))
    floats = np.array(list(map(_as_float, leaves)))
    _check_exact(floats.tolist(), leaves, name)
    return floats


def _as_float(number: float) -> float:
    try:
        return float(number)
    except OverflowError:  # of an integer, which then is not exact
        return math.inf


def _stacked(parts: list[NDArray[Any]], name: str, *, axis: int) -> NDArray[Any]:
    """Arrays of one shape, joined along a new axis."""
    if len({part.shape for part in parts}) > 1:
        raise ShapeError(f"{name} has parts that differ in shape")
    if not parts:
        return np.empty((0, 0))
    dtype = np.result_type(*parts)
    if dtype.kind != "f":
        return np.stack(parts, axis)
    if all(part.dtype.kind in "biu" for part in parts):  # signed and unsigned
        filled = [part for part in parts if part.size]
        limits = [int(limit) for part in filled for limit in (part.min(), part.max())] or [0]
        dtype = _integer_dtype(min(limits), max(limits), name)
        return np.stack([part.astype(dtype) for part in parts], axis)
    for part in parts:
        if part.dtype.kind in "iu":
            _check_exact(part.astype(dtype).ravel().tolist(), part.ravel().tolist(), name)
    return np.stack(parts, axis)


def _integer_dtype(low: int, high: int, name: str) -> np.dtype[Any]:
    """The dtype of 64 bits that holds some integers."""
    if low >= -(1 << 63) and high < 1 << 63:
        return np.dtype(np.int64)
    if low >= 0 and high < 1 << 64:
        return np.dtype(np.uint64)
    raise DtypeError(
        f"{name} has integers from {_shown(low)} to {_shown(high)}, which no dtype holds",
        hint="it takes int64 or uint64; or floats, if they may be rounded",
    )


def _check_exact(found: list[Any], given: list[Any], name: str) -> None:
    """Refuse integers that were rounded. Python compares integers with floats exactly."""
    for x, y in zip(found, given, strict=True):
        if x != y and not math.isnan(x):
            raise DtypeError(
                f"{name} has the integer {_shown(y)}, which is not exact beside its floats",
                hint="pass integers alone; or a float, if it may be rounded",
            )


def _shown(number: int) -> str:
    """A number with at most some of its digits: Python refuses to write thousands of them."""
    return str(number) if abs(number) < 1 << 128 else "one of many digits"


def _columns_of(values: Any) -> list[Any] | None:
    """The columns of a table of pandas, Polars or Arrow; None for anything else."""
    if hasattr(values, "items") and hasattr(values, "iloc") and hasattr(values, "columns"):
        return [column for _, column in values.items()]
    for method in ("iter_columns", "itercolumns"):
        if hasattr(values, method):
            return list(getattr(values, method)())
    return None


def _described(leaf: object) -> str:
    """Describe a value that is no number."""
    if leaf is None or leaf is np.ma.masked:
        return "a missing value"
    return f"a {type(leaf).__name__}"
