"""The CUDA kernels, run by this processor: the same bits on any grid, in any order of threads."""

from __future__ import annotations

import math
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from smoothl1.backends.choice import new_backend
from smoothl1.backends.cpu import CpuBackend
from smoothl1.backends.cuda.backend import CudaBackend
from smoothl1.backends.cuda.memory import ITEMS, most_sums
from smoothl1.numerics.loss import gradient
from tests.backends.cuda.host_device import (
    COMPILER,
    ORDERS,
    Array,
    HostDevice,
    compiled,
    loaded,
)
from tests.oracle import SMALLEST, assert_same, extremes
from tests.seen import seen

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

pytestmark = pytest.mark.skipif(COMPILER is None, reason="needs a C++ compiler")

BETAS = (0.0, SMALLEST, 0.3, 1.0, 1e308)
GRIDS = (1, 2, 7, 132)
SIZES = (0, 1, 31, 32, 33, 2047, 2048, 2049)
TILE = 4 * ITEMS
FLOATS = ("float16", "float32", "float64")

any_order = pytest.mark.parametrize("order", ORDERS.values(), ids=ORDERS)


def on_host(n_blocks: int = 2, order: int = 0, n_threads: int = 4) -> CudaBackend:
    return CudaBackend(HostDevice(n_blocks, order, n_threads), new_backend())


def bit_patterns(seed: int, n: int, dtype: str) -> NDArray[Any]:
    """Numbers of any magnitude, NaN and infinities among them."""
    size = np.dtype(dtype).itemsize
    return np.random.default_rng(seed).integers(0, 256, n * size, np.uint8).view(dtype)


def normal(seed: int, n: int, dtype: str) -> NDArray[Any]:
    return np.random.default_rng(seed).normal(size=n).astype(dtype)


def assert_as_numpy(
    backend: CudaBackend, pair: tuple[NDArray[Any], NDArray[Any]], **options: Any
) -> None:
    """Compare all that the kernels find with the NumPy backend."""
    with np.errstate(all="ignore"):
        found = backend.tally(*pair, BETAS, start=7, **options)
        expected = CpuBackend().tally(*pair, BETAS, start=7, **options)
    assert list(map(seen, found)) == list(map(seen, expected))
    if options.get("moments"):
        assert [tally.moments for tally in found] == [tally.moments for tally in expected]


@pytest.mark.parametrize("n", SIZES)
@pytest.mark.parametrize("n_blocks", GRIDS)
def test_any_size_on_any_grid_of_cuda_has_the_same_bits(n: int, n_blocks: int) -> None:
    backend = on_host(n_blocks)
    for dtype in ("float32", "float64"):
        assert_as_numpy(backend, (normal(n, n, dtype), normal(n + 1, n, dtype)))
        assert_as_numpy(backend, (bit_patterns(n, n, dtype), bit_patterns(n + 1, n, dtype)))


@any_order
@pytest.mark.parametrize("n_threads", [4, 64])
@pytest.mark.parametrize("options", ["plain", "weights", "moments"])
def test_threads_of_cuda_run_in_any_order(order: int, n_threads: int, options: str) -> None:
    n = 3 * n_threads * ITEMS + 5
    given: dict[str, Any] = {"plain": {}, "moments": {"moments": True}}.get(options) or {}
    if options == "weights":
        given = {"weight": np.random.default_rng(2).uniform(0.1, 9.0, n)}
    pred, target = normal(0, n, "float32"), normal(1, n, "float32")
    pred[[1, n - 1]] = math.nan
    pred[5] = math.inf
    assert_as_numpy(on_host(2, order, n_threads), (pred, target), **given)


