"""The order of the values of both sides of a column, over consecutive rows."""

from __future__ import annotations

from functools import reduce
from typing import NamedTuple

from smoothl1.witnesses.monotonic import NEITHER, Track


class Stretch(NamedTuple):
    """A stretch of consecutive rows.

    Attributes:
        begin: Position of the first row.
        end: Position of the row after the last.
        tracks: The tracks of the values of one side as numbers and as text, and of the other side.
        whole: For each side whether all values are whole numbers, as long as that matters.
    """

    begin: int
    end: int
    tracks: tuple[Track, ...]
    whole: tuple[bool, bool] = (False, False)

    @property
    def still(self) -> list[tuple[bool, bool, bool]]:
        """For each side: whether its numbers are in order, its texts are, and all are whole."""
        strict = [track.is_strict for track in self.tracks]
        return [(strict[2 * i], strict[2 * i + 1], self.whole[i]) for i in (0, 1)]

    @property
    def is_in_order(self) -> bool:
        """Whether one side is in strict order, as numbers or as texts."""
        return self.tracks[0].is_strict or self.tracks[1].is_strict

    def track(self, side: int) -> Track:
        """The track of the values of a side as numbers, or as texts if only these are in order."""
        numbers, texts = self.tracks[2 * side : 2 * side + 2]
        if self.end - self.begin < 2:
            return NEITHER
        are_texts = texts.is_strict and not (numbers.is_strict or self.whole[side])
        return texts if are_texts else numbers

    def then(self, other: Stretch) -> Stretch:
        """The stretch of these rows followed by others."""
        tracks = map(Track.then, self.tracks, other.tracks)
        whole = (self.whole[0] and other.whole[0], self.whole[1] and other.whole[1])
        return Stretch(self.begin, other.end, tuple(tracks), whole)


class Stretches:
    """Stretches of rows, of which those that meet are joined. Merged in any order."""

    def __init__(self) -> None:
        self._by_end: dict[int, Stretch] = {}

    def ending_at(self, row: int) -> Stretch | None:
        """The stretch whose last row is the one before this."""
        return self._by_end.get(row)

    def append(self, stretch: Stretch) -> Stretch:
        """Join a stretch to the stretch that ends where it begins, if there is one."""
        before = self._by_end.pop(stretch.begin, None)
        joined = stretch if before is None else before.then(stretch)
        self._by_end[joined.end] = joined
        return joined

    def merge(self, other: Stretches) -> None:
        """Add the stretches of other rows."""
        for stretch in other._by_end.values():
            self.append(stretch)

    def whole(self) -> Stretch:
        """The stretch of all rows."""
        ordered = sorted(self._by_end.values())
        return reduce(Stretch.then, ordered) if ordered else Stretch(0, 0, (NEITHER,) * 4)
