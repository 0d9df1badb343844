"""Exact sums of many groups at once, against Python's own integers."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from smoothl1.numerics import group_sums
from smoothl1.numerics.exact_sum import BLOCK
from smoothl1.numerics.group_sums import ExactSums
from tests.oracle import LARGEST, SMALLEST
from tests.strategies import finite

Values = NDArray[np.float64]
Codes = NDArray[np.intp]

N_GROUPS = 5
CARRY_LIMIT = 1 << 7
"""Additions after which digits are carried, in tests that do not wait for the real limit."""

numbered = st.lists(st.tuples(st.integers(0, N_GROUPS - 1), finite), max_size=60)


def units_of(value: float) -> int:
    """How many times 2**-1074 a number is."""
    numerator, denominator = value.as_integer_ratio()
    return numerator * ((1 << 1074) // denominator)


def expected(codes: Codes, values: Values, n: int = N_GROUPS) -> list[int]:
    """The sum of each group, in Python's integers."""
    sums = [0] * n
    for code, value in zip(codes.tolist(), values.tolist(), strict=True):
        sums[code] += units_of(value)
    return sums


def found(sums: ExactSums) -> list[int]:
    return [total.units for total in sums.sums()]


def added(codes: Codes, values: Values, n: int = N_GROUPS) -> ExactSums:
    sums = ExactSums(n)
    sums.add(codes, values)
    return sums


def arrays(pairs: list[tuple[int, float]]) -> tuple[Codes, Values]:
    codes, values = zip(*pairs, strict=True) if pairs else ((), ())
    return np.array(codes, np.intp), np.array(values, np.float64)


def any_codes(n: int, seed: int = 0) -> Codes:
    codes: Codes = np.random.default_rng(seed).integers(0, N_GROUPS, n)
    return codes


def random_bits(n: int) -> Values:
    bits = np.random.default_rng(1).integers(0, 1 << 64, n, dtype=np.uint64)
    values = bits.view(np.float64)
    return np.where(np.isfinite(values), values, 1.0)


REGIMES: dict[str, Any] = {
    "bit patterns": random_bits,
    "subnormals": lambda n: np.random.default_rng(2).uniform(-1.0, 1.0, n) * 2.0**-1022,
    "smallest": lambda n: np.full(n, SMALLEST),
    "largest": lambda n: np.full(n, LARGEST),
    "most negative": lambda n: np.full(n, -LARGEST),
    "near overflow": lambda n: 1e308 * np.random.default_rng(3).uniform(-1.7, 1.7, n),
    "losses": lambda n: np.random.default_rng(4).exponential(size=n),
    "all bits set": lambda n: np.full(n, math.nextafter(1.0, 0.0)),
    "both zeros": lambda n: np.resize([0.0, -0.0], n),
}


@pytest.mark.parametrize("n", [0, 1, 2, 1000, BLOCK])
@pytest.mark.parametrize("regime", REGIMES)
def test_sums_are_exact_at_every_magnitude(regime: str, n: int) -> None:
    codes, values = any_codes(n), REGIMES[regime](n)
    assert found(added(codes, values)) == expected(codes, values)


@pytest.mark.parametrize("mantissa", [1.0, 2.0 - 2.0**-52, 1.0 + 2.0**-52], ids=repr)
def test_a_number_is_cut_into_digits_without_loss(mantissa: float) -> None:
    for exponent in range(-1074, 1024, 31):
        value = math.ldexp(mantissa, exponent)
        for one in (value, -value):
            assert found(added(np.array([1]), np.array([one]), 2)) == [0, units_of(one)], one


def test_every_exponent_has_its_place() -> None:
    bits = (np.arange(2047, dtype=np.uint64) << np.uint64(52)) | np.uint64(0xFFFFFFFFFFFFF)
    values = bits.view(np.float64)
    codes = np.arange(values.size)
    assert found(added(codes, values, values.size)) == list(map(units_of, values.tolist()))


