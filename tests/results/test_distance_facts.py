"""What is known of distances, and the sums that follow, against plain loops over fractions."""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
import pytest

from smoothl1 import DataError, Result, evaluate
from smoothl1.results import distance_checks
from smoothl1.results.distance_facts import DistanceFacts

if TYPE_CHECKING:
    from collections.abc import Callable

RNG = np.random.default_rng(5)
KNOWN = sorted((RNG.random(40) * 10.0 ** RNG.integers(-300, 300, 40)).tolist())


def in_units(sums: list[tuple[int, int]]) -> list[tuple[Fraction, Fraction]]:
    units = [Fraction(1, 2**1074) ** power for power in (1, 2, 3)]
    return [(low * unit, high * unit) for (low, high), unit in zip(sums, units, strict=True)]


def powers(values: list[float]) -> list[Fraction]:
    return [sum((Fraction(value) ** power for value in values), Fraction()) for power in (1, 2, 3)]


def test_sums_of_powers_are_those_of_the_distances_that_are_known() -> None:
    facts = DistanceFacts(len(KNOWN))
    for rank, distance in enumerate(KNOWN, start=1):
        facts.note_rank(distance, rank)
    assert not facts.contradict
    for n in (1, 17, 40):
        assert in_units(facts.sums(n, float, 3)) == [(s, s) for s in powers(KNOWN[:n])]


def test_sums_of_powers_are_between_those_of_the_least_and_the_largest_distances() -> None:
    facts = DistanceFacts(10)
    facts.note_at_most(math.inf, 10)
    facts.note_at_least(0.0, 10)
    facts.note_rank(0.1, 3)
    facts.note_count_below(0.75, 6)
    facts.note_rank(9.5, 10)
    assert not facts.contradict
    below = math.nextafter(0.75, 0.0)
    least, most = [0.0] * 2 + [0.1] * 4 + [0.75] * 3 + [9.5], [0.1] * 3 + [below] * 3 + [9.5] * 4
    assert in_units(facts.sums(10, float, 3)) == list(zip(powers(least), powers(most), strict=True))
    facts.note_count_below(0.75, 7)  # a note after a question counts, too
    assert facts.contradict


@pytest.mark.parametrize("n", [-1, 4])
def test_a_count_of_fewer_than_none_or_more_than_all_contradicts(n: int) -> None:
    facts = DistanceFacts(3)
    facts.note_count_below(0.0, 3)  # says nothing
    facts.note_at_most(1.0, 3)
    assert not facts.contradict
    facts.note_at_most(1.0, n)
    assert facts.contradict


def test_each_loss_of_a_distance_that_is_held_is_formed_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    given = {"betas": (0.5, 1.0, 2.0), "also": ("mae", "mse"), "quantiles": 0.5}
    result = evaluate(RNG.random(200), RNG.random(200), statistics=True, **given)
    loss_of: Callable[[float, float], float] = distance_checks.loss_of
    formed: list[float] = []

    def noted(distance: float, beta: float) -> float:
        formed.append(distance)
        return loss_of(distance, beta)

    monkeypatch.setattr(distance_checks, "loss_of", noted)
    assert Result.from_json(result.to_json()) == result
    assert len(formed) == 3 * 200


def test_a_sum_that_rises_with_beta_is_said_of_its_entry() -> None:
    pred, given = [0.5, 1.5, 3.0], {"weights": [1.0, 2.0, 1.0], "weight_mean": "count"}
    result = evaluate(pred, [0.0] * 3, betas=(0.5, 1.0), **given)
    one, other = result.tallies
    changed = (one._replace(total=other.total), other._replace(total=one.total))
    distance_checks.check_distances(result, [*enumerate(result.tallies)])
    with pytest.raises(DataError, match=r"damaged: results\[1\]: .* rises with beta.*again"):
        distance_checks.check_distances(replace(result, tallies=changed), [*enumerate(changed)])
