"""Chooses the accumulators of metrics that a run needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from smoothl1.errors import SettingsError

if TYPE_CHECKING:
    from smoothl1.metrics.contract import MetricAccumulator
    from smoothl1.metrics.worse_rows import WorseRowsAccumulator
    from smoothl1.pairing.inputs import Inputs


def new_metrics(inputs: Inputs) -> tuple[MetricAccumulator, ...]:
    """An empty accumulator of each metric that the settings ask for, in a fixed order."""
    found: list[MetricAccumulator] = []
    settings = inputs.job.settings
    if settings.also:
        from smoothl1.metrics.distances import DistanceAccumulator

        found.append(DistanceAccumulator(settings))
    if settings.within:
        from smoothl1.metrics.within import WithinAccumulator

        found.append(WithinAccumulator(settings.within))
    if settings.quantiles:
        from smoothl1.metrics.quantiles import QuantileAccumulator

        found.append(QuantileAccumulator(settings.quantiles, is_grouped=settings.is_grouped))
    if settings.top is not None:
        from smoothl1.metrics.worst_rows import WorstRowsAccumulator

        found.append(WorstRowsAccumulator(settings, *_rows_of(inputs)))
    return tuple(found)


def new_worse_rows(inputs: Inputs) -> WorseRowsAccumulator | None:
    """An empty accumulator of the rows in which the second of two models is worse, if asked for."""
    if inputs.job.settings.top is None:
        return None
    from smoothl1.metrics.worse_rows import WorseRowsAccumulator

    return WorseRowsAccumulator(inputs.job.settings, *_rows_of(inputs))


def _rows_of(inputs: Inputs) -> tuple[str, list[str], list[str]]:
    """What names rows: the path of the predictions, the elements of a row, and the labels.

    If columns are reported separately, the only element of a row has a name, too: that of a group.

    Raises:
        SettingsError: There are no rows.
    """
    if inputs.pairing.is_flat:
        raise SettingsError(
            "inputs that are paired element by element have no rows, and so no worst ones",
            hint="leave out --top",
        )
    from smoothl1.pairing.carried import carried_fields

    labels = [field.name for field in carried_fields(inputs.sides, inputs.job.selection.key)]
    tells_columns = inputs.job.settings.by_column or inputs.pairing.row_elements > 1
    columns = inputs.column_names if tells_columns else []
    return inputs.sides[0].source.path, columns, labels
