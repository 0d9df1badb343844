"""Short blocks joined to longer ones: the same rows in the same order, whatever their lengths."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smoothl1.errors import DataError
from smoothl1.sources.contract import Block, Numbers
from smoothl1.sources.packing import packed

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable


def reused(lengths: Iterable[int], width: int = 1, capacity: int = 64) -> Generator[Block]:
    """Blocks of counted numbers, all in one buffer, as a source delivers them."""
    buffer = np.empty(capacity * width)
    start = 0
    for n in lengths:
        values = buffer[: n * width]
        values[:] = np.arange(start * width, (start + n) * width)
        missing = values % 3 == 0 if n % 2 else None
        yield Block(n, (Numbers(values, missing),))
        start += n


def test_a_block_gives_itself_for_all_of_its_rows_and_views_of_some() -> None:
    (block,) = reused([3])
    assert block.rows(0, 5) is block
    assert block.rows(0, 2).n_rows == 2
    assert np.shares_memory(block.rows(1, 3).fields[0].values, block.fields[0].values)


def flags(block: Block) -> list[bool]:
    values, missing = block.fields[0]
    return [False] * values.size if missing is None else missing.tolist()


@given(st.lists(st.integers(1, 64), max_size=30), st.integers(1, 64), st.integers(1, 3))
def test_rows_are_the_same_in_the_same_order(lengths: list[int], most: int, width: int) -> None:
    lengths = [min(n, most) for n in lengths]
    expected, expected_missing = [], []
    for block in reused(lengths, width):
        expected += block.fields[0].values.tolist()
        expected_missing += flags(block)
    found, found_missing = [], []
    for block in packed(reused(lengths, width), most):
        assert 1 <= block.n_rows <= most
        assert block.fields[0].values.size == block.n_rows * width
        found += block.fields[0].values.tolist()
        found_missing += flags(block)
    assert (found, found_missing) == (expected, expected_missing)


def test_short_blocks_are_joined() -> None:
    assert [block.n_rows for block in packed(reused([2] * 10), 8)] == [8, 8, 4]


def test_a_long_block_is_not_copied() -> None:
    (long,) = reused([5])
    (block,) = packed((block for block in [long]), 8)
    assert block is long


def test_the_rows_before_a_fault_come_before_it() -> None:
    def broken() -> Generator[Block]:
        yield from reused([2, 3])
        raise DataError("row 6 is bad")

    blocks = packed(broken(), 100)
    assert next(blocks).fields[0].values.tolist() == [0, 1, 2, 3, 4]
    with pytest.raises(DataError, match="row 6 is bad"):
        next(blocks)


def test_numbers_of_another_dtype_are_not_converted() -> None:
    arrays: list[Any] = [np.array([1, 2]), np.array([0.5]), np.array([2**53 + 1])]
    blocks = (Block(len(values), (Numbers(values),)) for values in arrays)
    found = [(b.fields[0].values.dtype.kind, *b.fields[0].values) for b in packed(blocks, 100)]
    assert found == [("i", 1, 2), ("f", 0.5), ("i", 2**53 + 1)]


def test_blocks_with_labels_keep_their_place() -> None:
    blocks = [*reused([1]), Block(1, (Numbers(np.array([7.0])),), (pa.array(["a"]),))]
    found = list(packed((block for block in [*blocks, blocks[0]]), 100))
    assert [block.labels for block in found] == [(), (pa.array(["a"]),), ()]


def test_a_source_is_closed_when_its_packed_blocks_are() -> None:
    closed = []

    def open_blocks() -> Generator[Block]:
        try:
            yield from reused([2] * 10)
        finally:
            closed.append(True)

    blocks = packed(open_blocks(), 4)
    next(blocks)
    assert not closed
    blocks.close()
    assert closed
