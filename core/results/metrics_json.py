"""What was formed beside the losses, to JSON and back.

Each metric has its numbers in the entries of the results. What else its exact state has stands in a
field of the document, with an item for each group. For each kind of metric there is a module, which
is a `MetricModule`.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Protocol

from smoothl1.results.columns import metric_columns
from smoothl1.results.json_fields import number

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from smoothl1.metrics.contract import Metric
    from smoothl1.results.distance_facts import DistanceFacts
    from smoothl1.results.json_reader import Reader
    from smoothl1.results.result import Result
    from smoothl1.settings import EvalSettings


class MetricModule(Protocol):
    """The module of a kind of metric, whose functions take a metric of that kind.

    Attributes:
        FIELDS: The names of the fields of the document.
    """

    FIELDS: tuple[str, ...]

    def names(self, settings: EvalSettings) -> list[str]:
        """The names of the numbers in each entry of the results."""
        ...

    def encode(self, metric: Any) -> dict[str, Any]:
        """The exact state, as fields of the document; a long list may be an iterator."""
        ...

    def decode(self, result: Result, top: Reader) -> Metric:
        """The metric that is in a document.

        Raises:
            DataError: It is damaged.
        """
        ...

    def note(self, metric: Any, result: Result, facts: Sequence[DistanceFacts]) -> None:
        """Note what the metric says of the distances of each group."""
        ...


def encode_states(result: Result) -> dict[str, Any]:
    """The exact states of all metrics, as fields of the document."""
    fields: dict[str, Any] = {}
    for module, metric in zip(_wanted(result.settings), result.metric_states, strict=True):
        fields |= module.encode(metric)
    return fields


def numbers_of(result: Result) -> Iterator[dict[str, Any]]:
    """The numbers of all metrics, as fields of each entry of the results."""
    columns = metric_columns(result)
    n = len(result.tallies)  # there may be no columns
    for cells in zip(*(column.cells for column in columns), strict=True) if columns else [()] * n:
        entry: dict[str, Any] = {}
        for (name, kind, *_), cell in zip(columns, cells, strict=True):
            entry |= number(name, cell) if kind == "number" else {name: cell}
        yield entry


def state_fields(settings: EvalSettings) -> list[str]:
    """The names of the fields that metrics add to a document."""
    return [field for module in _wanted(settings) for field in module.FIELDS]


def number_names(settings: EvalSettings) -> list[str]:
    """The names of the numbers that metrics add to an entry, and of their columns in tables."""
    return [name for module in _wanted(settings) for name in module.names(settings)]


def number_fields(settings: EvalSettings) -> list[str]:
    """The names of the fields that metrics add to an entry."""
    names = number_names(settings)
    return [*names, *(f"{name}_text" for name in names)]


def with_metrics(result: Result, top: Reader) -> Result:
    """A result with the metrics that are in its document.

    Args:
        result: The result without them.
        top: The document.

    Raises:
        DataError: A state is damaged, or a number in an entry is not that of its exact state.
    """
    metrics = tuple(module.decode(result, top) for module in _wanted(result.settings))
    result = replace(result, metric_states=metrics)
    for name, kind, cells, *_ in metric_columns(result):
        for entry, cell in zip(top.objects("results"), cells, strict=True):
            _check_number(entry, name, kind, cell)
    return result


def note_distances(result: Result, facts: Sequence[DistanceFacts]) -> None:
    """Note what all metrics say of the distances of each group.

    Args:
        result: The result.
        facts: What is known of each group, which is added to.
    """
    for module, metric in zip(_wanted(result.settings), result.metric_states, strict=True):
        module.note(metric, result, facts)


def _check_number(entry: Reader, name: str, kind: str, cell: Any) -> None:
    found: float | int
    if kind == "number":
        found = entry.signed_number(name, "nan", "inf", "-inf")
    else:
        found = entry.count(name)
    if found != cell and not (math.isnan(found) and math.isnan(cell)):
        raise entry.damaged(name, f"is {found}, but {cell} by its exact state")


def _wanted(settings: EvalSettings) -> list[MetricModule]:
    """The module of each metric that the settings ask for, in the order of `metrics.choice`."""
    found: list[MetricModule] = []
    if settings.also:
        from smoothl1.results import distances_json  # late: only what is asked for

        found.append(distances_json)
    if settings.within:
        from smoothl1.results import within_json

        found.append(within_json)
    if settings.quantiles:
        from smoothl1.results import quantiles_json

        found.append(quantiles_json)
    if settings.top is not None:
        from smoothl1.results import worst_rows_json

        found.append(worst_rows_json)
    return found
