"""Columns that know Arrow, given to the criterion: lists, extensions, and what only NumPy has."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from smoothl1 import smooth_l1_loss
from smoothl1.errors import DtypeError
from smoothl1.sources.memory.arrays import as_numbers
from tests.columns import Capsule, Column, Frame, of_arrow

BIG = 2**53 + 1  # the first integer that binary64 does not hold


class Sparse(Column):
    """A column that Arrow cannot have, as a sparse one of pandas, with NumPy's protocol."""

    def __init__(self, values: np.ndarray[Any, Any], dtype: object) -> None:
        self.dtype = dtype  # type: ignore[assignment]
        self.array = self
        self._numbers = values

    def __arrow_array__(self, type: pa.DataType | None = None) -> pa.Array:
        raise TypeError("nothing but zeros")

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        return self._numbers


class FloatType:
    """The dtype of a column of floats that is none of NumPy's, such as Sparse[float64]."""

    kind = "f"


class IntegerType:
    kind = "i"


@pytest.mark.parametrize(
    ("values", "dtype"),
    [
        (np.array([0.0, 0.5]), FloatType()),
        (np.array([0.0, 0.5], np.float32), FloatType()),
        (np.array([0, BIG]), IntegerType()),
        (np.array([True, False]), object()),
    ],
)
def test_a_column_that_only_numpy_can_have_is_taken_where_nothing_is_lost(
    values: np.ndarray[Any, Any], dtype: object
) -> None:
    for column in (Sparse(values, dtype), Frame({"a": Sparse(values, dtype)})):
        found = as_numbers(column, "input")  # type: ignore[arg-type]
        assert found.dtype == values.dtype
        assert found.ravel().tolist() == values.tolist()


@pytest.mark.parametrize(
    ("values", "dtype"),
    [
        (np.array([0.0, math.nan]), IntegerType()),
        (np.array([0.0, math.nan]), object()),
        (np.array([0.0, None]), FloatType()),
        (np.array(["0"]), object()),
    ],
)
def test_a_column_that_only_numpy_can_have_is_refused_where_something_may_be_lost(
    values: np.ndarray[Any, Any], dtype: object
) -> None:
    with pytest.raises(DtypeError, match="input cannot be had as a column of Arrow: nothing but"):
        smooth_l1_loss(Sparse(values, dtype), values)  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", [pa.float64(), pa.int64(), pa.bool_()], ids=str)
def test_lists_of_a_fixed_size_are_further_dimensions(kind: pa.DataType) -> None:
    rows = [[[1, 0, 1]], [[0, 0, 1]], [[1, 1, 0]], [[0, 1, 1]]]
    numbers = pa.array([x for (row,) in rows for x in row]).cast(kind)
    lists = pa.FixedSizeListArray.from_arrays(numbers, 3)
    values = pa.FixedSizeListArray.from_arrays(lists, 1)
    for column in of_arrow(values):
        found = as_numbers(column, "input")
        assert found.dtype == np.dtype(kind.to_pandas_dtype())
        assert found.tolist() == rows
    for column in of_arrow(values[1:3]):
        assert as_numbers(column, "input").tolist() == rows[1:3]
    assert as_numbers(values[:0], "input").shape == (0, 1, 3)
    assert as_numbers(pa.table({"a": values}), "input").shape == (4, 1, 1, 3)


def test_a_list_or_number_that_is_missing_in_a_list_of_arrow_is_refused() -> None:
    kind = pa.list_(pa.float64(), 2)
    for rows, place in (([[1, 2], None], 1), ([[1, 2], [3, None]], 3)):
        for column in of_arrow(pa.array(rows, kind)):
            with pytest.raises(DtypeError, match=rf"input has missing values \(1, .* {place}\)"):
                smooth_l1_loss(column, [[1, 2], [3, 4]])


@pytest.mark.skipif(not hasattr(pa, "bool8"), reason="pyarrow 17 has no bool8")
def test_flags_of_a_byte_each_are_bool() -> None:
    flags = pa.ExtensionArray.from_storage(pa.bool8(), pa.array([1, 0, 2], pa.int8()))
    for column in of_arrow(flags):
        found = as_numbers(column, "input")
        assert (found.dtype, found.tolist()) == (np.dtype(bool), [True, False, True])
    missing = pa.ExtensionArray.from_storage(pa.bool8(), pa.array([1, None], pa.int8()))
    for column in of_arrow(missing):
        with pytest.raises(DtypeError, match=r"missing values \(1, the first at position 1\)"):
            smooth_l1_loss(column, [1, 1])


def test_tensors_of_arrow_are_arrays() -> None:
    tensors = np.arange(12.0).reshape(2, 3, 2)
    for column in of_arrow(pa.FixedShapeTensorArray.from_numpy_ndarray(tensors)):
        assert as_numbers(column, "input").tolist() == tensors.tolist()


def test_an_error_of_another_library_is_a_refusal() -> None:
    class Odd(Capsule):
        def __arrow_c_stream__(self, requested_schema: object = None) -> object:
            raise RuntimeError("no such thing")

    with pytest.raises(DtypeError, match="cannot be had as a column of Arrow: no such thing"):
        smooth_l1_loss(Odd(pa.chunked_array([[1.0]])), [1.0])  # type: ignore[arg-type]
