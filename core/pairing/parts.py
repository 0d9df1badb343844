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
    return plan_parts(None if None in counts else counts[0], common_cuts(sources), PART_ROWS)


def plan_parts(n_rows: int | None, cuts: tuple[int, ...] | None, part_rows: int) -> Iterator[Part]:
    """Cut rows into parts of about equal size; rows of a stream are one part.

    Args:
        n_rows: The number of all rows; None if not known.
        cuts: Rows at which they may be cut; None for any row.
        part_rows: Fewest rows of a part, except the last one.

    Yields:
        The parts in order, one at a time: a file may declare billions of them.
    """
    if n_rows is None or cuts == ():
        yield Part(0, n_rows)
        return
    start = 0
    for cut in cuts or range(part_rows, n_rows + part_rows, part_rows):
        stop = min(cut, n_rows)
        if stop - start >= part_rows or start < stop == n_rows:
            yield Part(start, stop)
            start = stop
