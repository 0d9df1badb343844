"""The exact state of clusters as values: merged in any order, and summed up in moments."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from smoothl1.numerics.exact_sum import ExactSum
from smoothl1.numerics.group_moments import GroupMoments
from smoothl1.numerics.row_sums import Rows
from smoothl1.tallies.group import in_order

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from smoothl1.numerics.row_moments import Moments
    from smoothl1.tallies.tally import Tally


class ClusterState(NamedTuple):
    """The clusters of one group, in the order of their labels. Each has an element that counts.

    Attributes:
        labels: The label of each cluster, as text.
        sizes: The number of its elements; with weights, the exact sum of these as a whole number of
            2**-1074.
        totals: For each beta, the exact sum of the finite losses of each cluster as a whole number
            of 2**-1074.
    """

    labels: tuple[str, ...] = ()
    sizes: tuple[int, ...] = ()
    totals: tuple[tuple[int, ...], ...] = ()


def _rounded(units: Iterable[int]) -> NDArray[np.float64]:
    """Each number of units of 2**-1074 rounded once; infinite if it is beyond binary64."""
    return np.array([float(ExactSum(some)) for some in units], np.float64)


def merged_states(
    parts: Sequence[Sequence[ClusterState]], places: Sequence[Sequence[int]], n_groups: int
) -> tuple[ClusterState, ...]:
    """The clusters of several results together.

    Args:
        parts: For each result the clusters of each of its groups.
        places: For each result the place of each of its groups among all.
        n_groups: The number of all groups.
    """
    of_groups: list[list[ClusterState]] = [[] for _ in range(n_groups)]
    for states, of_part in zip(parts, places, strict=True):
        for state, place in zip(states, of_part, strict=True):
            of_groups[place].append(state)
    return tuple(map(_joined, of_groups))


def _joined(states: Sequence[ClusterState]) -> ClusterState:
    """The clusters of one group in several results."""
    if len(states) == 1:
        return states[0]
    found: dict[str, list[int]] = {}
    for state in states:
        for label, *numbers in zip(state.labels, state.sizes, *state.totals, strict=True):
            known = found.get(label)
            found[label] = [*numbers] if known is None else [*map(int.__add__, known, numbers)]
    labels = tuple(in_order([*found]))
    sizes, *totals = zip(*(found[label] for label in labels), strict=True) if labels else [()]
    n_betas = len(states[0].totals)
    return ClusterState(labels, sizes, tuple(totals) or ((),) * n_betas)


def moments_of_states(
    states: Sequence[ClusterState], n_betas: int, *, weighted: bool
) -> list[Moments]:
    """The moments of the clusters of each group, beta by beta, of sums rounded once to binary64.

    Args:
        states: The clusters of each group.
        n_betas: The number of betas.
        weighted: Whether sizes are sums of weights.
    """
    counts = [len(state.sizes) for state in states]
    codes, each = np.repeat(np.arange(len(states)), counts), chain.from_iterable
    exact = each(state.sizes for state in states)
    sizes = _rounded(exact) if weighted else np.array([*exact], np.float64)
    found: list[Moments] = []
    for i in range(n_betas):
        sums = _rounded(each(state.totals[i] for state in states))
        moments = GroupMoments()
        moments.resize(len(states))
        moments.add(codes, Rows(sums, sizes, None))
        found += moments.each()
    return found


def with_moments(tallies: Iterable[Tally], moments: Iterable[Moments]) -> tuple[Tally, ...]:
    """Tallies with other moments, one for each."""
    pairs = zip(tallies, moments, strict=True)
    return tuple(tally._replace(moments=some) for tally, some in pairs)
