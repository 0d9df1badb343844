"""What the criterion is given in Python: each number exactly, or a refusal that says why."""

from __future__ import annotations

import array
import math
import sys
from collections import UserList, deque
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pytest

from smoothl1 import SmoothL1Loss, evaluate, smooth_l1_loss
from smoothl1.errors import DtypeError, ShapeError
from smoothl1.sources.memory.arrays import as_numbers
from tests.columns import Column, Frame, of_arrow

if TYPE_CHECKING:
    from numpy.typing import NDArray

BIG = 2**53 + 1  # the first integer that binary64 does not hold


def l1(pred: Any, target: Any) -> list[float]:
    return smooth_l1_loss(pred, target, reduction="none", beta=0).tolist()  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    ("pred", "target"),
    [
        ([BIG, -BIG], [BIG - 1, -BIG + 2]),
        ([2**63 + 1, 5], [2**63, 3]),
        ([2**64 - 1, 0], [0, 2**64 - 1]),
        ([-(2**63), 2**63 - 1], [2**63 - 1, -(2**63)]),
        ([True, BIG], [False, BIG - 1]),
        ([np.uint64(BIG), np.int64(-1)], [np.int64(BIG - 1), np.uint64(7)]),
        ((BIG, 1), deque([BIG - 1, 2])),
        (UserList([BIG, 1]), range(BIG - 1, BIG + 1)),
        ([np.array([BIG], np.uint64), np.array([-1])], [[BIG - 1], [7]]),
        ([np.array(BIG), 3], [1, 2]),
        ([pa.array([BIG]).to_numpy(), [3]], [[1], [2]]),
    ],
)
def test_integers_of_64_bits_are_subtracted_exactly(pred: Any, target: Any) -> None:
    sides = [
        np.ravel(np.array([np.array(x, object) for x in side], object)) for side in (pred, target)
    ]
    expected = [float(abs(int(x) - int(y))) for x, y in zip(*sides, strict=True)]
    assert np.ravel(l1(pred, target)).tolist() == expected


@pytest.mark.parametrize("values", [[2**63 + 1, -1], [2**64, 1], [-(2**63) - 1], [10**5000, 0]])
def test_integers_that_no_dtype_holds_are_refused(values: list[int]) -> None:
    with pytest.raises(DtypeError, match=r"input has integers from .* which no dtype holds \[.*64"):
        smooth_l1_loss(values, values, beta=0)
    with pytest.raises(DtypeError, match="target has integers"):
        smooth_l1_loss([0] * len(values), [*values], beta=0)
    with pytest.raises(DtypeError, match="input has integers"):
        smooth_l1_loss([values], [values])
    with pytest.raises(DtypeError, match="input has integers"):
        SmoothL1Loss().grad(values, values)


def test_a_number_alone_is_no_exception() -> None:
    assert l1(2**64 - 1, 2**63) == float(2**63 - 1)
    with pytest.raises(DtypeError, match="an integer of more than 64 bits"):
        smooth_l1_loss(2**64, 0)
    with pytest.raises(DtypeError):
        smooth_l1_loss(Fraction(1, 3), 0)  # type: ignore[arg-type]


def test_integers_that_floats_hold_may_stand_among_them() -> None:
    assert l1([1, 0.5, 2**53, 2**70, True], [0] * 5) == [1.0, 0.5, 2.0**53, 2.0**70, 1.0]
    assert math.isnan(l1([math.nan, 1], [0, 0])[0])
    assert l1([np.array([1.5]), np.array([2])], [[0], [0]]) == [[1.5], [2.0]]


@pytest.mark.parametrize(
    "values",
    [
        [BIG, 0.5],
        [0.5, -BIG],
        [np.float32(0.5), np.int64(BIG)],
        [10**400, 0.5],
        [[1, 2.5], [BIG, 1]],
        [np.array([0.5]), np.array([BIG])],
        [np.array([0.5]), [BIG]],
    ],
)
def test_integers_that_floats_do_not_hold_are_refused_among_them(values: list[Any]) -> None:
    with pytest.raises(
        (DtypeError, ShapeError),
        match=r"input has the integer \S+.*, which is not exact beside its floats",
    ):
        smooth_l1_loss(values, values)


@pytest.mark.parametrize(
    ("values", "what"),
    [
        ([1.0, None], "a missing value at position 1"),
        ([[1, 2], [None, 4]], "a missing value at position 2"),
        ([1.0, "2"], "a str at position 1"),
        ([Decimal("0.1")], "a Decimal at position 0"),
        ([1, Fraction(1, 3)], "a Fraction at position 1"),
        ([1, 2j], "a complex at position 1"),
        ([1, {}], "a dict at position 1"),
        ([1, b"2"], "a bytes at position 1"),
    ],
)
def test_what_is_no_number_is_named_with_its_place(values: list[Any], what: str) -> None:
    with pytest.raises(DtypeError, match=f"input holds {what}"):
        smooth_l1_loss(values, values)


