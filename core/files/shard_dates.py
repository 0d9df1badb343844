"""Dates and times in names of shards that sort otherwise: the year or month is not first."""

from __future__ import annotations

import os
import re
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from smoothl1.files.shard_numbers import n_equal
from smoothl1.files.shard_words import MONTHS, places_of_words
from smoothl1.lazy_patterns import lazy_pattern

if TYPE_CHECKING:
    from collections.abc import Sequence

_YEAR = lazy_pattern(r"(?<![0-9=])(?:19|20)[0-9]{2}(?![0-9])")

_A_YEAR, _TWO = "((?:19|20)[0-9]{2})", "([0-9]{1,2})"
_DAY_FIRST = lazy_pattern(
    rf"(?<![0-9])(?:{_TWO}([-._ ]){_TWO}\2|([0-9]{{2}})([0-9]{{2}})){_A_YEAR}(?![0-9])"
)
_YEAR_FIRST = lazy_pattern(
    rf"(?<![0-9]){_A_YEAR}(?:([-._ ]){_TWO}\2{_TWO}|([0-9]{{2}})([0-9]{{2}}))(?![0-9])"
)
"""Dates whose day is before the month, if their numbers allow it."""

_YEAR_LAST = lazy_pattern(r"(?<![0-9])([0-9]{2})([-._ ]?)([0-9]{2})\2((?:19|20)?[0-9]{2})(?![0-9])")
"""Dates whose year is last, and may have two digits, unless the year is first."""

_READINGS = ((2, 0, 1), (2, 1, 0), (0, 1, 2))
"""Where the year, the month and the day may be among three numbers."""

_FIRST_OF_1900 = 70
"""Years of two digits from here on are of the century before."""

_CLOCK = lazy_pattern(r"(?<![0-9])(0?[1-9]|1[0-2])[-_. ]?(am|pm)(?![a-z])", re.IGNORECASE)
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
    return _doubt_of_last_years(paths)


def _doubt_of_last_years(paths: Sequence[str]) -> str:
    """Why files may not be in the order of dates with the year last; "" if they may be."""
    n = _n_common(paths)
    matches = [_YEAR_LAST.search(path, n) for path in paths]
    found = [match for match in matches if match]
    if len(found) < len(paths):
        return ""
    ranks: dict[str, int] = {}
    groups = [ranks.setdefault(m.string[: m.start()], len(ranks)) for m in found]
    falls = []
    for places in _READINGS:
        dates = [_date_of((m[1], m[3], m[4]), places) for m in found]
        known = [date for date in dates if date]
        if len(known) == len(found):
            falls.append(_first_fall(list(zip(groups, known, strict=True))))
    at = falls[0] if falls else None
    if at is None or None in falls:
        return ""
    names = [paths[i][n:] for i in (at + 1, at)]
    return f"{' and '.join(names)} may be dates with the year last"


def _date_of(digits: tuple[str, str, str], places: tuple[int, int, int]) -> tuple[int, ...]:
    """The year, month and day of three numbers at these places; none if they are no date."""
    year, month, day = (digits[place] for place in places)
    if len(month) > 2 or len(day) > 2 or not (1 <= int(month) <= 12 and 1 <= int(day) <= 31):
        return ()
    if len(year) == 2:
        year = f"{'19' if int(year) >= _FIRST_OF_1900 else '20'}{year}"
    return int(year), int(month), int(day)


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
