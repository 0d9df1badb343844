"""The number of elements that results are of, and the most that they may be of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from smoothl1.tallies.many import ManyTallies

if TYPE_CHECKING:
    from smoothl1.results.result import Result

MOST_ELEMENTS = (1 << 63) - 1
"""Most elements of a result. All of its counts are at most that of its elements, so that none is
beyond an integer of 64 bits with a sign."""


def n_seen_of(result: Result) -> int:
    """The number of elements in all groups together, also of those that were left out."""
    tallies = result.tallies
    if isinstance(tallies, ManyTallies):  # one array of all, not a tally for each
        return tallies.n_seen()
    return sum(tally.n_seen for tally in tallies[: len(result.groups)])