@pytest.mark.parametrize(
    "values",
    [
        [1.0, np.ma.masked],
        [1, np.ma.masked],
        [[1.0], [np.ma.masked]],
        [np.ma.masked_array([1.0, 2.0], [False, True]), [1.0, 2.0]],
        np.ma.masked_array([1, 2], [False, True]),
        np.ma.masked,
    ],
)
def test_masked_values_are_refused_wherever_they_stand(values: Any) -> None:
    with pytest.raises(DtypeError, match="masked"):
        smooth_l1_loss(values, values)


def test_an_array_of_masks_that_hide_nothing_is_an_array() -> None:
    values = np.ma.masked_array([1.0, 2.0], [False, False])
    assert l1([values], [[0.0, 0.0]]) == [[1.0, 2.0]]


@pytest.mark.parametrize("values", [[[1], [1, 2]], [[1, 2], 3], [1, [2]], [[[1]], [1]]])
def test_lists_of_unequal_lengths_are_refused(values: Any) -> None:
    with pytest.raises((ShapeError, DtypeError)):
        smooth_l1_loss(values, values)


@pytest.mark.parametrize(
    "kind",
    [pa.int8(), pa.uint8(), pa.int64(), pa.uint64(), pa.float16(), pa.float32(), pa.float64()],
    ids=str,
)
def test_columns_of_arrow_keep_their_dtype_and_every_digit(kind: pa.DataType) -> None:
    numbers = [0, 1, 2, 3]
    if kind in (pa.int64(), pa.uint64()):
        numbers += [BIG, 2**63 - 1]
    values = pa.array(np.array(numbers, kind.to_pandas_dtype()))
    for column in of_arrow(values):
        found = as_numbers(column, "input")
        assert found.dtype == np.dtype(kind.to_pandas_dtype())
        assert found.tolist() == numbers
    assert as_numbers(pa.array([True, False]), "input").tolist() == [True, False]


@pytest.mark.parametrize("kind", [pa.int64(), pa.uint8(), pa.float32(), pa.float64(), pa.bool_()])
def test_missing_values_of_arrow_are_refused_by_name(kind: pa.DataType) -> None:
    values = pa.array([1, 0, None, 1, None]).cast(kind)
    for column in of_arrow(values):
        with pytest.raises(
            DtypeError, match=r"target has missing values \(2, the first at pos.* 2\)"
        ):
            smooth_l1_loss([1.0] * 5, column)


def test_a_dictionary_of_arrow_stands_for_its_values() -> None:
    values = pa.array([BIG - 1, BIG])
    column = pa.DictionaryArray.from_arrays(pa.array([0, 1, 0]), values)
    assert l1(column, [BIG - 2, BIG - 2, BIG - 1]) == [1.0, 2.0, 0.0]


def test_a_missing_value_in_a_dictionary_of_arrow_is_refused() -> None:
    column = pa.DictionaryArray.from_arrays(pa.array([0, 1, 0]), pa.array([1, None]))
    with pytest.raises(DtypeError, match=r"input has missing values \(1, .* position 1\)"):
        smooth_l1_loss(column, [0, 0, 0])


def test_nan_in_a_column_of_arrow_is_nan() -> None:
    for column in of_arrow(pa.array([1.0, math.nan], from_pandas=False)):
        assert math.isnan(smooth_l1_loss(column, [0.0, 0.0]))


def test_decimals_of_arrow_are_rounded_once_as_those_in_files() -> None:
    texts = ["0.1", "-2.675", "12345678901234567.89"]
    kind = pa.decimal128(20, 3)
    column = pa.chunked_array([pa.array([Decimal(text)], kind) for text in texts])
    assert as_numbers(column, "input").tolist() == [float(text) for text in texts]


@pytest.mark.parametrize(
    "values",
    [
        pa.array(["a"]),
        pa.array([[1.0]]),
        pa.array(["1"]).dictionary_encode(),
        pa.array(["1"], pa.string_view()).dictionary_encode(),
        pa.array([["1"]], pa.list_(pa.string(), 1)),
        pa.array([0], pa.timestamp("s")),
        pa.array([{"a": 1}]),
    ],
    ids=lambda values: str(values.type),
)
def test_columns_of_other_types_are_refused_by_name(values: pa.Array) -> None:
    for column in of_arrow(values):
        with pytest.raises(DtypeError, match=r"input is .* it takes bool, integers and floats"):
            smooth_l1_loss(column, [1.0])


def test_a_column_that_arrow_cannot_have_is_refused() -> None:
    class Opaque(Column):
        def __arrow_array__(self, type: pa.DataType | None = None) -> pa.Array:
            raise TypeError("nothing but zeros")

    with pytest.raises(DtypeError, match="input cannot be had as a column of Arrow: nothing but"):
        smooth_l1_loss(Opaque(pa.array([0.0])), [0.0])


