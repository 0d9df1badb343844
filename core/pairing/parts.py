"""Where sources that are read in step may be cut into parts that are read on their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from smoothl1.sources.contract import Part

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from smoothl1.sources.contract import Source


def common_cuts(sources: Iterable[Source]) -> tuple[int, ...] | None:
    """Rows at which all sources may be cut; None where any row will do."""
    limited = [set(source.cuts) for source in sources if source.cuts is not None]
    return tuple(sorted(set.intersection(*limited))) if limited else None


def plan_parts(n_rows: int | None, cuts: tuple[int, ...] | None, part_rows: int) -> Iterator[Part]:
    """Cut rows into parts of about equally many, or leave them whole where they are a stream.

    Args:
        n_rows: All of them; None if not known.
        cuts: Where they may be cut; None for anywhere.
        part_rows: Rows of a part, at least, but for the last one.

    Yields:
        The parts in order, one at a time: a file may promise billions of them.
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
