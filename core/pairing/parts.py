"""Cuts sources that are read in step into parts that are read independently."""

from __future__ import annotations

from typing import TYPE_CHECKING

from smoothl1.sources.contract import Part

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from smoothl1.sources.contract import Source

PART_ROWS = 1 << 20
"""Rows of a part whose keys are compared, or which is held in memory."""


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
