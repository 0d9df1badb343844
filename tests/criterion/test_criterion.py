from __future__ import annotations

import copy
import dataclasses
import math
import pickle
import warnings
from fractions import Fraction
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smoothl1 import DtypeError, ShapeError, SmoothL1Loss, smooth_l1_loss
from smoothl1.numerics.exact_sum import BLOCK
from tests import oracle
from tests.oracle import DTYPES, FLOATS, INTEGERS, LARGEST, SMALLEST, assert_same, extremes
from tests.strategies import Pair, betas, pairs

REDUCTIONS = ("mean", "sum", "none")

reductions = st.sampled_from(REDUCTIONS)

UPSTREAM_SHAPES: list[tuple[int, ...]] = [
    *[(), (3,), (5,), (2, 2), (5, 5), (5, 10), (2, 3, 4), (5, 5, 5)],
    *[(64, 64), (300, 256), (128, 8), (16, 8, 32, 32)],
]
UPSTREAM_BETAS = (0, 0.5, 1, 1.5, 5)
TOLERANCES = {"float16": (1e-3, 1e-5), "float32": (1.3e-6, 1e-5), "float64": (1e-7, 1e-7)}

every_shape = pytest.mark.parametrize("shape", UPSTREAM_SHAPES, ids=str)
every_beta = pytest.mark.parametrize("beta", UPSTREAM_BETAS)
every_reduction = pytest.mark.parametrize("reduction", REDUCTIONS)
every_float = pytest.mark.parametrize("dtype", FLOATS)


def random_pair(shape: tuple[int, ...], dtype: str = "float64") -> Pair:
    pred, target = np.random.default_rng(0).normal(scale=2.0, size=(2, *shape))
    return np.asarray(pred, dtype), np.asarray(target, dtype)


def textbook(pred: Any, target: Any, reduction: str, beta: float) -> Any:
    """The formula of the papers and manuals, in long doubles."""
    error = np.abs(np.asarray(pred, np.longdouble) - np.asarray(target, np.longdouble))
    quadratic = error < beta
    each = np.where(quadratic, 0.5 * error**2 / (beta or 1), error - 0.5 * beta)
    return each if reduction == "none" else getattr(each, reduction)()


def textbook_gradient(pred: Any, target: Any, reduction: str, beta: float) -> Any:
    error = np.asarray(pred, np.longdouble) - np.asarray(target, np.longdouble)
    each = np.where(np.abs(error) < beta, error / (beta or 1), np.sign(error))
    return each / (each.size if reduction == "mean" else 1)


def assert_close(actual: Any, expected: Any, dtype: str) -> None:
    rtol, atol = TOLERANCES[dtype]
    assert actual.dtype == dtype
    with np.errstate(over="ignore"):  # long sums are infinite in float16
        expected = np.asarray(expected).astype(dtype).astype(np.float64)
    np.testing.assert_allclose(np.asarray(actual, np.float64), expected, rtol=rtol, atol=atol)


# --- PyTorch's own cases ---


@every_float
@every_reduction
@every_beta
@every_shape
def test_values_and_gradients_are_those_of_the_textbook(
    shape: tuple[int, ...], beta: float, reduction: str, dtype: str
) -> None:
    pred, target = random_pair(shape, dtype)
    criterion = SmoothL1Loss(reduction, beta)
    assert_close(criterion(pred, target), textbook(pred, target, reduction, beta), dtype)
    expected = textbook_gradient(pred, target, reduction, beta)
    assert_close(criterion.grad(pred, target), expected, dtype)


@every_reduction
@every_beta
def test_a_strided_view_gives_what_its_copy_gives(reduction: str, beta: float) -> None:
    whole = random_pair((128, 192))
    pred, target = (side[::2, ::3] for side in whole)
    criterion = SmoothL1Loss(reduction, beta)
    assert_same(criterion(pred, target), criterion(pred.copy(), target.copy()))
    assert_same(criterion.grad(pred, target), criterion.grad(pred.copy(), target.copy()))
    assert_close(criterion(pred, target), textbook(pred, target, reduction, beta), "float64")


