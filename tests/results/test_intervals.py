"""Intervals of means and of their differences, against SciPy's."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from smoothl1 import EvalSettings, ExactSum, Tally, evaluate
from smoothl1.numerics.ratio import ratio_of
from smoothl1.numerics.row_moments import Moments, moments_of
from smoothl1.numerics.row_sums import Rows
from smoothl1.results.intervals import Estimate, estimate_of, estimate_of_mean
from tests import oracle
from tests.intervals import Sample, sample_of

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

NAN, INF = math.nan, math.inf
CONFIDENCES = (0.01, 0.5, 0.8, 0.95, 0.99, 0.999999)
SIZES = (2, 3, 5, 30, 1000)


def close(value: float, rel: float = 1e-9) -> object:
    return pytest.approx(value, rel=rel, abs=1e-300)


def sample(folder: Path, n: int, scale: float, seed: int) -> tuple[Tally, NDArray[np.float64]]:
    """The tally of some losses, and these by the definition."""
    rng = np.random.default_rng(seed)
    pred, target = rng.normal(0, scale, (2, n))
    np.save(folder / "p.npy", pred)
    np.save(folder / "t.npy", target)
    result = evaluate(
        folder / "p.npy", folder / "t.npy", EvalSettings((scale / 2,)), statistics=True
    )
    return result.tallies[0], np.array(oracle.losses(pred, target, scale / 2))


@pytest.mark.parametrize("scale", [1e-12, 1.0, 1e9])
@pytest.mark.parametrize("n", SIZES)
def test_the_interval_of_a_mean_is_that_of_its_definition(
    tmp_path: Path, n: int, scale: float
) -> None:
    tally, losses = sample(tmp_path, n, scale, seed=n)
    found = estimate_of(tally, "mean")
    assert found.value == close(float(losses.mean()), 1e-13)
    assert found.df == n - 1
    for confidence in CONFIDENCES:
        wanted = sample_of(losses).interval_of_losses(confidence)
        margin = 1e-9 * (wanted[1] - wanted[0])
        assert found.interval(confidence) == pytest.approx(wanted, rel=0, abs=margin)


@pytest.mark.parametrize("n", SIZES)
def test_the_interval_of_a_mean_is_never_narrower_than_student_s(tmp_path: Path, n: int) -> None:
    tally, losses = sample(tmp_path, n, 1.0, seed=n)
    for confidence in CONFIDENCES:
        half = float(stats.t.isf((1 - confidence) / 2, n - 1) * stats.sem(losses))
        low, high = estimate_of(tally, "mean").interval(confidence)
        assert low <= max(0.0, losses.mean() - half * (1 - 1e-9))
        assert high >= losses.mean() + half * (1 - 1e-9)


def test_of_losses_that_are_not_skewed_it_is_student_s(tmp_path: Path) -> None:
    np.save(tmp_path / "p.npy", np.array([1.0, 2.0, 3.0, 4.0, 5.0]))
    np.save(tmp_path / "t.npy", np.zeros(5))
    settings = EvalSettings((0.0,))
    (tally,) = evaluate(tmp_path / "p.npy", tmp_path / "t.npy", settings, statistics=True).tallies
    half = float(stats.t.isf(0.025, 4) * math.sqrt(0.5))
    assert estimate_of(tally, "mean").interval(0.95) == pytest.approx((3 - half, 3 + half))


@pytest.mark.parametrize("n", SIZES)
def test_the_interval_of_a_sum_is_that_of_the_mean_times_the_count(tmp_path: Path, n: int) -> None:
    tally, losses = sample(tmp_path, n, 1.0, seed=n)
    found = estimate_of(tally, "sum")
    assert found.value == math.fsum(losses)
    low, high = sample_of(losses).interval_of_losses(0.9)
    assert found.interval(0.9)[0] == close(n * low, 1e-7)
    assert found.interval(0.9)[1] == close(n * high)


@pytest.mark.parametrize("unit", [1.0, 2.0**-990, 2.0**990])
@pytest.mark.parametrize("reduction", ["mean", "sum"])
def test_losses_have_no_bound_below_0(unit: float, reduction: str) -> None:
    """One loss in 200 is 1,000 times the others: Student's lower bound at 0.98 is below 0."""
    losses = np.r_[np.full(199, 0.001), 1.0]
    settings = EvalSettings((0.0,))
    (tally,) = evaluate(losses * unit, np.zeros(200), settings, statistics=True).tallies
    found = estimate_of(tally, reduction)
    factor = unit * (200 if reduction == "sum" else 1)
    for confidence in (0.98, 0.99):
        low, high = sample_of(losses).interval(confidence)
        assert low < 0
        assert found.interval(confidence) == (0.0, close(high * factor, 1e-8))
    change = found.minus(Estimate(0.0, 0.0, 199.0))
    assert change.interval(0.99)[0] < 0