@pytest.mark.grid
@pytest.mark.parametrize("n_blocks", GRIDS)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_many_pairs_of_cuda_have_the_same_bits(dtype: str, n_blocks: int) -> None:
    n = 200_000 + 7
    backend = on_host(n_blocks)
    assert_as_numpy(backend, (normal(0, n, dtype), normal(1, n, dtype)))


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize(
    "dtypes", [*product(FLOATS, FLOATS), ("int64", "uint64"), ("bool", "int8")]
)
def test_random_bit_patterns_on_cuda_have_the_same_bits(seed: int, dtypes: tuple[str, str]) -> None:
    pred, target = (bit_patterns(seed + i, 5 * TILE + 3, dtype) for i, dtype in enumerate(dtypes))
    if dtypes[0] == "bool":
        pred = pred.view(np.uint8) % 2 == 0
    assert_as_numpy(on_host(order=seed % 3), (pred, target))
    assert_as_numpy(on_host(order=seed % 3), (pred, target), moments=True)


@pytest.mark.parametrize("spread", [0, 30, 47, 60, 300, 1000])
@pytest.mark.parametrize("direction", ["rising", "falling", "mixed", "one large first"])
@pytest.mark.parametrize("moments", [False, True])
def test_losses_that_do_not_fit_into_folds_of_cuda_are_added_all_the_same(
    spread: int, direction: str, moments: bool
) -> None:
    n = 20 * TILE + 3
    exponents = np.linspace(-spread, spread, n)
    if direction == "falling":
        exponents = exponents[::-1]
    elif direction == "mixed":
        exponents = np.random.default_rng(0).permutation(exponents)
    elif direction == "one large first":
        exponents = np.full(n, -10.0)
        exponents[0] = spread
    losses = np.random.default_rng(1).uniform(1.0, 2.0, n) * np.exp2(exponents)
    assert_as_numpy(on_host(), (losses, np.zeros(n)), moments=moments)


@pytest.mark.parametrize("magnitude", [1.79e308, 1e306, 1e300, 1e-150, 1e-154, 1e-300, SMALLEST])
@pytest.mark.parametrize("options", ["plain", "weights", "moments"])
def test_magnitudes_near_the_ends_of_the_range_are_right_on_cuda(
    magnitude: float, options: str
) -> None:
    n = 6 * TILE + 1
    losses = np.random.default_rng(3).uniform(0.0, 1.0, n) * magnitude
    given: dict[str, Any] = {"moments": True} if options == "moments" else {}
    if options == "weights":
        given = {"weight": np.random.default_rng(4).uniform(0.5, 1e3, n)}
    assert_as_numpy(on_host(), (losses, np.zeros(n)), **given)


@pytest.mark.parametrize("moments", [False, True])
def test_more_betas_than_a_block_of_cuda_has_room_for_have_the_same_bits(moments: bool) -> None:
    n_betas = most_sums(64, squares=moments) + 3
    betas = tuple(np.geomspace(1e-3, 1e3, n_betas).tolist())
    pair = normal(0, 700, "float32"), normal(1, 700, "float32")
    weight = None if moments else np.full(700, 0.25)
    found = on_host(n_threads=64).tally(*pair, betas, weight=weight, moments=moments)
    assert found == CpuBackend().tally(*pair, betas, weight=weight, moments=moments)


@pytest.mark.grid
def test_the_constants_that_cuda_is_shipped_with_have_the_same_bits(tmp_path: Path) -> None:
    kernels = loaded(compiled(tmp_path, 32, is_shipped=True))
    backend = CudaBackend(HostDevice(2, 2, 32, kernels=kernels), new_backend())
    n = 59 * 32 * ITEMS + 7
    growing = normal(0, n, "float64") * np.geomspace(1e-6, 1.0, n)
    for pred in (normal(0, n, "float64"), growing, bit_patterns(0, n, "float64")):
        assert_as_numpy(backend, (pred, np.zeros(n)))
        assert_as_numpy(backend, (pred, np.zeros(n)), moments=True)


def test_totals_of_folds_of_cuda_never_overflow() -> None:
    """The largest terms that fit, in as many tiles as a thread may add before it clears."""
    n = 64 * TILE
    losses = np.full(n, math.nextafter(16.0, 0.0))
    losses[:TILE] = math.nextafter(1.0, 0.0)
    assert_as_numpy(on_host(1), (losses, np.zeros(n)))


