"""Times of one side that are those of the other, cut or rounded to whole seconds or the like.

A log has `strftime("%Y-%m-%d %H:%M:%S")` of instants that the raw data have to the millisecond.
"""

from __future__ import annotations

from math import gcd
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pyarrow as pa

_DAY_NS, _MINUTE_NS = 86_400 * 10**9, 60 * 10**9
_UNITS_NS = (_DAY_NS, 3_600 * 10**9, _MINUTE_NS, 10**9, 10**6, 10**3)
"""Units to which software cuts times, from the coarsest on."""


class CutTimes:
    """How far the times of both sides are apart, where they differ. Merged in any order."""

    def __init__(self) -> None:
        self._are_times = True
        self._steps_ns = (0, 0)  # of each side, what divides all its times
        self._apart_ns: tuple[int, int] | None = None  # least and most of one side minus the other

    def add(self, one: pa.Array, other: pa.Array) -> None:
        """Add the values of some rows, as they are compared."""
        from smoothl1.witnesses.epochs import in_nanoseconds  # late: arrays share no columns

        if not self._are_times:
            return
        mine, others = in_nanoseconds(one), in_nanoseconds(other)
        if mine is None or others is None or not mine.is_null().equals(others.is_null()):
            self._are_times = False
        elif mine.null_count < len(mine):
            sides = [side.drop_null().to_numpy() for side in (mine, others)]
            steps = (int(np.gcd.reduce(sides[0])), int(np.gcd.reduce(sides[1])))
            apart = sides[0] - sides[1]
            self._widen(steps, (int(apart.min()), int(apart.max())))

    def merge(self, other: CutTimes) -> None:
        """Add other rows."""
        self._are_times &= other._are_times
        if other._apart_ns is not None:
            self._widen(other._steps_ns, other._apart_ns)

    @property
    def agree(self) -> bool:
        """Whether in every row one side is what is left of the other if it is cut or rounded."""
        if not self._are_times or self._apart_ns is None:
            return False
        least, most = self._apart_ns
        return _is_cut(self._steps_ns[1], least, most) or _is_cut(self._steps_ns[0], -most, -least)

    def _widen(self, steps_ns: tuple[int, int], apart_ns: tuple[int, int]) -> None:
        one, other = map(gcd, self._steps_ns, steps_ns)
        self._steps_ns = one, other
        least, most = self._apart_ns or apart_ns
        self._apart_ns = min(least, apart_ns[0]), max(most, apart_ns[1])


def _is_cut(step_ns: int, least_ns: int, most_ns: int) -> bool:
    """Whether times with this step are others, which are so much later, in a coarser unit."""
    unit = next((unit for unit in _UNITS_NS if step_ns % unit == 0), 1)
    if unit > _MINUTE_NS and least_ns == most_ns:
        return False  # noon of each day may be another time, and not a day
    is_rounded = unit < _DAY_NS and -unit <= 2 * least_ns and 2 * most_ns <= unit
    return is_rounded or 0 <= least_ns <= most_ns < unit
