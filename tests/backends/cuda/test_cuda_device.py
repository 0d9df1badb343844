"""CUDA on a card: what only a GPU can show. SMOOTHL1_REQUIRE_GPU=1 makes each skip a failure."""

from __future__ import annotations

import os
import threading
from importlib import import_module
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from smoothl1 import (
    DtypeError,
    Execution,
    MissingExtraError,
    SmoothL1Loss,
    StorageError,
    evaluate,
    smooth_l1_loss,
)
from smoothl1.backends.choice import new_backend
from smoothl1.backends.cpu import CpuBackend
from smoothl1.backends.cuda.device import open_device
from tests.oracle import DTYPES, assert_same, extremes
from tests.seen import seen

if TYPE_CHECKING:
    from pathlib import Path

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


def needed(name: str) -> Any:
    """A package that a machine with a GPU has to have, too."""
    if os.environ.get("SMOOTHL1_REQUIRE_GPU") == "1":
        return import_module(name)
    return pytest.importorskip(name)


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


@pytest.mark.parametrize(
    "view",
    ["strided", "reversed", "misaligned", "misaligned and strided", "transposed", "offset"],
)
def test_views_of_any_layout_are_read_by_cuda(cupy: Any, view: str) -> None:
    whole = np.arange(600, dtype=np.float32).reshape(20, 30)
    views: dict[str, Any] = {
        "strided": lambda array: array[::2, ::3],
        "reversed": lambda array: array[::-1],
        "transposed": lambda array: array.T,
        "offset": lambda array: array.reshape(-1)[1:],
        "misaligned": lambda array: array.reshape(-1).view(np.uint8)[1:-3].view(np.float32),
        "misaligned and strided": lambda array: (
            array.reshape(-1).view(np.uint8)[1:-3].view(np.float32)[::2]
        ),
    }
    side, other = views[view](cupy.asarray(whole)), views[view](whole)
    with np.errstate(all="ignore"):
        found = smooth_l1_loss(side, cupy.zeros_like(side))
        assert_same(np.array(found), np.array(smooth_l1_loss(other, np.zeros_like(other))))


def test_a_tensor_of_pytorch_on_cuda_is_read_without_a_copy(cupy: Any) -> None:
    torch = needed("torch")
    pred = torch.arange(1000, dtype=torch.float32, device="cuda")
    target = torch.zeros_like(pred)
    before = cupy.get_default_memory_pool().used_bytes()
    assert open_device(0).array_of(pred, "input").data.ptr == pred.data_ptr()
    assert cupy.get_default_memory_pool().used_bytes() == before
    expected = smooth_l1_loss(pred.cpu().numpy(), target.cpu().numpy())
    assert_same(np.array(smooth_l1_loss(pred, target)), np.array(expected))
    with pytest.raises(DtypeError, match="input cannot be read"):
        smooth_l1_loss(pred.requires_grad_(), target)


@pytest.mark.parametrize("shape", [(), (0,), (3, 0)])
def test_scalars_and_empty_arrays_are_read_by_cuda(cupy: Any, shape: tuple[int, ...]) -> None:
    pred, target = np.full(shape, 2.0, np.float32), np.zeros(shape, np.float32)
    for reduction in ("mean", "sum", "none"):
        found = smooth_l1_loss(cupy.asarray(pred), cupy.asarray(target), reduction=reduction)
        expected = smooth_l1_loss(pred, target, reduction=reduction)
        assert_same(cupy.asnumpy(found), np.array(expected))


def test_bfloat16_of_pytorch_is_read_by_cuda(cupy: Any) -> None:
    torch = needed("torch")
    needed("ml_dtypes")
    pred = torch.linspace(-3, 3, 5000, device="cuda").to(torch.bfloat16)
    target = torch.zeros_like(pred)
    wide = pred.float().cpu().numpy(), target.float().cpu().numpy()
    total = smooth_l1_loss(pred, target.float(), reduction="sum")
    assert_same(np.array(total), np.array(smooth_l1_loss(*wide, reduction="sum")))
    none = smooth_l1_loss(pred, target, reduction="none")
    assert none.dtype.name == "bfloat16"


@pytest.mark.parametrize("is_null", [True, False])
def test_work_on_the_current_stream_of_cuda_is_waited_for(cupy: Any, is_null: bool) -> None:
    """The sides are made by work that is queued and takes a while."""
    stream = cupy.cuda.Stream.null if is_null else cupy.cuda.Stream(non_blocking=True)
    n = 1 << 24
    with stream:
        pred = cupy.arange(n, dtype=np.float64)
        for _ in range(50):
            pred = pred * 1.0
        target = cupy.zeros(n)
        total = smooth_l1_loss(pred, target, reduction="sum", beta=0.0)
    assert float(total) == n * (n - 1) / 2


def test_threads_share_a_card_with_cuda(cupy: Any) -> None:
    wrong: list[float] = []

    def work(beta: float) -> None:
        pred = cupy.asarray(random(1, 100_000, "float32", "normal"))
        target = cupy.zeros_like(pred)
        expected = smooth_l1_loss(cupy.asnumpy(pred), cupy.asnumpy(target), beta=beta)
        none = smooth_l1_loss(cupy.asnumpy(pred), cupy.asnumpy(target), reduction="none", beta=beta)
        for _ in range(50):
            found = smooth_l1_loss(pred, target, reduction="none", beta=beta)
            if smooth_l1_loss(pred, target, beta=beta) != expected:
                wrong.append(beta)
            if not np.array_equal(cupy.asnumpy(found), none):
                wrong.append(beta)

    threads = [threading.Thread(target=work, args=(beta,)) for beta in (0.1, 0.3, 1.0, 3.0)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_files_are_streamed_through_cuda_within_bounded_memory(cupy: Any, tmp_path: Path) -> None:
    paths = []
    for i, name in enumerate(("p.npy", "t.npy")):
        np.save(tmp_path / name, random(i, 30_000_000, "float32", "normal"))
        paths.append(tmp_path / name)
    pool = cupy.get_default_memory_pool()
    pool.free_all_blocks()
    before = pool.total_bytes()
    expected = evaluate(*paths, statistics=True)
    for threads in (1, 3):
        execution = Execution(threads=threads)
        assert evaluate(*paths, statistics=True, device="cuda", execution=execution) == expected
        assert pool.total_bytes() - before < (threads + 1) * (16 << 20)


def test_a_card_that_does_not_exist_is_no_cuda_device(cupy: Any) -> None:
    with pytest.raises(StorageError, match="there is no device cuda:99"):
        new_backend("cuda:99")


def test_an_array_larger_than_the_memory_of_cuda_is_one_line(cupy: Any) -> None:
    with pytest.raises(StorageError, match="cuda:0 has no memory left"):
        open_device(0).empty((1 << 50,), np.dtype(np.float64))
