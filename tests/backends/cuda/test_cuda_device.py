"""CUDA on a card: what only a GPU can show. SMOOTHL1_REQUIRE_GPU=1 makes each skip a failure."""

from __future__ import annotations

import os
from typing import Any

import numpy as np
import pytest

from smoothl1 import DtypeError, MissingExtraError, SmoothL1Loss, StorageError, smooth_l1_loss
from smoothl1.backends.choice import new_backend
from smoothl1.backends.cpu import CpuBackend
from smoothl1.backends.cuda.device import open_device
from tests.oracle import DTYPES, assert_same, extremes
from tests.seen import seen

BETAS = (0.0, 5e-324, 0.3, 1.0, 1e308)
SIZES = (0, 1, 31, 32, 33, 2047, 2048, 2049, 10**6 + 7)


@pytest.fixture
def cupy() -> Any:
    try:
        return open_device(0).cupy
    except (MissingExtraError, StorageError) as error:
        if os.environ.get("SMOOTHL1_REQUIRE_GPU") == "1":
            raise
        pytest.skip(f"needs a GPU: {error}")


def random(seed: int, n: int, dtype: str, kind: str) -> np.ndarray[Any, Any]:
    rng = np.random.default_rng(seed)
    if kind == "bits":
        return rng.integers(0, 256, n * np.dtype(dtype).itemsize, np.uint8).view(dtype)
    with np.errstate(over="ignore"):
        return (rng.normal(size=n) * np.exp2(rng.integers(-60, 60, n) * (kind == "wide"))).astype(
            dtype
        )


@pytest.mark.parametrize("kind", ["normal", "wide", "bits"])
@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
@pytest.mark.parametrize("n", SIZES)
def test_a_card_with_cuda_gives_the_bits_of_numpy(cupy: Any, n: int, dtype: str, kind: str) -> None:
    pred, target = (random(n + i, n, dtype, kind) for i in (0, 1))
    backend = new_backend("cuda:0")
    with np.errstate(all="ignore"):
        for options in ({}, {"moments": True}, {"weight": np.linspace(0.5, 3.0, n)}):
            found = backend.tally(pred, target, BETAS, **options)
            expected = CpuBackend().tally(pred, target, BETAS, **options)
            assert list(map(seen, found)) == list(map(seen, expected))
            if "moments" in options:
                assert [tally.moments for tally in found] == [tally.moments for tally in expected]
        resident = backend.tally(cupy.asarray(pred), cupy.asarray(target), BETAS)
        assert list(map(seen, resident)) == list(map(seen, CpuBackend().tally(pred, target, BETAS)))


@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
@pytest.mark.parametrize("dtype", DTYPES)
def test_arrays_of_cupy_are_evaluated_where_cuda_has_them(
    cupy: Any, dtype: str, reduction: str
) -> None:
    pred = np.resize(extremes(dtype), (7, 5))
    target = np.roll(pred, 3)
    sides = cupy.asarray(pred), cupy.asarray(target)
    found = smooth_l1_loss(*sides, reduction=reduction, beta=0.3)
    expected = smooth_l1_loss(pred, target, reduction=reduction, beta=0.3)
    assert isinstance(found, cupy.ndarray) == (reduction == "none")
    assert_same(cupy.asnumpy(found), np.array(expected))
    grad = SmoothL1Loss(beta=0.3).grad(*sides)
    assert_same(cupy.asnumpy(grad), SmoothL1Loss(beta=0.3).grad(pred, target))


@pytest.mark.parametrize("view", ["strided", "reversed", "misaligned", "transposed", "offset"])
def test_views_of_any_layout_are_read_by_cuda(cupy: Any, view: str) -> None:
    whole = np.arange(600, dtype=np.float32).reshape(20, 30)
    views: dict[str, Any] = {
        "strided": lambda array: array[::2, ::3],
        "reversed": lambda array: array[::-1],
        "transposed": lambda array: array.T,
        "offset": lambda array: array.reshape(-1)[1:],
        "misaligned": lambda array: array.reshape(-1).view(np.uint8)[1:-3].view(np.float32),
    }
    side, other = views[view](cupy.asarray(whole)), views[view](whole)
    with np.errstate(all="ignore"):
        found = smooth_l1_loss(side, cupy.zeros_like(side))
        assert_same(np.array(found), np.array(smooth_l1_loss(other, np.zeros_like(other))))


def test_a_tensor_of_pytorch_on_cuda_is_read_without_a_copy(cupy: Any) -> None:
    torch = pytest.importorskip("torch")
    pred = torch.arange(1000, dtype=torch.float32, device="cuda")
    target = torch.zeros_like(pred)
    before = cupy.get_default_memory_pool().used_bytes()
    assert open_device(0).array_of(pred, "input").data.ptr == pred.data_ptr()
    assert cupy.get_default_memory_pool().used_bytes() == before
    expected = smooth_l1_loss(pred.cpu().numpy(), target.cpu().numpy())
    assert_same(np.array(smooth_l1_loss(pred, target)), np.array(expected))
    with pytest.raises(DtypeError, match="input cannot be read"):
        smooth_l1_loss(pred.requires_grad_(), target)


def test_a_card_that_does_not_exist_is_no_cuda_device(cupy: Any) -> None:
    with pytest.raises(StorageError, match="there is no device cuda:99"):
        new_backend("cuda:99")


def test_an_array_larger_than_the_memory_of_cuda_is_one_line(cupy: Any) -> None:
    with pytest.raises(StorageError, match="cuda:0 has no memory left"):
        open_device(0).empty((1 << 50,), np.dtype(np.float64))
