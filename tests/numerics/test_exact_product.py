"""A product of two numbers without error."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smoothl1 import EvalSettings, evaluate
from smoothl1.numerics.products import exact_product

numbers = st.floats(-1e140, 1e140).filter(lambda x: x == 0 or abs(x) > 1e-140)


@given(st.lists(st.tuples(numbers, numbers), min_size=1, max_size=50))
def test_product_and_remainder_are_the_product(pairs: list[tuple[float, float]]) -> None:
    one, other = np.array(pairs).T
    product, remainder = exact_product(one, other)
    for x, y, p, r in zip(one, other, product, remainder, strict=True):
        assert p == x * y
        assert Fraction(p) + Fraction(r) == Fraction(x) * Fraction(y)


def test_nothing_cancels_where_the_mean_is_much_larger_than_the_spread(tmp_path: object) -> None:
    np.save(f"{tmp_path}/p.npy", np.array([1e8, 1e8 + 2.0**-10, 1e8 + 2.0**-9]))
    np.save(f"{tmp_path}/t.npy", np.zeros(3))
    settings = EvalSettings((0.0,))
    (tally,) = evaluate(f"{tmp_path}/p.npy", f"{tmp_path}/t.npy", settings, statistics=True).tallies
    assert tally.standard_error == pytest.approx(2.0**-10 / np.sqrt(3), rel=1e-15)


def test_equal_losses_have_no_error(tmp_path: object) -> None:
    np.save(f"{tmp_path}/p.npy", np.full(1000, 0.1))
    np.save(f"{tmp_path}/t.npy", np.zeros(1000))
    settings = EvalSettings((0.0,))
    (tally,) = evaluate(f"{tmp_path}/p.npy", f"{tmp_path}/t.npy", settings, statistics=True).tallies
    assert tally.standard_error == 0.0
