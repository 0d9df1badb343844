"""Losses whose division is a product and a fused multiply-add have the bits of the division."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest

from tests.oracle import LARGEST, SMALLEST, assert_same, loss, rounded

_native = pytest.importorskip("smoothl1.backends._native", exc_type=ImportError)

every_version = pytest.mark.parametrize("version", _native.VERSIONS)

USUAL = (0.1, 0.3, 1 / 9, 0.7, 1.1, 1.345, 1.5, 3.0, 10.0, 1e-3)


def doubtful(beta: float) -> list[float]:
    """The numerators whose quotient is nearest to the middle of two binary64."""
    mantissa, exponent = math.frexp(beta)
    whole = int(mantissa * 2**53)
    if whole % 2 == 0:
        return []
    found = []
    for sign in (1, -1):
        odd = -sign * pow(whole, -1, 1 << 54) % (1 << 54)
        numerator, rest = divmod(odd * whole + sign, 1 << 54)
        assert rest == 0
        found.append(math.ldexp(numerator, exponent - 53))
    return found


def fused(m: float, beta: float) -> float:
    """The quotient of the two operations, in rationals; beta and m of moderate size."""
    reciprocal = rounded(1 / Fraction(beta))
    rest = 1 / Fraction(beta) - Fraction(reciprocal)
    low = float(rest) * m
    return rounded(Fraction(m) * Fraction(reciprocal) + Fraction(low))


def assert_losses(version: str, distances: list[float], beta: float) -> None:
    """The kernel's losses are those of the definition, in Python's floats."""
    pred, out = np.array(distances), np.empty(len(distances))
    _native.losses(pred, np.zeros(pred.size), None, out, beta, version)
    assert_same(out, np.array([loss(d, 0.0, beta) for d in distances]))


def near(beta: float) -> list[float]:
    """Distances at which a quotient is likely to go wrong."""
    around = [*doubtful(beta), beta, *(beta / n for n in range(1, 40))]
    ends = [0.0, SMALLEST, 3 * SMALLEST, 2.0**-1022, 2.0**-1021, 2.0**-960, LARGEST, math.inf]
    tiny = [math.ldexp(m, e) for e in range(-1060, -100, 7) for m in (0.7, 0.9999999)]
    step = [*map(math.nextafter, around, [math.inf] * len(around))]
    return [*around, *step, *map(math.nextafter, around, [0.0] * len(around)), *ends, *tiny]


@every_version
@pytest.mark.parametrize("beta", USUAL)
def test_usual_betas_divide_like_a_division(version: str, beta: float) -> None:
    random = np.random.default_rng(1).uniform(0, beta, 3000).tolist()
    assert_losses(version, [*near(beta), *random], beta)


@every_version
def test_any_beta_divides_like_a_division(version: str) -> None:
    rng = np.random.default_rng(2)
    betas = np.ldexp(rng.integers(1 << 52, 1 << 53, 100) | 1, rng.integers(-1126, 971, 100))
    for beta in betas.tolist():
        assert_losses(version, [*near(beta), *(beta * rng.uniform(0, 1, 20)).tolist()], beta)


@every_version
@pytest.mark.parametrize("exponent", [-1074, -1022, -1021, -1020, 838, 839, 840, 1018])
def test_betas_at_the_ends_of_the_range(version: str, exponent: int) -> None:
    rng = np.random.default_rng(4)
    for mantissa in (1.0, 1.1, 1.5, 2 - 2**-52):
        beta = math.ldexp(mantissa, exponent)
        assert_losses(version, near(beta), beta)
        small = np.ldexp(beta * rng.uniform(0.5, 1, 3000), -rng.integers(940, 1050, 3000))
        assert_losses(version, small.tolist(), beta)


@every_version
def test_a_beta_that_the_two_operations_get_wrong_is_divided_by(version: str) -> None:
    """One in 80: a kernel that trusts the two operations for all betas fails here."""
    rng = np.random.default_rng(3)
    n_wrong = 0
    for beta in rng.uniform(1, 2, 600).tolist():
        wrong = [m for m in doubtful(beta) if fused(m, beta) != m / beta]
        n_wrong += len(wrong)
        if wrong:
            assert_losses(version, wrong, beta)
    assert n_wrong > 1


def test_the_doubtful_numerators_are_the_only_ones_of_short_formats() -> None:
    """In a format of 8 bits, by trying all: the proof in docs/numerics.md does not use 53."""

    def short(value: Fraction) -> Fraction:
        exponent = math.frexp(float(value))[1] - 8
        return round(value / Fraction(2) ** exponent) * Fraction(2) ** exponent if value else value

    n_wrong = 0
    for beta in range(225, 256):
        reciprocal = short(Fraction(1, beta))
        rest = short(Fraction(1, beta) - reciprocal)
        expected: set[int] = set()
        if beta % 2:
            odds = [sign * pow(beta, -1, 512) % 512 for sign in (1, -1)]
            expected = {round(Fraction(odd * beta, 512)) for odd in odds}
        for m in range(128, 256):
            if short(m * reciprocal + short(m * rest)) != short(Fraction(m, beta)):
                n_wrong += 1
                assert m in expected
    assert n_wrong > 0
