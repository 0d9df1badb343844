"""Keys that count rows from 0 on one side and from 1 on the other: each would match the next row.

    id,p        id,y
    0,1.5       1,1.25
    1,2.5       2,2.75

All keys match but the first of one side and the last of the other; or, if the key is a series and a
step, those of each series.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from smoothl1.errors import DataError
from smoothl1.pairing.side_keys import numbers_of
from smoothl1.sources.columns import shown
from smoothl1.sources.ids import is_called_index, is_id

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from smoothl1.pairing.side_keys import Rows, SideKeys

_FEWEST = 8
"""Fewest keys that count by no coincidence."""

COUNT_ALIKE = "let both count from the same number"


def are_renumbered(one: SideKeys, other: SideKeys) -> bool:
    """Whether a column of the keys counts from 0 on one side, and from 1 on the other.

    If there are several columns, it counts anew for the same values of the others.
    """
    return _renumbered(one, other) is not None


def check_counts(sides: Sequence[SideKeys], warn: Callable[[str], None]) -> None:
    """Refuse keys that count from 0 and from 1, if their rows without a match are left out.

    Args:
        sides: The keys of all sides.
        warn: Takes a warning instead if the names of the keys are not those of an id or an index.

    Raises:
        DataError: There are such keys.
    """
    first = sides[0]
    for other in sides[1:]:
        found = _renumbered(first, other)
        if found is None:
            continue
        place, start = found
        names = [side.source.labels[place].name for side in (first, other)]
        what = f"key {shown(names[0])} counts from {start}, and that of {other.source.path} from "
        what += f"{1 - start}: rows may be matched with the next ones"
        if not all(is_id(name) or is_called_index(name) for name in names):
            warn(f"{first.source.path}: {what} ({COUNT_ALIKE} if so)")
            continue
        hint = f"{COUNT_ALIKE}; --no-key-check matches keys as they stand"
        raise DataError(what, path=first.source.path, hint=hint)


def _renumbered(one: SideKeys, other: SideKeys) -> tuple[int, int] | None:
    """The place of the column that counts from 0 and from 1, and where the first side begins."""
    tables = [side.keys.take(pa.array(side.firsts)) for side in (one, other)]
    for place in range(one.keys.num_columns):
        try:
            columns = [table.column(place).cast(pa.int64()).to_numpy() for table in tables]
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
            continue
        groups = numbers_of([table.remove_column(place) for table in tables])
        common = np.intersect1d(groups[0], groups[1])
        (start, sizes), (other_start, other_sizes) = (
            _counted(values[known], of_rows[known])
            for values, of_rows in zip(columns, groups, strict=True)
            for known in [np.isin(of_rows, common)]
        )
        if {start, other_start} == {0, 1} and np.array_equal(sizes, other_sizes):
            return place, start
    return None


def _counted(values: NDArray[np.int64], groups: Rows) -> tuple[int, Rows]:
    """The number from which values count in each group, and the sizes of the groups.

    Args:
        values: The values, shape (n,). None occurs twice in a group.
        groups: The numbers of their groups, shape (n,).

    Returns:
        0 or 1 for the number; -1 if there are few values, or if they do not count.
    """
    if values.size < _FEWEST:
        return -1, np.empty(0, groups.dtype)
    values = values[np.lexsort((values, groups))]
    sizes: Rows = np.unique(groups, return_counts=True)[1]
    start = int(values[0])
    begins = np.repeat(np.cumsum(sizes) - sizes, sizes)
    counts = np.array_equal(values, start + np.arange(values.size) - begins)
    return start if start in (0, 1) and counts else -1, sizes
