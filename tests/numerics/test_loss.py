from __future__ import annotations

import math
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smoothl1.errors import DtypeError
from smoothl1.numerics.loss import (
    absolute_error,
    check_dtype,
    gradient,
    loss_of_error,
    result_dtype,
)
from tests import oracle
from tests.oracle import DTYPES, FLOATS, INTEGERS, LARGEST, SMALLEST, assert_same, extremes
from tests.strategies import Pair, any_bits, betas, finite, pairs

if TYPE_CHECKING:
    from numpy.typing import NDArray

UINT64_MAX = 2**64 - 1
TRUE = np.bool_(1)
INT64_MIN, INT64_MAX = -(2**63), 2**63 - 1

distances = any_bits.map(abs)


def error_of(pred: NDArray[Any], target: NDArray[Any]) -> NDArray[np.float64]:
    error = np.full(pred.shape, math.nan)
    with np.errstate(all="ignore"):
        absolute_error(pred, target, error, np.full(pred.shape, math.nan))
    return error


def losses_of(error: NDArray[np.float64], beta: float) -> NDArray[np.float64]:
    out = np.full(error.shape, math.nan)
    with np.errstate(all="ignore"):
        loss_of_error(error, beta, out, np.full(error.shape, math.nan))
    return out


def loss_of(d: float, beta: float) -> float:
    return float(losses_of(np.array([d]), beta)[0])


def expected_errors(pred: NDArray[Any], target: NDArray[Any]) -> NDArray[np.float64]:
    return np.array(oracle.losses(pred, target, 0.0), np.float64)


def in_both_byte_orders(values: NDArray[Any]) -> list[NDArray[Any]]:
    return [values, values.astype(values.dtype.newbyteorder("S"))]


@pytest.mark.parametrize("pred_dtype", DTYPES)
def test_the_distance_is_rounded_once_for_every_pair_of_dtypes_and_byte_orders(
    pred_dtype: str,
) -> None:
    for target_dtype in DTYPES:
        preds, targets = extremes(pred_dtype), extremes(target_dtype)
        for pred, target in product(
            in_both_byte_orders(np.repeat(preds, targets.size)),
            in_both_byte_orders(np.tile(targets, preds.size)),
        ):
            assert_same(error_of(pred, target), expected_errors(pred, target))


@given(pairs())
def test_the_distance_equals_exact_arithmetic_rounded_once(pair: Pair) -> None:
    assert_same(error_of(*pair), expected_errors(*pair))


@pytest.mark.parametrize(
    ("pred", "target", "distance"),
    [
        (np.uint8(3), np.uint8(5), 2.0),
        (np.int8(-128), np.int8(127), 255.0),
        (np.int64(2**53 + 1), np.int64(2**53), 1.0),
        (np.uint64(UINT64_MAX), np.uint64(UINT64_MAX - 1), 1.0),
        (np.int64(INT64_MAX), np.int64(-1), 2.0**63),
        (np.int64(INT64_MAX), np.int64(INT64_MIN), 2.0**64),
        (np.int64(INT64_MIN), np.int64(INT64_MIN), 0.0),
        (np.uint64(0), np.int64(INT64_MIN), 2.0**63),
        (np.uint64(2**63), np.int64(INT64_MAX), 1.0),
        (np.uint64(2**53 + 1), np.uint8(1), 2.0**53),
        (TRUE, np.int64(2**53 + 2), float(2**53 + 1)),
        (TRUE, ~TRUE, 1.0),
        (np.uint64(UINT64_MAX), np.int64(INT64_MIN), float(2**64 + 2**63 - 1)),
    ],
)
def test_two_integers_are_subtracted_exactly(pred: Any, target: Any, distance: float) -> None:
    one, other = np.array([pred]), np.array([target])
    assert error_of(one, other)[0] == distance
    assert error_of(other, one)[0] == distance


@given(
    st.integers(0, UINT64_MAX),
    st.one_of(st.integers(INT64_MIN, -1), st.integers(0, 4096).map(lambda n: INT64_MIN + n)),
)
def test_a_distance_of_65_bits_is_rounded_once(unsigned: int, negative: int) -> None:
    pred, target = np.array([unsigned], np.uint64), np.array([negative], np.int64)
    assert error_of(pred, target)[0] == float(unsigned - negative)


def test_a_65_bit_tie_is_decided_by_its_last_bit() -> None:
    tie = 2**64 + 2**11
    negative = np.array([INT64_MIN] * 4, np.int64)
    unsigned = np.array([tie - 2**63 + step for step in (-1, 0, 1, 2**11)], np.uint64)
    expected = [2.0**64, 2.0**64, 2.0**64 + 2.0**12, 2.0**64 + 2.0**12]
    assert error_of(unsigned, negative).tolist() == expected


