"""Keys that are times, which one side has cut or rounded to whole seconds or the like.

    ts,p                              ts,y
    2024-01-01 05:00:00.673640,1.5    2024-01-01T05:00:00.673Z,1.25

Only those match that were whole before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pyarrow as pa
from pyarrow import types

from smoothl1.pairing.side_keys import numbers_of
from smoothl1.witnesses.cut_times import UNITS, step_of, times_in_nanoseconds, unit_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray


_FEWEST = 3
"""Fewest keys that are times of the other side by no coincidence, once they are cut."""


class _Times(NamedTuple):
    """A key column of times.

    Attributes:
        counts: Nanoseconds since 1970, int64 of shape (n,).
        zone: "UTC" for texts with an offset; else None.
        unit_ns: The coarsest unit of which all times are multiples, in nanoseconds.
    """

    counts: NDArray[np.int64]
    zone: str | None
    unit_ns: int


class _Matches(NamedTuple):
    """Keys of one side that the other has, too.

    Attributes:
        n: How many there are.
        first: Where the first of them stands in either side.
    """

    n: int
    first: tuple[int, int]


class CutKeys(NamedTuple):
    """Keys without a match, some of which would have one if the finer times were cut or rounded.

    Attributes:
        positions: For either side where one such key stands among those without a match.
        is_other_cut: Whether the other side is the one that was cut.
        how: "cut" or "rounded".
        unit: The name of the unit.
    """

    positions: tuple[int, int]
    is_other_cut: bool
    how: str
    unit: str

    def clause(self, keys: Sequence[str]) -> str:
        """Say what was done to one of two keys, which are those at the positions."""
        fine, cut = keys if self.is_other_cut else reversed(keys)
        return f"{cut} is {fine} {self.how} to whole {self.unit}"

    @property
    def hint(self) -> str:
        """What to do."""
        return f"write the times of both alike: with all digits, or in whole {self.unit}"


def cut_keys(one: pa.Table, other: pa.Table) -> CutKeys | None:
    """Look for times that one side has cut or rounded.

    Args:
        one: The keys of an input that have no match in another one.
        other: The keys of that one without a match, in the same types.

    Returns:
        What was found; None unless half of the keys of the side with fewer would have a match.
    """
    if min(one.num_rows, other.num_rows) < _FEWEST:
        return None
    for place in range(one.num_columns):
        mine, others = (_times_of(keys.column(place).combine_chunks()) for keys in (one, other))
        if mine is None or others is None or mine.zone != others.zone:
            continue
        if mine.unit_ns == others.unit_ns:
            continue
        unit = max(mine.unit_ns, others.unit_ns)
        matches = {
            how: _matches(
                keys.set_column(place, "time", [pa.array((times.counts + more) // unit)])
                for keys, times in ((one, mine), (other, others))
            )
            for how, more in (("cut", 0), ("rounded", unit // 2))
        }
        how = max(matches, key=lambda how: matches[how].n)
        if matches[how].n >= max(_FEWEST, min(one.num_rows, other.num_rows) / 2):
            is_other_cut = mine.unit_ns < others.unit_ns
            return CutKeys(matches[how].first, is_other_cut, how, UNITS[unit])
    return None


def _times_of(column: pa.Array) -> _Times | None:
    """The times of a key column; None if it has other values."""
    column = column.cast(pa.binary()) if types.is_string(column.type) else column
    counts, zone = times_in_nanoseconds(column)
    if counts is None or counts.null_count:
        return None
    return _Times(counts.to_numpy(), zone, unit_of(step_of(counts)))


def _matches(sides: Iterable[pa.Table]) -> _Matches:
    one, other = numbers_of([*sides])
    found = np.flatnonzero(np.isin(one, other))
    if not found.size:
        return _Matches(0, (0, 0))
    first = int(found[0])
    return _Matches(found.size, (first, int(np.flatnonzero(other == one[first])[0])))
