"""Whether the values of a column rise or fall from row to row, found block by block."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from numpy.typing import NDArray

FEWEST_ROWS = 8
"""From which on an order is no chance: of three rows, two columns both rise once in 36 times."""


class Track(NamedTuple):
    """Values that follow each other.

    Attributes:
        rises: Whether each is greater than the one before.
        falls: Whether each is less than the one before.
        first: The first value, if they rise or fall.
        last: The last one.
    """

    rises: bool
    falls: bool
    first: Any = None
    last: Any = None

    @property
    def is_strict(self) -> bool:
        """Whether the values rise or fall: then none is there twice."""
        return self.rises or self.falls

    def then(self, other: Track) -> Track:
        """These values, and others behind them."""
        rises = self.rises and other.rises and bool(self.last < other.first)
        falls = self.falls and other.falls and bool(self.last > other.first)
        return Track(rises, falls, self.first, other.last) if rises or falls else NEITHER

    def counts(self, n_rows: int) -> bool:
        """Whether the values, so many, count rows from 0, 1 or 2 on, upwards or downwards.

        From 2 on they do where lines are counted, of which the first is a header.
        """
        if not self.is_strict:
            return False
        least, most = sorted((self.first, self.last))
        return least in (0, 1, 2) and bool(most - least == n_rows - 1)


NEITHER = Track(rises=False, falls=False)


def track_of(values: NDArray[Any]) -> Track:
    """The track of some numbers, one at least; of NaN there is none."""
    rises = bool((values[1:] > values[:-1]).all())
    falls = len(values) == 1 or (not rises and bool((values[1:] < values[:-1]).all()))
    if not (rises or falls):
        return NEITHER
    first, last = values[[0, -1]].tolist()  # Python's numbers, which do not overflow
    return Track(rises, falls, first, last)


def go_alike(tracks: list[Track]) -> bool:
    """Whether all of several columns rise, or all fall."""
    return all(track.rises for track in tracks) or all(track.falls for track in tracks)
