from __future__ import annotations

import math
from fractions import Fraction
from itertools import pairwise

import pytest
from scipy import stats

from smoothl1.numerics import student_t
from smoothl1.numerics.student_t import quantile, two_sided_p

DFS = [1.0, 1.5, 2.0, 2.7, 5.0, 7.3, 10.0, 39.9, 40.0, 41.0, 333.3, 1e4, 1e7, 1e12, 1e15]
STATISTICS = [1e-12, 1e-3, 0.1, 0.5, 1.0, 1.7, 1.74, 2.0, 3.0, 5.0, 12.0, 37.0, 100.0, 1e6, 1e100]
CONFIDENCES = [1e-300, 1e-9, 0.1, 0.4999, 0.5, 0.68, 0.9, 0.95, 0.99, 0.999999, 1 - 1e-12]

# t, df, P(|T| >= t) by mpmath with 450 digits, which outweigh every cancellation. With a = df / 2,
# x = df / (df + t**2), y = 1 - x and D = x**a * y**0.5 * gamma(a + 1/2) / (gamma(a) * sqrt(pi)):
# D / a * sum((a + 1/2)_n / (a + 1)_n * x**n) for x < 0.3, else 1 - 2 * D * sum((a + 1/2)_n /
# (3/2)_n * y**n), each summed until its terms vanish. Checked against mpmath.betainc.
P_VALUES = [
    (0.5, 1.0, 0.70483276469913345165),
    (40.0, 1.0, 0.015912179824051626637),
    (1e12, 1.0, 6.3661977236758134308e-13),
    (2.0, 1.5, 0.22418833035605106631),
    (1.0, 2.7, 0.39832434722077253243),
    (12.706, 3.0, 0.0010515833559010703219),
    (1.7320508, 5.0, 0.14381081011453186527),
    (1.7320509, 5.0, 0.14381079157904997463),
    (2.5, 7.3, 0.039650234665600471608),
    (100.0, 7.3, 1.0128546232045368731e-12),
    (0.001, 10.0, 0.99922178337474098418),
    (0.1, 39.9, 0.92084510079089252398),
    (2.0, 41.0, 0.052154362786918928237),
    (40.0, 100.0, 2.4621076021400708171e-63),
    (3.3, 333.3, 0.0010714384967600382298),
    (37.0, 1e3, 1.7300788809913061318e-189),
    (1.96, 1e4, 0.050023520231833049539),
    (8.0, 1e5, 1.2573919876256373586e-15),
    (5.0, 1e7, 5.7331280750085389921e-7),
    (37.0, 1e7, 1.2001212322638341806e-299),
    (0.7, 1e9, 0.48392730460898648345),
    (30.0, 1e12, 9.8134298459293263138e-198),
    (1.0, 1e15, 0.3173105078629143448),
    (1.8, 1e15, 0.071860638225851902182),
    (37.0, 1e15, 1.1451142450422310251e-299),
]

# confidence, df, t: the root of the same sums by the secant method, also with 450 digits.
QUANTILES = [
    (1e-12, 3.0, 1.3603495231756633606e-12),
    (0.3, 1.5, 0.46583725859713361074),
    (0.5, 1.0, 1.0),
    (0.5, 1e15, 0.67448975019608198854),
    (0.9, 2.7, 2.4638889362708505608),
    (0.95, 1.0, 12.706204736174693314),
    (0.95, 7.3, 2.3450667365477030519),
    (0.95, 1e7, 1.9599642217672051104),
    (0.99, 41.0, 2.7011813035785219428),
    (0.999, 333.3, 3.3199555293608927326),
    (1 - 1e-9, 10.0, 21.622044216833571099),
    (1 - 1e-12, 1.0, 636633855803.55930338),
    (1 - 1e-12, 5.0, 452.54122659108976619),
    (1 - 1e-12, 1e4, 7.1397619926917729963),
    (1 - 1e-12, 1e15, 7.1305098928793648661),
]


def close(value: float | list[float], rel: float = 1e-12) -> object:
    return pytest.approx(value, rel=rel, abs=0.0)


@pytest.mark.parametrize(("t", "df", "p"), P_VALUES)
def test_p_values_agree_with_a_table_of_twenty_digits(t: float, df: float, p: float) -> None:
    assert two_sided_p(t, df) == close(p)


@pytest.mark.parametrize(("confidence", "df", "t"), QUANTILES)
def test_quantiles_agree_with_a_table_of_twenty_digits(
    confidence: float, df: float, t: float
) -> None:
    assert quantile(confidence, df) == close(t)


@pytest.mark.parametrize("df", DFS)
def test_p_values_agree_with_scipy(df: float) -> None:
    expected = [2.0 * float(stats.t.sf(t, df)) for t in STATISTICS]
    assert [two_sided_p(t, df) for t in STATISTICS] == close(expected)


@pytest.mark.parametrize("df", DFS)
def test_quantiles_agree_with_scipy(df: float) -> None:
    # From 1/2 on the tail 1 - confidence is exact; below, SciPy has the rounded 1/2 + c/2 only.
    confidences = [c for c in CONFIDENCES if c >= 0.5]
    expected = [float(stats.t.isf((1.0 - c) / 2.0, df)) for c in confidences]
    assert [quantile(c, df) for c in confidences] == close(expected)


@pytest.mark.parametrize("t", STATISTICS)
def test_with_one_and_two_degrees_of_freedom_p_is_elementary(t: float) -> None:
    assert two_sided_p(t, 1.0) == close(2.0 / math.pi * math.atan(1.0 / t))
    root = math.hypot(t, math.sqrt(2.0))
    assert two_sided_p(t, 2.0) == close(2.0 / root / (root + t))