@every_float
@every_reduction
def test_a_case_where_all_is_quadratic(reduction: str, dtype: str) -> None:
    rng = np.random.default_rng(1)
    pred = (2 * rng.random((5, 10))).astype(dtype)
    target = (2 * rng.random((5, 10)) - 2).astype(dtype)
    criterion = SmoothL1Loss(reduction, 5)
    assert_close(criterion(pred, target), textbook(pred, target, reduction, 5), dtype)
    expected = textbook_gradient(pred, target, reduction, 5)
    assert_close(criterion.grad(pred, target), expected, dtype)


@every_reduction
@every_beta
def test_integer_targets_are_accepted_in_every_dtype(reduction: str, beta: float) -> None:
    pred = random_pair((2, 3, 4), "float32")[0]
    for dtype in INTEGERS:
        assert_integers_are_accepted(pred, dtype, reduction, beta)


def assert_integers_are_accepted(pred: Any, dtype: str, reduction: str, beta: float) -> None:
    target = np.random.default_rng(2).integers(0, 2, pred.shape).astype(dtype)
    criterion = SmoothL1Loss(reduction, beta)
    assert_close(criterion(pred, target), textbook(pred, target, reduction, beta), "float32")
    expected = textbook_gradient(pred, target, reduction, beta)
    assert_close(criterion.grad(pred, target), expected, "float32")


@every_float
@every_reduction
def test_equal_inputs_at_beta_zero_have_no_loss_and_no_gradient(reduction: str, dtype: str) -> None:
    pred = random_pair((5, 5), dtype)[0]
    criterion = SmoothL1Loss(reduction, 0)
    assert not np.any(criterion(pred, pred))
    assert not np.any(criterion.grad(pred, pred))


@every_beta
@every_reduction
def test_gradients_are_those_of_central_differences(reduction: str, beta: float) -> None:
    pred, target = random_pair((6,))
    criterion = SmoothL1Loss(reduction, beta)
    step = 1e-6
    rows = step * np.eye(6)
    above = np.array([np.sum(criterion(pred + row, target)) for row in rows])
    below = np.array([np.sum(criterion(pred - row, target)) for row in rows])
    np.testing.assert_allclose(
        criterion.grad(pred, target), (above - below) / (2 * step), atol=1e-6
    )


# --- Exactness ---


def test_the_example_of_the_definition_comes_out_to_float32_rounding() -> None:
    pred = np.array([0.1, 0.4, 0.3, 0.5, 0.9], np.float32)
    target = np.array([0.3, 0.9, 2.5, 0.4, 0.3], np.float32)
    each = smooth_l1_loss(pred, target, reduction="none")
    np.testing.assert_allclose(each, [0.02, 0.125, 1.7, 0.005, 0.18], rtol=1e-6)
    assert smooth_l1_loss(pred, target) == np.float32(0.406)
    assert smooth_l1_loss(pred, target, reduction="sum") == np.float32(2.03)


def test_a_square_that_would_overflow_does_not() -> None:
    assert smooth_l1_loss(0.0, 1e200, beta=1e308) == 5e91
    assert smooth_l1_loss(0.0, 1e25, beta=1e30) == pytest.approx(5e19, rel=2.0**-52)
    narrow = np.float32(0.0), np.float32(1e25)
    expected = oracle.loss(0.0, float(narrow[1]), 1e30)
    assert smooth_l1_loss(*narrow, beta=1e30) == np.float32(expected)
    assert smooth_l1_loss(*narrow, beta=1e30) == pytest.approx(5e19, rel=1e-6)


def test_the_smallest_beta_behaves_as_l1_to_one_rounding() -> None:
    pred, target = random_pair((100,))
    smallest = smooth_l1_loss(pred, target, reduction="none", beta=SMALLEST)
    assert_same(smallest, np.abs(pred - target))


@given(pairs(), reductions, betas)
def test_results_are_rational_arithmetic_rounded_once_to_the_promoted_dtype(
    pair: Pair, reduction: str, beta: float
) -> None:
    with np.errstate(all="raise"):
        found = SmoothL1Loss(reduction, beta)(*pair)
    assert_same(found, expected_loss(pair, reduction, beta))


def expected_loss(pair: Pair, reduction: str, beta: float) -> Any:
    floating = [dtype for dtype in FLOATS if dtype in (pair[0].dtype, pair[1].dtype)]
    dtype = floating[-1] if floating else "float64"
    each = oracle.losses(*pair, beta)
    if reduction == "none":
        return np.array([oracle.reduced([value], "sum", dtype) for value in each], dtype)
    return np.array(oracle.reduced(each, reduction, dtype), dtype)


