"""Times of one side that are those of the other, cut or rounded to whole seconds or the like.

A log has `strftime("%Y-%m-%d %H:%M:%S")` of instants that the raw data have to the millisecond.
"""

from __future__ import annotations

from contextlib import suppress
from math import gcd
from typing import TYPE_CHECKING

import numpy as np

from smoothl1.witnesses.hash_sums import Sums

if TYPE_CHECKING:
    import pyarrow as pa

    from smoothl1.witnesses.hashes import Hashes

_DAY_NS, _MINUTE_NS = 86_400 * 10**9, 60 * 10**9
UNITS = {
    _DAY_NS: "days",
    3_600 * 10**9: "hours",
    _MINUTE_NS: "minutes",
    10**9: "seconds",
    10**6: "milliseconds",
    10**3: "microseconds",
}
"""Units to which software cuts times, from the coarsest on, in nanoseconds, with their names."""


class CutTimes:
    """How far the times of both sides are apart, where they differ. Merged in any order."""

    def __init__(self) -> None:
        self._are_times = True
        self._are_in_pairs = True  # none is missing on one side alone
        self._steps_ns = (0, 0)  # of each side, what divides all its times
        self._apart_ns: tuple[int, int] | None = None  # least and most of one side minus the other
        self._in_unit = {unit: (Sums(), Sums()) for unit in UNITS}  # cut, and rounded

    def add(self, one: pa.Array, other: pa.Array) -> None:
        """Add the values of some rows, as they are compared."""
        if not self._are_times:
            return
        (mine, zone), (others, other_zone) = times_in_nanoseconds(one), times_in_nanoseconds(other)
        if mine is None or others is None or zone != other_zone:
            self._are_times = False
            return
        if mine.null_count == len(mine) or others.null_count == len(others):
            self._are_in_pairs &= mine.null_count == others.null_count
            return
        steps = step_of(mine), step_of(others)
        self._are_in_pairs &= mine.is_null().equals(others.is_null())
        self._widen(steps, _apart(mine, others))
        for unit in UNITS:
            if unit <= max(map(unit_of, steps)):
                for sums, more in zip(self._in_unit[unit], (0, unit // 2), strict=True):
                    sums.add(*(_hashes_in(unit, side, more) for side in (mine, others)))

    def merge(self, other: CutTimes) -> None:
        """Add other rows."""
        self._are_times &= other._are_times
        self._are_in_pairs &= other._are_in_pairs
        if other._apart_ns is not None:
            self._widen(other._steps_ns, other._apart_ns)
        for unit, sums in self._in_unit.items():
            for mine, further in zip(sums, other._in_unit[unit], strict=True):
                mine.merge(further)

    @property
    def are_permuted(self) -> bool:
        """Whether one side has the times of the other in another order, cut or rounded to a unit.

        Rows in which the sides are the same need not be added.
        """
        units = [unit_of(step) for step in self._steps_ns]
        if not self._are_times or self._apart_ns is None or units[0] == units[1]:
            return False
        return any(sums.are_permuted for sums in self._in_unit.get(max(units), ()))

    @property
    def agree(self) -> bool:
        """Whether in every row one side is what is left of the other if it is cut or rounded."""
        if not (self._are_times and self._are_in_pairs) or self._apart_ns is None:
            return False
        least, most = self._apart_ns
        return _is_cut(self._steps_ns[1], least, most) or _is_cut(self._steps_ns[0], -most, -least)

    def _widen(self, steps_ns: tuple[int, int], apart_ns: tuple[int, int]) -> None:
        one, other = map(gcd, self._steps_ns, steps_ns)
        self._steps_ns = one, other
        least, most = self._apart_ns or apart_ns
        self._apart_ns = min(least, apart_ns[0]), max(most, apart_ns[1])


def times_in_nanoseconds(column: pa.Array) -> tuple[pa.Array | None, str | None]:
    """Times, counts from 1970, or times in text as bytes, in nanoseconds; None for other values.

    The zone of times in text is returned, too, if they have an offset.
    """
    import pyarrow as pa  # late: arrays share no columns
    import pyarrow.compute as pc
    from pyarrow import types

    from smoothl1.witnesses.date_spellings import with_plain_dates
    from smoothl1.witnesses.epochs import begins_with_time, in_nanoseconds
    from smoothl1.witnesses.values import plain_texts

    if not types.is_binary(column.type):
        return in_nanoseconds(column), None
    column = with_plain_dates(column)
    if not begins_with_time(column):
        return None, None
    texts = plain_texts(column).cast(pa.string())
    texts = pc.if_else(pc.equal(texts, ""), pa.scalar(None, pa.string()), texts)
    for zone in (None, "UTC"):
        with suppress(pa.ArrowInvalid):  # other texts, or times with an offset
            return texts.cast(pa.timestamp("ns", zone)).cast(pa.int64()), zone
    return None, None


def unit_of(step_ns: int) -> int:
    """The coarsest unit of which all times with this step are multiples, in nanoseconds."""
    return next((unit for unit in UNITS if step_ns % unit == 0), 1)


def step_of(times: pa.Array) -> int:
    """The greatest number that divides all times, in nanoseconds."""
    return int(np.gcd.reduce(times.drop_null().to_numpy()))


def _apart(one: pa.Array, other: pa.Array) -> tuple[int, int]:
    """The least and the most that one side is later, in rows in which both have a time."""
    import pyarrow.compute as pc

    least, most = pc.min_max(pc.subtract(one, other)).as_py().values()
    return least or 0, most or 0


def _hashes_in(unit_ns: int, times: pa.Array, more_ns: int) -> Hashes:
    """The hashes of times that are cut to a unit, after something is added to them."""
    from smoothl1.witnesses.hashes import OF_MISSING, of_integers

    counts = times.fill_null(0).to_numpy(zero_copy_only=False)
    hashes = of_integers((counts + more_ns) // unit_ns)
    if times.null_count:
        hashes[times.is_null().to_numpy(zero_copy_only=False)] = OF_MISSING
    return hashes


def _is_cut(step_ns: int, least_ns: int, most_ns: int) -> bool:
    """Whether times with this step are others, which are so much later, in a coarser unit."""
    unit = unit_of(step_ns)
    if unit > _MINUTE_NS and least_ns == most_ns:
        return False  # noon of each day may be another time, and not a day
    is_rounded = unit < _DAY_NS and -unit <= 2 * least_ns and 2 * most_ns <= unit
    return is_rounded or 0 <= least_ns <= most_ns < unit
