"""What every backend must do: the same bits, counts and positions as the definition says."""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smoothl1.numerics.exact_sum import BLOCK
from tests import oracle
from tests.backends.kinds import BACKENDS
from tests.grids import set_blocks
from tests.oracle import DTYPES, FLOATS, LARGEST, SMALLEST, assert_same, extremes
from tests.seen import seen
from tests.strategies import Pair, betas, pairs

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from smoothl1.backends.contract import Backend

BETAS = (0.0, SMALLEST, 0.1, 0.5, 1.0, 1.5, 5.0, 1e300)

any_backend = pytest.mark.parametrize("kind", BACKENDS)


@pytest.fixture(params=BACKENDS)
def new(request: pytest.FixtureRequest) -> Callable[[], Backend]:
    return BACKENDS[request.param]


@pytest.fixture
def backend(new: Callable[[], Backend]) -> Backend:
    return new()


@pytest.fixture
def _blocks_of_four(monkeypatch: pytest.MonkeyPatch) -> None:
    """Many blocks of few elements."""
    set_blocks(monkeypatch, 4)


def assert_tallied(backend: Backend, pair: Pair, chosen: tuple[float, ...], start: int = 0) -> None:
    """Compare all that a backend finds with the definition; no floating-point flag may leak."""
    with np.errstate(all="raise"):
        tallies = backend.tally(*pair, chosen, start=start)
    expected = [oracle.tally(*pair, beta, start=start) for beta in chosen]
    assert list(map(seen, tallies)) == expected, (pair, start)


@any_backend
@given(pairs(), st.lists(betas, max_size=3), st.integers(0, 1 << 60))
def test_tallies_of_any_pairs_are_those_of_the_definition(
    kind: str, pair: Pair, chosen: list[float], start: int
) -> None:
    assert_tallied(BACKENDS[kind](), pair, tuple(chosen), start)


