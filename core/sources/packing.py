"""Short blocks joined to longer ones: a chunk costs the same, however few rows it has."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Any

import numpy as np

from smoothl1.sources.contract import Block, Numbers

if TYPE_CHECKING:
    from collections.abc import Generator

    from numpy.typing import NDArray

PACKED_ELEMENTS = 1 << 16
"""Elements of a block that is made of others: few enough to stay in the processor's cache."""


def packed(blocks: Generator[Block], n_rows: int) -> Generator[Block]:
    """Join short blocks of numbers, in order. Other blocks are passed on as they are.

    Args:
        blocks: The blocks of a source.
        n_rows: Most rows of a block.

    Yields:
        Blocks, each valid until the next one is requested.

    Raises:
        Exception: What `blocks` raises, after the rows before it were yielded.
    """
    pack, fault = _Pack(n_rows), None
    with closing(blocks):
        while True:
            try:
                block = next(blocks, None)
            except Exception as error:  # noqa: BLE001  raised below
                block, fault = None, error
            if pack.n_rows and (block is None or not pack.takes(block)):
                yield pack.taken()
            if block is None:
                break
            if pack.n_rows == 0 and not pack.is_for(block):
                yield block
            else:
                pack.add(block)
    if fault is not None:
        raise fault


class _Pack:
    """Rows of several blocks, copied into one.

    Args:
        capacity: Most rows.

    Attributes:
        n_rows: The rows that are in it.
    """

    def __init__(self, capacity: int) -> None:
        self.n_rows = 0
        self._capacity = capacity
        self._values: list[NDArray[Any]] = []
        self._missing: list[NDArray[np.bool_] | None] = []

    def is_for(self, block: Block) -> bool:
        """Whether a block is of numbers alone, and so short that it pays to copy it."""
        return 2 * block.n_rows <= self._capacity and not (block.labels or block.shared)

    def takes(self, block: Block) -> bool:
        """Whether a block can be added to the rows that are there."""
        if self.n_rows + block.n_rows > self._capacity or block.labels or block.shared:
            return False
        return all(
            values.dtype == field.values.dtype
            and values.size // self._capacity == field.values.size // block.n_rows
            for values, field in zip(self._values, block.fields, strict=True)
        )

    def add(self, block: Block) -> None:
        """Copy the rows of a block that is taken, or the first rows."""
        if self.n_rows == 0:
            self._begin(block)
        for i, (numbers, missing) in enumerate(block.fields):
            width = numbers.size // block.n_rows
            start, stop = self.n_rows * width, (self.n_rows + block.n_rows) * width
            self._values[i][start:stop] = numbers
            if missing is not None:
                flags = self._missing[i]
                if flags is None:
                    flags = self._missing[i] = np.zeros(self._values[i].size, np.bool_)
                flags[start:stop] = missing
        self.n_rows += block.n_rows

    def taken(self) -> Block:
        """The rows as one block, which is valid until a block is added again."""
        whole = (Numbers(*field) for field in zip(self._values, self._missing, strict=True))
        block = Block(self._capacity, tuple(whole)).rows(0, self.n_rows)
        self.n_rows = 0
        return block

    def _begin(self, block: Block) -> None:
        self._missing = [None] * len(block.fields)
        if not self._values or not self.takes(block):
            self._values = [
                np.empty(self._capacity * (values.size // block.n_rows), values.dtype)
                for values, _ in block.fields
            ]
