"""The loss along the rows: exact means of blocks of rows, as many as a figure can show.

A block has 2**k rows. k is the least at which the rows of the whole input make at most `MOST`
blocks, and two blocks are exactly one of the next size. So the blocks do not depend on how the rows
were cut. They are counted from the first row of the whole, of which the input may be a part: see
`stretches`.
"""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING

import numpy as np

from smoothl1.figures.stretches import Stretch, block_rows_of
from smoothl1.tallies.tally import Tally

if TYPE_CHECKING:
    from collections.abc import Iterable

    from smoothl1.backends.contract import Backend
    from smoothl1.pairing.chunks import Chunk
    from smoothl1.pairing.nan_policy import Pairs


class Drift:
    """The tally of each block of rows at one beta.

    Args:
        beta: The transition point.
        row_elements: The number of elements of a row.
        n_rows: The number of rows, if it is known.
        rows_before: The number of rows of the whole before these; None if it is not known.

    Attributes:
        block_rows: The rows of a block.
    """

    def __init__(
        self,
        beta: float,
        row_elements: int,
        n_rows: int | None,
        rows_before: int | None = None,
    ) -> None:
        self._beta, self._row_elements = beta, max(1, row_elements)
        self._rows_before = rows_before
        self.block_rows = 1
        self._n_rows = 0
        self._tallies: dict[int, Tally] = {}
        self._widen(n_rows or 0)

    def add(self, backend: Backend, chunk: Chunk, pairs: Pairs) -> Tally:
        """Add the pairs of a chunk that have a loss, or whose loss is NaN.

        Returns:
            Their tally at the beta, without moments.
        """
        self._widen(chunk.start // self._row_elements + chunk.n_rows)
        size = self.block_rows * self._row_elements
        start = chunk.start + (self._rows_before or 0) * self._row_elements
        stop = start + chunk.n_rows * self._row_elements
        n_kept = 0
        tallies = []
        for number in range(start // size, -(-stop // size)):
            ends = max(number * size, start), min((number + 1) * size, stop)
            rows = slice(*(end - start for end in ends))
            length = rows.stop - rows.start
            n = length if pairs.kept is None else int(np.count_nonzero(pairs.kept[rows]))
            kept, n_kept = slice(n_kept, n_kept + n), n_kept + n
            weight = None if pairs.weight is None else pairs.weight[kept]
            (tally,) = backend.tally(
                pairs.pred[kept], pairs.target[kept], (self._beta,), weight=weight
            )
            if pairs.lost is not None:
                n_lost = int(np.count_nonzero(pairs.lost[rows]))
                tally = tally.merge(Tally(n=n_lost, n_nan=n_lost, moments=None))
            tallies.append((number, tally))
        self._put(tallies)
        return reduce(Tally.merge, (tally for _, tally in tallies), Tally(moments=None))

    def merge(self, other: Drift) -> None:
        """Add the blocks of other rows."""
        self._widen(max(self._n_rows, other._n_rows))
        other._widen(self._n_rows)
        self._put(other._tallies.items())

    def stretch(self) -> Stretch:
        """The blocks of all rows."""
        return Stretch(self._rows_before, self._n_rows, self.block_rows, dict(self._tallies))

    def _widen(self, n_rows: int) -> None:
        """Make blocks as large as so many rows need."""
        self._n_rows = max(self._n_rows, n_rows)
        block_rows = block_rows_of(self._n_rows)
        if block_rows > self.block_rows:
            factor, self.block_rows = block_rows // self.block_rows, block_rows
            before, self._tallies = self._tallies, {}
            self._put((number // factor, tally) for number, tally in before.items())

    def _put(self, tallies: Iterable[tuple[int, Tally]]) -> None:
        for number, tally in tallies:
            if tally.n:
                before = self._tallies.get(number)
                self._tallies[number] = tally if before is None else before.merge(tally)
