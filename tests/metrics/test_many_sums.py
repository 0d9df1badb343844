"""The sums over distances of many groups, which stay in arrays until they are asked for."""

from __future__ import annotations

import numpy as np
import pytest

from smoothl1 import Result, evaluate
from smoothl1.metrics.distances import Distances
from smoothl1.metrics.many_sums import ManySums, passing
from smoothl1.results.result_json import in_memory, streamed
from smoothl1.settings import ALSO
from smoothl1.tallies.many import ManyTallies

N = 3000


def evaluated(*, weighted: bool) -> Result:
    draw = np.random.default_rng(1)
    pred, target = draw.normal(size=(2, N))
    pred[:9], target[:4] = np.inf, -np.inf
    weight = draw.uniform(size=N) if weighted else None
    return evaluate(
        pred, target, groups=draw.permutation(N) // 2, also=ALSO, betas=(1.0, 0.0), weights=weight
    )


@pytest.mark.parametrize("weighted", [False, True])
def test_metrics_of_many_groups_are_written_without_keeping_their_sums(*, weighted: bool) -> None:
    result = evaluated(weighted=weighted)
    (metric,) = result.metric_states
    assert isinstance(metric, Distances)
    sums, tallies = metric.sums, result.tallies
    assert isinstance(sums, ManySums)
    assert isinstance(tallies, ManyTallies)
    document = in_memory(streamed(result))
    assert not sums.is_made
    assert not tallies.is_made
    assert len(list(passing(sums))) == len(sums) == N // 2
    again = Result.from_json(document)
    assert (
        list(passing(sums))
        == list(sums)
        == list(passing(sums))
        == list(again.metric_states[0].sums)
    )
    assert again == result
    assert in_memory(streamed(again)) == document == result.to_json()
    for beta, cells in enumerate(np.array_split(metric.columns((1.0, 0.0), tallies)[0][2], 2)):
        expected = [
            some.metric("mae", beta, tally)
            for some, tally in zip(sums, tallies[: N // 2], strict=True)
        ]
        np.testing.assert_array_equal(cells, expected)
