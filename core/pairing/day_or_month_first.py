"""Keys that are dates, with the day first on one side and the month first on the other.

    date,p            date,y
    02/01/2024,1.5    01/02/2024,1.25
    13/01/2024,2.5    01/13/2024,2.75

Up to the 12th of a month the keys of one side are other days of the other.
"""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import types

from smoothl1.errors import DataError
from smoothl1.sources.columns import shown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from smoothl1.pairing.side_keys import SideKeys

_DATE = (
    r"\A(?P<first>[0-9]{1,2})[/.-](?P<second>[0-9]{1,2})[/.-](?:[0-9]{2}){1,2}(?:[ T][0-9:.]+)?\z"
)
_MOST_MONTHS = 12


class _Order(NamedTuple):
    """What the dates of a side begin with, as some of them show.

    Attributes:
        what: "day" or "month".
        example: The first date that shows it.
    """

    what: str
    example: str


def refuse_other_order(sides: Sequence[SideKeys]) -> None:
    """Refuse keys of which one side has the day first, and another one the month.

    Args:
        sides: The keys of all sides.

    Raises:
        DataError: There are such keys: both sides have dates that can be read in one way only.
    """
    for place in range(sides[0].keys.num_columns):
        orders = [_order_of(side, place) for side in sides]
        for i, j in product(range(len(sides)), repeat=2):
            one, other = orders[i], orders[j]
            if i < j and one and other and one.what != other.what:
                name = sides[i].source.labels[place].name
                raise DataError(
                    f"key {shown(name)} has dates with the {one.what} first ({one.example}), and "
                    f"that of {sides[j].source.path} with the {other.what} first "
                    f"({other.example}): equal keys are other days",
                    path=sides[i].source.path,
                    hint="write both alike, 2024-01-31; --no-key-check matches keys as they stand",
                )


def _order_of(side: SideKeys, place: int) -> _Order | None:
    """What the dates in a column of keys begin with; None if they are no dates, or do not tell."""
    column = side.keys.column(place)
    if not types.is_string(column.type) or not _are_dates(column.slice(0, 1)):
        return None
    if not _are_dates(column):
        return None
    parts = pc.extract_regex(column, _DATE)
    first, second = (
        pc.greater(pc.struct_field(parts, name).cast(pa.int64()), _MOST_MONTHS)
        for name in ("first", "second")
    )
    for what, is_day, is_other in (("day", first, second), ("month", second, first)):
        row = pc.index(is_day, pa.scalar(value=True)).as_py()
        if row >= 0 and not pc.any(is_other).as_py():
            return _Order(what, shown(column[row].as_py()))
    return None


def _are_dates(column: pa.ChunkedArray) -> bool:
    """Whether all texts are dates that begin with the day or the month."""
    return bool(pc.all(pc.match_substring_regex(column, _DATE)).as_py())