@pytest.mark.parametrize("pred_dtype", DTYPES)
def test_every_pair_of_dtypes_is_promoted_to_a_floating_one(pred_dtype: str) -> None:
    for target_dtype, reduction in product(DTYPES, REDUCTIONS):
        pair = np.arange(2).astype(pred_dtype), np.array([1, 1]).astype(target_dtype)
        found = smooth_l1_loss(*pair, reduction=reduction, beta=0.5)
        assert_same(found, expected_loss(pair, reduction, 0.5))


@pytest.mark.parametrize("n", [BLOCK - 1, BLOCK, BLOCK + 1, 2 * BLOCK + 1])
def test_long_inputs_give_the_exact_mean_and_sum_and_every_loss(n: int) -> None:
    pair = random_pair((n,))
    each = oracle.losses(*pair, 1.0)
    assert_same(smooth_l1_loss(*pair), np.float64(oracle.reduced(each, "mean")))
    assert_same(smooth_l1_loss(*pair, reduction="sum"), np.float64(oracle.reduced(each, "sum")))
    assert_same(smooth_l1_loss(*pair, reduction="none"), np.array(each))


@pytest.mark.parametrize("dtype", ["float16", "float32"])
def test_a_mean_of_plain_numbers_is_rounded_once(dtype: str) -> None:
    rng = np.random.default_rng(3)
    for n in range(1, 60):
        pair = rng.random(n).astype(dtype), rng.random(n).astype(dtype)
        assert_same(smooth_l1_loss(*pair), expected_loss(pair, "mean", 1.0))


def test_a_fifth_is_a_fifth_in_float32() -> None:
    pred = np.array([1, 0, 0, 0, 0], np.float32)
    assert smooth_l1_loss(pred, np.zeros(5, np.float32), beta=0) == np.float32(0.2)


def test_a_float32_mean_just_above_a_tie_is_rounded_up() -> None:
    pred = np.array([3.0, 3 * 2.0**-24, 2.0**-100], np.float32)
    zeros = np.zeros(3, np.float32)
    assert smooth_l1_loss(pred, zeros, beta=0) == np.float32(1 + 2.0**-23)
    tie = np.array([3.0, 3 * 2.0**-24, 0.0], np.float32)
    assert smooth_l1_loss(tie, zeros, beta=0) == np.float32(1.0)


def test_a_float16_sum_just_above_a_tie_is_rounded_up() -> None:
    pred = np.array([65, 1, 1, 2.0**-24], np.float16)  # 33 + 2**-6 + 2**-55 at beta 64
    zeros = np.zeros(4, np.float16)
    total = smooth_l1_loss(pred, zeros, reduction="sum", beta=64)
    assert total == np.float16(33 + 2.0**-5)
    tie = smooth_l1_loss(pred[:3], zeros[:3], reduction="sum", beta=64)
    assert tie == np.float16(33)


def test_a_float16_sum_overflows_only_if_the_exact_sum_does() -> None:
    zeros = np.zeros(2, np.float16)
    high = np.array([65504, 65504], np.float16)
    with np.errstate(all="raise"):
        assert smooth_l1_loss(high, zeros, beta=0) == np.float16(65504)
        assert smooth_l1_loss(high, zeros, beta=0, reduction="sum") == np.inf
    thousand = np.ones(2048 * 2, np.float16)
    total = smooth_l1_loss(thousand, np.zeros_like(thousand), beta=0, reduction="sum")
    assert total == np.float16(4096)


def test_two_integers_are_subtracted_exactly() -> None:
    for dtype in ("int64", "uint64"):
        pred, target = np.array([2**53 + 1], dtype), np.array([2**53], dtype)
        assert smooth_l1_loss(pred, target, beta=0) == 1.0
        assert SmoothL1Loss(beta=4).grad(pred, target) == 0.25
    assert smooth_l1_loss(np.uint64(2**64 - 1), np.int64(-(2**63)), beta=0) == 1.5 * 2.0**64


# --- Relations ---


@pytest.mark.parametrize("beta", [0.25, 0.5, 1.0, 1.5, 5.0])
def test_beta_times_the_loss_is_the_huber_loss(beta: float) -> None:
    pred, target = random_pair((50,))
    error = np.abs(pred - target)
    huber = np.where(error <= beta, 0.5 * error**2, beta * (error - 0.5 * beta))
    smooth = smooth_l1_loss(pred, target, reduction="none", beta=beta)
    np.testing.assert_allclose(beta * smooth, huber, rtol=1e-14)