@given(numbered)
def test_sums_of_any_numbers_are_those_of_integers(pairs: list[tuple[int, float]]) -> None:
    codes, values = arrays(pairs)
    assert found(added(codes, values)) == expected(codes, values)


@given(numbered, st.data())
def test_sums_depend_neither_on_order_nor_on_cuts(
    pairs: list[tuple[int, float]], data: st.DataObject
) -> None:
    shuffled = data.draw(st.permutations(pairs))
    step = data.draw(st.integers(1, 20))
    sums = ExactSums(N_GROUPS)
    for start in range(0, len(shuffled), step):
        sums.add(*arrays(shuffled[start : start + step]))
        if data.draw(st.booleans()):
            sums.carry()
    assert found(sums) == expected(*arrays(pairs))


@given(
    st.lists(
        st.tuples(
            st.lists(st.integers(0, (1 << 128) - 1), min_size=2, max_size=2), st.integers(0, 2047)
        ),
        max_size=5,
    )
)
def test_integers_of_two_words_are_added_at_their_places(
    parts: list[tuple[list[int], int]],
) -> None:
    sums = ExactSums(2)
    for integers, position in parts:
        low, high = (
            np.array([i >> bits & (1 << 64) - 1 for i in integers], np.uint64) for bits in (0, 64)
        )
        sums.add_words(low, high, position)
    wanted = [sum(integers[i] << position for integers, position in parts) for i in (0, 1)]
    assert found(sums) == wanted


@given(numbered)
def test_carrying_changes_no_sum(pairs: list[tuple[int, float]]) -> None:
    sums = added(*arrays(pairs))
    before = found(sums)
    sums.carry()
    assert found(sums) == before
    sums.carry()
    assert found(sums) == before == expected(*arrays(pairs))


@given(numbered)
def test_the_whole_is_the_sum_of_all_groups(pairs: list[tuple[int, float]]) -> None:
    codes, values = arrays(pairs)
    assert added(codes, values).whole().units == sum(expected(codes, values))


@given(numbered)
def test_numbers_and_their_opposites_leave_nothing(pairs: list[tuple[int, float]]) -> None:
    codes, values = arrays(pairs)
    sums = added(codes, values)
    sums.add(codes, -values)
    assert found(sums) == [0] * N_GROUPS
    assert sums.whole().units == 0


@st.composite
def cut_into_outcomes(draw: st.DrawFn) -> list[list[tuple[int, float]]]:
    return draw(st.lists(numbered, min_size=1, max_size=6))


@given(cut_into_outcomes(), st.randoms(use_true_random=False))
def test_merges_in_any_order_and_any_numbering_give_the_same(
    outcomes: list[list[tuple[int, float]]], random: Any
) -> None:
    total = ExactSums(N_GROUPS)
    random.shuffle(outcomes)
    for pairs in outcomes:
        names = sorted({code for code, _ in pairs})
        random.shuffle(names)  # each outcome knows only its groups, numbered as it saw them
        own = [(names.index(code), value) for code, value in pairs]
        total.merge(added(*arrays(own), len(names)), np.array(names, np.intp))
    everything = [pair for pairs in outcomes for pair in pairs]
    assert found(total) == expected(*arrays(everything))


@given(numbered, numbered)
def test_what_is_merged_keeps_its_value(
    one: list[tuple[int, float]], other: list[tuple[int, float]]
) -> None:
    mine, others = added(*arrays(one)), added(*arrays(other))
    mine.merge(others, np.arange(N_GROUPS))
    assert found(others) == expected(*arrays(other))


@given(numbered, numbered)
def test_new_groups_begin_at_zero_and_old_ones_stay(
    old: list[tuple[int, float]], new: list[tuple[int, float]]
) -> None:
    sums = added(*arrays(old))
    sums.resize(2 * N_GROUPS)
    assert found(sums) == expected(*arrays(old)) + [0] * N_GROUPS
    codes, values = arrays(new)
    sums.add(codes + N_GROUPS, values)
    assert found(sums) == expected(*arrays(old)) + expected(codes, values)


