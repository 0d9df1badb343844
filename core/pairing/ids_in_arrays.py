"""A column of an array that numbers its rows: it would be averaged in as a perfect prediction."""

from __future__ import annotations

from typing import TYPE_CHECKING

from smoothl1.errors import DataError
from smoothl1.sources.contract import Numbers, Part
from smoothl1.sources.lockstep import aligned
from smoothl1.witnesses.monotonic import FEWEST_ROWS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from smoothl1.sources.contract import Source
    from smoothl1.witnesses.id_candidate import Candidate

_MOST_COLUMNS = 64
"""Columns of arrays that may have ids beside numbers; pictures have more."""

_BLOCK_ROWS = 1 << 12


def check_arrays(sources: Sequence[Source], warn: Callable[[str], None]) -> None:
    """Refuse two arrays of which a column has the same whole numbers in another order.

    Reading ends as soon as no column can be one of ids: mostly after the first block. Columns that
    are all of whole numbers in another order may be ranks, which are evaluated.

    Args:
        sources: The predictions and the targets; only arrays of two axes that can be read again
            are looked at.
        warn: Takes a warning about a column that is the same in every row.

    Raises:
        DataError: A column shows that the rows are in another order.
        StorageError: A side cannot be read.
    """
    shapes = {source.fields[0].row_shape if source.fields else () for source in sources}
    lengths = {source.n_rows or 0 for source in sources}
    row_shape = shapes.pop()
    are_read_again = all(source.cuts is None for source in sources)
    are_alike = not shapes and len(lengths) == 1  # all else is refused when they are paired
    if not are_alike or len(row_shape) != 1 or min(lengths) < FEWEST_ROWS or not are_read_again:
        return
    (width,) = row_shape
    columns = _looked_at(sources, width) if 2 <= width <= _MOST_COLUMNS else []
    permuted = [column for column in columns if column.is_permuted and column.begins_distinct]
    agree = [column for column in columns if column.agrees and column.begins_distinct]
    if permuted and len(permuted) < width:
        column = permuted[0]
        raise DataError(
            f"{column.name} differs from that of {sources[1].path} from row "
            f"{(column.first_difference or 0) + 1} on, and holds the same whole numbers in another "
            "order: rows are not paired as they should be",
            path=sources[0].path,
            hint="sort both by it, and save it apart; --no-key-check pairs rows as they stand",
        )
    if agree and len(agree) < width:
        warn(
            f"{sources[0].path}: {agree[0].name} has the same whole numbers as in "
            f"{sources[1].path}, none of them twice: if they are ids, they count as perfect "
            "predictions"
        )


def _looked_at(sources: Sequence[Source], width: int) -> list[Candidate]:
    """The columns that may be ids, read to the end."""
    from smoothl1.witnesses.id_candidate import Candidate  # late: most arrays are not read for it

    columns = {i: Candidate(f"column {i + 1}", 2, in_any_order=False) for i in range(width)}
    try:
        for blocks in aligned(sources, Part(0, sources[0].n_rows), _BLOCK_ROWS):
            values = [block.fields[0].values.reshape(-1, width) for block in blocks]
            for i, column in columns.items():
                column.add([Numbers(of_side[:, i]) for of_side in values])
            columns = {i: c for i, c in columns.items() if c.is_whole and c.begins_distinct}
            if not columns:
                break
    except DataError:
        return []  # evaluating reports that
    return list(columns.values())