@pytest.mark.parametrize(("n", "m"), [(2, 2), (2, 50), (10, 10), (30, 7), (1000, 3)])
@pytest.mark.parametrize("scale", [1.0, 1e-6, 1e6])
def test_a_difference_has_welch_s_degrees_of_freedom(
    tmp_path: Path, n: int, m: int, scale: float
) -> None:
    one, losses = sample(tmp_path, n, 1.0, seed=n)
    other, others = sample(tmp_path, m, scale, seed=m + 100)
    found = estimate_of(one, "mean").minus(estimate_of(other, "mean"))
    wanted = stats.ttest_ind(losses, others, equal_var=False)
    assert found.value == close(float(losses.mean() - others.mean()))
    assert found.value / found.standard_error == close(float(wanted.statistic))
    assert found.df == close(float(wanted.df))
    a, b = sample_of(losses), sample_of(others)
    error = math.hypot(a.error, b.error)
    cubes = (a.error / error) ** 3, (b.error / error) ** 3
    skewness = a.skewness * cubes[0] - b.skewness * cubes[1]
    difference = Sample(a.mean - b.mean, error, float(wanted.df), skewness, 0.0)
    for confidence in (0.5, 0.95, 0.999):
        low, high = difference.interval(confidence)
        margin = 1e-8 * float(high - low)
        assert found.interval(confidence) == pytest.approx((low, high), rel=0, abs=margin)


def test_a_difference_the_other_way_round_is_its_negative(tmp_path: Path) -> None:
    one, _ = sample(tmp_path, 10, 1.0, seed=1)
    other, _ = sample(tmp_path, 20, 2.0, seed=2)
    a, b = estimate_of(one, "mean"), estimate_of(other, "mean")
    low, high = a.minus(b).interval(0.95)
    assert b.minus(a).interval(0.95) == pytest.approx((-high, -low), rel=1e-13)


@pytest.mark.parametrize(
    "found",
    [
        Estimate(1.0, NAN, NAN),
        Estimate(1.0, NAN, 0.0),
        Estimate(1.0, INF, 5.0),
        Estimate(1.0, 0.5, 0.0),
        Estimate(1.0, 0.5, -1.0),
        Estimate(1.0, 0.5, NAN),
        Estimate(1.0, NAN, 5.0),
    ],
)
def test_what_is_not_known_has_no_interval(found: Estimate) -> None:
    known = Estimate(2.0, 0.25, 7.0)
    for estimate in (found, found.minus(known), known.minus(found), found.minus(found)):
        assert all(map(math.isnan, estimate.interval(0.95)))


def test_what_has_no_error_is_its_own_interval() -> None:
    sure = Estimate(1.5, 0.0, 4.0)
    assert sure.interval(0.999) == (1.5, 1.5)
    assert sure.minus(Estimate(0.25, 0.0, 9.0)).interval(0.95) == (1.25, 1.25)


def test_a_difference_to_what_has_no_error_keeps_the_degrees_of_freedom() -> None:
    found = Estimate(2.0, 0.5, 7.0).minus(Estimate(1.0, 0.0, 3.0))
    assert found[:3] == (1.0, 0.5, 7.0)
    assert Estimate(1.0, 0.0, 3.0).minus(Estimate(2.0, 0.5, 7.0))[:3] == (-1.0, 0.5, 7.0)


@given(
    errors=st.tuples(st.floats(1e-300, 1e300), st.floats(1e-300, 1e300)),
    dfs=st.tuples(st.floats(1, 1e9), st.floats(1, 1e9)),
)
def test_degrees_of_freedom_lie_between_the_least_and_the_sum(
    errors: tuple[float, float], dfs: tuple[float, float]
) -> None:
    found = Estimate(1.0, errors[0], dfs[0]).minus(Estimate(1.0, errors[1], dfs[1]))
    assert min(dfs) * (1 - 1e-12) <= found.df <= sum(dfs) * (1 + 1e-12)
    assert found.standard_error == pytest.approx(math.hypot(*errors), rel=1e-15)