@any_backend
@given(pairs(max_size=30), betas, st.integers(1, 9))
def test_the_size_of_blocks_does_not_matter(kind: str, pair: Pair, beta: float, block: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        set_blocks(patch, block)
        assert_tallied(BACKENDS[kind](), pair, (beta, 1.0))


@pytest.mark.parametrize("pred_dtype", DTYPES)
def test_every_pair_of_dtypes_is_tallied(backend: Backend, pred_dtype: str) -> None:
    preds = extremes(pred_dtype)
    for target_dtype in DTYPES:
        targets = extremes(target_dtype)
        pair = np.repeat(preds, targets.size), np.tile(targets, preds.size)
        assert_tallied(backend, pair, BETAS)


@pytest.mark.parametrize("dtype", DTYPES)
def test_byte_order_does_not_matter(backend: Backend, dtype: str) -> None:
    pred = extremes(dtype)
    swapped = pred.astype(np.dtype(dtype).newbyteorder("S"))
    for pair in [(swapped, pred[::-1]), (pred, swapped[::-1]), (swapped, swapped[::-1])]:
        assert_tallied(backend, pair, BETAS)


@pytest.mark.parametrize("dtype", DTYPES)
def test_strides_and_alignment_do_not_matter(backend: Backend, dtype: str) -> None:
    numbers = np.resize(extremes(dtype), 30)
    assert_tallied(backend, (numbers[::3], numbers[:10][::-1]), BETAS)
    shifted = np.frombuffer(b"\0" + numbers.tobytes(), np.uint8)[1:].view(dtype)
    assert_tallied(backend, (shifted, numbers[::-1]), BETAS)


@pytest.mark.parametrize("n", [0, 1, BLOCK - 1, BLOCK, BLOCK + 1, 2 * BLOCK + 1])
def test_block_edges_do_not_show(n: int) -> None:
    pred, target = np.random.default_rng(n).normal(size=(2, n))
    expected = oracle.tally(pred, target, 0.5, start=10)
    for kind, new in BACKENDS.items():
        assert seen(new().tally(pred, target, (0.5,), start=10)[0]) == expected, kind


@pytest.mark.parametrize("magnitude", [1.79e308, 1e300, 1.0, 1e-300, 1e-310, SMALLEST])
def test_magnitudes_near_the_ends_of_the_range_are_summed_exactly(
    backend: Backend, magnitude: float
) -> None:
    factors = np.random.default_rng(0).uniform(0.0, 1.0, 3000)
    assert_tallied(
        backend, (magnitude * factors, np.zeros(3000)), (0.0, SMALLEST, magnitude / 2, LARGEST)
    )


def test_a_distance_beyond_the_largest_number_is_infinite(backend: Backend) -> None:
    (tally,) = backend.tally(np.array([LARGEST, 1.0]), np.array([-LARGEST, 0.0]), (1.0,))
    assert (tally.n_inf, tally.max, tally.min, tally.sum) == (1, math.inf, 0.5, math.inf)


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
@pytest.mark.usefixtures("_blocks_of_four")
def test_what_is_not_finite_is_counted_apart_wherever_it_stands(
    new: Callable[[], Backend], bad: float
) -> None:
    for side, position in itertools.product((0, 1), (0, 1, 3, 4, 5, 10)):
        pair = (np.arange(11.0), np.arange(11.0)[::-1].copy())
        pair[side][position] = bad
        assert_tallied(new(), pair, BETAS, start=100)


@pytest.mark.usefixtures("_blocks_of_four")
def test_the_first_nan_of_several_is_reported(new: Callable[[], Backend]) -> None:
    pred = np.zeros(20)
    pred[[9, 6, 17]] = math.nan
    (tally,) = new().tally(pred, np.zeros(20), (1.0,), start=1000)
    assert (tally.n_nan, tally.first_nan) == (3, 1006)


def test_an_infinity_against_itself_is_nan_and_against_its_opposite_infinite(
    backend: Backend,
) -> None:
    inf = math.inf
    pred, target = np.array([inf, -inf, inf, -inf]), np.array([inf, -inf, -inf, inf])
    assert_tallied(backend, (pred, target), BETAS)
    (tally,) = backend.tally(pred, target, (1.0,))
    assert (tally.n_nan, tally.n_inf, tally.first_nan) == (2, 2, 0)


@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_where_nothing_is_finite_the_extremes_say_so(backend: Backend, bad: float) -> None:
    assert_tallied(backend, (np.full(3, bad), np.zeros(3)), BETAS)


def test_signalling_nans_are_nans_and_raise_no_flag(backend: Backend) -> None:
    signalling = np.array([0x7FF0000000000001], np.uint64).view(np.float64)
    assert_tallied(backend, (signalling, np.zeros(1)), BETAS)
    narrow = np.array([0x7F800001], np.uint32).view(np.float32)
    assert_tallied(backend, (narrow, np.zeros(1, np.float32)), BETAS)


def test_quadratic_elements_are_those_strictly_below_beta(backend: Backend) -> None:
    pred = np.array([0.0, 0.5, math.nextafter(1.0, 0.0), 1.0, 2.0, math.nan])
    tallies = backend.tally(pred, np.zeros(6), (0.0, 0.5, 1.0, LARGEST))
    assert [tally.n_quadratic for tally in tallies] == [0, 1, 3, 5]


def test_each_beta_has_a_tally_of_its_own(backend: Backend) -> None:
    pair = np.random.default_rng(1).normal(size=(2, 1000))
    together = backend.tally(pair[0], pair[1], BETAS)
    alone = tuple(tally for beta in BETAS for tally in backend.tally(pair[0], pair[1], (beta,)))
    assert together == alone
    assert backend.tally(pair[0], pair[1], ()) == ()


def test_an_instance_may_be_used_again(backend: Backend) -> None:
    long = (np.arange(50.0), np.zeros(50))
    first = backend.tally(*long, BETAS)
    backend.tally(np.array([math.nan, 1e300]), np.array([1.0, -1e300]), (0.0, 7.0))
    assert backend.tally(*long, BETAS) == first


def test_the_inputs_are_left_as_they_are_and_may_be_read_only(backend: Backend) -> None:
    for dtype in DTYPES:
        pair = (extremes(dtype), extremes(dtype)[::-1].copy())
        before = [side.tobytes() for side in pair]
        for side in pair:
            side.flags.writeable = False
        backend.tally(*pair, BETAS)
        assert [side.tobytes() for side in pair] == before


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.usefixtures("_blocks_of_four")
def test_the_losses_at_the_first_beta_are_rounded_once_to_the_output(
    new: Callable[[], Backend], dtype: str
) -> None:
    pred = np.resize(extremes(dtype), 23)
    target = pred[::-1].copy()
    for beta, out_dtype in itertools.product(BETAS, FLOATS):
        out = np.full(23, 7.0, out_dtype)
        with np.errstate(all="raise"):
            new().tally(pred, target, (beta, 0.25), out=out)
        assert_same(out, rounded_losses(pred, target, beta, out_dtype))


def rounded_losses(
    pred: NDArray[Any], target: NDArray[Any], beta: float, dtype: str
) -> NDArray[np.floating]:
    each = [oracle.reduced([value], "sum", dtype) for value in oracle.losses(pred, target, beta)]
    return np.array(each, dtype)


def test_writing_losses_does_not_change_the_tallies(backend: Backend) -> None:
    pair = np.random.default_rng(2).normal(size=(2, BLOCK + 7))
    out = np.empty(BLOCK + 7, np.float16)
    written = backend.tally(pair[0], pair[1], (0.3, 2.0), out=out)
    assert written == backend.tally(pair[0], pair[1], (0.3, 2.0))


@pytest.mark.grid
def test_every_tie_between_two_float16_is_rounded_to_even(backend: Backend) -> None:
    bits = np.arange(0x7C00, dtype=np.uint16)
    numbers = bits.view(np.float16).astype(np.float64)
    ties, below, above = (numbers[:-1] + numbers[1:]) / 2, bits[:-1], bits[1:]
    for losses, nearest in (
        (np.nextafter(ties, 0.0), below),
        (ties, np.where(below % 2 == 0, below, above)),
        (np.nextafter(ties, 1e9), above),
    ):
        out = np.empty(ties.size, np.float16)
        backend.tally(losses, np.zeros(ties.size), (0.0,), out=out)
        np.testing.assert_array_equal(out.view(np.uint16), nearest)
