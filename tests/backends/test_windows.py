"""The fixed-point sums of groups in the kernel: whatever their window is, the sums are exact."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smoothl1.tallies import group_tallies
from smoothl1.tallies.group_records import RECORD
from smoothl1.tallies.group_tallies import GroupTally
from tests.oracle import LARGEST, SMALLEST

_native = pytest.importorskip("smoothl1.backends._native", exc_type=ImportError)

from smoothl1.backends.native import NativeBackend  # noqa: E402  where there is a kernel

N_GROUPS = 3

losses = st.one_of(
    st.floats(0.0, LARGEST),
    st.floats(2.0**-30, 2.0**30),
    st.sampled_from([0.0, SMALLEST, 2.0**-1022, LARGEST, 1.0, 2.0 - 2.0**-52]),
)
rows = st.lists(st.tuples(st.integers(0, N_GROUPS - 1), losses), max_size=30)
windows = st.one_of(st.none(), st.integers(1, 2001), st.integers(930, 1060))
every_version = pytest.mark.parametrize("version", _native.VERSIONS)


def add(tally: GroupTally, backend: NativeBackend, values: list[tuple[int, float]]) -> None:
    """Add losses: at beta 0 a loss is the distance."""
    codes = np.array([group for group, _ in values], np.intp)
    pred = np.array([loss for _, loss in values], np.float64)
    backend.tally_groups(pred, np.zeros(pred.size), (0.0,), codes, None, [tally])


def empty(n: int = N_GROUPS) -> GroupTally:
    tally = GroupTally(weighted=False, with_moments=False)
    tally.resize(n)
    return tally


def totals(values: list[tuple[int, float]], n: int = N_GROUPS) -> list[Fraction]:
    found = [Fraction(0)] * n
    for group, loss in values:
        found[group] += Fraction(loss)
    return found


def seen(tally: GroupTally) -> list[Fraction]:
    return [Fraction(one.total.units, 1 << 1074) for one in tally.tallies()]


def words(tally: GroupTally) -> list[int]:
    """The fixed-point sums."""
    low, high = (tally.records[name].tolist() for name in ("low", "high"))
    return [one | more << 64 for one, more in zip(low, high, strict=True)]


@every_version
@given(parts=st.lists(st.tuples(windows, rows), max_size=4))
def test_sums_are_exact_in_any_window(
    version: str, parts: list[tuple[int | None, list[tuple[int, float]]]]
) -> None:
    tally, backend = empty(), NativeBackend(version)
    every: list[tuple[int, float]] = []
    for window, values in parts:
        tally.settle()
        tally.window = window
        add(tally, backend, values)
        every += values
        assert seen(tally) == totals(every)


@every_version
@pytest.mark.parametrize("exponent", [-1021, -500, 0, 500, 1023])
def test_carries_of_the_low_word_reach_the_high_word(version: str, exponent: int) -> None:
    largest = math.ldexp(2.0 - 2.0**-52, exponent)
    values = [(i % 2, math.ldexp(largest, -(i % 7))) for i in range(5000)]
    tally = empty()
    for _ in range(3):
        add(tally, NativeBackend(version), values)
    assert seen(tally) == totals(3 * values)


def test_the_window_is_chosen_by_the_first_block_that_has_a_loss() -> None:
    tally, backend = empty(), NativeBackend()
    add(tally, backend, [(0, 0.0), (1, math.nan), (2, math.inf)])
    assert tally.window is None
    add(tally, backend, [(0, 1.0), (1, 0.25)])
    assert tally.window is not None
    assert words(tally) == [1 << (1074 - tally.window), 1 << (1072 - tally.window), 0]
    assert not tally.total.digits.any()
    assert seen(tally) == [1, Fraction(1, 4), 0]
    assert words(tally) == [0, 0, 0]


def test_another_window_is_chosen_if_many_losses_are_outside(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(group_tallies, "_MOST_OUTSIDE", 0)
    tally, backend = empty(), NativeBackend()
    every: list[tuple[int, float]] = []
    for exponent in (0, 100, -1070, -200, 1000):
        values = [(i % 3, math.ldexp(1.0, exponent)) for i in range(20)]
        for _ in range(2):
            add(tally, backend, values)
            every += values
        assert seen(tally) == totals(every)


def test_sums_are_settled_before_a_word_could_overflow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(group_tallies, "MOST_ADDITIONS", 8)
    tally, backend = empty(), NativeBackend()
    every: list[tuple[int, float]] = []
    for _ in range(5):
        add(tally, backend, [(1, 0.75)] * 8)
        every += [(1, 0.75)] * 8
        assert tally.window is not None
        assert words(tally)[1] == 6 << (1074 - tally.window)
    assert seen(tally) == totals(every)


def test_each_record_is_in_a_line_of_the_cache_of_its_own() -> None:
    tally = empty()
    for n in (1, 5, 100, 1000):
        tally.resize(n)
        assert RECORD.itemsize == 64
        assert tally.records.ctypes.data % 64 == 0
