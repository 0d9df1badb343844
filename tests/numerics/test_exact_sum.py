from __future__ import annotations

import math
import pickle
from fractions import Fraction
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from numpy.typing import NDArray

from smoothl1 import ExactSum
from smoothl1.numerics.exact_sum import BLOCK, extract_units
from tests.oracle import FLOATS, LARGEST, SMALLEST, UNIT, exact_sum, reduced, rounded
from tests.strategies import any_bits, cuts, finite, finite_lists

Values = NDArray[np.float64]

sums = st.builds(ExactSum, st.integers(-(1 << 2200), 1 << 2200))
divisors = st.one_of(st.integers(1, 20), st.integers(1, 1 << 70))


def value_of(total: ExactSum) -> Fraction:
    return total.units * UNIT


def random_bits(n: int, seed: int = 0) -> Values:
    bits = np.random.default_rng(seed).integers(0, 1 << 64, n, dtype=np.uint64)
    values = bits.view(np.float64)
    return np.where(np.isfinite(values), values, 1.0)


def random_subnormals(n: int) -> Values:
    return np.random.default_rng(1).uniform(-1.0, 1.0, n) * 2.0**-1022


def random_near_overflow(n: int) -> Values:
    signs: Values = np.random.default_rng(3).choice([-1.0, 1.0], n)
    return signs * np.random.default_rng(2).uniform(1.6e308, LARGEST, n)


def across_the_scaling_threshold(n: int) -> Values:
    exponents = np.random.default_rng(4).integers(805, 1023, n)
    values: Values = np.ldexp(np.random.default_rng(5).uniform(-2.0, 2.0, n), exponents)
    return values


REGIMES: dict[str, Any] = {
    "bit patterns": random_bits,
    "subnormals": random_subnormals,
    "near overflow": random_near_overflow,
    "the largest": lambda n: np.full(n, LARGEST),
    "the most negative": lambda n: np.full(n, -LARGEST),
    "the smallest": lambda n: np.full(n, SMALLEST),
    "losses": lambda n: np.random.default_rng(6).exponential(size=n),
    "across the scaling threshold": across_the_scaling_threshold,
    "minus zero": lambda n: np.full(n, -0.0),
}


@pytest.mark.parametrize("n", [0, 1, 2, BLOCK - 1, BLOCK, BLOCK + 1])
@pytest.mark.parametrize("regime", REGIMES)
def test_a_sum_is_exact_at_every_magnitude_and_block_edge(regime: str, n: int) -> None:
    values = REGIMES[regime](n)
    assert value_of(ExactSum.of(values)) == exact_sum(values.tolist())


@given(finite_lists)
def test_a_sum_equals_rational_arithmetic(values: list[float]) -> None:
    assert value_of(ExactSum.of(values)) == exact_sum(values)


@given(st.lists(finite.filter(lambda value: abs(value) < 1e305), max_size=60))
def test_a_sum_rounds_to_what_fsum_gives(values: list[float]) -> None:
    assert float(ExactSum.of(values)) == math.fsum(values)


@given(finite_lists)
def test_a_sum_and_its_mean_are_rounded_once(values: list[float]) -> None:
    total = ExactSum.of(values)
    assert float(total) == rounded(exact_sum(values))
    assert total.over(7) == rounded(exact_sum(values) / 7)


@given(st.data(), finite_lists)
def test_a_sum_depends_neither_on_order_nor_on_cuts(
    data: st.DataObject, values: list[float]
) -> None:
    shuffled = data.draw(st.permutations(values))
    at = data.draw(cuts(len(values)))
    merged = ExactSum()
    for start, stop in pairwise(at):
        merged += ExactSum.of(shuffled[start:stop])
    assert merged == ExactSum.of(values)


@given(sums, sums, sums)
def test_adding_has_an_identity_and_is_commutative_and_associative(
    a: ExactSum, b: ExactSum, c: ExactSum
) -> None:
    assert a + ExactSum() == ExactSum() + a == a
    assert a + b == b + a
    assert (a + b) + c == a + (b + c)


