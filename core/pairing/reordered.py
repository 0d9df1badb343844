"""A source whose rows are held in memory, in another order than in its file."""

from __future__ import annotations

from contextlib import closing
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from smoothl1.pairing.matched_source import MatchedSource, row_number
from smoothl1.sources.contract import Block, Numbers
from smoothl1.sources.lockstep import parts_of

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator, Sequence

    import pyarrow as pa
    from numpy.typing import NDArray

    from smoothl1.engines.contract import Engine
    from smoothl1.pairing.key_places import Places
    from smoothl1.sources.contract import Part, Source


class ReorderedSource(MatchedSource):
    """All rows of a source, put at given places.

    Args:
        source: The source of the rows, of which some may be left out.
        rows: All rows.
        places: For each row of the source its place among these rows.
    """

    cuts = None

    def __init__(self, source: Source, rows: Block, places: Places) -> None:
        super().__init__(source)
        self.rows = rows
        self.places = places

    @property
    def n_rows(self) -> int:
        return self.rows.n_rows

    def blocks(self, part: Part, n_rows: int) -> Generator[Block]:
        stop = self.n_rows if part.stop is None else part.stop
        for start in range(part.start, stop, n_rows):
            yield self.rows.rows(start, min(start + n_rows, stop))

    def row_of(self, place: int) -> int:
        return row_number(self.source, int(np.flatnonzero(self.places == place)[0])) - 1


def reordered(source: Source, places: Places, engine: Engine, n_rows: int) -> ReorderedSource:
    """Read all rows of a source into memory.

    Args:
        source: The source, which is read once, to the end.
        places: For each of its rows the new place, of shape (n,): each place once.
        engine: The engine that reads the parts of the source.
        n_rows: Most rows of a block.
    """
    values = [np.empty((places.size, *f.row_shape), f.dtype) for f in source.fields]
    missing: list[NDArray[np.bool_] | None] = [None] * len(values)
    labels: list[list[pa.Array]] = []

    def read(part: Part) -> list[_Rest]:
        return list(_put(source.blocks(part, n_rows), places[part.start : part.stop], values))

    with closing(engine.in_order(read, parts_of(source))) as parts:
        for rest in chain.from_iterable(parts):
            missing = [
                _placed(flags, some, rest.at, of_field)
                for flags, some, of_field in zip(missing, rest.missing, values, strict=True)
            ]
            labels = labels or [[] for _ in rest.labels]
            for column, label in zip(labels, rest.labels, strict=True):
                column.append(label)
    fields = tuple(
        Numbers(v.reshape(-1), None if m is None else m.reshape(-1))
        for v, m in zip(values, missing, strict=True)
    )
    joined: tuple[pa.Array, ...] = ()
    if labels:
        order = np.empty_like(places)
        order[places] = np.arange(places.size, dtype=places.dtype)
        joined = tuple(_concatenated(column).take(order) for column in labels)
    n = len(source.labels)
    return ReorderedSource(source, Block(places.size, fields, joined[:n], joined[n:]), places)


class _Rest(NamedTuple):
    """What a block has beside numbers: the new places of its rows, missing values, and labels.

    The columns that are only compared follow the labels.
    """

    at: Places
    missing: list[NDArray[np.bool_] | None]
    labels: tuple[pa.Array, ...]


def _put(
    blocks: Iterable[Block], places: Places, values: Sequence[NDArray[Any]]
) -> Iterator[_Rest]:
    """Put the numbers of a part at their places; no other part has the same ones."""
    row = 0
    for block in blocks:
        at = places[row : row + block.n_rows]
        for of_field, field in zip(values, block.fields, strict=True):
            of_field[at] = field.values.reshape(-1, *of_field.shape[1:])
        flags = [None if f.missing is None else f.missing.copy() for f in block.fields]
        yield _Rest(at, flags, (*block.labels, *block.shared))
        row += block.n_rows


def _placed(
    missing: NDArray[np.bool_] | None,
    some: NDArray[np.bool_] | None,
    at: Places,
    values: NDArray[Any],
) -> NDArray[np.bool_] | None:
    if some is None:
        return missing
    missing = np.zeros(values.shape, np.bool_) if missing is None else missing
    missing[at] = some.reshape(-1, *values.shape[1:])
    return missing


def _concatenated(column: list[pa.Array]) -> pa.Array:
    from smoothl1.labels.stored_once import joined  # late: pyarrow

    return joined(column)