def test_an_integer_against_a_float_is_read_as_binary64() -> None:
    big = np.array([2**53 + 1], np.int64)
    assert error_of(big, np.array([2.0**53]))[0] == 0.0
    assert error_of(np.array([2.0**53], np.float32), big)[0] == 0.0


def test_distances_of_strided_and_reversed_arrays_are_those_of_their_copies() -> None:
    for dtype in ("int64", "uint64", "float32", "float64"):
        numbers = np.arange(40).astype(dtype)
        pred, target = numbers[::3], numbers[:14][::-1]
        assert_same(error_of(pred, target), error_of(pred.copy(), target.copy()))


@given(st.lists(distances, max_size=40), betas)
def test_a_loss_is_the_definition_bit_for_bit(errors: list[float], beta: float) -> None:
    expected = [oracle.loss(d, 0.0, beta) for d in errors]
    assert_same(losses_of(np.array(errors), beta), np.array(expected, np.float64))


@pytest.mark.parametrize("step", [-1, 0, 1])
def test_beta_may_be_or_be_beside_any_power_of_two(step: int) -> None:
    errors = np.array([0.0, SMALLEST, 3 * SMALLEST, 1e-300, 0.1, 1 / 3, 1.0, 7.7, 1e300, LARGEST])
    for exponent in range(-1074, 1024):
        beta = math.ldexp(1.0, exponent)
        beta = math.nextafter(beta, step * math.inf) if step else beta
        near = np.append(errors, beta * np.array([0.25, 0.3, 0.9, 1.0, 1.1]))
        near = near[np.isfinite(near)]
        expected = [oracle.loss(d, 0.0, beta) for d in near.tolist()]
        assert losses_of(near, beta).tolist() == expected, beta


def test_the_distances_are_left_as_they_are_for_the_next_beta() -> None:
    error = extremes("float64")
    before = error.tobytes()
    for beta in (0.0, 0.5, 1.0):
        losses_of(error, beta)
    assert error.tobytes() == before


@pytest.mark.parametrize(
    ("d", "beta", "loss"),
    [
        (1e200, 1e308, 5e91),
        (0.5, 1.0, 0.125),
        (1.0, 1.0, 0.5),
        (2.5, 1.0, 2.0),
        (3.0, 0.5, 2.75),
        (0.25, 0.5, 0.0625),
        (LARGEST, LARGEST, LARGEST / 2),
        (LARGEST, SMALLEST, LARGEST),
        (0.1, SMALLEST, 0.1),
        (SMALLEST, SMALLEST, SMALLEST),
        (0.0, SMALLEST, 0.0),
        (1e-200, 1.0, 0.0),
        (math.inf, 1e308, math.inf),
        (math.inf, 0.0, math.inf),
    ],
)
def test_losses_worked_out_by_hand(d: float, beta: float, loss: float) -> None:
    assert loss_of(d, beta) == loss


def test_a_loss_is_small_where_the_square_of_the_distance_would_overflow_in_float32() -> None:
    assert loss_of(1e25, 1e30) == pytest.approx(5e19, rel=2.0**-52)
    assert np.float32(loss_of(1e25, 1e30)) == np.float32(5e19)


@pytest.mark.parametrize("beta", [0.0, SMALLEST, 1.0, LARGEST])
def test_nan_stays_nan_for_every_beta(beta: float) -> None:
    assert math.isnan(loss_of(math.nan, beta))


@given(finite.map(abs), betas)
def test_a_loss_lies_between_zero_and_the_distance(d: float, beta: float) -> None:
    assert 0.0 <= loss_of(d, beta) <= d


@given(finite.map(abs), betas)
def test_from_beta_on_a_loss_is_the_distance_less_half_of_beta(d: float, beta: float) -> None:
    low, high = sorted([d, beta])
    assert loss_of(high, low) == high - low / 2


@given(finite.map(abs), finite.map(abs), betas)
def test_a_larger_distance_never_has_a_smaller_loss_on_the_linear_side(
    one: float, other: float, beta: float
) -> None:
    low, high = sorted([max(one, beta), max(other, beta)])
    assert loss_of(low, beta) <= loss_of(high, beta)


@given(st.floats(1e-100, 1e100), st.floats(1e-100, 1e100))
def test_a_loss_is_the_textbook_one_to_a_few_roundings(d: float, beta: float) -> None:
    textbook = 0.5 * d**2 / beta if d < beta else d - 0.5 * beta
    assert loss_of(d, beta) == pytest.approx(textbook, rel=1e-15)


def test_beta_zero_is_exactly_l1() -> None:
    error = np.abs(extremes("float64"))
    assert_same(losses_of(error, 0.0), error)


@pytest.mark.parametrize("dtype", DTYPES)
def test_numbers_of_at_most_64_bits_are_accepted(dtype: str) -> None:
    check_dtype(np.dtype(dtype))
    check_dtype(np.dtype(dtype).newbyteorder())


