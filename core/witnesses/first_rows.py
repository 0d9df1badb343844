"""The first rows of a column on both sides: how different their values are, and in which order."""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from smoothl1.witnesses.counted_texts import CountedTexts, counted_texts
from smoothl1.witnesses.encodings import share_skeletons
from smoothl1.witnesses.folders import are_in_other_folders
from smoothl1.witnesses.monotonic import FEWEST_ROWS, FEWEST_VALUES, Track, tracks_of_column

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

    from smoothl1.witnesses.rows_left_out import ValuesLeft

N_FIRST = 1024
"""Rows at the beginning in which different values of a column are counted."""

_FEWEST_STEPS = 2
"""Fewest steps of which equal ones are no coincidence."""


class _Block(NamedTuple):
    """The values of both sides in some of the first rows, from `row` on."""

    row: int
    sides: tuple[pa.Array, pa.Array]


class FirstRows:
    """The values of a column in the first rows. Merged in any order.

    Attributes:
        values_left: Some of the values of all rows, where others are left out; None elsewhere.
    """

    def __init__(self) -> None:
        self._blocks: list[_Block] = []
        self.values_left: ValuesLeft | None = None

    def add(self, row: int, one: pa.Array, other: pa.Array) -> None:
        """Keep what belongs to the first rows; the values begin at `row`."""
        import pyarrow as pa  # late: arrays have no shared columns

        if self.values_left is not None:
            self.values_left.add(one, other)
        if row >= N_FIRST:
            return
        some = [values.slice(0, N_FIRST - row) for values in (one, other)]
        if len(some[0]) < len(one):  # copied: a slice would keep all in memory
            some = [pa.concat_arrays([values]) for values in some]
        self._blocks.append(_Block(row, (some[0], some[1])))

    def add_stored(self, row: int, one: pa.Array, other: pa.Array) -> None:
        """Keep the first rows of columns that cannot be compared, as they are stored; no lists."""
        from smoothl1.witnesses.rows_of_numbers import is_list
        from smoothl1.witnesses.values import as_stored

        if not (is_list(one.type) or is_list(other.type)):
            self.add(row, *(as_stored(values.slice(0, N_FIRST)) for values in (one, other)))

    def merge(self, other: FirstRows) -> None:
        """Add the first rows among others."""
        self._blocks.extend(other._blocks)
        if self.values_left is not None and other.values_left is not None:
            self.values_left.merge(other.values_left)

    def blocks(self, side: int) -> list[pa.Array]:
        """The values of a side, in the order of the rows."""
        return [block.sides[side] for block in sorted(self._blocks, key=lambda block: block.row)]

    @property
    def are_distinct(self) -> bool:
        """Whether there are several rows, and no value occurs twice on either side."""
        n = sum(map(len, self.blocks(0)))
        return n > 1 and all(self.n_different(side) == n for side in (0, 1))

    @property
    def tell_other_rows(self) -> bool:
        """Whether values tell many rows apart on both sides, and mostly differ; no side counts."""
        return self.are_distinct and self._mostly_differ

    @property
    def are_other_labels(self) -> bool:
        """Whether both sides have many labels in common, and mostly other ones in a row."""
        n_fewest = min(self.n_different(side) for side in (0, 1))
        return n_fewest >= FEWEST_VALUES and self._mostly_differ and self.shares_values

    @property
    def _mostly_differ(self) -> bool:
        """Whether the sides differ in most of many rows, and no side counts its rows."""
        n = sum(map(len, self.blocks(0)))
        if n < FEWEST_ROWS or 2 * self.differing().size <= n:
            return False
        counting = (self.count_rows(side) or self.counted_in_text(side, n) for side in (0, 1))
        return not any(counting)

    @property
    def differ_by_rounding(self) -> bool:
        """Whether both sides hold numbers that are the same in each row, but for rounding."""
        from pyarrow import types

        from smoothl1.witnesses.near_places import are_same, in_one_type

        sides = [self.blocks(side) for side in (0, 1)]
        if not all(types.is_floating(values.type) for blocks in sides for values in blocks):
            return False
        arrays = [
            np.concatenate([values.to_numpy(zero_copy_only=False) for values in blocks])
            for blocks in sides
            if blocks
        ]
        return len(arrays) > 1 and bool(are_same(*in_one_type(arrays), are_times=False).all())

    def repeat_mostly(self, side: int) -> bool:
        """Whether at least half of the rows of a side have a value that others have, too."""
        from smoothl1.witnesses.hashes import OF_MISSING

        hashes = self.hashes(side)
        counts = np.unique(hashes[hashes != OF_MISSING], return_counts=True)[1]
        return hashes.size > 0 and bool(2 * counts[counts > 1].sum() >= hashes.size)

    @property
    def shares_values(self) -> bool:
        """Whether at least half of the values of one side are among those of the other."""
        one, other = (self.hashes(side) for side in (0, 1))
        return bool(2 * np.isin(one, other).sum() >= max(1, one.size))

    @property
    def shares_skeletons(self) -> bool:
        """Whether half of the texts are the same but for letters beyond ASCII."""
        return share_skeletons(self.blocks(0), self.blocks(1))

    @property
    def are_in_order(self) -> bool:
        """Whether the values of the first side rise strictly, or fall strictly."""
        kinds = list(zip(*map(_tracks, self.blocks(0)), strict=True))
        return any(reduce(Track.then, tracks).is_strict for tracks in kinds)

    @property
    def step_evenly(self) -> bool:
        """Whether the values of the first side are whole numbers in equal steps: 2000, 2005."""
        numbers = [_whole_numbers(values) for values in self.blocks(0) if len(values)]
        if not numbers or any(some is None for some in numbers):
            return False
        steps = np.diff(np.concatenate([some for some in numbers if some is not None]))
        return steps.size >= _FEWEST_STEPS and bool((steps == steps[0]).all())

    def count_rows(self, side: int) -> bool:
        """Whether the values of a side are whole numbers that count its rows from 0, 1 or 2 on."""
        found = [
            tracks_of_column(values, (True, True, True))[0]
            for values in self.blocks(side)
            if len(values)
        ]
        return bool(found) and reduce(Track.then, found).counts(sum(map(len, self.blocks(side))))

    def counted_in_text(self, side: int, n_rows: int) -> CountedTexts | None:
        """How the texts of a side count all rows, as `Sample 1`, `Sample 2` do; None if not."""
        from pyarrow import types

        blocks = [values for values in self.blocks(side) if len(values)]
        if not blocks or any(some.null_count or not types.is_binary(some.type) for some in blocks):
            return None
        return counted_texts([text for values in blocks for text in values.to_pylist()], n_rows)

    def texts(self, side: int) -> list[str]:
        """The texts of a side, missing ones as empty texts; none if values are no texts."""
        from pyarrow import types

        blocks = self.blocks(side)
        if not all(types.is_binary(values.type) for values in blocks):
            return []
        stored = (text or b"" for values in blocks for text in values.to_pylist())
        return [text.decode(errors="replace") for text in stored]

    @property
    def are_of_other_files(self) -> bool:
        """Whether both sides hold paths of which folders say that the files are others."""
        one, other = (self.texts(side) for side in (0, 1))
        return bool(one and other) and are_in_other_folders(one, other)

    def differing(self) -> NDArray[np.uint64]:
        """The hashes of the first side in the rows in which the sides differ."""
        one, other = (self.hashes(side) for side in (0, 1))
        differing: NDArray[np.uint64] = one[one != other]
        return differing

    def n_different(self, side: int) -> int:
        """The number of different values of a side."""
        return len(np.unique(self.hashes(side)))

    def hashes(self, side: int) -> NDArray[np.uint64]:
        """The hashes of the values of a side: made when they are needed, which is seldom."""
        from smoothl1.witnesses.hashes import hashes_of

        hashes = [hashes_of(values) for values in self.blocks(side)]
        return np.concatenate(hashes) if hashes else np.empty(0, np.uint64)


def _tracks(values: pa.Array) -> tuple[Track, Track]:
    """The tracks of values as numbers and as text."""
    return tracks_of_column(values, (True, True, True))[:2]


def _whole_numbers(values: pa.Array) -> NDArray[Any] | None:
    """Whole numbers, or texts of them, as integers of any size; None if there are other values."""
    from pyarrow import types

    from smoothl1.witnesses.hashes import has_texts, whole_numbers

    if values.null_count or not (types.is_integer(values.type) or types.is_binary(values.type)):
        return None
    numbers: NDArray[Any]
    if types.is_integer(values.type):
        numbers = values.to_numpy(zero_copy_only=False)
    elif has_texts(values):
        return None
    else:
        numbers = whole_numbers(values)
    return numbers.astype(object)
