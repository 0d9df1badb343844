"""What is made of the losses of elements."""

from __future__ import annotations

import pytest

from smoothl1 import evaluate
from smoothl1.checks import REDUCTIONS, is_sum
from smoothl1.results.intervals import estimate_of
from smoothl1.tallies.tally import Tally, value_of


def test_every_reduction_says_whether_losses_are_added_up() -> None:
    assert {name for name in REDUCTIONS if is_sum(name)} == {"sum"}


@pytest.mark.parametrize(("reduction", "value"), [("mean", 2.0), ("none", 2.0), ("sum", 4.0)])
def test_a_tally_has_a_value_for_each_reduction(reduction: str, value: float) -> None:
    (tally,) = evaluate([1.0, 3.0], [0.0, 0.0], betas=0).tallies
    assert value_of(tally, reduction) == estimate_of(tally, reduction).value == value


def test_an_unknown_reduction_is_no_mean() -> None:
    for made in (value_of, estimate_of):
        with pytest.raises(KeyError):
            made(Tally(n=2), "median")
