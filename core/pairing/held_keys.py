"""Keys in memory: an integer for each row, and the keys themselves where that is not enough."""

from __future__ import annotations

from contextlib import closing
from itertools import accumulate
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pyarrow as pa
from pyarrow import types

from smoothl1.labels.conversion import converted
from smoothl1.labels.stored_once import in_each_row, with_values
from smoothl1.pairing.key_places import places_of
from smoothl1.sources.arrow.text_lengths import SHORTEST_REPLACED
from smoothl1.sources.lockstep import aligned, parts_of
from smoothl1.witnesses.hashes import mixed, of_bytes
from smoothl1.witnesses.text_bytes import sizes_of

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    from numpy.typing import NDArray

    from smoothl1.engines.contract import Engine
    from smoothl1.pairing.key_places import Codes, Places
    from smoothl1.sources.contract import Part, Source

    Keys = tuple[pa.Array, ...]


class HeldKeys(NamedTuple):
    """All keys of a source.

    Attributes:
        codes: A code for each row, the same for the same key.
        columns: For each key column its values, some rows at a time; empty if different keys are
            certain to have different codes.
    """

    codes: Codes
    columns: tuple[tuple[pa.Array, ...], ...]


def held_keys(
    source: Source, kinds: Sequence[pa.DataType], engine: Engine, n_rows: int
) -> HeldKeys:
    """Read all keys of a source.

    Args:
        source: A source that delivers the key columns as labels.
        kinds: The types to which they are converted.
        engine: The engine that reads the parts of the source.
        n_rows: Most rows of a chunk.
    """
    is_exact = len(kinds) == 1 and not types.is_string(kinds[0])
    whole = np.empty(source.n_rows or 0, np.int64)

    def read(part: Part) -> list[tuple[Codes, Keys]]:
        row, found = part.start, []
        for (keys,) in key_batches((source,), kinds, part, n_rows):
            codes = _codes_of(keys)
            if source.n_rows is not None:
                whole[row : row + codes.size] = codes
                codes = whole[row : row + codes.size]
            found.append((codes, () if is_exact else keys))
            row += codes.size
        return found

    with closing(engine.in_order(read, parts_of(source))) as parts:
        found = [some for part in parts for some in part]
    if source.n_rows is None:
        whole = np.concatenate([whole, *(codes for codes, _ in found)])
    return HeldKeys(whole, tuple(zip(*(keys for _, keys in found), strict=True)))


def matching_rows(one: HeldKeys, other: HeldKeys, engine: Engine) -> Places | None:
    """For each row of one side the row of the other that has its key; None if they do not match.

    Args:
        one: Keys of the rows that are found.
        other: Keys of the other side.
        engine: The engine that compares them.

    Returns:
        For each row of `other` the row of `one`; None if a key occurs twice or has no match, or,
        once in billions of runs, if two keys have the same code.
    """
    places = places_of(one.codes, other.codes, engine)
    if places is not None:
        for of_one, of_other in zip(one.columns, other.columns, strict=True):
            if not _are_equal(of_one, of_other, places, engine):
                return None
    return places


def key_batches(
    sources: Sequence[Source], kinds: Sequence[pa.DataType], part: Part, n_rows: int
) -> Generator[tuple[Keys, ...]]:
    """Blocks of keys, aligned by rows, in common types; of long texts a beginning and a digest."""
    row = part.start
    for blocks in aligned(sources, part, n_rows):
        yield tuple(
            tuple(
                _written_out(converted(column, kind, source, label.name, row))
                for column, kind, label in zip(block.labels, kinds, source.labels, strict=True)
            )
            for source, block in zip(sources, blocks, strict=True)
        )
        row += blocks[0].n_rows


def _written_out(column: pa.Array) -> pa.Array:
    """A key column with a value in each row; the texts of a dictionary are shortened once each."""
    return in_each_row(with_values(column, _without_long))


def _without_long(column: pa.Array) -> pa.Array:
    """A key column whose long texts are replaced; what is not equal stays so."""
    if not types.is_string(column.type) or sizes_of(column).max(initial=0) < SHORTEST_REPLACED:
        return column
    from smoothl1.sources.arrow.long_texts import shortened  # late: pyarrow.compute

    return shortened(column, are_keys=True)


def _are_equal(
    one: tuple[pa.Array, ...], other: tuple[pa.Array, ...], places: Places, engine: Engine
) -> bool:
    """Whether a column has the same values, given the places of those of the other side."""
    whole = _joined(one)
    starts = accumulate(map(len, other), initial=0)

    def agrees(some: tuple[int, pa.Array]) -> bool:
        start, values = some
        taken = whole.take(pa.array(places[start : start + len(values)]))
        return bool(taken.cast(values.type).equals(values))

    with closing(engine.as_completed(agrees, zip(starts, other, strict=False))) as agreed:
        return all(agreed)


def _joined(column: tuple[pa.Array, ...]) -> pa.Array:
    try:
        return pa.concat_arrays(column)
    except pa.ArrowInvalid:  # text of 2 GiB or more
        return pa.concat_arrays([some.cast(pa.large_string()) for some in column])


def _codes_of(keys: Keys) -> Codes:
    if len(keys) == 1 and not types.is_string(keys[0].type):
        return integers_of(keys[0])
    codes = np.zeros(len(keys[0]), np.uint64)
    for column in keys:
        codes = mixed(codes) ^ _hashes(column)
    return codes.view(np.int64)


def _hashes(column: pa.Array) -> NDArray[np.uint64]:
    if types.is_string(column.type):
        return of_bytes(column)
    return mixed(integers_of(column).view(np.uint64))


def integers_of(column: pa.Array) -> Codes:
    """A column of one type, but no text, as integers: those of unsigned ones wrap around."""
    if types.is_boolean(column.type):
        column = column.cast(pa.int8())
    elif types.is_temporal(column.type):
        column = column.view(pa.int32() if column.type.bit_width == 32 else pa.int64())
    integers: NDArray[Any] = column.to_numpy()
    if integers.dtype == np.uint64:
        return integers.view(np.int64)
    return integers.astype(np.int64, copy=False)