def tally_of(losses: list[float], weights: list[float]) -> Tally:
    """A tally of rows of one element, by hand, without third moments."""
    terms = [v * w for v, w in zip(losses, weights, strict=True)]
    pairs = [
        (int(Fraction(s) * 2**1074), int(Fraction(w) * 2**1074))
        for s, w in zip(terms, weights, strict=True)
    ]
    return Tally(
        n=len(losses),
        total=ExactSum.of(terms),
        weight=ExactSum.of(weights),
        moments=Moments(
            len(losses),
            sum(s * s for s, _ in pairs),
            sum(s * w for s, w in pairs),
            sum(w * w for _, w in pairs),
            third=None,
        ),
    )


def test_the_error_of_a_weighted_sum_is_that_of_the_mean_times_the_weights() -> None:
    tally = tally_of([1.0, 4.0], [2.0, 2.0])
    assert tally.standard_error == 1.5
    assert estimate_of(tally, "sum") == Estimate(10.0, 6.0, 1.0, is_nonnegative=True)
    assert estimate_of(tally_of([1.0, 4.0], [1.0, 3.0]), "mean").df == 6 / 10


def test_weights_whose_sum_is_beyond_binary64_have_an_estimate() -> None:
    tally = Tally(
        n=3,
        total=ExactSum.of([1.0, 2.0, 3.0]),
        weight=ExactSum.of([1.5e308] * 3),
        moments=Moments(n=0, n_overflowed=3),
    )
    for reduction in ("mean", "sum"):
        assert estimate_of(tally, reduction).standard_error == INF
        assert all(map(math.isnan, estimate_of(tally, reduction).interval(0.95)))


def test_without_moments_there_is_no_error() -> None:
    found = estimate_of(Tally(n=2, total=ExactSum.of([1.0, 2.0]), moments=None), "mean")
    assert found.value == 1.5
    assert math.isnan(found.standard_error)
    assert math.isnan(found.df)


@pytest.mark.parametrize("n", [3, 10, 60])
@pytest.mark.parametrize("weighted", [False, True])
def test_the_p_value_is_that_of_the_interval_which_reaches_0(n: int, weighted: bool) -> None:
    rng = np.random.default_rng(n)
    for shift in (-1.5, -0.3, 0.1, 0.7, 2.0):
        sizes = rng.lognormal(0, 1, n) if weighted else np.ones(n)
        sums = (rng.lognormal(0, 1, n) - 1 + shift) * sizes
        total, size = ExactSum.of(sums), ExactSum.of(sizes)
        ratio = ratio_of(total.units, size.units, moments_of(Rows(sums, sizes, None)))
        found = estimate_of_mean(ratio, total.ratio(size))
        p_value = found.p_value(ratio.t)
        assert p_value == close(sample_of(sums, sizes).p_value())
        for confidence, excludes_0 in ((1 - p_value - 1e-9, True), (1 - p_value + 1e-9, False)):
            if 0 < confidence < 1:
                low, high = found.interval(confidence)
                assert (low > 0 or high < 0) == excludes_0


@pytest.mark.parametrize("seed", range(20))
def test_intervals_of_rows_of_any_size_are_those_of_their_definition(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n = int(rng.integers(2, 40))
    sizes = rng.lognormal(0, rng.uniform(0, 2), n)
    sums = (rng.lognormal(0, 1, n) - rng.integers(0, 2)) * sizes
    total, size = ExactSum.of(sums), ExactSum.of(sizes)
    ratio = ratio_of(total.units, size.units, moments_of(Rows(sums, sizes, None)))
    found, wanted = estimate_of_mean(ratio, total.ratio(size)), sample_of(sums, sizes)
    assert found.df == close(wanted.df)
    assert found.skewness == close(wanted.skewness, 1e-7)
    assert found.coupling == close(wanted.coupling, 1e-7)
    for confidence in (0.5, 0.95, 0.999):
        low, high = wanted.interval(confidence)
        margin = 1e-8 * (high - low)
        assert found.interval(confidence) == pytest.approx((low, high), rel=0, abs=margin)


def test_a_sample_of_rare_large_losses_has_a_wide_interval_above() -> None:
    """By hand: of e = (-1, -1, -1, 3) the skewness is 24 / 12**1.5, and a twice b."""
    sums = np.array([1.0, 1.0, 1.0, 5.0])
    ratio = ratio_of(8 << 1074, 4 << 1074, moments_of(Rows(sums, None, None)))
    found = estimate_of_mean(ratio, 2.0)
    assert found[:5] == (2.0, 1.0, 3.0, close(24 / 12**1.5), 0.0)
    z, a = float(stats.t.isf(0.025, 3)), 8 / 12**1.5
    low, high = found.interval(0.95)
    assert low == close(2 - z)
    assert high == close(2 + (1 + math.cbrt(3 * a * (z + a / 2) - 1)) / a)
