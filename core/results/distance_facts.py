"""What a result says of the distances |x - y| of a group, and what follows for sums over them.

Extremes, counts and quantiles all say one of two things: at least so many distances are at most so
large, or at least so many are at least so large. So each distance, in the order of their sizes, is
between two numbers, which must not contradict each other; and every sum over the distances, of
losses or of anything else that does not fall as the distance rises, is between the sums of these.
"""

from __future__ import annotations

import math
from operator import mul
from typing import TYPE_CHECKING, NamedTuple

from smoothl1.numerics.exact_sum import UNIT_EXPONENT
from smoothl1.numerics.single_losses import distances_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

LARGEST = math.nextafter(math.inf, 0.0)
"""The largest finite binary64."""

PRECISION = 53
"""Bits of a binary64: rounding changes a number by at most its 2**-53, or by half of a unit."""


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
        self._found: _Bounds | None = None

    def note_at_most(self, distance: float, n: int) -> None:
        """Note that at least n distances are at most so large."""
        self._note(self._at_most, distance, n)

    def note_at_least(self, distance: float, n: int) -> None:
        """Note that at least n distances are at least so large."""
        self._note(self._at_least, distance, n)

    def note_count(self, distance: float, n: int) -> None:
        """Note that exactly n distances are at most so large."""
        self.note_at_most(distance, n)
        self.note_at_least(math.nextafter(distance, math.inf), self.n - n)

    def note_count_below(self, distance: float, n: int) -> None:
        """Note that exactly n distances are smaller than one; that none is below 0 says nothing."""
        if distance > 0.0:
            self.note_at_most(math.nextafter(distance, 0.0), n)
            self.note_at_least(distance, self.n - n)

    def note_rank(self, distance: float, rank: int) -> None:
        """Note which distance is that of a rank, from 1, in the order of the sizes."""
        self.note_at_most(distance, rank)
        self.note_at_least(distance, self.n - rank + 1)

    def note_loss_of_rank(self, loss: float, beta: float, rank: int) -> None:
        """Note which loss is that of a rank."""
        between = distances_of(loss, beta)
        if between is None:
            self._has_fault = True
            return
        self.note_at_least(between[0], self.n - rank + 1)
        self.note_at_most(between[1], rank)

    def _note(self, counts: dict[float, int], distance: float, n: int) -> None:
        self._found = None
        if not 0 <= n <= self.n:
            self._has_fault = True
        elif n > counts.get(distance, 0):
            counts[distance] = n

    @property
    def contradict(self) -> bool:
        """Whether no distances are as all that was noted says."""
        if self._has_fault:
            return True
        highest, lowest = self._bounds.highest, self._bounds.lowest
        steps = iter((*highest, (self.n, math.inf)))
        rank, most = next(steps)
        for before, least in lowest:  # the distance of the rank after these is at least that
            while rank <= before < self.n:
                rank, most = next(steps)
            if before < self.n and least > most:
                return True
        return False

    def sums(self, n: int, of: Callable[[float], float], n_powers: int) -> list[tuple[int, int]]:
        """The least and the largest sum over the smallest distances, as all that was noted allows.

        Args:
            n: How many: those that are finite.
            of: What is summed: finite, from 0 on, and not falling as the distance rises.
            n_powers: Up to which power.

        Returns:
            For each power from 1 on the two sums, as whole numbers of that power of 2**-1074.
        """
        least, most = self._bounds.runs(n)
        low = _sums_of_powers(least, of, n_powers)
        high = low if least == most else _sums_of_powers(most, of, n_powers)
        return list(zip(low, high, strict=True))

    def ends(self, n: int) -> tuple[float, float]:
        """What the smallest is at least, and the largest of the n smallest at most."""
        most = next(distance for rank, distance in self._bounds.highest if rank >= n)
        return self._bounds.lowest[0][1], most

    @property
    def _bounds(self) -> _Bounds:
        """Between what the distances are, formed once after the last note."""
        if self._found is None:
            highest = _rising(sorted(self._at_most.items()))
            least = _rising(sorted(self._at_least.items(), reverse=True))
            lowest = [(self.n - n, distance) for n, distance in reversed(least)]
            self._found = _Bounds(highest, lowest)
        return self._found


class _Bounds(NamedTuple):
    """Between what distances are, in the order of their sizes.

    Attributes:
        highest: How large those up to a rank are at most, ranks and distances rising.
        lowest: How large all but so many are at least, numbers and distances rising.
    """

    highest: list[tuple[int, float]]
    lowest: list[tuple[int, float]]

    def runs(self, n: int) -> tuple[list[tuple[int, float]], list[tuple[int, float]]]:
        """How many of the n smallest distances are at least, and at most, how large."""
        least: list[tuple[int, float]] = []
        most: list[tuple[int, float]] = []
        before, behind = 0, n
        for rank, distance in self.highest:
            end = min(n, rank)
            if end > before:
                most.append((end - before, distance))
                before = end
        for start, distance in reversed(self.lowest):
            if start < behind:
                least.append((behind - start, distance))
                behind = start
        return least[::-1], most


def _sums_of_powers(
    runs: Sequence[tuple[int, float]], of: Callable[[float], float], n_powers: int
) -> list[int]:
    """Sums of powers of what equal distances have, in units of the same power of 2**-1074."""
    ratios = [of(distance).as_integer_ratio() for _, distance in runs]
    n_bits = max((bottom.bit_length() for _, bottom in ratios), default=1)
    units = [top << (n_bits - bottom.bit_length()) for top, bottom in ratios]  # short integers
    terms, sums = [count for count, _ in runs], list[int]()
    for power in range(1, n_powers + 1):
        terms = list(map(mul, terms, units))
        sums.append(sum(terms) << power * (1 - UNIT_EXPONENT - n_bits))
    return sums


def _rising(noted: Iterable[tuple[float, int]]) -> list[tuple[int, float]]:
    """The counts that are above all before, each with its distance."""
    found: list[tuple[int, float]] = []
    most = 0
    for distance, n in noted:
        if n > most:
            most = n
            found.append((n, distance))
    return found
