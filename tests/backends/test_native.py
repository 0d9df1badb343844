"""The kernel gives NumPy's bits: every version of it, at every magnitude, wherever a block ends."""

from __future__ import annotations

import itertools
import math
import threading
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smoothl1.backends.cpu import CpuBackend
from tests.oracle import LARGEST, SMALLEST, assert_same
from tests.strategies import Pair, betas, pairs

if TYPE_CHECKING:
    from numpy.typing import NDArray

_native = pytest.importorskip("smoothl1.backends._native", exc_type=ImportError)

from smoothl1.backends.native import BLOCK, NativeBackend  # noqa: E402  where there is a kernel

BETAS = (0.0, SMALLEST, 1e-310, 2.0**-1022, 0.1, 0.5, 1.0, 3.0, 2.0**1000, 1e308, LARGEST)
FLOATS = ("float32", "float64")
ONE = np.ones(1)

every_version = pytest.mark.parametrize("version", _native.VERSIONS)


def assert_bits_of_numpy(
    version: str | None, pair: Pair, chosen: tuple[float, ...] = BETAS
) -> None:
    """Compare what is found, and the losses at the first beta, with and without writing them."""
    backend = NativeBackend(version)
    expected = CpuBackend().tally(*pair, chosen, start=7)
    assert backend.tally(*pair, chosen, start=7) == expected, (pair, chosen)
    moments = CpuBackend().tally(*pair, chosen, start=7, moments=True)
    assert backend.tally(*pair, chosen, start=7, moments=True) == moments, (pair, chosen)
    for dtype in FLOATS:
        out, wanted = np.full((2, pair[0].size), 7.0, dtype)
        assert backend.tally(*pair, chosen, start=7, out=out) == expected
        CpuBackend().tally(*pair, chosen, out=wanted)
        assert_same(out, wanted)


def random_bits(n: int, dtype: str, seed: int) -> NDArray[Any]:
    kind = np.dtype(dtype)
    return np.frombuffer(np.random.default_rng(seed).bytes(n * kind.itemsize), kind)


@every_version
@given(pair=pairs(FLOATS), chosen=st.lists(betas, min_size=1, max_size=3))
def test_any_floats_give_the_bits_of_numpy(version: str, pair: Pair, chosen: list[float]) -> None:
    assert_bits_of_numpy(version, pair, tuple(chosen))


@every_version
@pytest.mark.parametrize("finite", [True, False])
@pytest.mark.parametrize("target_dtype", FLOATS)
@pytest.mark.parametrize("pred_dtype", FLOATS)
def test_random_bit_patterns_of_every_pair_of_dtypes(
    version: str, pred_dtype: str, target_dtype: str, finite: bool
) -> None:
    pair = random_bits(2 * BLOCK + 77, pred_dtype, 1), random_bits(2 * BLOCK + 77, target_dtype, 2)
    if finite:
        pair = tuple(np.where(np.isfinite(side), side, side.dtype.type(1)) for side in pair)
    assert_bits_of_numpy(version, pair)


@every_version
def test_the_first_beta_alone_may_be_any(version: str) -> None:
    pred, target = np.random.default_rng(3).normal(size=(2, 300))
    for beta, scale in itertools.product(BETAS, (SMALLEST, 1e-310, 1e-300, 1.0, 1e300)):
        assert_bits_of_numpy(version, (pred * scale, target * scale), (beta,))


@every_version
@pytest.mark.parametrize("exponent", [-1070, -600, -540, -500, -490, -485, -480, -470, 505, 511])
def test_squares_at_the_ends_of_the_range(version: str, exponent: int) -> None:
    rng = np.random.default_rng(exponent + 2000)
    pred = np.ldexp(rng.uniform(1, 2, 5000), exponent)
    assert_bits_of_numpy(version, (pred, np.zeros(5000)), (0.0, 1e-300))


