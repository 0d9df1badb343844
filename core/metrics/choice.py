"""Chooses the accumulators of metrics that a run needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from smoothl1.job import Job
    from smoothl1.metrics.contract import MetricAccumulator


def new_metrics(job: Job) -> tuple[MetricAccumulator, ...]:
    """An empty accumulator of each metric that the settings of a job ask for, in a fixed order."""
    found: list[MetricAccumulator] = []
    settings = job.settings
    if settings.also:
        from smoothl1.metrics.distances import DistanceAccumulator

        found.append(DistanceAccumulator(settings))
    return tuple(found)
