"""The quick look passes what is possible, and nothing that the look at the distances refuses."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
import pytest

from smoothl1 import EvalSettings, evaluate
from smoothl1.numerics.exact_sum import ExactSum
from smoothl1.numerics.single_losses import loss_of
from smoothl1.results.distance_checks import contradicting_sum, facts_of
from smoothl1.results.plain_losses import is_surely_possible
from smoothl1.tallies.tally import Tally

if TYPE_CHECKING:
    from collections.abc import Iterator

BETAS = [1.0, 0.3, 0.0, 5e-324, 1e300]
RNG = np.random.default_rng(8)


def _tallies(beta: float) -> Iterator[Tally]:
    """Tallies of few distances, many of them equal, beside beta, or of no loss."""
    beside = [math.nextafter(beta, 0.0), beta, math.nextafter(beta, math.inf)]
    for n in (1, 1, 2, 2, 3, 5, 12):
        distances = RNG.random(n) * 10.0 ** RNG.integers(-3, 3, n)
        some = RNG.integers(0, 3, n) == 0
        for pred in (distances, np.where(some, RNG.choice([0.0, *beside], n), distances)):
            yield evaluate(pred, np.zeros(n), betas=beta, statistics=True).tallies[0]


def _changed(tally: Tally) -> Iterator[Tally]:
    """Tallies with one figure that is another one, just beside it or far away."""
    for name in ("min", "max"):
        value = getattr(tally, name)
        for other in (math.nextafter(value, math.inf), value * 2, value / 2, tally.max, tally.min):
            yield tally._replace(**{name: other})
    for units in (tally.total.units + 1, tally.total.units - 1, 2 * tally.total.units, 0):
        yield tally._replace(total=ExactSum(max(units, 0)))
    for n_quadratic in {0, max(tally.n_quadratic - 1, 0), min(tally.n_quadratic + 1, tally.n)}:
        yield tally._replace(n_quadratic=n_quadratic)
    yield tally._replace(n=tally.n + 1)


def _is_refused(tally: Tally, beta: float) -> bool:
    facts = facts_of([tally], [beta])
    settings = EvalSettings(betas=(beta,))
    return facts.contradict or contradicting_sum(tally, beta, settings, facts) is not None


@pytest.mark.parametrize("beta", BETAS)
def test_what_surely_is_possible_is_refused_by_no_closer_look(beta: float) -> None:
    passed = refused = 0
    for tally in _tallies(beta):
        assert not _is_refused(tally, beta)
        passed += is_surely_possible(tally, beta)
        for changed in (*_changed(tally), *_changed(tally._replace(moments=None))):
            if changed.min <= changed.max and _is_refused(changed, beta):
                assert not is_surely_possible(changed, beta)
                refused += 1
    assert refused > 100
    assert passed >= 7 or beta == 1e300  # most losses are 0 there, or that of a smaller distance


@pytest.mark.parametrize("beside", [0, -1, 1])
def test_sums_at_the_ends_of_what_extremes_allow_pass_and_no_others(beside: int) -> None:
    """Of four losses at beta 1 two are of distances below it: 0.125, and one below 0.5."""
    below = Fraction(loss_of(math.nextafter(1.0, 0.0), 1.0))
    least, most, tiny = Fraction(1, 8), Fraction(4), Fraction(beside, 1 << 1074)
    for total, is_right in (
        (2 * least + Fraction(1, 2) + most + tiny, beside >= 0),
        (least + below + 2 * most + tiny, beside <= 0),
    ):
        units = int(total * (1 << 1074))
        tally = Tally(4, 0, 0, 2, ExactSum(units), 0.125, 4.0, moments=None)
        assert is_surely_possible(tally, 1.0) == is_right != _is_refused(tally, 1.0)
