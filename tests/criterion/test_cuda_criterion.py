"""The criterion of arrays on a GPU, with the CUDA kernels on this processor in its place."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from smoothl1 import DtypeError, ShapeError, SmoothL1Loss, smooth_l1_loss
from tests.backends.cuda.host_device import COMPILER, Array
from tests.backends.cuda.on_host import OnGpu, put_in_place_of_gpus
from tests.backends.cuda.test_cuda_kernels import nearest_bfloat16
from tests.examples import blocks_of
from tests.oracle import DTYPES, assert_same, extremes

pytestmark = [
    pytest.mark.skipif(COMPILER is None, reason="needs a C++ compiler"),
    pytest.mark.usefixtures("_gpus"),
]


@pytest.fixture
def _gpus(monkeypatch: pytest.MonkeyPatch) -> None:
    put_in_place_of_gpus(monkeypatch)


@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
@pytest.mark.parametrize("dtype", DTYPES)
def test_arrays_on_cuda_have_the_loss_that_they_have_anywhere(dtype: str, reduction: str) -> None:
    pred = np.resize(extremes(dtype), (7, 5))
    target = np.roll(pred, 3)
    for other in ("float32", dtype):
        side = np.resize(extremes(other), (7, 5)) if other != dtype else target
        expected = smooth_l1_loss(pred, side, reduction=reduction, beta=0.3)
        found = smooth_l1_loss(OnGpu(pred), OnGpu(side), reduction=reduction, beta=0.3)
        assert isinstance(found, Array) == (reduction == "none")
        assert_same(np.array(found), np.array(expected))


@pytest.mark.parametrize("reduction", ["mean", "sum"])
def test_gradients_on_cuda_are_those_of_anywhere(reduction: str) -> None:
    pred, target = np.random.default_rng(0).normal(size=(2, 6, 4)).astype(np.float32)
    criterion = SmoothL1Loss(reduction, 0.5)
    found = criterion.grad(OnGpu(pred), OnGpu(target))
    assert isinstance(found, Array)
    assert_same(np.array(found), criterion.grad(pred, target))


@pytest.mark.parametrize("shape", [(), (0,), (3, 0)])
def test_scalars_and_empty_arrays_on_cuda_keep_their_shape(shape: tuple[int, ...]) -> None:
    pred, target = np.full(shape, 2.0, np.float32), np.zeros(shape, np.float32)
    for reduction in ("mean", "sum", "none"):
        expected = smooth_l1_loss(pred, target, reduction=reduction)
        found = smooth_l1_loss(OnGpu(pred), OnGpu(target), reduction=reduction)
        assert_same(np.array(found), np.array(expected))


def test_means_of_bfloat16_on_cuda_are_rounded_once() -> None:
    bfloat16 = np.dtype(pytest.importorskip("ml_dtypes").bfloat16)
    rng = np.random.default_rng(1)
    for _ in range(40):
        pred = rng.normal(size=9).astype(bfloat16)
        target = np.zeros(9, bfloat16)
        mean = smooth_l1_loss(OnGpu(pred), OnGpu(target), beta=0.0)
        exact = sum(Fraction(abs(float(x))) for x in pred) / 9
        assert isinstance(mean, bfloat16.type)
        assert [int(np.array(mean).view(np.uint16))] == nearest_bfloat16(np.array([float(exact)]))


def test_a_mean_of_bfloat16_on_cuda_just_beside_a_tie_is_not_rounded_twice() -> None:
    bfloat16 = np.dtype(pytest.importorskip("ml_dtypes").bfloat16)
    pred = np.array([1.0, 2.0**-8, 2.0**-60], bfloat16)
    total = smooth_l1_loss(OnGpu(pred), OnGpu(np.zeros(3, bfloat16)), reduction="sum", beta=0.0)
    assert float(total) == 1.0 + 2.0**-7  # the tie itself is rounded to 1
    total = smooth_l1_loss(OnGpu(pred[:2]), OnGpu(np.zeros(2, bfloat16)), reduction="sum", beta=0.0)
    assert float(total) == 1.0


def test_bfloat16_beside_float32_on_cuda_gives_float32() -> None:
    bfloat16 = np.dtype(pytest.importorskip("ml_dtypes").bfloat16)
    pred, target = np.array([1.0, 3.0], bfloat16), np.array([0.25, 1.0], np.float32)
    found = smooth_l1_loss(OnGpu(pred), OnGpu(target))
    assert_same(np.array(found), np.array(smooth_l1_loss(pred.astype(np.float32), target)))


def test_the_example_of_the_page_on_cuda_runs() -> None:
    example = next(block for block in blocks_of("docs/gpu.md") if block.language == "python")
    pred, target = np.random.default_rng(3).normal(size=(2, 50)).astype(np.float32)
    known = {"pred": OnGpu(pred), "target": OnGpu(target)}
    exec(example.text, known)  # type: ignore[arg-type]
    assert_same(np.array(known["mean"]), np.array(smooth_l1_loss(pred, target, beta=0.5)))


@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_what_is_not_finite_on_cuda_is_not_finite(bad: float) -> None:
    mean = smooth_l1_loss(OnGpu(np.array([1.0, bad])), OnGpu(np.zeros(2)))
    assert_same(np.array(mean), np.array(bad))


def test_shapes_that_differ_on_cuda_are_refused() -> None:
    with pytest.raises(ShapeError, match=r"input has shape \(3,\) and target \(3, 1\)"):
        smooth_l1_loss(OnGpu(np.zeros(3)), OnGpu(np.zeros((3, 1))))


@pytest.mark.parametrize("dtype", ["complex64", "datetime64[s]"])
def test_dtypes_without_a_loss_on_cuda_are_refused(dtype: str) -> None:
    with pytest.raises(DtypeError, match="has no Smooth L1 loss"):
        smooth_l1_loss(OnGpu(np.zeros(3, dtype)), OnGpu(np.zeros(3)))


@pytest.mark.parametrize(
    ("pair", "places"),
    [
        ((OnGpu(np.zeros(3)), np.zeros(3)), "input is on cuda:0 and target on the CPU"),
        (([0.0], OnGpu(np.zeros(1), 1)), "input is on the CPU and target on cuda:1"),
        ((OnGpu(np.zeros(3)), OnGpu(np.zeros(3), 1)), "input is on cuda:0 and target on cuda:1"),
    ],
)
def test_sides_in_two_places_of_cuda_are_refused(pair: tuple[Any, Any], places: str) -> None:
    with pytest.raises(DtypeError, match=places):
        smooth_l1_loss(*pair)