def test_towards_beta_zero_the_loss_becomes_l1() -> None:
    pred, target = random_pair((50,))
    l1 = np.abs(pred - target)
    assert_same(smooth_l1_loss(pred, target, reduction="none", beta=0), l1)
    gaps = [
        np.max(l1 - smooth_l1_loss(pred, target, reduction="none", beta=10.0**-k))
        for k in range(1, 8)
    ]
    assert all(gap <= 0.5 * 10.0**-k + 1e-15 for k, gap in enumerate(gaps, 1))


def test_towards_an_infinite_beta_the_loss_becomes_zero() -> None:
    pred, target = random_pair((50,))
    each = [float(smooth_l1_loss(pred, target, beta=10.0**k)) for k in (1, 10, 100, 300)]
    assert each == sorted(each, reverse=True)
    assert each[-1] < 1e-298


def test_where_beta_exceeds_every_distance_the_loss_is_half_the_squared_error_over_beta() -> None:
    pred, target = random_pair((50,))
    beta = float(np.abs(pred - target).max())
    mse = np.mean((pred - target) ** 2)
    assert smooth_l1_loss(pred, target, beta=beta) == pytest.approx(mse / (2 * beta), rel=1e-14)


@given(pairs(), reductions, betas)
def test_the_loss_is_symmetric_and_the_gradient_changes_sign(
    pair: Pair, reduction: str, beta: float
) -> None:
    criterion = SmoothL1Loss(reduction, beta)
    assert_same(criterion(*pair), criterion(*pair[::-1]))
    assert_same(criterion.grad(*pair) + 0, 0 - criterion.grad(*pair[::-1]))


# --- NaN, infinities, nothing at all ---


@every_float
@pytest.mark.parametrize("beta", [0.0, 1.0])
def test_nan_and_infinities_propagate(dtype: str, beta: float) -> None:
    nan, inf = math.nan, math.inf
    pred = np.array([nan, inf, -inf, inf, inf, 0], dtype)
    target = np.array([0, 0, 0, inf, -inf, nan], dtype)
    each = smooth_l1_loss(pred, target, reduction="none", beta=beta)
    assert_same(each, np.array([nan, inf, inf, nan, inf, nan], dtype))
    for reduction in ("mean", "sum"):
        assert np.isnan(smooth_l1_loss(pred, target, reduction=reduction, beta=beta))
        assert smooth_l1_loss(pred[1:3], target[1:3], reduction=reduction, beta=beta) == inf
    slopes = SmoothL1Loss("none", beta).grad(pred, target)
    assert_same(slopes, np.array([nan, 1, -1, nan, 1, nan], dtype))


@every_float
@pytest.mark.parametrize("shape", [(0,), (0, 3), (3, 0), (2, 0, 4)], ids=str)
def test_of_nothing_the_mean_is_nan_and_the_sum_zero(shape: tuple[int, ...], dtype: str) -> None:
    empty = np.empty(shape, dtype)
    assert_same(smooth_l1_loss(empty, empty), np.dtype(dtype).type(math.nan))
    assert_same(smooth_l1_loss(empty, empty, reduction="sum"), np.dtype(dtype).type(0))
    assert_same(smooth_l1_loss(empty, empty, reduction="none"), empty)
    for reduction in REDUCTIONS:
        assert_same(SmoothL1Loss(reduction).grad(empty, empty), empty)


@given(pairs(), reductions, betas)
def test_a_gradient_is_the_definition_in_the_promoted_dtype(
    pair: Pair, reduction: str, beta: float
) -> None:
    found = SmoothL1Loss(reduction, beta).grad(*pair)
    slopes = np.array(oracle.slopes(*pair, beta), np.float64)
    if reduction == "mean" and slopes.size:
        slopes = slopes / slopes.size
    expected = slopes.astype(expected_loss(pair, "sum", 1.0).dtype)
    assert_same(found + 0, expected + 0)


