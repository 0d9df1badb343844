"""Dates and times in names of shards that sort otherwise: the year or month is not first."""

from __future__ import annotations

import os
import re
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from smoothl1.files.shard_kinds import of_the_kind
from smoothl1.files.shard_words import MONTHS, places_of_words
from smoothl1.lazy_patterns import lazy_pattern

if TYPE_CHECKING:
    from collections.abc import Sequence

    from smoothl1.files.shard_words import Places

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

_FEWEST = 3
"""Fewest names with years or words whose order is no coincidence, beside a name that has none."""


def doubt_of_dates(tails: Sequence[str]) -> str:
    """Why files may not be in the order of the dates in their names; "" if they are.

    Args:
        tails: The files, in the order of their names, without folders that all share.
    """
    names = [os.path.basename(tail) for tail in tails]
    orders = places_of_words(names)
    months = orders.pop(MONTHS, [()] * len(names))
    return (
        _doubt_of_months(names, tails, months)
        or next((doubt for of in orders.items() if (doubt := _doubt_of_words(tails, *of))), "")
        or _doubt_of_hours(names, tails)
        or _doubt_of_days(tails)
    )


def _doubt_of_months(names: Sequence[str], tails: Sequence[str], months: Places) -> str:
    """Why files may not be in the order of their years and months; "" if they are.

    Args:
        names: The names of the files, in order.
        tails: The same with the folders that differ, for messages.
        months: The months in each name; none if few names have any.
    """
    years = [_YEAR.findall(name)[-1:] for name in names]
    if not of_the_kind(years, bool):
        years = [[]] * len(names)
    dates = [*zip(years, months, strict=True)]
    full = max(dates, key=lambda date: [*map(len, date)])
    known = of_the_kind(dates, lambda date: [*map(bool, date)] == [*map(bool, full)])
    if len(known) < min(len(names), _FEWEST) or not any(full):
        return ""
    at = _first_fall([dates[i] for i in known])
    if at is None:
        return ""
    one, other = known[at], known[at + 1]
    what = "years" if years[one] != years[other] else MONTHS
    return f"{tails[other]} and {tails[one]} may be named by their {what}"


def _doubt_of_words(tails: Sequence[str], what: str, places: Places) -> str:
    """Why files may not be in the order of their words; "" if they are, or if digits decide."""
    known = [i for i, of_name in enumerate(places) if of_name]
    if len(known) < min(len(tails), _FEWEST):
        return ""
    at = _first_fall([places[i] for i in known])
    names = [os.path.basename(tails[i]) for i in known]
    if at is None or any(re.search("[0-9]", name.partition(".")[0]) for name in names):
        return ""  # 2024-01-05-fri, 2024-01-08-mon
    return f"{tails[known[at + 1]]} and {tails[known[at]]} may be named by {what}"


def _doubt_of_hours(names: Sequence[str], tails: Sequence[str]) -> str:
    """Why files may not be in the order of the hours in their names; "" if they are."""
    known = of_the_kind(names, _CLOCK.search)
    at = _first_fall(_hours([names[i] for i in known]))
    if at is None:
        return ""
    return f"{tails[known[at + 1]]} and {tails[known[at]]} may be named by times of day"


def _hours(names: Sequence[str]) -> list[tuple[int, int]]:
    """For each name what is before its hour, counted, and the hour of the day."""
    ranks: dict[str, int] = {}
    hours = []
    for match in filter(None, map(_CLOCK.search, names)):
        rank = ranks.setdefault(match.string[: match.start()], len(ranks))
        hours.append((rank, int(match[1]) % 12 + 12 * (match[2].lower() == "pm")))
    return hours


def _first_fall(values: Sequence[tuple[Any, ...]]) -> int | None:
    """The first place whose value is above the next one."""
    return next((i for i, (one, other) in enumerate(pairwise(values)) if one > other), None)


def _doubt_of_days(tails: Sequence[str]) -> str:
    """Why files may not be in the order of dates with the day before the month; "" if they are."""
    for pattern in (_DAY_FIRST, _YEAR_FIRST):
        known = [tails[i] for i in of_the_kind(tails, pattern.search)]
        at = _first_fall(_dates(known, pattern))
        if at is not None:
            return f"{known[at + 1]} and {known[at]} may be dates with the day before the month"
    return _doubt_of_last_years(tails)


def _doubt_of_last_years(tails: Sequence[str]) -> str:
    """Why files may not be in the order of dates with the year last; "" if they may be."""
    known = [tails[i] for i in of_the_kind(tails, _YEAR_LAST.search)]
    found = [match for match in map(_YEAR_LAST.search, known) if match]
    ranks: dict[str, int] = {}
    groups = [ranks.setdefault(m.string[: m.start()], len(ranks)) for m in found]
    falls = []
    for places in _READINGS:
        dates = [_date_of((m[1], m[3], m[4]), places) for m in found]
        if all(dates):
            falls.append(_first_fall(list(zip(groups, dates, strict=True))))
    at = falls[0] if falls else None
    if at is None or None in falls:
        return ""
    return f"{known[at + 1]} and {known[at]} may be dates with the year last"


def _date_of(digits: tuple[str, str, str], places: tuple[int, int, int]) -> tuple[int, ...]:
    """The year, month and day of three numbers at these places; none if they are no date."""
    year, month, day = (digits[place] for place in places)
    if len(month) > 2 or len(day) > 2 or not (1 <= int(month) <= 12 and 1 <= int(day) <= 31):
        return ()
    if len(year) == 2:
        year = f"{'19' if int(year) >= _FIRST_OF_1900 else '20'}{year}"
    return int(year), int(month), int(day)


def _dates(tails: Sequence[str], pattern: re.Pattern[str]) -> list[tuple[int, str, int, int]]:
    """For each file what is before its date, counted, and year, month and day; none if not all."""
    ranks: dict[str, int] = {}
    dates = []
    for match in filter(None, map(pattern.search, tails)):
        fields = [text for text in match.groups() if text and text.isdigit()]
        year = fields.pop(0 if pattern is _YEAR_FIRST else -1)
        day, month = map(int, fields)
        if not (1 <= day <= 31 and 1 <= month <= 12):
            return []
        rank = ranks.setdefault(match.string[: match.start()], len(ranks))
        dates.append((rank, year, month, day))
    if pattern is _YEAR_FIRST and all(day <= 12 for *_, day in dates):
        return []  # the month follows the year, as usual
    return dates