@every_version
@pytest.mark.parametrize("exponent", [0, -150, -299, -301, 500])
def test_squares_of_which_some_are_too_small_to_be_units(version: str, exponent: int) -> None:
    """Also where the square rounds to 0, and that of the leading digits does not."""
    rng = np.random.default_rng(5)
    for small in (-485, -486, -500, -536, -537, -538, -539, -1074):
        pred = np.ldexp(rng.uniform(1, 2, 3 * BLOCK), exponent)
        pred[::97] = np.ldexp(rng.uniform(1, 2, pred[::97].size), small)
        pred[::101] = 0.0
        assert_bits_of_numpy(version, (pred, np.zeros(pred.size)), (0.0, 1e300))
    pred = np.ldexp(np.sqrt(np.linspace(1.999999, 2.000001, 2 * BLOCK)), -538)
    pred[::50] = 1.0
    assert_bits_of_numpy(version, (pred, np.zeros(pred.size)), (0.0,))


@every_version
@pytest.mark.parametrize("exponent", range(-54, -46))
def test_squares_of_which_only_the_remainder_is_too_fine(version: str, exponent: int) -> None:
    odd = np.random.default_rng(8).integers(1 << 52, 1 << 53, 100_000) | 1
    mantissas = np.ldexp(odd.astype(np.float64), -52)
    short = mantissas[(mantissas * mantissas).view(np.int64) % 64 == 0]
    for mantissa in short[:20]:
        pred = np.ones(100)
        pred[50] = np.ldexp(mantissa, exponent)
        assert_bits_of_numpy(version, (pred, np.zeros(100)), (0.0,))


def test_squares_are_those_of_rational_arithmetic() -> None:
    losses = np.random.default_rng(3).lognormal(0, 5, 300)
    (tally,) = NativeBackend().tally(losses, np.zeros(300), (0.0,), moments=True)
    assert tally.moments is not None
    expected = sum(Fraction(loss) ** 2 for loss in losses.tolist())
    assert Fraction(tally.moments.squares, 1 << 2148) == expected


