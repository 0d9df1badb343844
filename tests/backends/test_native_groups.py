"""Weights, groups and products in the kernel: every version of it, and what it refuses."""

from __future__ import annotations

import math
import threading
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smoothl1.backends.cpu import CpuBackend
from smoothl1.numerics.group_moments import GroupMoments
from smoothl1.numerics.group_sums import ExactSums
from smoothl1.numerics.row_sums import Rows
from smoothl1.tallies.group_records import OTHERS, RECORD
from smoothl1.tallies.group_tallies import GroupTally
from tests.oracle import SMALLEST, assert_same

_native = pytest.importorskip("smoothl1.backends._native", exc_type=ImportError)

from smoothl1.backends import native  # noqa: E402  where there is a kernel
from smoothl1.backends.native import NativeBackend  # noqa: E402

if TYPE_CHECKING:
    from numpy.typing import NDArray

BETAS = (0.3, 0.0, SMALLEST, 1e-310, 2.0, 1e300)
ONE, NONE, CODE = np.ones(1), np.empty(0), np.zeros(1, np.int64)
RECORDS, OTHER, DIGITS = np.zeros(1, RECORD), np.zeros(1, OTHERS), np.zeros((1, 3), np.int64)

every_version = pytest.mark.parametrize("version", _native.VERSIONS)


def random_bits(n: int, seed: int) -> NDArray[np.float64]:
    return np.frombuffer(np.random.default_rng(seed).bytes(8 * n)).copy()


@every_version
@pytest.mark.parametrize("n", [0, 1, 7, 1023, 1024, 1025, 5000])
def test_every_version_gives_the_bits_of_numpy(version: str, n: int) -> None:
    for pred in (random_bits(n, 1), np.random.default_rng(2).normal(size=n)):
        target = np.random.default_rng(3).permutation(pred)
        weight = np.random.default_rng(4).lognormal(0, 50, n)
        codes = np.random.default_rng(5).integers(0, 7, n)
        for weights in (None, weight):
            found = []
            for backend in (NativeBackend(version), CpuBackend()):
                tallies = [GroupTally(weighted=weights is not None) for _ in BETAS]
                for tally in tallies:
                    tally.resize(7)
                positions, out = np.arange(9, n + 9), np.empty(n, np.float32)
                backend.tally_groups(
                    pred, target, BETAS, codes, positions, tallies, out=out, weight=weights
                )
                whole = backend.tally(pred, target, BETAS, weight=weights, start=9)
                losses = backend.losses(pred, target, 0.3, weights)
                found.append(([tally.tallies() for tally in tallies], whole, out, losses))
            assert found[0][:2] == found[1][:2]
            assert_same(found[0][2], found[1][2])
            assert_same(found[0][3], found[1][3])


@pytest.mark.parametrize("codes", [[0, 1, 2, 3], [0, -1, 1, 2], [1 << 62, 0, 0, 0]])
def test_a_code_that_is_no_group_is_refused_and_nothing_is_added(codes: list[int]) -> None:
    tally = GroupTally(weighted=True)
    tally.resize(3)
    numbers = np.arange(4.0)
    wrong, right = np.array(codes), np.array([0, 1, 2, 2])
    NativeBackend().tally_groups(
        numbers, np.zeros(4), (1.0,), right, right, [tally], weight=numbers + 1
    )
    before = tally.tallies()
    with pytest.raises(ValueError, match="do not go together"):
        NativeBackend().tally_groups(
            numbers, np.zeros(4), (1.0,), wrong, right, [tally], weight=numbers + 1
        )
    assert tally.tallies() == before
    sums = ExactSums(3)
    sums.make_room(30, 40)
    with pytest.raises(ValueError, match="do not go together"):
        _native.add_to_sums(wrong, numbers, sums.digits, sums.lowest, 0)
    assert not sums.digits.any()


@pytest.mark.parametrize("lowest", [0, 5, 31, 33, 100, 1 << 40, (1 << 63) - 1])
@pytest.mark.parametrize("n_places", [0, 1, 2, 3, 40])
def test_digits_without_a_place_for_a_number_are_left_alone(lowest: int, n_places: int) -> None:
    digits = np.zeros((1, n_places), np.int64)
    n_done, low, high = _native.add_to_sums(CODE, ONE, digits, lowest, 0)
    assert bool(n_done) == (lowest <= 31 and lowest + n_places > 33)
    assert (low, high) == (31, 33)
    assert digits.any() == bool(n_done)


def test_zeros_need_no_place() -> None:
    assert _native.add_to_sums(CODE, np.zeros(1), np.zeros((1, 0), np.int64), 0, 0)[0] == 1


def groups_with(**changed: Any) -> tuple[Any, ...]:
    given = {
        "pred": ONE,
        "target": ONE,
        "weight": None,
        "out": None,
        "codes": CODE,
        "positions": CODE,
        "first_position": 0,
        "records": RECORDS,
        "others": OTHER,
        "beta": 1.0,
        "version": None,
        "digits": DIGITS,
        "lowest": 0,
        "start": 0,
        "window": _native.NO_WINDOW,
    }
    return tuple((given | changed).values())