@every_float
@every_reduction
def test_no_floating_point_flag_leaks_from_a_gradient(dtype: str, reduction: str) -> None:
    least = np.finfo(dtype).smallest_subnormal
    pred, target = np.array([least, 1.0], dtype), np.array([0.0, 1.0], dtype)
    with np.errstate(all="raise"):
        found = SmoothL1Loss(reduction, 3.0).grad(pred, target)
    assert_same(found, np.zeros(2, dtype))


# --- Shapes and layouts ---


@every_reduction
@pytest.mark.parametrize("shape", [(), (3,), (2, 3, 4), (1, 1)], ids=str)
def test_a_result_has_the_inputs_shape_or_is_a_scalar(
    shape: tuple[int, ...], reduction: str
) -> None:
    pair = random_pair(shape, "float32")
    criterion = SmoothL1Loss(reduction)
    found = criterion(*pair)
    assert np.shape(found) == (shape if reduction == "none" else ())
    assert isinstance(found, np.ndarray if reduction == "none" else np.float32)
    assert criterion.grad(*pair).shape == shape
    assert isinstance(criterion.grad(*pair), np.ndarray)


@every_reduction
@pytest.mark.parametrize("beta", [0.0, 0.5])
def test_memory_order_does_not_matter(reduction: str, beta: float) -> None:
    pred, target = random_pair((3, 4, 5))
    criterion = SmoothL1Loss(reduction, beta)
    layouts: list[Any] = [
        np.asfortranarray,
        lambda a: np.repeat(a, 2, axis=1)[:, ::2],
        lambda a: a.copy("K"),
    ]
    layouts += [lambda a: a[::-1, :, ::-1].copy()[::-1, :, ::-1], lambda a: a.astype(">f8")]
    for one in layouts:
        for other in layouts:
            assert_same(criterion(one(pred), other(target)), criterion(pred, target))
            assert_same(criterion.grad(one(pred), other(target)), criterion.grad(pred, target))


def test_plain_numbers_and_lists_are_accepted() -> None:
    assert smooth_l1_loss(3, 1) == np.float64(1.5)
    assert smooth_l1_loss([0.0, 3.0], [0.5, 1.0], reduction="none").tolist() == [0.125, 1.5]
    assert smooth_l1_loss([[True]], [[False]], beta=0, reduction="sum") == 1.0
    assert smooth_l1_loss(np.float32(3), 1).dtype == np.float32


SHAPES_THAT_BROADCAST = [
    ((3,), (3, 1)),
    ((3, 1), (3,)),
    ((3,), ()),
    ((1,), (3,)),
    ((2, 3), (1, 3)),
    ((2, 3), (3, 2)),
    ((6,), (2, 3)),
    ((), (1,)),
    ((0,), ()),
]


@pytest.mark.parametrize(("one", "other"), SHAPES_THAT_BROADCAST, ids=str)
@every_reduction
def test_unequal_shapes_are_refused_and_never_broadcast(
    one: tuple[int, ...], other: tuple[int, ...], reduction: str
) -> None:
    criterion = SmoothL1Loss(reduction)
    for call in (criterion, criterion.forward, criterion.grad):
        with pytest.raises(ShapeError) as caught:
            call(np.zeros(one), np.zeros(other))
        assert isinstance(caught.value, ValueError)
        assert str(one) in str(caught.value)
        assert str(other) in str(caught.value)


def test_a_column_against_a_vector_is_refused_with_a_hint() -> None:
    for shapes in [((3,), (3, 1)), ((3, 1), (3,))]:
        with pytest.raises(ShapeError, match=r"\(n,\) against \(n, 1\)"):
            smooth_l1_loss(*map(np.zeros, shapes))
    with pytest.raises(ShapeError) as caught:
        smooth_l1_loss(np.zeros(3), np.zeros((4, 1)))
    assert caught.value.hint is None


BAD_DTYPES: list[Any] = [
    [1j],
    np.zeros(1, np.complex64),
    ["1.0"],
    [b"1.0"],
    [None],
    [Fraction(1, 2)],
    [2**64],
    np.zeros(1, "M8[s]"),
    np.zeros(1, "m8[s]"),
    np.zeros(1, [("a", "f4")]),
    np.zeros(1, "V4"),
]


@pytest.mark.parametrize("bad", BAD_DTYPES, ids=repr)
def test_what_is_no_real_number_is_a_type_error_on_either_side(bad: Any) -> None:
    for call in (smooth_l1_loss, SmoothL1Loss().grad):
        for pair in [(bad, [1.0]), ([1.0], bad)]:
            with pytest.raises(DtypeError) as caught:
                call(*pair)
            assert isinstance(caught.value, TypeError)