@every_version
@pytest.mark.parametrize("bits", [1, 40, 60, 100, 400, 2000])
def test_magnitudes_spread_over_few_or_many_bits(version: str, bits: int) -> None:
    rng = np.random.default_rng(bits)
    numbers = np.ldexp(rng.uniform(0.5, 1.0, 5000), rng.integers(-bits // 2, bits // 2, 5000))
    assert_bits_of_numpy(version, (numbers, np.zeros(5000)))
    assert_bits_of_numpy(version, (numbers, rng.permutation(numbers)), (0.0, 1.0))


@every_version
def test_every_anchor_near_the_ends_of_the_range(version: str) -> None:
    for exponent in (*range(-1074, -965, 3), *range(960, 1024, 3), 1021, 1022):
        numbers = np.ldexp(np.random.default_rng(4).uniform(1.0, 2.0, 50), exponent)
        for pair in [(numbers, np.zeros(50)), (numbers, -numbers), (numbers, numbers / 3)]:
            assert_bits_of_numpy(version, pair, (0.0, 1.0, math.ldexp(1.0, exponent)))


@every_version
@pytest.mark.parametrize("steps", [(0, 1), (0, 2, 1), (0, -1, -60), (3, 53, 103), (-1074, 1023)])
def test_blocks_of_other_magnitudes_than_the_one_before(
    version: str, steps: tuple[int, ...]
) -> None:
    rng = np.random.default_rng(6)
    for mantissas in (rng.uniform(1.0, 2.0, BLOCK), np.ones(BLOCK), np.full(BLOCK, 2.0 - 2**-52)):
        blocks = [np.ldexp(mantissas, exponent) for exponent in (*steps, *steps[::-1])]
        numbers = np.concatenate(blocks)
        with_zeros = np.concatenate([np.zeros(BLOCK), numbers, np.zeros(BLOCK), numbers])
        for pred in (numbers, with_zeros):
            assert_bits_of_numpy(version, (pred, np.zeros(pred.size)), (0.0, 1.0))


@every_version
def test_a_block_with_nan_after_one_without(version: str) -> None:
    pred = np.random.default_rng(7).normal(size=4 * BLOCK)
    for odd in (math.nan, math.inf):
        pred[BLOCK + 5] = pred[3 * BLOCK] = odd
        assert_bits_of_numpy(version, (pred, np.zeros(pred.size)), (1.0, 0.0))


@every_version
def test_sums_far_beyond_the_largest_number_are_exact(version: str) -> None:
    n = 1 << 15
    pair = np.full(n, LARGEST), np.zeros(n)
    (tally,) = NativeBackend(version).tally(*pair, (0.0,))
    assert tally.total.units == n * (int(LARGEST) << 1074)
    assert_bits_of_numpy(version, pair)


@every_version
@pytest.mark.parametrize("dtype", FLOATS)
def test_every_size(version: str, dtype: str) -> None:
    for n in (0, 1, 2, 3, 7, 8, 9, *(k * BLOCK + i for k in (1, 2) for i in (-1, 0, 1))):
        pred, target = np.random.default_rng(n).normal(size=(2, n)).astype(dtype)
        assert_bits_of_numpy(version, (pred, target))


@every_version
@pytest.mark.parametrize("bad", [math.nan, -math.nan, math.inf, -math.inf])
@pytest.mark.parametrize(
    "places", [[0], [BLOCK - 1], [BLOCK, 3], [2 * BLOCK], slice(5, None), slice(None)]
)
def test_what_is_not_finite_anywhere(version: str, bad: float, places: Any) -> None:
    pred, target = np.random.default_rng(5).normal(size=(2, 2 * BLOCK + 1))
    pred[places] = bad
    assert_bits_of_numpy(version, (pred, target))
    target[7:] = math.inf
    assert_bits_of_numpy(version, (pred, target))


@pytest.mark.parametrize("dtype", FLOATS)
def test_what_the_kernel_cannot_read_gives_the_same_bits(dtype: str) -> None:
    plain = np.random.default_rng(6).normal(size=60).astype(dtype)
    shifted = np.frombuffer(b"\0" + plain.tobytes(), np.uint8)[1:].view(dtype)
    swapped = plain.astype(plain.dtype.newbyteorder("S"))
    for odd in (plain[::-1], np.repeat(plain, 2)[::2], shifted, swapped, plain.astype(np.float16)):
        assert_bits_of_numpy(None, (odd, plain))
        assert_bits_of_numpy(None, (plain, odd))


@pytest.mark.parametrize("dtype", ["float16", ">f4", ">f8"])
def test_outputs_that_the_kernel_cannot_write_get_the_same_bits(dtype: str) -> None:
    pred, target = np.random.default_rng(8).normal(size=(2, 60))
    out, wanted = np.zeros((2, 120), dtype)
    NativeBackend().tally(pred, target, (0.5,), out=out[::2])
    CpuBackend().tally(pred, target, (0.5,), out=wanted[::2])
    assert_same(out, wanted)


def test_threads_do_not_disturb_each_other() -> None:
    pair = np.random.default_rng(10).normal(size=(2, 100_000))
    expected = CpuBackend().tally(*pair, BETAS)
    found: list[bool] = []
    threads = [
        threading.Thread(
            target=lambda: found.append(NativeBackend().tally(*pair, BETAS) == expected)
        )
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [True] * 4


@pytest.mark.parametrize(
    "args",
    [
        (ONE, ONE, ONE, None, 1, "abacus"),
        (ONE, np.ones(2), ONE, None, 1, None),
        (ONE, ONE, ONE, np.ones(2), 1, None),
        (ONE, ONE, np.ones(1, np.float32), None, 1, None),
        (np.ones(1, np.int64), ONE, ONE, None, 1, None),
        (ONE, np.ones(1, ">f8"), ONE, None, 1, None),
        (np.ones(4)[::2], np.ones(2), ONE, None, 1, None),
        (ONE, ONE, ONE, np.frombuffer(bytes(8)), 1, None),
        (np.frombuffer(bytes(17), np.uint8)[1:].view(np.float64), np.ones(2), ONE, None, 1, None),
    ],
)
def test_the_kernel_refuses_what_it_cannot_read(args: tuple[Any, ...]) -> None:
    with pytest.raises((ValueError, BufferError)):
        _native.tally(*args)


def test_a_block_is_never_larger_than_its_sums_can_be() -> None:
    pair = np.full(50_000, 1.75), np.zeros(50_000)
    for block in (-1, 0, 1, 77, 1 << 40):
        *_, [(_, _, _, units, _)] = _native.tally(*pair, np.zeros(1), None, block, None)
        assert int.from_bytes(units, "little") == 87_500 << 1074