@pytest.mark.parametrize("df", DFS)
def test_the_quantile_inverts_the_p_value(df: float) -> None:
    for confidence in CONFIDENCES[2:]:
        assert two_sided_p(quantile(confidence, df), df) == close(1.0 - confidence)


@pytest.mark.parametrize("df", DFS)
def test_the_p_value_inverts_the_quantile(df: float) -> None:
    for t in (0.1, 0.5, 1.0, 1.7, 3.0, 5.0):
        p = two_sided_p(t, df)
        # 1 - p is off by half a unit of 2**-53, which the tail magnifies by 1 / p
        assert quantile(1.0 - p, df) == close(t, 1e-12 + 1e-15 / p)


@pytest.mark.parametrize(
    ("df", "slope"), [(1.0, math.pi / 2), (2.0, math.sqrt(2)), (math.inf, math.sqrt(math.pi / 2))]
)
def test_tiny_confidences_keep_their_digits(df: float, slope: float) -> None:
    assert quantile(1e-300, df) == close(slope * 1e-300)


@pytest.mark.parametrize("df", DFS)
def test_p_falls_as_t_grows(df: float) -> None:
    steps = [i / 64 for i in range(1, 640)]
    assert all(two_sided_p(low, df) > two_sided_p(high, df) for low, high in pairwise(steps))


def test_p_falls_as_the_degrees_of_freedom_grow() -> None:
    steps = [1.03**i for i in range(500)]
    assert all(two_sided_p(3.0, low) > two_sided_p(3.0, high) for low, high in pairwise(steps))


@pytest.mark.parametrize("df", DFS)
def test_the_quantile_grows_with_the_confidence(df: float) -> None:
    steps = [i / 200 for i in range(1, 200)]
    assert all(quantile(low, df) < quantile(high, df) for low, high in pairwise(steps))


@pytest.mark.parametrize("t", [1e-9, 0.1, 1.0, 1.7, 1.8, 3.0, 10.0, 37.0])
@pytest.mark.parametrize("df", [1e20, 1e25, 1e300, math.inf])
def test_with_many_degrees_of_freedom_p_is_normal(t: float, df: float) -> None:
    assert two_sided_p(t, df) == close(math.erfc(t / math.sqrt(2.0)))


def test_the_approach_to_the_normal_distribution_is_of_first_order() -> None:
    normal = math.erfc(2.0 / math.sqrt(2.0))
    gaps = [two_sided_p(2.0, df) - normal for df in (1e4, 1e5, 1e6)]
    assert [high / low for low, high in pairwise(gaps)] == pytest.approx([0.1, 0.1], rel=1e-3)


@pytest.mark.parametrize("df", [*DFS, 1 - 2**-53, 1e300, math.inf])
def test_the_ends_are_exact(df: float) -> None:
    assert two_sided_p(0.0, df) == 1.0
    assert two_sided_p(math.inf, df) == two_sided_p(-math.inf, df) == 0.0


def test_the_sign_of_t_does_not_matter() -> None:
    assert two_sided_p(-2.5, 7.3) == two_sided_p(2.5, 7.3)


def test_nan_stays_nan() -> None:
    assert math.isnan(two_sided_p(math.nan, 3.0))
    assert math.isnan(two_sided_p(1.0, math.nan))


def test_p_underflows_no_earlier_than_the_range_of_binary64() -> None:
    assert two_sided_p(40.0, 1e7) == 2.0 * float(stats.t.sf(40.0, 1e7)) == 0.0
    assert two_sided_p(38.0, 1e15) == pytest.approx(math.erfc(38.0 / math.sqrt(2.0)), rel=1e-6)
    assert two_sided_p(1e300, 1.0) == close(2.0 / math.pi * 1e-300)


def test_one_ulp_below_one_degree_of_freedom_is_as_one() -> None:
    assert two_sided_p(3.0, 1 - 2**-53) == close(two_sided_p(3.0, 1.0))
    assert quantile(0.95, 1 - 2**-53) == close(quantile(0.95, 1.0))


@pytest.mark.parametrize("df", [0.0, -1.0, -math.inf])
def test_degrees_of_freedom_that_are_not_positive_are_refused(df: float) -> None:
    with pytest.raises(ValueError, match="degrees of freedom"):
        two_sided_p(1.0, df)
    with pytest.raises(ValueError, match="degrees of freedom"):
        quantile(0.5, df)


@pytest.mark.parametrize("confidence", [0.0, 1.0, -0.5, 1.5, math.nan])
def test_confidences_outside_the_open_unit_interval_are_refused(confidence: float) -> None:
    with pytest.raises(ValueError, match="confidence"):
        quantile(confidence, 3.0)


@pytest.mark.parametrize("confidence", [5e-324, 1e-310, 1 - 2**-53])
@pytest.mark.parametrize("df", [0.01, 1.0, math.inf])
def test_extreme_quantiles_are_never_nan(confidence: float, df: float) -> None:
    assert quantile(confidence, df) >= 0.0


def test_the_ratio_of_gamma_functions_is_right_to_the_last_bits() -> None:
    """Gamma(n + 1/2) is (2n)! / (4**n * n!) times the root of pi."""
    for n in (20, 21, 25, 40):
        factor = Fraction(math.factorial(2 * n), 4**n * math.factorial(n) * math.factorial(n - 1))
        expected = float(factor) * math.sqrt(math.pi)
        assert student_t._gamma_ratio(float(n)) == pytest.approx(expected, rel=2e-15, abs=0.0)
