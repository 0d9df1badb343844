"""Whether the values of a column rise or fall from row to row, found block by block."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

    import pyarrow as pa
    from numpy.typing import NDArray

FEWEST_ROWS = 8
"""Fewest rows in which an order is no coincidence: of three rows, two columns both rise once in 36
times."""

FEWEST_VALUES = 8
"""Fewest different values of which another order is no coincidence: predicted and true values of
two classes are often equally frequent."""


class Track(NamedTuple):
    """The order of consecutive values.

    Attributes:
        rises: Whether each is greater than the one before.
        falls: Whether each is less than the one before.
        first: The first value, if they rise or fall.
        last: The last value.
    """

    rises: bool
    falls: bool
    first: Any = None
    last: Any = None

    @property
    def is_strict(self) -> bool:
        """Whether the values rise or fall strictly: then none occurs twice."""
        return self.rises or self.falls

    def then(self, other: Track) -> Track:
        """The track of these values followed by others."""
        rises = self.rises and other.rises and bool(self.last < other.first)
        falls = self.falls and other.falls and bool(self.last > other.first)
        return Track(rises, falls, self.first, other.last) if rises or falls else NEITHER

    def counts(self, n_rows: int) -> bool:
        """Whether the values count rows from 0, 1 or 2 on, upwards or downwards.

        They begin at 2 if lines are counted and the first line is a header.
        """
        if not self.is_strict:
            return False
        least, most = sorted((self.first, self.last))
        return least in (0, 1, 2) and bool(most - least == n_rows - 1)


NEITHER = Track(rises=False, falls=False)


def track_of(values: NDArray[Any]) -> Track:
    """The track of some numbers, at least one; numbers with NaN are in no order."""
    rises = bool((values[1:] > values[:-1]).all())
    falls = len(values) == 1 or (not rises and bool((values[1:] < values[:-1]).all()))
    if not (rises or falls):
        return NEITHER
    first, last = values[[0, -1]].tolist()  # Python's numbers, which do not overflow
    return Track(rises, falls, first, last)


def go_alike(tracks: list[Track]) -> bool:
    """Whether all of several columns rise, or all fall."""
    return all(track.rises for track in tracks) or all(track.falls for track in tracks)


def are_written_differently(one: Any, other: Any) -> bool:
    """Whether one is text, or the characters around digits differ, as in 1.jpg and 1.png."""
    if not (isinstance(one, bytes) and isinstance(other, bytes)):
        return isinstance(one, bytes) or isinstance(other, bytes)
    marks = [re.sub(rb"[0-9]+", b"", text) for text in (one, other)]
    return marks != [one, other] and marks[0] != marks[1]


def _are_words(one: Any, other: Any) -> bool:
    """Whether both are texts without digits, such as names in the order of the alphabet."""
    return all(isinstance(text, bytes) and not re.search(rb"[0-9]", text) for text in (one, other))


def order_of(one: Track, other: Track, shares_values: Callable[[], bool]) -> str:
    """Whether the values of both sides "rise" or "fall" strictly, and are written alike; or "".

    Other words in the order of the alphabet say nothing: `AT`, `BE` beside `AUT`, `BEL`.

    Args:
        one: The track of one side.
        other: That of the other side.
        shares_values: Tells whether values of one side are among those of the other.
    """
    if not go_alike([one, other]) or are_written_differently(one.first, other.first):
        return ""
    if _are_words(one.first, other.first) and not shares_values():
        return ""
    return "rise" if one.rises else "fall"


def tracks_of_column(column: pa.Array, still: tuple[bool, bool, bool]) -> tuple[Track, Track, bool]:
    """The tracks of values as numbers and as text, and whether all are whole, if that matters."""
    from pyarrow import types

    if column.null_count or len(column) == 0:
        return NEITHER, NEITHER, False
    if not types.is_binary(column.type):
        return (_track_of_numbers(column) if still[0] else NEITHER), NEITHER, True
    numbers = _whole_numbers(column) if still[0] or (still[1] and still[2]) else None
    return (
        NEITHER if numbers is None else track_of(numbers),
        track_of_texts(column) if still[1] else NEITHER,
        numbers is not None,
    )


def _track_of_numbers(column: pa.Array) -> Track:
    """The track of numbers, or of times, whose ends are in nanoseconds."""
    from pyarrow import types

    from smoothl1.witnesses.stored_times import counts_of, nanoseconds_of

    if not types.is_temporal(column.type):
        return track_of(column.to_numpy(zero_copy_only=False))
    track, unit = track_of(counts_of(column)), nanoseconds_of(column.type)
    if track is NEITHER:
        return NEITHER
    return track._replace(first=int(track.first) * unit, last=int(track.last) * unit)


def _whole_numbers(column: pa.Array) -> NDArray[Any] | None:
    """Texts as numbers, if all of them are whole numbers."""
    import pyarrow.compute as pc

    from smoothl1.witnesses.hashes import WHOLE_NUMBER, whole_numbers

    if not pc.match_substring_regex(column.slice(0, 1), WHOLE_NUMBER)[0].as_py():
        return None
    is_whole = pc.match_substring_regex(column, WHOLE_NUMBER)
    return whole_numbers(column) if pc.all(is_whole).as_py() else None


def track_of_texts(column: pa.Array) -> Track:
    """The track of some texts as bytes, at least one, and none of them null."""
    import pyarrow.compute as pc

    n = len(column) - 1
    before, after = column.slice(0, n), column.slice(1)
    rises = n == 0 or pc.all(pc.less(before, after)).as_py()
    falls = n == 0 or (not rises and pc.all(pc.greater(before, after)).as_py())
    return Track(rises, falls, column[0].as_py(), column[n].as_py()) if rises or falls else NEITHER
