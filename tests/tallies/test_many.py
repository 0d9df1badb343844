"""The tallies of many groups, made at once or a few at a time."""

from __future__ import annotations

import numpy as np

from smoothl1 import Result, evaluate
from smoothl1.results.result_json import streamed
from smoothl1.tallies.many import ManyTallies, passing


def _result(n_groups: int) -> Result:
    target = np.arange(2 * n_groups) * 0.375
    pred = target + np.linspace(0.0, 3.0, 2 * n_groups)
    groups = np.tile(np.arange(n_groups)[::-1], 2)
    return evaluate(pred, target, groups=groups, betas=(1.0, 0.5), statistics=True)


def test_tallies_that_pass_are_those_that_are_kept_and_few_are_in_memory() -> None:
    result = _result(2500)  # more than are made at a time, and no multiple of these
    assert isinstance(result.tallies, ManyTallies)
    passed = list(passing(result.tallies))
    assert not result.tallies.is_made
    assert tuple(passed) == result.tallies


def test_a_document_is_written_without_keeping_the_tallies() -> None:
    result, other = _result(1200), _result(1200)
    document = streamed(result)
    entries = list(document["results"])
    assert isinstance(result.tallies, ManyTallies)
    assert not result.tallies.is_made
    assert tuple(other.tallies)
    assert document | {"results": entries} == other.to_json()
    assert result.n == other.n == 2400
