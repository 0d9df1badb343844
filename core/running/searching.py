"""Further passes over the same pairs, for quantiles that the first pass did not find."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, cast

from smoothl1.metrics.quantile_search import SearchAccumulator
from smoothl1.metrics.quantiles import QuantileAccumulator

if TYPE_CHECKING:
    from collections.abc import Callable

    from smoothl1.metrics.contract import MetricAccumulator
    from smoothl1.running.one_pass import Run
    from smoothl1.tallies.accumulator import LossAccumulator


def find_quantiles(run: Run, learned: LossAccumulator, new: Callable[[], LossAccumulator]) -> None:
    """Read the pairs again as often as quantiles need it, three times at most.

    Args:
        run: A pass over the inputs.
        learned: The accumulator of all pairs; completed here.
        new: Makes an empty accumulator of losses.
    """
    for metric in learned.metrics:
        if isinstance(metric, QuantileAccumulator):
            while (search := metric.further()) is not None:
                again = run.learn(partial(_searching, new, learned, search))
                (found,) = again.metrics
                if isinstance(found, SearchAccumulator):
                    metric.take(found)


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