@pytest.mark.skipif(np.dtype(np.longdouble).itemsize == 8, reason="longdouble is binary64 here")
def test_longdouble_is_a_type_error() -> None:
    with pytest.raises(TypeError, match="bool, integers and floats"):
        smooth_l1_loss(np.zeros(1, np.longdouble), [1.0])


def test_masked_values_are_refused_and_a_mask_of_nothing_is_not() -> None:
    masked = np.ma.masked_array([1.0, 2.0], [False, True])
    with pytest.raises(TypeError, match="target has masked values"):
        smooth_l1_loss([1.0, 2.0], masked)
    with pytest.raises(TypeError, match="input has masked values"):
        SmoothL1Loss().grad(masked, [1.0, 2.0])
    assert smooth_l1_loss(np.ma.masked_array([1.0, 2.0]), [1.0, 4.0], reduction="sum") == 1.5


def test_the_inputs_are_left_as_they_are_and_may_be_read_only() -> None:
    for dtype in DTYPES:
        pred, target = extremes(dtype), extremes(dtype)[::-1].copy()
        pred.flags.writeable = target.flags.writeable = False
        for reduction in REDUCTIONS:
            SmoothL1Loss(reduction, 0.5)(pred, target)
            SmoothL1Loss(reduction, 0.5).grad(pred, target)
        assert_same(pred, extremes(dtype))
        assert_same(target, extremes(dtype)[::-1])


def test_a_result_shares_no_memory_with_its_inputs() -> None:
    pred = np.zeros(3)
    for found in (smooth_l1_loss(pred, pred, reduction="none"), SmoothL1Loss().grad(pred, pred)):
        assert not np.shares_memory(pred, found)


# --- The criterion as a value ---


def test_the_defaults_are_those_of_pytorch() -> None:
    assert SmoothL1Loss() == SmoothL1Loss("mean", 1.0) == SmoothL1Loss(reduction="mean", beta=1)


def test_the_function_and_the_criterion_agree() -> None:
    pair = random_pair((7,))
    for reduction in REDUCTIONS:
        found = smooth_l1_loss(*pair, reduction=reduction, beta=0.5)
        assert_same(found, SmoothL1Loss(reduction, 0.5)(*pair))
        assert_same(found, SmoothL1Loss(reduction, 0.5).forward(*pair))


def test_the_function_takes_its_settings_by_name_only() -> None:
    with pytest.raises(TypeError):
        smooth_l1_loss([1.0], [2.0], "sum")  # type: ignore[call-arg]
    with pytest.raises(TypeError):
        SmoothL1Loss("mean", 1.0, True)  # type: ignore[call-arg]  # noqa: FBT003


@pytest.mark.parametrize("reduction", ["batchmean", "MEAN", "", None, 1, ["mean"]])
def test_an_unknown_reduction_is_refused_when_constructed(reduction: Any) -> None:
    with pytest.raises(ValueError, match="'mean', 'sum' or 'none'"):
        SmoothL1Loss(reduction)
    with pytest.raises(ValueError, match="'mean', 'sum' or 'none'"):
        smooth_l1_loss([1.0], [1.0], reduction=reduction)


@pytest.mark.parametrize("beta", [-1.0, -SMALLEST, math.nan, math.inf, 10**400])
def test_a_beta_out_of_range_is_refused_when_constructed(beta: float) -> None:
    with pytest.raises(ValueError, match="beta"):
        SmoothL1Loss(beta=beta)
    with pytest.raises(ValueError, match="beta"):
        smooth_l1_loss([1.0], [1.0], beta=beta)


@pytest.mark.parametrize("beta", ["1", None, True, 1j, [1.0], np.zeros(1)], ids=repr)
def test_a_beta_of_a_wrong_type_is_a_type_error(beta: Any) -> None:
    with pytest.raises(TypeError, match="beta"):
        SmoothL1Loss(beta=beta)


@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize("beta", [0, -0.0, 1, 0.1, SMALLEST, LARGEST, np.float32(0.1), np.int8(2)])
def test_a_repr_reads_back_to_an_equal_criterion(reduction: str, beta: float) -> None:
    criterion = SmoothL1Loss(reduction, beta)
    assert eval(repr(criterion)) == criterion
    assert repr(criterion) == f"SmoothL1Loss({criterion.extra_repr()})"
    assert repr(eval(repr(criterion))) == repr(criterion)


