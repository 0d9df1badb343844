"""Further passes over the same pairs, for quantiles that the first pass did not find."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, cast

from smoothl1.metrics.quantile_search import SearchAccumulator
from smoothl1.metrics.quantiles import QuantileAccumulator
from smoothl1.running.passes import learn

if TYPE_CHECKING:
    from collections.abc import Callable

    from smoothl1.metrics.contract import MetricAccumulator
    from smoothl1.pairing.inputs import Inputs
    from smoothl1.running.one_pass import New
    from smoothl1.tallies.accumulator import LossAccumulator


def find_quantiles(inputs: Inputs, learned: LossAccumulator, new: New[LossAccumulator]) -> None:
    """Read the pairs again as often as quantiles need it, three times at most.

    Args:
        inputs: The inputs, with their job.
        learned: The accumulator of all pairs; completed here.
        new: Gives the function that makes empty accumulators of losses.
    """
    for metric in learned.metrics:
        if isinstance(metric, QuantileAccumulator):
            while (search := metric.further()) is not None:
                codes = new(inputs)()
                codes.merge_codes(learned)
                again = learn(inputs, partial(_new_searches, new, codes, search))
                (found,) = again.metrics
                if isinstance(found, SearchAccumulator):
                    metric.take(found)


def _new_searches(
    new: New[LossAccumulator],
    codes: LossAccumulator,
    search: Callable[[], SearchAccumulator],
    inputs: Inputs,
) -> Callable[[], LossAccumulator]:
    return partial(_searching, new(inputs), codes, search)


def _searching(
    new: Callable[[], LossAccumulator],
    learned: LossAccumulator,
    search: Callable[[], SearchAccumulator],
) -> LossAccumulator:
    """An accumulator that searches, with the groups of the first pass and their numbers."""
    accumulator = new()
    accumulator.merge_codes(learned)
    accumulator.metrics = cast("tuple[MetricAccumulator, ...]", (search(),))
    return accumulator