def test_groups_that_come_one_by_one_begin_at_zero() -> None:
    sums = ExactSums()
    for n in range(1, 60):
        sums.resize(n)
        assert found(sums) == [units_of(float(i)) for i in range(1, n)] + [0]
        sums.resize(n - 1)
        sums.add(np.array([n - 1]), np.array([float(n)]))


def test_sums_without_groups_can_be_merged_resized_and_read() -> None:
    none = ExactSums()
    none.merge(ExactSums(), np.array([], np.intp))
    none.carry()
    assert (none.sums(), none.whole().units) == ([], 0)
    none.resize(2)
    none.add(np.array([1]), np.array([0.5]))
    assert found(none) == [0, units_of(0.5)]


@pytest.mark.parametrize("value", [LARGEST, -LARGEST, SMALLEST, 1.0 - 2.0**-53, -0.1], ids=repr)
def test_many_full_blocks_of_the_largest_digits_do_not_overflow(value: float) -> None:
    codes, values = np.zeros(BLOCK, np.intp), np.full(BLOCK, value)
    sums = ExactSums(1)
    for _ in range(20):
        sums.add(codes, values)
    assert found(sums) == [20 * BLOCK * units_of(value)]
    n_merges = 3 * CARRY_LIMIT
    for _ in range(n_merges):
        sums.merge(added(codes[:1], values[:1], 1), np.array([0]))
    assert found(sums) == [(20 * BLOCK + n_merges) * units_of(value)]


def test_doubling_by_merges_grows_far_beyond_64_bits() -> None:
    sums = added(np.array([0]), np.array([LARGEST]), 1)
    for _ in range(200):
        twice = ExactSums(1)
        twice.merge(sums, np.array([0]))
        twice.merge(sums, np.array([0]))
        sums = twice
    assert found(sums) == [units_of(LARGEST) << 200]
    assert sums.whole().units == units_of(LARGEST) << 200


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_additions_past_the_carry_limit_are_still_exact(
    monkeypatch: pytest.MonkeyPatch, sign: float
) -> None:
    monkeypatch.setattr(group_sums, "MOST_ADDITIONS", CARRY_LIMIT)
    numbers = sign * np.array([LARGEST, 1e308, SMALLEST, 3 * SMALLEST, 2.0**-1022, 1.0, 1e-300])
    codes = np.arange(numbers.size) % 3
    sums = ExactSums(3)
    n = 2 * CARRY_LIMIT + 3
    for _ in range(n):
        sums.add(codes, numbers)
    assert found(sums) == [n * units for units in expected(codes, numbers, 3)]
    assert sums.whole().units == n * sum(map(units_of, numbers.tolist()))


@pytest.mark.parametrize("value", [1.0 - 2.0**-53, -LARGEST], ids=repr)
def test_digits_are_carried_after_as_many_additions_as_are_allowed(
    monkeypatch: pytest.MonkeyPatch, value: float
) -> None:
    monkeypatch.setattr(group_sums, "MOST_ADDITIONS", CARRY_LIMIT)
    sums = ExactSums(1)
    for _ in range(3 * CARRY_LIMIT):
        sums.add(np.array([0]), np.array([value]))
        assert int(np.abs(sums.digits).max()) <= (CARRY_LIMIT << 32) + (1 << 31)
    assert found(sums) == [3 * CARRY_LIMIT * units_of(value)]


def test_words_are_carried_after_as_many_additions_as_are_allowed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(group_sums, "MOST_ADDITIONS", 8)
    sums, word = ExactSums(1), np.array([(1 << 64) - 1], np.uint64)
    for _ in range(30):
        sums.add_words(word, word, 7)
        assert int(np.abs(sums.digits).max()) <= (8 << 32) + (1 << 31)
    assert found(sums) == [30 * ((1 << 128) - 1) << 7]


