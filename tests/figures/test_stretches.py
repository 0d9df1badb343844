from __future__ import annotations

import pytest

from smoothl1.errors import DataError
from smoothl1.figures.stretches import MOST, Stretch, block_rows_of, blocks_of, in_order
from smoothl1.tallies.tally import Tally


def rows(n_rows: int, rows_before: int | None = None) -> Stretch:
    """A stretch of rows of one loss each."""
    size, first = block_rows_of(n_rows), rows_before or 0
    counts: dict[int, int] = {}
    for row in range(first, first + n_rows):
        counts[row // size] = counts.get(row // size, 0) + 1
    tallies = {number: Tally(n=n, moments=None) for number, n in counts.items()}
    return Stretch(rows_before, n_rows, size, tallies)


def test_blocks_are_as_small_as_256_of_them_can_be() -> None:
    for n_rows in (0, 1, MOST, MOST + 1, 2 * MOST, 2 * MOST + 1, 10**6, 10**18):
        size = block_rows_of(n_rows)
        assert size * MOST >= n_rows
        assert size == 1 or size // 2 * MOST < n_rows
        assert size.bit_count() == 1


def test_joining_neighbours_does_not_depend_on_the_grouping() -> None:
    parts = [rows(700, 0), rows(1, 700), rows(300), rows(900, 701), rows(5, 1601), rows(0)]
    whole = in_order(parts)
    assert [part.rows_before for part in whole] == [0, None, 701]
    for i in range(len(parts)):
        assert in_order([*in_order(parts[:i]), *in_order(parts[i:])]) == whole


def test_a_part_without_a_place_follows_the_one_before_it() -> None:
    whole = blocks_of([rows(1000, 0)])
    assert blocks_of([rows(512), rows(200), rows(288)]) == whole  # at multiples of their blocks
    assert blocks_of([rows(512, 0), rows(488)]) == whole
    assert blocks_of([rows(488, 512), rows(512, 0)]) == whole


def test_blocks_that_do_not_begin_where_a_part_does_are_told() -> None:
    found = blocks_of([rows(511), rows(489)])
    assert (found.tallies, found.unplaced) == ([], 511)


def test_rows_of_two_parts_and_of_none_are_refused() -> None:
    with pytest.raises(DataError, match="row 501 of the whole is in two of the parts"):
        blocks_of([rows(600, 0), rows(600, 500)])
    with pytest.raises(DataError, match="rows 601 to 1,000 of the whole are in none"):
        blocks_of([rows(5, 1000), rows(600, 0)])
    assert blocks_of([rows(5, 1000)]).tallies[0][0] == 1000
    assert blocks_of([]).tallies == []
