"""Dates and times in names of shards that sort otherwise: the year or month is not first."""

from __future__ import annotations

import os
import re
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from smoothl1.files.shard_numbers import n_equal
from smoothl1.files.shard_words import MONTHS, places_of_words

if TYPE_CHECKING:
    from collections.abc import Sequence

_YEAR = re.compile(r"(?<![0-9=])(?:19|20)[0-9]{2}(?![0-9])")

_A_YEAR, _TWO = "((?:19|20)[0-9]{2})", "([0-9]{1,2})"
_DAY_FIRST = re.compile(
    rf"(?<![0-9])(?:{_TWO}([-._ ]){_TWO}\2|([0-9]{{2}})([0-9]{{2}})){_A_YEAR}(?![0-9])"
)
_YEAR_FIRST = re.compile(
    rf"(?<![0-9]){_A_YEAR}(?:([-._ ]){_TWO}\2{_TWO}|([0-9]{{2}})([0-9]{{2}}))(?![0-9])"
)
"""Dates whose day is before the month, if their numbers allow it."""

_CLOCK = re.compile(r"(?<![0-9])(0?[1-9]|1[0-2])[-_. ]?(am|pm)(?![a-z])", re.IGNORECASE)
"""An hour of a clock of twelve hours."""


def doubt_of_dates(paths: Sequence[str]) -> str:
    """Why files may not be in the order of the dates in their names; "" if they are.

    Args:
        paths: The files, in the order of their names.
    """
    names = [os.path.basename(path) for path in paths]
    years = [""] * len(names)
    if _YEAR.search(names[0]):
        found = [_YEAR.findall(name) for name in names]
        years = [of_name[-1] for of_name in found] if all(found) else years
    orders = places_of_words(names)
    months = orders.pop(MONTHS, [()] * len(names))
    dates = list(zip(years, months, strict=True))
    at = _first_fall(dates)
    if at is not None:
        what = "years" if years[at] != years[at + 1] else MONTHS
        return f"{names[at + 1]} and {names[at]} may be named by their {what}"
    has_digits = any(re.search("[0-9]", name.partition(".")[0]) for name in names)
    for what, places in orders.items():
        at = _first_fall(places)
        if at is not None and not has_digits:  # digits decide: 2024-01-05-fri, 2024-01-08-mon
            return f"{names[at + 1]} and {names[at]} may be named by {what}"
    at = _first_fall(_hours(names))
    if at is not None:
        return f"{names[at + 1]} and {names[at]} may be named by times of day"
    return _doubt_of_days(paths)


def _hours(names: Sequence[str]) -> list[tuple[int, int]]:
    """For each name what is before its hour, counted, and the hour of the day; none if not all."""
    ranks: dict[str, int] = {}
    hours = []
    for name in names:
        match = _CLOCK.search(name)
        if match is None:
            return []
        rank = ranks.setdefault(name[: match.start()], len(ranks))
        hours.append((rank, int(match[1]) % 12 + 12 * (match[2].lower() == "pm")))
    return hours


def _first_fall(values: Sequence[tuple[Any, ...]]) -> int | None:
    """The first place whose value is above the next one."""
    return next((i for i, (one, other) in enumerate(pairwise(values)) if one > other), None)


def _doubt_of_days(paths: Sequence[str]) -> str:
    """Why files may not be in the order of dates with the day before the month; "" if they are."""
    for pattern in (_DAY_FIRST, _YEAR_FIRST):
        dates = _dates(paths, pattern)
        at = next((i for i, (one, other) in enumerate(pairwise(dates)) if one > other), None)
        if at is not None:
            n = _n_common(paths)
            names = [paths[i][n:] for i in (at + 1, at)]
            return f"{' and '.join(names)} may be dates with the day before the month"
    return ""


def _dates(paths: Sequence[str], pattern: re.Pattern[str]) -> list[tuple[int, str, int, int]]:
    """For each file what is before its date, counted, and year, month and day; none if not all."""
    if not pattern.search(paths[0]):
        return []
    n = _n_common(paths)
    ranks: dict[str, int] = {}
    dates = []
    for path in paths:
        match = pattern.search(path, n)
        if match is None:
            return []
        fields = [text for text in match.groups() if text and text.isdigit()]
        year = fields.pop(0 if pattern is _YEAR_FIRST else -1)
        day, month = map(int, fields)
        if not (1 <= day <= 31 and 1 <= month <= 12):
            return []
        rank = ranks.setdefault(path[: match.start()], len(ranks))
        dates.append((rank, year, month, day))
    if pattern is _YEAR_FIRST and all(day <= 12 for *_, day in dates):
        return []  # the month follows the year, as usual
    return dates


def _n_common(paths: Sequence[str]) -> int:
    """The length of the folders that all paths share."""
    return paths[0].rfind(os.sep, 0, n_equal(paths)) + 1
