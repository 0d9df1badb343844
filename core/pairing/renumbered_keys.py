"""Keys that count rows from 0 on one side and from 1 on the other: each would match the next row.

    id,p        id,y
    0,1.5       1,1.25
    1,2.5       2,2.75

All keys match but the first of one side and the last of the other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from smoothl1.errors import DataError
from smoothl1.sources.columns import shown
from smoothl1.sources.ids import is_called_index, is_id

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from smoothl1.pairing.side_keys import SideKeys

_FEWEST = 8
"""Fewest keys that count by no coincidence."""

COUNT_ALIKE = "let both count from the same number"


def are_renumbered(one: SideKeys, other: SideKeys) -> bool:
    """Whether the keys of one side are 0 to n-1, and those of the other 1 to n."""
    n = one.distinct.size
    if n < _FEWEST or n != other.distinct.size or len(one.keys.columns) != 1:
        return False
    if one.alone(other.distinct).size != 1:  # so it is on the other side, too
        return False
    return {_counted_from(one), _counted_from(other)} == {0, 1}


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
        if not are_renumbered(first, other):
            continue
        start = _counted_from(first)
        names = [side.source.labels[0].name for side in (first, other)]
        what = f"key {shown(names[0])} counts from {start}, and that of {other.source.path} from "
        what += f"{1 - start}: rows may be matched with the next ones"
        if not all(is_id(name) or is_called_index(name) for name in names):
            warn(f"{first.source.path}: {what} ({COUNT_ALIKE} if so)")
            continue
        hint = f"{COUNT_ALIKE}; --no-key-check matches keys as they stand"
        raise DataError(what, path=first.source.path, hint=hint)


def _counted_from(side: SideKeys) -> int:
    """The number from which the keys of a side count its rows, 0 or 1; -1 if they do not."""
    try:
        values = side.keys.columns[0].cast(pa.int64()).to_numpy()[side.firsts]
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return -1
    start = int(values.min())
    counted = np.arange(start, start + values.size)
    return start if start in (0, 1) and np.array_equal(np.sort(values), counted) else -1
