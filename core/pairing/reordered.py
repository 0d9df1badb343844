"""A source whose rows are held in memory, in another order than in its file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from smoothl1.sources.contract import Block, Numbers, Part

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pyarrow as pa
    from numpy.typing import NDArray

    from smoothl1.sources.contract import Field, Source


class ReorderedSource(NamedTuple):
    """All rows of a source, put at given places.

    Attributes:
        source: The source of the rows.
        rows: All rows.
        order: For each place the row of the source that is there.
    """

    source: Source
    rows: Block
    order: NDArray[np.intp]
    cuts: None = None

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
        return self.rows.n_rows

    def blocks(self, part: Part, n_rows: int) -> Iterator[Block]:
        stop = self.n_rows if part.stop is None else part.stop
        for start in range(part.start, stop, n_rows):
            yield self.rows.rows(start, min(start + n_rows, stop))

    def elementwise(self, other: Source) -> None:
        return None

    def row_of(self, place: int) -> int:
        """The row of the source that is at a place, both counted from 0."""
        return int(self.order[place])

    def close(self) -> None:
        self.source.close()


def reordered(source: Source, places: NDArray[np.intp], n_rows: int) -> ReorderedSource:
    """Read all rows of a source into memory.

    Args:
        source: The source, which is read once, to the end.
        places: For each of its rows the new place.
        n_rows: Most rows of a block.
    """
    values = [np.empty((places.size, f.row_elements), f.dtype) for f in source.fields]
    missing: list[NDArray[np.bool_] | None] = [None] * len(values)
    labels: list[list[pa.Array]] = [[] for _ in source.labels]
    row = 0
    for block in source.blocks(Part(0, source.n_rows), n_rows):
        at = places[row : row + block.n_rows]
        for i, field in enumerate(block.fields):
            values[i][at] = field.values.reshape(block.n_rows, -1)
            missing[i] = _placed(missing[i], field, at, values[i])
        for column, label in zip(labels, block.labels, strict=True):
            column.append(label)
        row += block.n_rows
    fields = tuple(
        Numbers(v.reshape(-1), None if m is None else m.reshape(-1))
        for v, m in zip(values, missing, strict=True)
    )
    order = np.empty_like(places)
    order[places] = np.arange(places.size)
    joined = tuple(_concatenated(column).take(order) for column in labels)
    return ReorderedSource(source, Block(places.size, fields, joined), order)


def _placed(
    missing: NDArray[np.bool_] | None, field: Numbers, at: NDArray[np.intp], values: NDArray[Any]
) -> NDArray[np.bool_] | None:
    if field.missing is None:
        return missing
    missing = np.zeros(values.shape, np.bool_) if missing is None else missing
    missing[at] = field.missing.reshape(at.size, -1)
    return missing


def _concatenated(column: list[pa.Array]) -> pa.Array:
    import pyarrow as pa

    return pa.concat_arrays(column)