def test_a_repr_shows_reduction_and_beta() -> None:
    assert repr(SmoothL1Loss()) == "SmoothL1Loss(reduction='mean', beta=1.0)"
    assert repr(SmoothL1Loss("sum", np.float64(0.5))) == "SmoothL1Loss(reduction='sum', beta=0.5)"


def test_a_repr_shows_a_reduction_given_as_a_numpy_string_plainly() -> None:
    assert repr(SmoothL1Loss(np.str_("sum"))) == "SmoothL1Loss(reduction='sum', beta=1.0)"


def test_equal_settings_make_equal_criteria_with_equal_hashes() -> None:
    assert SmoothL1Loss("sum", 1) == SmoothL1Loss("sum", float(np.float32(1.0)))
    assert hash(SmoothL1Loss("sum", 1)) == hash(SmoothL1Loss("sum", 1.0))
    assert hash(SmoothL1Loss(beta=-0.0)) == hash(SmoothL1Loss(beta=0.0))
    different = {SmoothL1Loss(r, b) for r in REDUCTIONS for b in (0.0, 0.5, 1.0)}
    assert len(different) == 9


@pytest.mark.parametrize("reduction", REDUCTIONS)
def test_a_criterion_survives_pickling_copying_and_replacing(reduction: str) -> None:
    criterion = SmoothL1Loss(reduction, 0.3)
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        assert pickle.loads(pickle.dumps(criterion, protocol)) == criterion
    assert copy.deepcopy(criterion) == criterion
    assert dataclasses.replace(criterion, beta=0.4) == SmoothL1Loss(reduction, 0.4)


def test_a_criterion_cannot_be_changed() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        SmoothL1Loss().beta = 2.0  # type: ignore[misc]


LEGACY = [
    (None, True, "mean"),
    (True, None, "mean"),
    (True, True, "mean"),
    (False, None, "sum"),
    (False, True, "sum"),
    (None, False, "none"),
    (True, False, "none"),
    (False, False, "none"),
]

every_legacy = pytest.mark.parametrize(("size_average", "reduce", "reduction"), LEGACY)


@every_legacy
@pytest.mark.parametrize("overridden", REDUCTIONS)
def test_the_deprecated_switches_override_the_reduction(
    size_average: bool | None, reduce: bool | None, reduction: str, overridden: str
) -> None:
    with pytest.warns(DeprecationWarning, match=f"reduction='{reduction}'"):
        criterion = SmoothL1Loss(overridden, 0.5, size_average=size_average, reduce=reduce)
    assert criterion == SmoothL1Loss(reduction, 0.5)


@pytest.mark.parametrize(
    ("switches", "reduction"),
    [
        ({"size_average": 0}, "sum"),
        ({"reduce": 0}, "none"),
        ({"size_average": np.False_}, "sum"),
        ({"reduce": np.False_}, "none"),
        ({"size_average": 1, "reduce": np.True_}, "mean"),
    ],
    ids=repr,
)
def test_the_deprecated_switches_go_by_truth_as_in_pytorch(
    switches: dict[str, Any], reduction: str
) -> None:
    with pytest.warns(DeprecationWarning, match="deprecated"):
        assert SmoothL1Loss(**switches).reduction == reduction


def test_the_deprecation_points_at_the_callers_line() -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        SmoothL1Loss(size_average=False)
        SmoothL1Loss(reduce=True)
    source = [line.lineno for line in caught]
    assert [line.filename for line in caught] == [__file__, __file__]
    lines = Path(__file__).read_text(encoding="utf-8").splitlines()
    assert "size_average=False)" in lines[source[0] - 1]
    assert "reduce=True)" in lines[source[1] - 1]


def test_without_the_deprecated_switches_nothing_is_said() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert SmoothL1Loss("sum", size_average=None, reduce=None).reduction == "sum"


def test_a_criterion_made_with_a_deprecated_switch_is_like_any_other() -> None:
    with pytest.warns(DeprecationWarning, match="deprecated"):
        criterion = SmoothL1Loss(reduce=False)
    assert eval(repr(criterion)) == pickle.loads(pickle.dumps(criterion)) == SmoothL1Loss("none")
