"""Several sources read in step: in parts, and in blocks of the same number of rows."""

from __future__ import annotations

from contextlib import ExitStack, closing
from itertools import chain
from typing import TYPE_CHECKING

from smoothl1.errors import ShapeError
from smoothl1.sources.contract import Block, Part

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator, Sequence

    from smoothl1.sources.contract import Source

PART_ROWS = 1 << 20
"""Rows of a part whose keys are compared, or which is held in memory."""

_MOST_LEFT = 1 << 22
"""Rows that one source has more than another are counted up to here: a pipe may never end."""


def common_cuts(sources: Iterable[Source]) -> tuple[int, ...] | None:
    """Rows at which all sources may be cut; None if any row will do."""
    limited = [set(source.cuts) for source in sources if source.cuts is not None]
    return tuple(sorted(set.intersection(*limited))) if limited else None


def parts_of(*sources: Source) -> Iterator[Part]:
    """Cut sources with the same number of rows into parts of `PART_ROWS`; see `plan_parts`."""
    counts = [source.n_rows for source in sources]
    rows = Part(0, None if None in counts else counts[0])
    return plan_parts(rows, common_cuts(sources), PART_ROWS)


def plan_parts(rows: Part, cuts: tuple[int, ...] | None, part_rows: int) -> Iterator[Part]:
    """Cut rows into parts of about equal size; rows of a stream are one part.

    Args:
        rows: The rows; without an end if their number is not known.
        cuts: Rows at which they may be cut, and perhaps others; None for any row.
        part_rows: Fewest rows of a part, except the last one.

    Yields:
        The parts in order, one at a time: a file may declare billions of them.
    """
    start, end = rows
    if end is None or cuts == ():
        yield rows
        return
    for cut in cuts or range(start + part_rows, end + part_rows, part_rows):
        stop = min(cut, end)
        if stop - start >= part_rows or start < stop == end:
            yield Part(start, stop)
            start = stop


def aligned(
    sources: Sequence[Source],
    part: Part,
    n_rows: int,
    unit: str = "rows",
    hint: Callable[[], str | None] | None = None,
) -> Iterator[tuple[Block, ...]]:
    """Read sources in step: one block of each, all with the same number of rows.

    Args:
        sources: At least one.
        part: A part that begins and ends at rows where all may be cut.
        n_rows: Most rows of a block.
        unit: "rows", or "elements" to read each element as a row.
        hint: Says what to do if one source ends before the other.

    Raises:
        ShapeError: One source ends before the other.
    """
    n_paired = 0
    with ExitStack() as stack:
        streams = [source.blocks(part, n_rows) for source in sources]
        for stream in streams:
            # One may fail while another has threads at work: these do not wait for the collector.
            stack.enter_context(closing(stream))
        if unit == "elements":
            streams = [_by_element(stream) for stream in streams]
        pending: list[Block | None] = [None] * len(streams)
        while True:
            pending = [
                block or next(stream, None) for block, stream in zip(pending, streams, strict=True)
            ]
            blocks = [block for block in pending if block is not None]
            if len(blocks) < len(streams):
                break
            n_common = min(block.n_rows for block in blocks)
            yield tuple(
                block if block.n_rows == n_common else block.rows(0, n_common) for block in blocks
            )
            pending = [
                block.rows(n_common, block.n_rows) if block.n_rows > n_common else None
                for block in blocks
            ]
            n_paired += n_common
        if blocks:
            raise _ended_before(sources, pending, streams, n_paired, unit, hint)


def _ended_before(
    sources: Sequence[Source],
    pending: Sequence[Block | None],
    streams: Sequence[Iterator[Block]],
    n_paired: int,
    unit: str,
    hint: Callable[[], str | None] | None,
) -> ShapeError:
    """The error about a source that ends before another.

    Args:
        sources: See `aligned`.
        pending: The block of each source that is not paired, if there is one.
        streams: The blocks behind these.
        n_paired: Rows that are paired.
        unit: See `aligned`.
        hint: See `aligned`.
    """
    lefts = [_n_left(block, stream) for block, stream in zip(pending, streams, strict=True)]
    counts = [
        n_paired + left if left < _MOST_LEFT else f"at least {n_paired + _MOST_LEFT}"
        for left in lefts
    ]
    error = unequal_counts(sources, counts, unit)
    error.hint = hint() if hint else None
    return error


def _by_element(blocks: Iterable[Block]) -> Generator[Block]:
    for block in blocks:
        if block.fields[0].values.size:
            yield Block(block.fields[0].values.size, block.fields)


def _n_left(pending: Block | None, stream: Iterable[Block]) -> int:
    """Count the rows of a stream that another one lacks, not beyond `_MOST_LEFT`."""
    n_left = 0
    for block in chain([pending], stream):
        n_left += 0 if block is None else block.n_rows
        if n_left >= _MOST_LEFT:
            break
    return n_left


def unequal_counts(
    sources: Sequence[Source], counts: Sequence[int | str | None], unit: str
) -> ShapeError:
    """The error to raise if sources have different counts."""
    other = next(i for i in range(1, len(counts)) if counts[i] != counts[0])
    first = f"{counts[0]} {unit.removesuffix('s') if counts[0] == 1 else unit}"
    return ShapeError(
        f"{first}, but {sources[other].path} has {counts[other]}; they must be equal",
        path=sources[0].path,
    )