def test_tables_are_read_column_by_column() -> None:
    columns = {"a": np.array([BIG, 2]), "b": np.array([3, 4], np.uint64)}
    tables = [pa.table(columns), Frame(columns), pa.record_batch(columns)]
    for table in tables:
        assert l1(table, [[BIG - 1, 0], [0, 0]]) == [[1.0, 3.0], [2.0, 4.0]]
    with pytest.raises(DtypeError, match=f"the integer {BIG}, which is not exact"):
        smooth_l1_loss(Frame(columns | {"b": np.array([0.5, 1.0])}), np.zeros((2, 2)))
    with pytest.raises(DtypeError, match="input has missing values"):
        smooth_l1_loss(pa.table({"a": [1, None]}), np.zeros((2, 1)))


def test_what_has_numpys_protocols_is_taken_as_it_is() -> None:
    class Tensor:
        def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
            return np.array([BIG, 1])

    assert l1(Tensor(), [BIG - 1, 0]) == [1.0, 1.0]
    assert l1([Tensor(), Tensor()], [[BIG - 1, 0]] * 2) == [[1.0, 1.0]] * 2
    assert as_numbers(array.array("f", [0.1]), "input").dtype == np.float32
    assert as_numbers(memoryview(array.array("q", [BIG])), "input").tolist() == [BIG]


def test_the_byte_order_of_this_machine_may_be_named() -> None:
    order = "<" if sys.byteorder == "little" else ">"
    values = np.arange(5.0, dtype=np.dtype(np.float32).newbyteorder(order))
    assert evaluate(values, values + 2, betas=0.0).sum == 10.0


def test_nothing_stays_nothing() -> None:
    assert as_numbers([], "input").shape == (0,)
    assert as_numbers([[], []], "input").shape == (2, 0)
    assert as_numbers(pa.table({}), "input").shape == (0, 0)
    assert smooth_l1_loss([], [], reduction="sum") == 0.0


@pytest.mark.skipif(np.dtype(np.longdouble).itemsize == 8, reason="longdouble is float64 here")
@pytest.mark.parametrize(
    "values", [[np.longdouble(0.1)], [np.longdouble(0.1), 1], [[np.longdouble(1)]]]
)
def test_floats_of_more_than_64_bits_are_refused_in_lists_too(values: Any) -> None:
    with pytest.raises(DtypeError, match="has no Smooth L1 loss"):
        smooth_l1_loss(values, values)


class OfDlpack:
    """An array of another library that NumPy knows only by DLPack."""

    def __init__(self, numbers: NDArray[Any], kind: int = 1) -> None:
        self._numbers = numbers
        self._kind = kind

    def __dlpack__(self, **given: Any) -> Any:
        if self._kind != 1:
            raise BufferError(f"device {self._kind} cannot be read")
        return self._numbers.__dlpack__(**given)

    def __dlpack_device__(self) -> tuple[int, int]:
        return (self._kind, 0)


def test_an_array_that_only_has_dlpack_is_an_array_of_its_numbers() -> None:
    pred, target = np.array([1.0, 2.5], np.float32), np.array([1.25, 7.0], np.float32)
    for reduction in ("none", "mean"):
        expected = smooth_l1_loss(pred, target, reduction=reduction)
        found = smooth_l1_loss(OfDlpack(pred), OfDlpack(target), reduction=reduction)  # type: ignore[arg-type]
        assert np.array_equal(found, expected)
        assert found.dtype == np.float32


def test_an_array_of_dlpack_in_a_place_that_is_not_read_is_refused_by_name() -> None:
    metal = OfDlpack(np.zeros(2), kind=8)
    with pytest.raises(DtypeError, match=r"^input cannot be read: "):
        smooth_l1_loss(metal, metal)  # type: ignore[arg-type]


class _Bfloat16:
    """An array of another library with PyTorch's name of the dtype, which NumPy does not take."""

    dtype = "torch.bfloat16"

    def float(self) -> NDArray[np.float32]:
        return np.float32([1.5, -2.0])


def test_bfloat16_is_read_as_float32() -> None:
    assert as_numbers(_Bfloat16(), "x").tolist() == [1.5, -2.0]  # type: ignore[arg-type]
    ml_dtypes = pytest.importorskip("ml_dtypes")
    bits = np.arange(1 << 16, dtype=np.uint16)
    found = as_numbers(bits.view(ml_dtypes.bfloat16).reshape(2, -1), "x")
    expected = (bits.astype(np.uint32) << 16).view(np.float32)
    assert found.dtype == np.float32
    assert found.shape == (2, 1 << 15)
    np.testing.assert_array_equal(found.ravel(), expected)


class Marked(np.ndarray[Any, Any]):
    """An array with a mask and a unit of its own, as astropy has them."""

    mask: Any = None
    unit: Any = None


class Lazy:
    """An array that has masked values once it is asked, as a variable of netCDF4 does."""

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        return np.ma.masked_array([1.0, 2.0], [False, True])


def test_masks_of_other_classes_are_seen() -> None:
    marked = np.array([1.0, 2.0]).view(Marked)
    assert as_numbers(marked, "x").tolist() == [1.0, 2.0]
    marked.mask = np.array([False, True])
    for values in (marked, Lazy(), [marked, marked]):
        with pytest.raises(DtypeError, match="x has masked values"):
            as_numbers(values, "x")