@pytest.mark.parametrize("sign", [1, -1])
def test_as_many_additions_as_are_allowed_leave_room_in_64_bits(sign: int) -> None:
    sums = ExactSums(1)
    sums.make_room(3, 5)
    sums.digits[:] = sign * (group_sums.MOST_ADDITIONS * ((1 << 32) - 1) + (1 << 31))
    units = sum(int(digit) << (32 * (3 + i)) for i, digit in enumerate(sums.digits[0].tolist()))
    assert found(sums) == [units]
    sums.carry()
    assert found(sums) == [units]
    assert int(np.abs(sums.digits).max()) <= 1 << 31


def test_reading_some_groups_changes_none_and_looks_at_no_others() -> None:
    """Else a document of many groups, read some at a time, takes a time that grows faster."""
    sums = added(np.array([0, 1, 1, 2]), np.array([1e300, -0.1, 2.0**40, SMALLEST]), 3)
    sums.digits[2] = (1 << 63) - 1  # a digit that cannot be carried
    before = sums.digits.copy()
    at = np.array([1, 0])
    assert sums.units(at=at) == [units_of(-0.1) + units_of(2.0**40), units_of(1e300)]
    np.testing.assert_array_equal(sums.digits, before)


@given(numbered)
def test_room_at_other_places_changes_no_sum(pairs: list[tuple[int, float]]) -> None:
    sums = added(*arrays(pairs))
    for low, high in ((70, 71), (20, 20), (0, 3)):
        sums.make_room(low, high)
        assert found(sums) == expected(*arrays(pairs))


def test_more_than_a_block_at_a_time_is_refused() -> None:
    with pytest.raises(ValueError, match=str(BLOCK)):
        ExactSums(1).add(np.zeros(BLOCK + 1, np.intp), np.ones(BLOCK + 1))


def test_what_is_added_is_left_as_it_is_and_may_be_read_only() -> None:
    codes, values = any_codes(1000), random_bits(1000)
    before = codes.tobytes(), values.tobytes()
    codes.flags.writeable = values.flags.writeable = False
    sums = added(codes, values)
    sums.add(codes, values)
    assert (codes.tobytes(), values.tobytes()) == before
    assert found(sums) == [2 * units for units in expected(codes, values)]


def test_no_floating_point_flag_leaks() -> None:
    codes, values = any_codes(1000), random_bits(1000)
    with np.errstate(all="raise"):
        assert found(added(codes, values)) == expected(codes, values)


@pytest.mark.grid
def test_many_groups_of_few_numbers_are_kept_apart() -> None:
    n = 100_000
    codes = np.random.default_rng(5).permutation(n)[:BLOCK]
    values = random_bits(BLOCK)
    assert found(added(codes, values, n)) == expected(codes, values, n)


@pytest.mark.parametrize("place", [-34, 0, 3])
@pytest.mark.parametrize("units", [0, 1, -1, 1 << 31, -(1 << 32), 3 << 700, -((1 << 900) - 1)])
def test_integers_are_added_at_any_place(units: int, place: int) -> None:
    sums = ExactSums(2)
    sums.add_units(0, 7, -34)
    for _ in range(3):
        sums.add_units(1, units, place)
    exponent = -1074 - 34 * 32
    assert sums.units(exponent) == [7, 3 * units << 32 * (place + 34)]


def test_sums_are_subtracted_exactly() -> None:
    codes, sums = np.array([1, 0]), [ExactSums(2), ExactSums(2)]
    for some, values in zip(sums, ([LARGEST, 1.0], [SMALLEST, 3.0]), strict=True):
        some.add(np.arange(2), np.array(values))
    sums[0].merge(sums[1], codes, -1)
    assert sums[0].units() == [
        units_of(LARGEST) - units_of(3.0),
        units_of(1.0) - units_of(SMALLEST),
    ]
