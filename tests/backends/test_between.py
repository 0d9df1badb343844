"""Every backend finds the same distances and negative parts, and adds the same products."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from smoothl1.numerics.group_sums import ExactSums
from smoothl1.numerics.row_sums import Rows
from tests.backends.kinds import BACKENDS, CHOSEN_BY_NAME, native_versions
from tests.oracle import distance

if TYPE_CHECKING:
    from collections.abc import Callable

    from smoothl1.backends.contract import Backend

ON_CPU = [BACKENDS[name] for name in CHOSEN_BY_NAME]  # to which a GPU leaves this
KINDS = pytest.mark.parametrize("new", ON_CPU, ids=CHOSEN_BY_NAME)

BOUNDS = [(0.5, 0.75), (-math.inf, 0.25), (1.0, math.inf), (0.0, 0.0), (2.0, 1.0)]


def sides(dtype: str, n: int) -> tuple[Any, Any]:
    rng = np.random.default_rng(n)
    pred, target = np.round(rng.normal(size=(2, n)) * 4) / 4
    if dtype.startswith("float"):
        pred[::17], target[5::31] = math.nan, math.inf
    return pred.astype(dtype), target.astype(dtype)


@pytest.mark.parametrize("dtype", ["float32", "float64", "float16", "int8"])
@pytest.mark.parametrize("n", [0, 1, 16, 33, 5000])
@pytest.mark.parametrize("bounds", BOUNDS)
def test_the_distances_between_two_bounds_are_found(
    bounds: tuple[float, float], n: int, dtype: str
) -> None:
    pred, target = sides(dtype, n)
    low, high = bounds
    distances = [distance(x, y) for x, y in zip(pred.tolist(), target.tolist(), strict=True)]
    expected = (
        sum(d < low for d in distances),
        sum(math.isnan(d) for d in distances),
        [d for d in distances if low <= d <= high],
    )
    for new in (*ON_CPU, *native_versions()):
        n_below, n_nan, found = new().between(pred, target, low, high)
        assert (n_below, n_nan, found.tolist()) == expected


@pytest.mark.parametrize(
    ("other", "is_exact"),
    [(0.25, True), (2.0**-60, False), (-(2.0**-60), False), (math.inf, False), (math.nan, False)],
)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("n", [1, 33, 5000])
def test_negative_parts_are_formed_where_no_difference_is_rounded(
    n: int, dtype: str, other: float, is_exact: bool
) -> None:
    pred, target = np.round(np.random.default_rng(n).normal(size=(2, n)) * 4) / 4
    pred[-1], target[-1] = 1.0, other
    expected = [max(y - x, 0.0) for x, y in zip(pred.tolist(), target.tolist(), strict=True)]
    for new in (*ON_CPU, *native_versions()):
        out = np.full(n, math.nan)
        assert new().negative_parts(pred.astype(dtype), target.astype(dtype), out) == is_exact
        if is_exact:
            assert out.tolist() == expected


@pytest.mark.parametrize("dtype", ["int32", "uint8", "float16", ">f4"])
def test_negative_parts_of_other_dtypes_are_formed(dtype: str) -> None:
    pred, target = np.array([1, 5, 7], dtype), np.array([2, 5, 3], dtype)
    for new in (*ON_CPU, *native_versions()):
        out = np.empty(3)
        assert new().negative_parts(pred, target, out)
        assert out.tolist() == [1.0, 0.0, 0.0]


@KINDS
@pytest.mark.parametrize("n_groups", [1, 3])
@pytest.mark.parametrize("weighted", [False, True])
def test_products_are_added_without_rounding(
    weighted: bool, n_groups: int, new: Callable[[], Backend]
) -> None:
    rng = np.random.default_rng(1)
    n = 2000
    values = rng.normal(size=n) * np.exp2(rng.integers(-300, 300, n))
    weights = rng.uniform(size=n) if weighted else None
    codes = rng.integers(0, n_groups, n)
    factors = [("s", "m"), ("s", "s", "m") if weighted else ("s", "s")]
    into = {names: ExactSums(n_groups) for names in factors}
    backend = new()
    for at in (slice(3), slice(3, n)):
        some = None if weights is None else weights[at]
        backend.add_products(codes[at], Rows(values[at], some, None), into)
    w = [Fraction(x) for x in (np.ones(n) if weights is None else weights).tolist()]
    s = [Fraction(x) for x in values.tolist()]
    for power, names in enumerate(factors, 1):
        found = [Fraction(units, 1 << 3222) for units in into[names].units(-3222)]
        for code in range(n_groups):
            terms = (a * b**power for a, b, c in zip(w, s, codes, strict=True) if c == code)
            assert found[code] == sum(terms)