@pytest.mark.parametrize("target", ["bfloat16", "float32", "float64", "int32"])
def test_bfloat16_is_read_and_written_by_cuda_where_an_array_says_so(target: str) -> None:
    bfloat16 = np.dtype(pytest.importorskip("ml_dtypes").bfloat16)
    pred = np.arange(1 << 16, dtype=np.uint16).view(bfloat16)
    side = np.full(pred.size, 0.5).astype(bfloat16 if target == "bfloat16" else target)
    backend = on_host()
    with np.errstate(all="ignore"):
        pair = pred.astype(np.float64), side.astype(np.float64)
        found, expected = backend.tally(pred, side, BETAS), CpuBackend().tally(*pair, BETAS)
        losses = CpuBackend().losses(*pair, 0.3)
    assert list(map(seen, found)) == list(map(seen, expected))
    out = np.zeros(pred.size, bfloat16)
    backend.write_losses(pred, side, 0.3, out)
    is_nan = np.isnan(losses)
    assert out[~is_nan].view(np.uint16).tolist() == nearest_bfloat16(losses[~is_nan])
    assert np.isnan(out[is_nan].astype(np.float32)).all()


def nearest_bfloat16(numbers: NDArray[np.float64]) -> list[int]:
    """The bits of the nearest bfloat16 of numbers that are not negative, by comparison with all."""
    bits = np.arange(0x7F81, dtype=np.uint32)
    grid = (bits << 16).view(np.float32).astype(np.float64)
    grid[-1] = 2.0**128  # infinity is reached as if it were the next number
    ties = (grid[:-1] + grid[1:]) / 2  # exact: they have 9 bits
    below = np.searchsorted(ties, numbers)  # ties that are smaller
    is_tie = ties[np.minimum(below, ties.size - 1)] == numbers
    nearest: list[int] = (below + (is_tie & (below % 2 == 1))).tolist()
    return nearest


def test_distances_of_65_bits_on_cuda_are_rounded_once() -> None:
    """Just below, at and just above a tie: 2**64 + 2**11 lies between two numbers."""
    steps = np.arange(40, dtype=np.uint64) << np.uint64(12)
    for beside in (-1, 0, 1):
        target = steps + np.uint64((1 << 63) + (1 << 11) + beside)
        pred = np.full(target.size, -(1 << 63), np.int64)
        assert_as_numpy(on_host(), (pred, target))
        exact = [float((1 << 63) + number) for number in target.tolist()]
        assert on_host().losses(pred, target, 0.0).tolist() == exact


@pytest.mark.parametrize("offset", [0, 1, 2])
@pytest.mark.parametrize("dtype", FLOATS)
def test_arrays_on_the_device_are_read_where_they_are_by_cuda(dtype: str, offset: int) -> None:
    """Also where they cannot be read 16 bytes at a time."""
    n = 4 * TILE + 1
    whole = [normal(i, n + offset, dtype).view(Array) for i in (0, 1)]
    sides = [np.asarray(side)[offset:] for side in whole]
    backend = on_host()
    found = backend.tally(whole[0][offset:], whole[1][offset:], BETAS)
    assert list(map(seen, found)) == list(map(seen, CpuBackend().tally(*sides, BETAS)))


@pytest.mark.parametrize("beta", BETAS)
@pytest.mark.parametrize("dtype", [*FLOATS, "int64", "uint64", "uint8"])
def test_gradients_on_cuda_have_the_same_bits(dtype: str, beta: float) -> None:
    pred = np.resize(extremes(dtype), 70)
    target = np.roll(pred[::-1], 1)
    for divisor in (1.0, 70.0):
        expected = gradient(pred, target, beta)
        out = np.zeros(70)
        with np.errstate(all="ignore"):
            expected /= divisor
            on_host().gradient(pred, target, beta, divisor, out)
        assert_same(out, expected)