@pytest.mark.parametrize(
    "dtype",
    ["c8", "c16", "O", "U3", "S3", "V4", "M8[s]", "m8[s]", [("a", "f4"), ("b", "f4")]],
    ids=str,
)
def test_what_is_no_real_number_is_refused(dtype: Any) -> None:
    with pytest.raises(DtypeError, match="Smooth L1"):
        check_dtype(np.dtype(dtype))
    with pytest.raises(TypeError):
        check_dtype(np.dtype(dtype))


@pytest.mark.skipif(np.dtype(np.longdouble).itemsize == 8, reason="longdouble is binary64 here")
def test_longdouble_is_refused() -> None:
    with pytest.raises(DtypeError, match=r"longdouble|float128|float96"):
        check_dtype(np.dtype(np.longdouble))


def test_losses_have_the_promoted_floating_dtype() -> None:
    for pred, target in product(DTYPES, repeat=2):
        floating = [dtype for dtype in FLOATS if dtype in (pred, target)]
        expected = floating[-1] if floating else "float64"
        assert result_dtype(np.dtype(pred), np.dtype(target)) == expected, (pred, target)


@pytest.mark.parametrize("dtype", FLOATS)
def test_losses_have_native_byte_order(dtype: str) -> None:
    swapped = np.dtype(dtype).newbyteorder("S")
    assert result_dtype(swapped, swapped).isnative
    assert result_dtype(swapped, np.dtype(dtype)).isnative
    assert result_dtype(swapped, np.dtype("i8")).isnative


@given(pairs(), betas)
def test_a_gradient_is_the_definition_bit_for_bit(pair: Pair, beta: float) -> None:
    with np.errstate(all="raise"):
        slopes = gradient(*pair, beta)
    assert_same(slopes + 0.0, np.array(oracle.slopes(*pair, beta), np.float64) + 0.0)


@pytest.mark.parametrize("pred_dtype", DTYPES)
def test_a_gradient_has_the_sign_of_the_difference_in_every_dtype(pred_dtype: str) -> None:
    for target_dtype, beta in product(DTYPES, (0.0, SMALLEST, 0.75, 2.0**62)):
        preds, targets = extremes(pred_dtype), extremes(target_dtype)
        pred, target = np.repeat(preds, targets.size), np.tile(targets, preds.size)
        expected = np.array(oracle.slopes(pred, target, beta))
        assert_same(gradient(pred, target, beta) + 0.0, expected + 0.0)


@pytest.mark.parametrize("beta", [0.5, 1.0, 1e-50, SMALLEST, 1e300])
def test_the_gradient_is_one_at_beta_and_zero_at_zero(beta: float) -> None:
    pred = np.array([beta, 0.0, -beta, -0.0])
    assert gradient(pred, np.zeros(4), beta).tolist() == [1.0, 0.0, -1.0, 0.0]


@pytest.mark.parametrize("exponent", [-1072, -1022, -1000, -150, 0, 1000, 1023])
def test_the_gradient_is_a_half_at_half_of_beta_however_small_or_large(exponent: int) -> None:
    beta = 2.0**exponent
    assert gradient(np.array([beta / 2, -beta / 4]), np.zeros(2), beta).tolist() == [0.5, -0.25]


def test_the_gradient_of_l1_is_the_sign() -> None:
    pred = np.array([LARGEST, SMALLEST, 0.0, -SMALLEST, -math.inf])
    assert gradient(pred, np.zeros(5), 0.0).tolist() == [1.0, 1.0, 0.0, -1.0, -1.0]


@pytest.mark.parametrize("beta", [0.0, SMALLEST, 1.0, LARGEST])
def test_the_gradient_of_nan_is_nan_for_every_beta(beta: float) -> None:
    pred = np.array([math.nan, 0.0, math.inf, -math.inf])
    target = np.array([0.0, math.nan, math.inf, -math.inf])
    assert np.isnan(gradient(pred, target, beta)).all()


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_tiny_beta_keeps_the_gradient_right_at_zero_error(dtype: str) -> None:
    numbers = np.array([1.0, 0.1, 0.0], dtype)
    assert gradient(numbers, numbers, 1e-50).tolist() == [0.0, 0.0, 0.0]


@given(st.floats(-10, 10), st.floats(-10, 10), st.floats(0.5, 5.0))
def test_the_gradient_is_the_slope_of_the_loss(x: float, y: float, beta: float) -> None:
    step = 1e-6
    above, below = oracle.loss(x + step, y, beta), oracle.loss(x - step, y, beta)
    slope = gradient(np.array([x]), np.array([y]), beta)[0]
    assert slope == pytest.approx((above - below) / (2 * step), abs=1e-5)


@pytest.mark.parametrize("dtype", INTEGERS)
def test_gradients_leave_their_inputs_alone(dtype: str) -> None:
    pred, target = extremes(dtype), extremes(dtype)[::-1]
    pred.flags.writeable = False
    gradient(pred, target, 0.5)
    assert_same(pred, extremes(dtype))