@given(finite_lists)
def test_numbers_and_their_opposites_sum_to_plus_zero(values: list[float]) -> None:
    total = ExactSum.of(values) + ExactSum.of([-value for value in values])
    assert total == ExactSum()
    assert math.copysign(1.0, float(total)) == 1.0


def test_a_long_signed_sum_cancels_to_zero() -> None:
    values = random_bits(3 * BLOCK // 2)
    both = np.concatenate([values, -values])
    np.random.default_rng(7).shuffle(both)
    assert ExactSum.of(both) == ExactSum()


def test_what_is_lost_in_floating_point_is_kept() -> None:
    assert float(ExactSum.of([1e16, 1.0, -1e16])) == 1.0
    assert float(ExactSum.of([LARGEST, SMALLEST, -LARGEST])) == SMALLEST
    assert float(ExactSum.of([LARGEST, LARGEST, -LARGEST])) == LARGEST


@pytest.mark.parametrize(
    "exponent", [-1074, -1030, -1022, -975, -46, 0, 1, 46, 816, 817, 971, *range(1015, 1024)]
)
def test_a_full_block_of_one_number_does_not_overflow_a_fold(exponent: int) -> None:
    power = math.ldexp(1.0, exponent)
    near = [power, math.nextafter(power, math.inf), math.nextafter(power, -math.inf)]
    for value in (*near, *(-value for value in near)):
        total = ExactSum.of(np.full(BLOCK, value))
        assert value_of(total) == BLOCK * Fraction(value), value


@pytest.mark.parametrize("sign", [-1.0, 1.0])
def test_a_full_block_of_the_largest_remainders_does_not_overflow_a_fold(sign: float) -> None:
    value = sign * (2.0**45 + 0.5)  # half a unit is left of each by the first fold
    assert value_of(ExactSum.of(np.full(BLOCK, value))) == BLOCK * Fraction(value)


@pytest.mark.parametrize("position", [0, 1000, BLOCK - 1])
def test_a_single_remainder_in_a_block_is_not_lost(position: int) -> None:
    values = np.full(BLOCK, 3.0)
    values[position] += 2.0**-50
    assert value_of(ExactSum.of(values)) == 3 * BLOCK + Fraction(1, 1 << 50)


@pytest.mark.parametrize("n_small", [1, 4095, 4096, 4097, BLOCK - 1])
def test_few_or_many_remainders_are_summed_alike(n_small: int) -> None:
    values = np.ones(BLOCK)
    values[-n_small:] = np.linspace(1e-300, 1e-20, n_small)
    assert value_of(ExactSum.of(values)) == exact_sum(values.tolist())


@given(finite_lists.filter(bool), st.floats(0.0, LARGEST))
def test_a_limit_may_be_loose(values: list[float], slack: float) -> None:
    limit = max(slack, *map(abs, values))
    units = extract_units(np.array(values), limit, np.empty(len(values)))
    assert units * UNIT == exact_sum(values)


@pytest.mark.parametrize("divisor", [np.int64(3), np.uint8(3), np.int32(3)], ids=repr)
def test_a_divisor_may_be_any_kind_of_integer(divisor: Any) -> None:
    assert ExactSum.of([4.0]).over(divisor) == 4 / 3
    assert ExactSum.of([4.0]).over_as(divisor, np.dtype(np.float32)) == np.float32(4 / 3)


def test_a_divisor_that_is_no_integer_is_refused() -> None:
    for divisor in (2.5, "3"):
        with pytest.raises(TypeError):
            ExactSum.of([4.0]).over(divisor)  # type: ignore[arg-type]


def test_sums_of_zeros_are_plus_zero_units() -> None:
    total = ExactSum.of([-0.0, -0.0])
    assert total == ExactSum(0)
    assert math.copysign(1.0, float(total)) == 1.0


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("position", [0, BLOCK - 1, BLOCK, BLOCK + 9])
def test_what_is_not_finite_is_refused_wherever_it_stands(bad: float, position: int) -> None:
    values = np.ones(BLOCK + 10)
    values[position] = bad
    with pytest.raises(ValueError, match="finite"):
        ExactSum.of(values)


def test_any_shape_order_stride_and_dtype_is_read_as_binary64() -> None:
    values = random_bits(60).reshape(3, 4, 5)
    expected = ExactSum.of(values.reshape(-1))
    assert ExactSum.of(np.asfortranarray(values)) == expected
    assert ExactSum.of(values[::-1, :, ::-1]) == expected
    assert ExactSum.of(np.repeat(values.reshape(-1), 2)[::2]) == expected
    assert ExactSum.of(values.astype(">f8")) == expected
    assert float(ExactSum.of(np.array([0.1], np.float32))) == float(np.float32(0.1))
    assert float(ExactSum.of(np.array(5.0))) == 5.0


def test_the_numbers_given_are_left_as_they_are() -> None:
    values = random_bits(1000)
    before = values.tobytes()
    ExactSum.of(values)
    assert values.tobytes() == before


def test_no_floating_point_flag_leaks_from_a_sum() -> None:
    with np.errstate(all="raise"):
        total = ExactSum.of([SMALLEST, LARGEST, -1e-310, 0.1])
    assert value_of(total) == exact_sum([SMALLEST, LARGEST, -1e-310, 0.1])


HALF_ULP_OF_LARGEST = 2.0**969


@pytest.mark.parametrize("sign", [1, -1])
def test_a_sum_is_infinite_from_half_a_unit_beyond_the_largest_number(sign: int) -> None:
    tie = ExactSum.of([sign * LARGEST, sign * HALF_ULP_OF_LARGEST, sign * HALF_ULP_OF_LARGEST])
    assert float(tie) == sign * math.inf
    assert float(ExactSum(tie.units - sign)) == sign * LARGEST
    assert tie.over(2) == sign * 2.0**1023


def test_a_sum_beyond_the_largest_number_has_a_finite_mean() -> None:
    total = ExactSum.of(np.full(1000, LARGEST))
    assert float(total) == math.inf
    assert total.over(1000) == LARGEST


def test_a_mean_is_not_the_rounded_sum_divided() -> None:
    values = [1.0, 2.0**-53, 2.0**-105]
    assert ExactSum.of(values).over(3) == rounded(exact_sum(values) / 3)
    found = [
        (a, n)
        for a in np.random.default_rng(8).random((200, 5)).tolist()
        for n in (3, 5, 7)
        if float(ExactSum.of(a)) / n != ExactSum.of(a).over(n)
    ]
    assert found
    assert all(ExactSum.of(a).over(n) == rounded(exact_sum(a) / n) for a, n in found)


@pytest.mark.parametrize(
    ("units", "divisor", "mean"),
    [(1, 2, 0.0), (1, 1, SMALLEST), (3, 2, 2 * SMALLEST), (5, 2, 2 * SMALLEST), (2, 3, SMALLEST)],
)
def test_a_subnormal_mean_is_rounded_to_even_at_a_tie(
    units: int, divisor: int, mean: float
) -> None:
    assert ExactSum(units).over(divisor) == mean
    assert ExactSum(-units).over(divisor) == -mean


@given(sums, divisors)
def test_any_quotient_is_rounded_once(total: ExactSum, divisor: int) -> None:
    assert total.over(divisor) == rounded(value_of(total) / divisor)


@given(finite_lists, divisors, st.sampled_from(FLOATS))
def test_any_quotient_is_rounded_once_to_a_narrower_dtype(
    values: list[float], divisor: int, dtype: str
) -> None:
    mean = ExactSum.of(values).over_as(divisor, np.dtype(dtype))
    assert mean.dtype == dtype
    assert mean == rounded(exact_sum(values) / divisor, dtype)


def beside_a_tie(low: float, high: float, divisor: int, quarters: int) -> ExactSum:
    """A sum whose quotient is near the middle of two numbers: by quarters of a unit of binary64.

    A hair more or less, for which binary64 has no room, is a "quarter" of -5 or 5.
    """
    units = ExactSum.of([low, high]).units * divisor // 2
    quarter = int(Fraction(math.ulp((low + high) / 2)) / UNIT) * divisor // 4
    hair = quarters // 5 if abs(quarters) == 5 else quarters * quarter
    return ExactSum(units + hair)


@pytest.mark.parametrize("divisor", [1, 3])
@pytest.mark.parametrize("quarters", range(-5, 6))
def test_ties_of_float16_are_decided_by_the_exact_quotient(quarters: int, divisor: int) -> None:
    numbers = np.arange(0x7C00, dtype=np.uint16).view(np.float16).astype(np.float64)
    lows, highs = numbers[:-1:29].tolist(), numbers[1::29].tolist()
    dtype = np.dtype(np.float16)
    for low, high in zip(lows, highs, strict=True):
        total = beside_a_tie(low, high, divisor, quarters)
        assert total.over_as(divisor, dtype) == rounded(value_of(total) / divisor, dtype)


float32_magnitudes = st.integers(0, 0x7F7FFFFE)


@given(float32_magnitudes, st.integers(-5, 5), divisors, st.sampled_from([-1, 1]))
def test_ties_of_float32_are_decided_by_the_exact_quotient(
    bits: int, quarters: int, divisor: int, sign: int
) -> None:
    low, high = np.array([bits, bits + 1], np.uint32).view(np.float32).astype(np.float64).tolist()
    total = ExactSum(sign * beside_a_tie(low, high, divisor, quarters).units)
    dtype = np.dtype(np.float32)
    assert total.over_as(divisor, dtype) == rounded(value_of(total) / divisor, dtype)


def test_rounding_twice_would_give_another_float32() -> None:
    values = [1.0, 2.0**-24, 2.0**-100]
    assert np.float32(math.fsum(values)) == np.float32(1.0)
    once = ExactSum.of(values).over_as(1, np.dtype(np.float32))
    assert once == np.float32(1.0) + np.float32(2.0**-23)


def test_the_mean_of_five_ones_and_zeros_is_a_fifth_in_every_dtype() -> None:
    for dtype in FLOATS:
        assert ExactSum.of([1.0]).over_as(5, np.dtype(dtype)) == np.dtype(dtype).type(0.2)


@pytest.mark.parametrize(
    ("dtype", "threshold", "largest"),
    [
        ("float16", 65520.0, 65504.0),
        ("float32", 2.0**128 - 2.0**103, float(np.finfo(np.float32).max)),
    ],
)
def test_a_narrow_sum_overflows_at_half_a_unit_and_without_a_warning(
    dtype: str, threshold: float, largest: float
) -> None:
    total = ExactSum.of([threshold])
    assert total.over_as(1, np.dtype(dtype)) == math.inf
    assert ExactSum(total.units - 1).over_as(1, np.dtype(dtype)) == largest
    assert ExactSum(-total.units).over_as(1, np.dtype(dtype)) == -math.inf
    assert ExactSum.of([LARGEST, LARGEST]).over_as(1, np.dtype(dtype)) == math.inf


@given(finite_lists.filter(bool))
def test_a_mean_lies_between_the_smallest_and_the_largest_number(values: list[float]) -> None:
    assert min(values) <= ExactSum.of(values).over(len(values)) <= max(values)


@given(st.lists(any_bits, max_size=20))
def test_of_bit_patterns_exactly_the_finite_ones_are_accepted(values: list[float]) -> None:
    if all(map(math.isfinite, values)):
        assert float(ExactSum.of(values)) == reduced(list(map(abs, values)), "sum") or (
            min(values) < 0.0
        )
    else:
        with pytest.raises(ValueError, match="finite"):
            ExactSum.of(values)


@given(sums)
def test_a_sum_is_a_value(total: ExactSum) -> None:
    assert eval(repr(total)) == total
    assert pickle.loads(pickle.dumps(total)) == total
    assert hash(total) == hash(ExactSum(total.units))


def test_a_sum_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        ExactSum().units = 1  # type: ignore[misc]


@given(finite, finite)
def test_a_sum_of_two_rounds_as_the_processor_adds(a: float, b: float) -> None:
    assume(math.isfinite(a + b))
    assert float(ExactSum.of([a, b])) == a + b
