"""Keys that are local times of an hour that is there twice, as clocks were set back in it.

02:00 of Berlin is there twice on 25 October 2026. Without an offset from UTC nothing tells the two
apart, so neither row is a copy of the other.
"""

from __future__ import annotations

import re
from collections import defaultdict
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from smoothl1.pairing.side_keys import SideKeys

SET_BACK_HINT = (
    "are these local times, of which an hour is there twice when clocks are set back? write them "
    "with an offset from UTC, +02:00 and +01:00, or leave out --key if all inputs are in one order"
)

_LOCAL_TIME = re.compile(
    r"(?:(?P<year>[0-9]{4})(?P<sign>[-/.]?)(?P<month>[0-9]{1,2})(?P=sign)(?P<day>[0-9]{1,2})"
    r"|(?P<one>[0-9]{1,2})(?P<mark>[-/.])(?P<other>[0-9]{1,2})(?P=mark)(?P<last>[0-9]{4}))"
    r"[T ] ?(?P<hour>[0-9]{1,2})(?::?[0-9]{2}){0,2}(?:[.,][0-9]+)?"
    r"(?: ?(?P<half>[AaPp])\.?[Mm]\.?)?"
)

_MONTHS = frozenset((3, 4, 9, 10, 11))
"""Months in which clocks are set back: in autumn, which is in spring of the other half of Earth."""

_NIGHT = frozenset(range(4))
_SUNDAY = 6
_MOST_ROWS = 1000
"""Rows that are looked at: many stations have the same times."""


def are_set_back(side: SideKeys) -> bool:
    """Whether all keys that repeat are local times of one hour in such a night, each there twice.

    Args:
        side: The keys of an input, of which some repeat.
    """
    rows, firsts = side.repeats()
    if np.unique(firsts).size < rows.size:
        return False
    columns = zip(*side.texts(rows[:_MOST_ROWS]), strict=True)
    return any(map(_are_of_one_hour, columns))


def _are_of_one_hour(texts: Sequence[str]) -> bool:
    """Whether texts are local times in nights in which clocks are set back, one hour in each."""
    hours: dict[date, set[int]] = defaultdict(set)
    for text in texts:
        found = next(_nights_of(text.strip()), None)
        if found is None:
            return False
        hours[found[0]].add(found[1])
    return all(len(of_night) == 1 for of_night in hours.values())


def _nights_of(text: str) -> Iterator[tuple[date, int]]:
    """The day and the hour of a time that may be there twice, in each way in which it is read."""
    match = _LOCAL_TIME.fullmatch(text)
    if match is None:
        return
    of = match.groupdict("")
    year, days = (of["year"] or of["last"]), [(of["month"], of["day"])]
    if of["last"]:
        days = [(of["other"], of["one"]), (of["one"], of["other"])]
    hour = int(of["hour"]) % 12 + 12 * (of["half"] in "Pp") if of["half"] else int(of["hour"])
    for month, day in days:
        try:
            found = date(int(year), int(month), int(day))
        except ValueError:  # no such day
            continue
        if found.weekday() == _SUNDAY and found.month in _MONTHS and hour in _NIGHT:
            yield found, hour