@pytest.mark.parametrize(
    "changed",
    [
        {"pred": np.ones(2)},
        {"pred": np.ones(1, np.int64)},
        {"target": np.ones(2)[::2][:0]},
        {"weight": np.ones(2)},
        {"weight": np.ones(1, np.float32)},
        {"out": np.ones(2)},
        {"out": np.ones(1, np.float16)},
        {"out": np.frombuffer(bytes(8))},
        {"codes": np.zeros(2, np.int64)},
        {"codes": np.zeros(1, np.int32)},
        {"codes": ONE},
        {"positions": np.zeros(0, np.int64)},
        {"records": np.zeros(2, RECORD)},
        {"records": np.zeros(1, [("n", np.int64)])},
        {"records": np.zeros(10, np.int64)},
        {"records": np.zeros(1, OTHERS)},
        {"others": np.zeros(2, OTHERS)},
        {"others": np.zeros(1, RECORD)},
        {"others": np.zeros(4, np.int64)},
        {"version": "abacus"},
        {"digits": np.zeros(3, np.int64)},
        {"digits": np.zeros((2, 3), np.int64)},
        {"digits": np.zeros((3, 2), np.int64)[::3].T},
        {"digits": np.zeros((1, 3), np.float64)},
        {"lowest": -(1 << 40)},
        {"start": -1},
        {"window": 0},
        {"window": -1},
        {"window": 2002},
    ],
    ids=lambda changed: next(iter(changed)),
)
def test_groups_that_the_kernel_cannot_read_are_refused(changed: dict[str, Any]) -> None:
    with pytest.raises((ValueError, BufferError)):
        _native.tally_groups(*groups_with(**changed))


@pytest.mark.parametrize(
    "args",
    [
        (ONE, ONE, None, None, ONE, None),
        (ONE, ONE, np.ones(2), None, ONE, None),
        (ONE, ONE, ONE, np.ones(2), ONE, None),
        (ONE, np.ones(2), ONE, None, ONE, None),
        (ONE, ONE, ONE, None, np.ones(1, np.float32), None),
        (ONE, ONE, ONE, None, ONE, "abacus"),
    ],
)
def test_weights_that_the_kernel_cannot_read_are_refused(args: tuple[Any, ...]) -> None:
    with pytest.raises((ValueError, TypeError)):
        _native.tally_weighted(*args)


@pytest.mark.parametrize(
    "args",
    [
        (ONE, ONE, None, None, 1.0, None),
        (ONE, ONE, None, np.ones(1, np.float32), 1.0, None),
        (ONE, ONE, None, np.ones(2), 1.0, None),
        (ONE, ONE, np.ones(2), np.ones(1), 1.0, None),
        (ONE, np.ones(2), None, np.ones(1), 1.0, None),
    ],
)
def test_losses_that_the_kernel_cannot_write_are_refused(args: tuple[Any, ...]) -> None:
    with pytest.raises((ValueError, TypeError)):
        _native.losses(*args)


def test_threads_with_groups_of_their_own_do_not_disturb_each_other() -> None:
    pred, target = np.random.default_rng(6).normal(size=(2, 50_000))
    codes, positions = np.random.default_rng(7).integers(0, 99, 50_000), np.arange(50_000)
    found: list[Any] = []

    def work() -> None:
        tally = GroupTally(weighted=False)
        tally.resize(99)
        NativeBackend().tally_groups(pred, target, (0.3,), codes, positions, [tally])
        found.append(tally.tallies())

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    work()
    assert all(one == found[-1] for one in found)
    assert len(found) == 5


def products(n_groups: int, codes: list[int], *factors: list[float] | None) -> list[int]:
    """Sums of products by the kernel alone, in units of 2**-3222."""
    sums = ExactSums(n_groups)
    arrays = [None if f is None else np.array(f) for f in (*factors, None, None)[:3]]
    done, low, high = 0, 0, 0
    while True:
        chosen = np.array(codes, np.int64)
        done, low, high = _native.add_products(chosen, *arrays, sums.digits, sums.lowest, done)
        if done == len(codes):
            return sums.units(-3222)
        sums.make_room(low, high)


@given(st.lists(st.tuples(st.integers(0, 2), *[st.floats(allow_nan=False)] * 3), max_size=40))
def test_products_of_any_numbers_are_exact(rows: list[tuple[int, float, float, float]]) -> None:
    codes = [row[0] for row in rows]
    factors = [[row[i] for row in rows] for i in (1, 2, 3)]
    for n in (1, 2, 3):
        wanted = [Fraction(0)] * 3
        for code, *numbers in rows:
            if all(map(math.isfinite, numbers[:n])):
                wanted[code] += math.prod(map(Fraction, numbers[:n]))
        found = products(3, codes, *factors[:n])
        assert [Fraction(units, 1 << 3222) for units in found] == wanted


@pytest.mark.parametrize(
    ("codes", "factors"),
    [
        ([0, 0], ([1.0], None)),
        ([0], ([1.0], [1.0, 2.0])),
        ([0], ([1.0], [1.0], [])),
        ([1], ([1.0],)),
        ([-1], ([1.0],)),
    ],
)
def test_products_that_do_not_go_together_are_refused(
    codes: list[int], factors: tuple[list[float] | None, ...]
) -> None:
    with pytest.raises(ValueError, match="go together"):
        products(1, codes, *factors)


@pytest.mark.parametrize("sized", [False, True])
def test_rows_are_given_to_the_kernel_in_pieces(
    monkeypatch: pytest.MonkeyPatch, sized: bool
) -> None:
    rng = np.random.default_rng(9)
    codes = rng.integers(0, 3, 50)
    rows = Rows(rng.normal(size=50), rng.lognormal(size=50) if sized else None, None)
    found = []
    monkeypatch.setattr(native, "LONGEST", 7)
    for backend in (NativeBackend(), CpuBackend()):
        moments = GroupMoments()
        moments.resize(3)
        backend.add_rows(codes, rows, moments)
        found.append(moments.each())
    assert found[0] == found[1]
