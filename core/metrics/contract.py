"""The contract of a metric: an accumulator in the pass, and the value that a result keeps of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, Protocol, Self

if TYPE_CHECKING:
    from collections.abc import Sequence

    from smoothl1.tallies.group_numbers import Codes
    from smoothl1.tallies.observed import Observed
    from smoothl1.tallies.tally import Tally

    Cells = tuple[str, Literal["number", "count"], Sequence[Any]]


class MetricAccumulator(Protocol):
    """The running totals of a metric over some pairs; accumulators are merged in any order."""

    def add(self, seen: Observed) -> None:
        """Add the pairs of a chunk."""
        ...

    def merge(self, other: Any, codes: Codes, n_groups: int) -> None:
        """Add the totals of other pairs.

        Args:
            other: An accumulator of the same metric.
            codes: The number here of each group of the other.
            n_groups: The number of groups of both together.
        """
        ...

    def value(self, order: Sequence[int]) -> Metric:
        """The value of all pairs.

        Args:
            order: The number of each group, in the order of the result; [0] without groups.
        """
        ...


class Metric(Protocol):
    """What a result keeps of a metric: a frozen value with equality, that has its exact state."""

    def columns(self, betas: Sequence[float], tallies: Sequence[Tally]) -> list[Cells]:
        """The columns that the metric adds to tables, named as in the JSON.

        Args:
            betas: The transition points of the result.
            tallies: The tallies of the result, beta by beta.

        Returns:
            For each column its name, its kind ("number" or "count"), and a cell for each tally.
        """
        ...

    def of_group(self, place: int) -> Self:
        """The value of one group alone; what is of all groups stays as it is.

        Args:
            place: The place of the group among all.
        """
        ...

    def merged(
        self,
        parts: Sequence[Self],
        places: Sequence[Sequence[int]],
        n_groups: int,
        *,
        in_sequence: bool = False,
    ) -> Self:
        """The value of all parts together, the same in any order.

        Args:
            parts: The values of the parts, of which this is the first.
            places: For each part the place of each of its groups among all groups.
            n_groups: The number of all groups.
            in_sequence: Whether the parts are consecutive rows of one run, in their order.

        Raises:
            DataError: The parts do not hold enough to be merged exactly.
        """
        ...
