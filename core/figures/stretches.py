"""Blocks of rows of parts, put in their places in the whole.

A block that two parts have in common must be cut at the same row in both. So a part either says how
many rows of the whole are before its own, and its blocks are those of the whole; or its place
follows from the parts before it, and must then be one at which a block begins.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from smoothl1.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from smoothl1.tallies.tally import Tally

MOST = 256
"""Most blocks of a whole; a part that begins or ends within a block has one more."""


class Stretch(NamedTuple):
    """Consecutive rows, in blocks.

    Attributes:
        rows_before: The number of rows of the whole before these; None if that is not known.
        n_rows: The number of rows.
        block_rows: The rows of a block, a power of two.
        tallies: The tally of each block that holds a loss, by its number: that of its first row
            divided by `block_rows`. Rows are counted from 0, at the begin of the whole, or of these
            rows if their place is not known.
    """

    rows_before: int | None
    n_rows: int
    block_rows: int
    tallies: Mapping[int, Tally]

    @property
    def end(self) -> int | None:
        """The number of rows of the whole up to the last of these; None if it is not known."""
        return None if self.rows_before is None else self.rows_before + self.n_rows

    def rows_in(self, number: int) -> int:
        """How many of these rows are in a block."""
        begin = self.rows_before or 0
        ends = number * self.block_rows, (number + 1) * self.block_rows
        return max(0, min(ends[1], begin + self.n_rows) - max(ends[0], begin))

    def at(self, rows_before: int) -> Stretch | None:
        """These rows at their place in the whole; None if no block begins there."""
        if self.rows_before == rows_before:
            return self
        shift, rest = divmod(rows_before, self.block_rows)
        if rest:
            return None
        tallies = {number + shift: tally for number, tally in self.tallies.items()}
        return self._replace(rows_before=rows_before, tallies=tallies)


class Blocks(NamedTuple):
    """The blocks of a whole.

    Attributes:
        block_rows: The rows of a block.
        tallies: The first row of each block that holds a loss, counted from 0, and its tally.
        unplaced: Where a part begins that has no such blocks, as the number of rows before it; then
            there are no tallies. Else None.
    """

    block_rows: int
    tallies: list[tuple[int, Tally]]
    unplaced: int | None = None


def block_rows_of(n_rows: int) -> int:
    """The rows of a block: the least power of two at which so many rows make at most `MOST`."""
    return 1 << max(0, -(-n_rows // MOST) - 1).bit_length()


def in_order(stretches: Iterable[Stretch]) -> tuple[Stretch, ...]:
    """Stretches of parts in their order, joined where one is known to follow the one before it."""
    found: list[Stretch] = []
    for stretch in stretches:
        if stretch.n_rows == 0:
            continue
        if found and found[-1].end is not None and found[-1].end == stretch.rows_before:
            found[-1] = _joined((found[-1], stretch))
        else:
            found.append(stretch)
    return tuple(found)


def blocks_of(stretches: Sequence[Stretch]) -> Blocks:
    """The blocks of all rows. A stretch whose place is not known follows the one before it.

    Args:
        stretches: The stretches of all parts, in the order of the parts.

    Raises:
        DataError: Two parts have a row in common, or rows between two parts are missing.
    """
    placed, end = [], 0
    for stretch in stretches:
        before = end if stretch.rows_before is None else stretch.rows_before
        found = stretch.at(before)
        if found is None:
            return Blocks(stretch.block_rows, [], before)
        placed.append(found)
        end = before + stretch.n_rows
    if not placed:
        return Blocks(1, [])
    whole = _joined(_checked(placed))
    return Blocks(
        whole.block_rows,
        [(number * whole.block_rows, tally) for number, tally in sorted(whole.tallies.items())],
    )


def gap_in(stretches: Iterable[Stretch]) -> str:
    """Which rows are between parts and in none of them, as far as all places are known.

    Args:
        stretches: The stretches of all parts.

    Returns:
        What is said of the first such rows; "" if there are none, or if the place of a stretch is
        not known, so that it may hold them.

    Raises:
        DataError: Two parts whose places are known have a row in common.
    """
    every = list(stretches)
    placed = _by_place(stretch for stretch in every if stretch.rows_before is not None)
    return _gap(placed) if len(placed) == len(every) else ""


def lacks_rows(gap: str) -> DataError:
    """The error about rows that `gap_in` has found."""
    return DataError(gap, hint="give all parts")


def _checked(placed: Iterable[Stretch]) -> list[Stretch]:
    """Stretches sorted by their places, of which each follows the one before it."""
    ordered = _by_place(placed)
    if gap := _gap(ordered):
        raise lacks_rows(gap)
    return ordered


def _by_place(placed: Iterable[Stretch]) -> list[Stretch]:
    """Stretches sorted by their places, which have no row in common."""
    ordered = sorted(placed, key=lambda stretch: stretch.rows_before or 0)
    for one, other in pairwise(ordered):
        begin = other.rows_before or 0
        if begin < (one.end or 0):
            raise DataError(
                f"row {begin + 1:,} of the whole is in two of the parts",
                hint="give each part once, and with the --rows-before of its own rows",
            )
    return ordered


def _gap(ordered: Sequence[Stretch]) -> str:
    """What is said of the first rows between sorted stretches; "" if there are none."""
    for one, other in pairwise(ordered):
        end, begin = one.end or 0, other.rows_before or 0
        if begin > end:
            rows = f"rows {end + 1:,} to {begin:,} of the whole are"
            rows = f"row {begin:,} of the whole is" if begin == end + 1 else rows
            return f"{rows} in none of the parts"
    return ""


def _joined(stretches: Sequence[Stretch]) -> Stretch:
    """Stretches whose places are known, each following the one before it, as one."""
    n_rows = sum(stretch.n_rows for stretch in stretches)
    block_rows = block_rows_of(n_rows)
    tallies: dict[int, Tally] = {}
    for stretch in stretches:
        for number, tally in stretch.tallies.items():
            place = number * stretch.block_rows // block_rows
            tallies[place] = tallies[place].merge(tally) if place in tallies else tally
    return Stretch(stretches[0].rows_before, n_rows, block_rows, tallies)
