"""Results of the same rows are found without a look at all groups of results that differ."""

from __future__ import annotations

import numpy as np
import pytest

from smoothl1 import Result, evaluate
from smoothl1.cli import counted_twice
from smoothl1.tallies.group_tallies import GroupTally

N_GROUPS = 3000


def _result(seed: int) -> Result:
    """A result of many groups, with 33 losses each."""
    codes = np.tile(np.arange(N_GROUPS), 33)
    pred = np.random.default_rng(seed).normal(size=codes.size)
    found: Result = evaluate(pred, np.zeros(codes.size), groups=codes, statistics=True)
    return found


@pytest.mark.parametrize(("seeds", "is_warned"), [((1, 2, 3), False), ((1, 2, 1), True)])
def test_only_results_that_begin_alike_are_compared_group_by_group(
    seeds: tuple[int, ...], is_warned: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    results, n_made, said = [_result(seed) for seed in seeds], list[int](), list[str]()
    make = GroupTally.tallies

    def counted(self: GroupTally, at: np.ndarray) -> list[object]:
        n_made.append(at.size)
        return make(self, at)  # type: ignore[return-value]

    monkeypatch.setattr(GroupTally, "tallies", counted)
    counted_twice.warn_of_twice(results, said.append)
    assert bool(said) is is_warned
    assert (sum(n_made) < len(results) * N_GROUPS) is not is_warned


def test_results_of_the_same_rows_in_another_order_are_told_whatever_their_first_nan_is() -> None:
    pred = np.random.default_rng(0).normal(size=2000)
    pred[10] = np.nan
    said: list[str] = []
    results = [
        evaluate(rows, np.zeros(2000), statistics=True, warn=lambda _: None)
        for rows in (pred, pred[::-1])
    ]
    counted_twice.warn_of_twice(results, said.append)
    assert said == ["several results have equal sums and counts: is a part counted twice?"]
