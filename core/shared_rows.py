"""Columns that two inputs have in common: do their rows agree, as far as these can tell?

Rows are paired by position. A column of the same name on both sides that nobody asked for (an id, a
name, a date) is a witness: where it differs, rows may be paired wrongly. What its values say, in
one pass over both sides and in constant memory:

- equal in every row: nothing is said;
- the same values in another order (the sums of their hashes agree), or both sides strictly
  ascending with different values: the rows are not paired as they should be;
- anything else: the column may mean something else on each side, such as a predicted and a true
  label, so there is a warning.
"""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray


_N_FIRST = 1024
"""Rows at the beginning that tell how many different values a column has."""

_FEWEST = 8
"""Rows, or different values, from which on an order is no chance: of three rows, two columns both
rise once in 36 times, and of two classes, a prediction and the truth are often equally many."""


class SharedColumn(NamedTuple):
    """A column that two inputs have in common.

    Attributes:
        name: Its name in the first input.
        other_name: Its name in the second: the same, but for an index of rows.
        one: Position of the first input among all inputs.
        other: Position of the second.
        is_index: Whether it is an index of rows, which often just counts them.
        is_id: Whether its name says that it tells rows apart.
        may_be_key: Whether rows can be matched by it.
    """

    name: str
    other_name: str
    one: int
    other: int
    is_index: bool = False
    is_id: bool = False
    may_be_key: bool = True


class SharedValues(NamedTuple):
    """The values of all shared columns in some rows.

    Attributes:
        row: Position of the first of these rows among all rows.
        pairs: For each shared column the values on both sides.
    """

    row: int
    pairs: tuple[tuple[pa.Array, pa.Array], ...]


class _Track(NamedTuple):
    """Whether some values that follow each other rise, each being greater than the one before."""

    rises: bool
    first: Any = None
    last: Any = None

    def then(self, other: _Track) -> _Track:
        rises = self.rises and other.rises and self.last < other.first
        return _Track(rises, self.first, other.last) if rises else _FLAT


_FLAT = _Track(rises=False)


class _Stretch(NamedTuple):
    """Rows that follow each other.

    Attributes:
        begin: Position of the first row.
        end: Position of the row after the last.
        tracks: Of the values of one side as numbers and as text, and those of the other side.
        whole: Whether all values of each side are whole numbers, where that still matters.
    """

    begin: int
    end: int
    tracks: tuple[_Track, ...]
    whole: tuple[bool, bool] = (False, False)

    @property
    def still(self) -> list[tuple[bool, bool, bool]]:
        """Of each side: whether its numbers rise, whether its texts do, whether all are whole."""
        tracks = self.tracks
        return [(tracks[2 * i].rises, tracks[2 * i + 1].rises, self.whole[i]) for i in (0, 1)]

    def then(self, other: _Stretch) -> _Stretch:
        tracks = map(_Track.then, self.tracks, other.tracks)
        whole = (self.whole[0] and other.whole[0], self.whole[1] and other.whole[1])
        return _Stretch(self.begin, other.end, tuple(tracks), whole)


