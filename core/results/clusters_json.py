"""The exact state of clusters, to JSON and back: for each group one object of the document.

Each list has an item for each cluster. Labels and sizes stand once, whatever the number of betas.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from smoothl1.errors import DataError
from smoothl1.numerics.exact_sum import UNIT_EXPONENT
from smoothl1.results.moments_json import exact_text
from smoothl1.tallies.cluster_states import ClusterState, moments_of_states
from smoothl1.tallies.group import in_order

if TYPE_CHECKING:
    from smoothl1.numerics.row_moments import Moments
    from smoothl1.results.json_reader import Reader
    from smoothl1.results.result import Result
    from smoothl1.settings import EvalSettings


def encode_clusters(result: Result) -> list[dict[str, Any]]:
    """The clusters of each group of a result, as JSON."""
    size = exact_text if result.settings.weighted else int
    return [
        {
            "labels": list(state.labels),
            "sizes": list(map(size, state.sizes)),
            "totals": [list(map(exact_text, of_beta)) for of_beta in state.totals],
        }
        for state in result.clusters
    ]


def decode_clusters(
    top: Reader, settings: EvalSettings
) -> tuple[tuple[ClusterState, ...], list[Moments]]:
    """The clusters in a document.

    Args:
        top: The document.
        settings: The settings of the result.

    Returns:
        The clusters of each group, and the moments of each entry, beta by beta.

    Raises:
        DataError: They are damaged.
    """
    n_betas = len(settings.betas)
    states = tuple(_decode_state(item, settings) for item in top.objects("clusters"))
    if n_betas * len(states) != len(top.get("results", list)):
        raise top.damaged("clusters", "does not have an item for each group")
    return states, moments_of_states(states, n_betas, weighted=settings.weighted)


def check_sums(result: Result) -> None:
    """Check that clusters add up to the tallies of their groups.

    Raises:
        DataError: They do not.
    """
    n_groups = len(result.groups)
    for i, tally in enumerate(result.tallies):
        state = result.clusters[i % n_groups]
        size = tally.n if tally.weight is None else tally.weight.units
        if (sum(state.sizes), sum(state.totals[i // n_groups])) != (size, tally.total.units):
            raise DataError("damaged: the clusters do not add up to the results of their groups")


def _decode_state(reader: Reader, settings: EvalSettings) -> ClusterState:
    reader.only("labels", "sizes", "totals")
    labels = reader.list_of("labels", str)
    if len(set(labels)) < len(labels) or in_order(labels) != labels:
        raise reader.damaged("labels", "are not different ones in order")
    if settings.weighted:
        sizes = reader.list_of_units("sizes", UNIT_EXPONENT)
    else:
        sizes = reader.counts("sizes")
    totals = [
        tuple(of_beta.list_of_units(item, UNIT_EXPONENT))
        for of_beta, item in reader.items("totals")
    ]
    if len(totals) != len(settings.betas):
        raise reader.damaged("totals", "does not have a list for each beta")
    if {len(sizes), *map(len, totals)} != {len(labels)}:
        raise reader.damaged("labels", "are not as many as sizes and totals")
    if min(sizes, default=1) < 1:
        raise reader.damaged("sizes", "has a cluster of no elements")
    return ClusterState(tuple(labels), tuple(sizes), tuple(totals))
