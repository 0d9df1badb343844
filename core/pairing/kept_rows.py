"""A source of which some rows are left out: they have no partner, or repeat a key."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING, Any

import numpy as np

from smoothl1.decisions import LEFT_OUT, Decision
from smoothl1.errors import ShapeError, counted
from smoothl1.pairing.matched_source import LeftOut, MatchedSource
from smoothl1.sources.contract import Block, Numbers, Part

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence

    from numpy.typing import NDArray

    from smoothl1.pairing.chunks import Side
    from smoothl1.settings import EvalSettings
    from smoothl1.sources.contract import Source


class KeptSource(MatchedSource):
    """Some rows of a source, in their order. Its rows are counted among those that are kept.

    Args:
        source: The source of all rows.
        rows: The rows that are kept, ascending, shape (n,).
        n_all: The number of rows that the source must have.
    """

    def __init__(self, source: Source, rows: NDArray[np.intp], n_all: int) -> None:
        super().__init__(source)
        self.rows = rows
        self.n_all = n_all

    @property
    def n_rows(self) -> int:
        return self.rows.size

    @property
    def cuts(self) -> tuple[int, ...] | None:
        cuts = self.source.cuts
        return tuple(np.unique(np.searchsorted(self.rows, cuts)).tolist()) if cuts else cuts

    def blocks(self, part: Part, n_rows: int) -> Generator[Block]:
        part = self._part_of_all(part)
        row = part.start
        for block in self.source.blocks(part, n_rows):
            first, last = np.searchsorted(self.rows, (row, row + block.n_rows))
            if last - first == block.n_rows:
                yield block
            elif last > first:
                yield _taken(block, self.rows[first:last] - row)
            row += block.n_rows
        if part.stop in (None, self.n_all) and row != self.n_all:
            raise ShapeError(
                f"{counted(row, 'row')}, but {self.n_all:,} were expected", path=self.path
            )

    def row_of(self, place: int) -> int:
        return int(self.rows[place])

    def _part_of_all(self, part: Part) -> Part:
        """The rows of the source that hold a part: cut where the source can be cut."""
        cuts = self.source.cuts
        if cuts == ():
            return Part(0, self.source.n_rows)
        stop = self.n_rows if part.stop is None else part.stop
        if part.start >= stop:
            return Part(0, 0)
        first, end = int(self.rows[part.start]), int(self.rows[stop - 1]) + 1
        if cuts is None:
            return Part(first, end)
        return Part(cuts[bisect_right(cuts, first) - 1], cuts[bisect_left(cuts, end)])


def left_out_decisions(
    settings: EvalSettings, sides: Sequence[Side], warn: Callable[[str], None]
) -> list[Decision]:
    """Say which rows of each side are left out, as decisions and as warnings.

    Args:
        settings: They say why.
        sides: The sides, whose rows have been matched.
        warn: Takes a warning about each side.
    """
    found = []
    for side in sides:
        path, n = side.source.path, side.left_out
        if n.unmatched:
            rows = LeftOut(unmatched=n.unmatched).words
            found.append(Decision(LEFT_OUT, path, rows, f"--unmatched {settings.unmatched}"))
        if n.duplicates:
            rows, option = LeftOut(duplicates=n.duplicates).words, settings.duplicates
            found.append(Decision(LEFT_OUT, path, rows, f"--duplicates {option}"))
        if any(n):
            total = sum(n)
            rows = "1 row was" if total == 1 else f"{total:,} rows were"
            warn(f"{path}: {rows} left out: {n.words}")
    return found


def _taken(block: Block, rows: NDArray[np.intp]) -> Block:
    import pyarrow as pa

    def values_of(field: NDArray[Any]) -> NDArray[Any]:
        taken: NDArray[Any] = field.reshape(block.n_rows, -1)[rows].reshape(-1)
        return taken

    fields = tuple(
        Numbers(values_of(f.values), None if f.missing is None else values_of(f.missing))
        for f in block.fields
    )
    at = pa.array(rows)
    labels, shared = (
        tuple(column.take(at) for column in some) for some in (block.labels, block.shared)
    )
    return Block(rows.size, fields, labels, shared)
