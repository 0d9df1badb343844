"""A source of which some rows are left out: they have no partner, or repeat a key."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from smoothl1.decisions import Decision
from smoothl1.errors import ShapeError
from smoothl1.sources.contract import Block, Numbers, Part

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import pyarrow as pa
    from numpy.typing import NDArray

    from smoothl1.pairing.chunks import Side
    from smoothl1.settings import EvalSettings
    from smoothl1.sources.contract import Field, Source


class LeftOut(NamedTuple):
    """The rows of an input that are left out.

    Attributes:
        unmatched: Rows whose key another input does not have.
        duplicates: Rows that repeat the key of an earlier row.
    """

    unmatched: int = 0
    duplicates: int = 0

    @property
    def words(self) -> str:
        """How many rows are left out and why; "" if none are."""
        n = {"without a match": self.unmatched, "with a repeated key": self.duplicates}
        return " and ".join(f"{count:,} {which}" for which, count in n.items() if count)


class KeptSource(NamedTuple):
    """Some rows of a source, in their order. Its rows are counted among those that are kept.

    Attributes:
        source: The source of all rows.
        rows: The rows that are kept, ascending, shape (n,).
        n_all: The number of rows that the source must have.
        left_out: The rows that are left out, and why.
    """

    source: Source
    rows: NDArray[np.intp]
    n_all: int
    left_out: LeftOut = LeftOut()

    @property
    def path(self) -> str:
        return self.source.path

    @property
    def format(self) -> str:
        return self.source.format

    @property
    def fields(self) -> tuple[Field, ...]:
        return self.source.fields

    @property
    def labels(self) -> tuple[pa.Field, ...]:
        return self.source.labels

    @property
    def n_rows(self) -> int:
        return self.rows.size

    @property
    def cuts(self) -> tuple[int, ...] | None:
        cuts = self.source.cuts
        return tuple(np.unique(np.searchsorted(self.rows, cuts)).tolist()) if cuts else cuts

    def blocks(self, part: Part, n_rows: int) -> Iterator[Block]:
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
            raise ShapeError(f"{row} rows, but {self.n_all} were expected", path=self.path)

    def elementwise(self, other: Source) -> None:
        return None

    def row_of(self, place: int) -> int:
        """The row of the source that is at a place, both counted from 0."""
        return int(self.rows[place])

    def close(self) -> None:
        self.source.close()

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


def left_out_of(source: Source) -> LeftOut:
    """The rows of a source that are left out."""
    found: LeftOut = getattr(source, "left_out", LeftOut())
    return found


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
        path, n = side.source.path, left_out_of(side.source)
        if n.unmatched:
            rows = LeftOut(unmatched=n.unmatched).words
            found.append(Decision("rows left out", path, rows, f"--unmatched {settings.unmatched}"))
        if n.duplicates:
            rows, option = LeftOut(duplicates=n.duplicates).words, settings.duplicates
            found.append(Decision("rows left out", path, rows, f"--duplicates {option}"))
        if any(n):
            total = sum(n)
            rows = "1 row was" if total == 1 else f"{total:,} rows were"
            warn(f"{path}: {rows} left out: {n.words}")
    return found


def row_number(source: Source, place: int) -> int:
    """The number of a row in the file of a source, counted from 1.

    Args:
        source: A source, perhaps of reordered rows, or of those that are kept.
        place: The place of the row among those of the source, from 0.
    """
    row_of = getattr(source, "row_of", None)
    return 1 + (place if row_of is None else row_of(place))


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
