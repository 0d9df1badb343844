"""What a result says of the distances |x - y| of a group, and what follows for sums over them.

Extremes, counts and quantiles all say one of two things: at least so many distances are at most so
large, or at least so many are at least so large. So each distance, in the order of their sizes, is
between two numbers, which must not contradict each other; and every sum over the distances, of
losses or of anything else that does not fall as the distance rises, is between the sums of these.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from smoothl1.numerics.single_losses import distances_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

AGAIN = "no data have these figures together: evaluate again"
"""What to do with a result whose figures contradict each other."""

LARGEST = math.nextafter(math.inf, 0.0)
"""The largest finite binary64."""


class DistanceFacts:
    """What is known of some distances.

    Args:
        n: How many there are; none is NaN.
    """

    def __init__(self, n: int) -> None:
        self.n = n
        self._at_most: dict[float, int] = {}
        self._at_least: dict[float, int] = {}
        self._has_fault = False

    def at_most(self, distance: float, n: int) -> None:
        """Note that at least n distances are at most so large."""
        self._at_most[distance] = max(n, self._at_most.get(distance, 0))

    def at_least(self, distance: float, n: int) -> None:
        """Note that at least n distances are at least so large."""
        self._at_least[distance] = max(n, self._at_least.get(distance, 0))

    def count(self, distance: float, n: int) -> None:
        """Note that exactly n distances are at most so large."""
        self.at_most(distance, n)
        self.at_least(math.nextafter(distance, math.inf), self.n - n)

    def rank(self, distance: float, rank: int) -> None:
        """Note which distance is that of a rank, from 1, in the order of the sizes."""
        self.at_most(distance, rank)
        self.at_least(distance, self.n - rank + 1)

    def loss_of_rank(self, loss: float, beta: float, rank: int) -> None:
        """Note which loss is that of a rank."""
        between = distances_of(loss, beta)
        if between is None:
            self._has_fault = True
            return
        self.at_least(between[0], self.n - rank + 1)
        self.at_most(between[1], rank)

    @property
    def contradict(self) -> bool:
        """Whether no distances are as all that was noted says."""
        highest, lowest = self._highest(), self._lowest()
        if self._has_fault or any(not 0 <= n <= self.n for n, _ in (*highest, *lowest)):
            return True
        steps = iter((*highest, (self.n, math.inf)))
        rank, most = next(steps)
        for before, least in lowest:  # the distance of the rank after these is at least that
            while rank <= before < self.n:
                rank, most = next(steps)
            if before < self.n and least > most:
                return True
        return False

    def sums(self, n: int, of: Callable[[float], int]) -> tuple[int, int]:
        """The least and the largest sum over the smallest distances, as all that was noted allows.

        Args:
            n: How many: those that are finite.
            of: What is summed, which does not fall as the distance rises.
        """
        most, before = 0, 0
        for rank, distance in self._highest():
            more = min(rank, n) - before
            if more > 0:
                most += more * of(distance)
                before += more
        lowest = self._lowest()
        least = 0
        for (before, distance), (behind, _) in zip(lowest, (*lowest[1:], (n, 0.0)), strict=True):
            more = min(behind, n) - min(before, n)
            if more > 0:
                least += more * of(distance)
        return least, most

    def ends(self, n: int) -> tuple[float, float]:
        """What the smallest is at least, and the largest of the n smallest at most."""
        most = next(distance for rank, distance in self._highest() if rank >= n)
        return self._lowest()[0][1], most

    def _highest(self) -> list[tuple[int, float]]:
        """How large the distances up to a rank are at most, ranks and distances rising."""
        return list(_rising((n, distance) for distance, n in sorted(self._at_most.items())))

    def _lowest(self) -> list[tuple[int, float]]:
        """How large all but so many are at least, numbers and distances rising."""
        falling = sorted(self._at_least.items(), reverse=True)
        found = list(_rising((n, distance) for distance, n in falling))
        return [(self.n - n, distance) for n, distance in reversed(found)]


def _rising(pairs: Iterable[tuple[int, float]]) -> Iterable[tuple[int, float]]:
    """The pairs whose number is above all before."""
    most = 0
    for n, distance in pairs:
        if n > most:
            most = n
            yield n, distance
