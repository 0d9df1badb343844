"""Two sources in, aligned chunks out. Rows are paired by position and never broadcast."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple

from smoothl1.errors import ShapeError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from smoothl1.sources.contract import Block, Elementwise, Field, Part, Source


class Chunk(NamedTuple):
    """Paired elements: two flat arrays of equal length, and the position of the first pair."""

    pred: NDArray[Any]
    target: NDArray[Any]
    start: int


class Stored(NamedTuple):
    """Where the real rows are, when elements are read in the order in which they are stored.

    Attributes:
        n_rows: Rows that there really are.
        stride: Elements from one row to the next.
        fortran: Whether the first axis runs fastest, so that rows do not come one after another.
    """

    n_rows: int
    stride: int
    fortran: bool


@dataclass(frozen=True, slots=True)
class Pairing:
    """One source that holds both sides, or two sources, one for each.

    Attributes:
        sources: Read in step; their fields together are the predictions and the targets.
        n_rows: Rows, where it is known before reading; else None.
        row_shape: Of both sides.
        stored: Set where the elements are read one a row, in the order in which they are stored.
        is_flat: Whether the sides have different shapes, so that there are no rows in common.
    """

    sources: tuple[Source, ...]
    n_rows: int | None
    row_shape: tuple[int, ...]
    stored: Stored | None = None
    is_flat: bool = False

    @property
    def row_elements(self) -> int:
        """Elements of one row."""
        return math.prod(self.row_shape)

    @property
    def cuts(self) -> tuple[int, ...] | None:
        """Rows at which all sources may be cut; None where any row will do."""
        limited = [set(source.cuts) for source in self.sources if source.cuts is not None]
        return tuple(sorted(set.intersection(*limited))) if limited else None

    def place_of(self, position: int) -> str:
        """Where the first of some elements is, by its position in the order of reading."""
        if self.is_flat:
            return f"the first is element {position + 1}"
        if self.stored is None:
            return f"the first in row {position // self.row_elements + 1}"
        which = "one of them" if self.stored.fortran else "the first"
        return f"{which} in row {position // self.stored.stride % self.stored.n_rows + 1}"

    def chunks(self, part: Part, n_rows: int) -> Iterator[Chunk]:
        """Read the pairs of a part, in order.

        Args:
            part: Begins and ends at `cuts`.
            n_rows: Rows of a chunk, at most.

        Yields:
            Chunks, each valid until the next one is asked for.

        Raises:
            ShapeError: One side ends before the other.
            DataError, StorageError: A source cannot be read or trusted.
        """
        streams = [source.blocks(part, n_rows) for source in self.sources]
        start = part.start * self.row_elements
        for pred, target in self._aligned(streams):
            yield Chunk(pred, target, start)
            start += pred.size

    def _aligned(self, streams: Sequence[Iterator[Block]]) -> Iterator[Block]:
        """Blocks of all streams, cut to common lengths; rows are equally long on all sides."""
        if len(streams) == 1:
            yield from streams[0]
            return
        n_paired = 0
        pending: list[Block] = [()] * len(streams)
        while True:
            pending = [
                block or next(stream, ()) for block, stream in zip(pending, streams, strict=True)
            ]
            if not all(pending):
                break
            n_common = min(block[0].size for block in pending)
            yield tuple(array[:n_common] for block in pending for array in block)
            pending = [_rest(block, n_common) for block in pending]
            n_paired += n_common
        if any(pending):
            left = [_n_left(chain([b], s)) for b, s in zip(pending, streams, strict=True)]
            counts = [(n_paired + n) // self.row_elements for n in left]
            raise _unequal_counts(self.sources, counts, "elements" if self.is_flat else "rows")


def pair(sources: Sequence[Source], *, any_order: bool = False, flatten: bool = False) -> Pairing:
    """Check that the two sides go together, as far as it is known before reading.

    Args:
        sources: One that holds both sides, or one for each, predictions first.
        any_order: Whether the elements may be read in another order than that of their rows.
        flatten: Whether only the number of elements must agree.

    Raises:
        ShapeError: Their shapes or row counts differ.
    """
    pred, target = (field for source in sources for field in source.fields)
    n_elements = [_n_elements(source) for source in sources]
    is_same = (pred.row_shape, pred.is_scalar) == (target.row_shape, target.is_scalar)
    flatten = flatten and not is_same
    if not (is_same or flatten):
        raise _unequal_shapes(sources, pred, target)
    if None not in n_elements and len(set(n_elements)) > 1:
        if flatten:
            raise _unequal_shapes(sources, pred, target)
        raise _unequal_counts(sources, [source.n_rows for source in sources], "rows")
    stored = sources[0].elementwise(sources[-1]) if any_order and len(sources) == 2 else None
    if stored is not None and not (flatten and stored.fortran):
        return _as_stored(stored, sources[0].n_rows or 0, pred, is_flat=flatten)
    if flatten:
        return Pairing(tuple(sources), None, (), is_flat=True)
    known = next((source.n_rows for source in sources if source.n_rows is not None), None)
    return Pairing(tuple(sources), known, pred.row_shape)


def _as_stored(stored: Elementwise, n_rows: int, field: Field, *, is_flat: bool) -> Pairing:
    stride = 1 if stored.fortran else field.row_elements
    rows = Stored(n_rows, stride, stored.fortran)
    return Pairing((stored.pred, stored.target), stored.pred.n_rows, (), rows, is_flat)


def _n_elements(source: Source) -> int | None:
    return None if source.n_rows is None else source.n_rows * source.fields[0].row_elements


def _n_left(blocks: Iterable[Block]) -> int:
    return sum(block[0].size for block in blocks if block)


def _rest(block: Block, n_used: int) -> Block:
    return tuple(array[n_used:] for array in block) if block[0].size > n_used else ()


def _unequal_counts(
    sources: Sequence[Source], counts: Sequence[int | None], unit: str
) -> ShapeError:
    pred, target = counts
    return ShapeError(
        f"{pred} {unit}, but {sources[-1].path} has {target}; they must be equal",
        path=sources[0].path,
    )


def _unequal_shapes(sources: Sequence[Source], pred: Field, target: Field) -> ShapeError:
    shapes = [_shape_text(sources[0], pred), _shape_text(sources[-1], target)]
    return ShapeError(
        f"shape {shapes[0]}, but {sources[-1].path} has {shapes[1]}; they must be equal",
        path=sources[0].path,
        hint="--flatten pairs them element by element",
    )


def _shape_text(source: Source, field: Field) -> str:
    if field.is_scalar:
        return "()"
    n_rows = "n" if source.n_rows is None else str(source.n_rows)
    return f"({', '.join([n_rows, *map(str, field.row_shape)])}{',' * (not field.row_shape)})"