class Agreement:
    """What a pass over some rows learned of one shared column. Merged in any order.

    Attributes:
        first_difference: Position of the first row in which the sides differ, if there is one.
        is_comparable: Whether the values of both sides can be compared at all.
    """

    def __init__(self) -> None:
        self.first_difference: int | None = None
        self.is_comparable = True
        self._balance = 0  # hashes of one side less those of the other, modulo 2**64
        self._stretches: dict[int, _Stretch] = {}  # by the row after their last
        self._firsts: list[NDArray[np.uint64]] = []  # hashes of the first rows of one side

    def add(self, row: int, one: pa.Array, other: pa.Array) -> None:
        """Add the values of some rows, of which the first stands at `row`."""
        import pyarrow as pa  # late: arrays have no shared columns

        from smoothl1.row_hashes import hashes_of
        from smoothl1.row_values import alike

        try:
            one, other = alike(one, other)
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError, pa.ArrowTypeError):
            self.is_comparable = False
            return
        if row < _N_FIRST:
            self._firsts.append(hashes_of(one.slice(0, _N_FIRST - row)))
        before = self._stretches.get(row)
        still = [(True, True, True)] * 2 if before is None else before.still
        is_equal = one.equals(other)
        mine = _tracks_of(one, still[0])
        others = mine if is_equal and still[0] == still[1] else _tracks_of(other, still[1])
        tracks, whole = (*mine[:2], *others[:2]), (mine[2], others[2])
        self._append(_Stretch(row, row + len(one), tracks, whole))
        if not is_equal:
            self._compare(row, one, other)

    def merge(self, other: Agreement) -> None:
        """Add what was learned of other rows."""
        if other.first_difference is not None:
            self._see_difference(other.first_difference)
        self.is_comparable &= other.is_comparable
        self._balance = (self._balance + other._balance) % (1 << 64)
        self._firsts += other._firsts
        for stretch in other._stretches.values():
            self._append(stretch)

    @property
    def agrees(self) -> bool:
        """Whether the sides are the same in every row."""
        return self.is_comparable and self.first_difference is None

    @property
    def is_permuted(self) -> bool:
        """Whether both sides have the same values, in another order."""
        return self.first_difference is not None and self._balance == 0

    @property
    def both_rise(self) -> bool:
        """Whether the values of both sides are strictly ascending, in more than one row."""
        return self._rise(0) and self._rise(1)

    @property
    def are_many(self) -> bool:
        """Whether there are so many rows that values which rise are no chance."""
        whole = self._whole()
        return whole.end - whole.begin >= _FEWEST

    @property
    def proves(self) -> bool:
        """Whether values that rise agree in every row, so that rows can only be paired so."""
        return self.agrees and self._rise(0)

    @property
    def begins_distinct(self) -> bool:
        """Whether there are several rows, and no value is there twice in the first of them."""
        n = sum(map(len, self._firsts))
        return n > 1 and self._n_different() == n

    @property
    def is_varied(self) -> bool:
        """Whether no value is there twice in the first rows, or many different ones are."""
        return self.begins_distinct or self._n_different() >= _FEWEST

    @property
    def counts_rows(self) -> bool:
        """Whether a side has the numbers 0, 1, 2, ... or 1, 2, 3, ...: these tell no rows apart."""
        begin, end, tracks, _ = self._whole()
        numbers = (tracks[0], tracks[2])
        return any(
            t.rises and t.first in (0, 1) and t.last - t.first == end - begin - 1 for t in numbers
        )

    def _rise(self, side: int) -> bool:
        """Whether the values of a side rise: whole numbers as such, and other texts as texts."""
        whole = self._whole()
        numbers, texts, is_whole = whole.still[side]
        return whole.end - whole.begin > 1 and (numbers or (texts and not is_whole))

    def _n_different(self) -> int:
        return len(np.unique(np.concatenate(self._firsts))) if self._firsts else 0

    def _append(self, stretch: _Stretch) -> None:
        """Join a stretch to the one that ends where it begins, if that is known already."""
        before = self._stretches.pop(stretch.begin, None)
        joined = stretch if before is None else before.then(stretch)
        self._stretches[joined.end] = joined

    def _whole(self) -> _Stretch:
        ordered = sorted(self._stretches.values())
        return reduce(_Stretch.then, ordered) if ordered else _Stretch(0, 0, (_FLAT,) * 4)

    def _compare(self, row: int, one: pa.Array, other: pa.Array) -> None:
        from smoothl1.row_hashes import hashes_of

        mine, others = hashes_of(one), hashes_of(other)
        differs = mine != others
        if differs.any():
            self._see_difference(row + int(differs.argmax()))
            balance = int(mine.sum(dtype=np.uint64)) - int(others.sum(dtype=np.uint64))
            self._balance = (self._balance + balance) % (1 << 64)

    def _see_difference(self, row: int) -> None:
        if self.first_difference is None or row < self.first_difference:
            self.first_difference = row


def with_rows(agreements: list[Agreement], shared: SharedValues) -> list[Agreement]:
    """Add some rows to what is known of each shared column: nothing, if they are the first."""
    agreements = agreements or [Agreement() for _ in shared.pairs]
    for agreement, values in zip(agreements, shared.pairs, strict=True):
        agreement.add(shared.row, *values)
    return agreements


def _tracks_of(column: pa.Array, still: tuple[bool, bool, bool]) -> tuple[_Track, _Track, bool]:
    """Whether values rise as numbers and as text, and are whole, where that still matters."""
    from pyarrow import types

    if column.null_count or len(column) == 0:
        return _FLAT, _FLAT, False
    if not types.is_binary(column.type):
        return (_track_of_numbers(_numbers(column)) if still[0] else _FLAT), _FLAT, True
    numbers = _whole_numbers(column) if still[0] or (still[1] and still[2]) else None
    return (
        _FLAT if numbers is None else _track_of_numbers(numbers),
        _track_of_texts(column) if still[1] else _FLAT,
        numbers is not None,
    )


def _numbers(column: pa.Array) -> NDArray[Any]:
    """Integers, or times as the integers that they are stored as."""
    import pyarrow as pa
    from pyarrow import types

    if types.is_temporal(column.type):
        column = column.view(pa.int32() if column.type.bit_width == 32 else pa.int64())
    numbers: NDArray[Any] = column.to_numpy(zero_copy_only=False)
    return numbers


def _whole_numbers(column: pa.Array) -> NDArray[Any] | None:
    """Texts as numbers, if all of them are whole numbers."""
    import pyarrow.compute as pc

    from smoothl1.row_hashes import WHOLE_NUMBER, whole_numbers

    if not pc.match_substring_regex(column.slice(0, 1), WHOLE_NUMBER)[0].as_py():
        return None
    is_whole = pc.match_substring_regex(column, WHOLE_NUMBER)
    return whole_numbers(column) if pc.all(is_whole).as_py() else None


def _track_of_numbers(numbers: NDArray[Any]) -> _Track:
    rises = bool((numbers[1:] > numbers[:-1]).all())
    return _Track(rises, int(numbers[0]), int(numbers[-1])) if rises else _FLAT


def _track_of_texts(column: pa.Array) -> _Track:
    import pyarrow.compute as pc

    n = len(column) - 1
    less = pc.all(pc.less(column.slice(0, n), column.slice(1))).as_py() if n else True
    return _Track(less, column[0].as_py(), column[n].as_py()) if less else _FLAT
