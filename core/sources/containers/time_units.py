"""Numbers that count from a time, such as "days since 2020-01-01" in a calendar, as instants.

Source: https://cfconventions.org/cf-conventions/cf-conventions.html#time-coordinate. What is not
certain is not understood: months and years as units, a year 0 of a calendar that has none, a date
that the calendar lacks, a time zone by name.
"""

from __future__ import annotations

import re
from itertools import accumulate
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

_DAY_NS = 86_400 * 10**9
_STEPS = {
    7 * _DAY_NS: "week weeks",
    _DAY_NS: "d day days",
    3600 * 10**9: "h hr hrs hour hours",
    60 * 10**9: "min mins minute minutes",
    10**9: "s sec secs second seconds",
    10**6: "ms msec msecs millisec millisecs millisecond milliseconds",
    10**3: "microsec microsecs microsecond microseconds",
    1: "nanosec nanosecs nanosecond nanoseconds",
}
_STEP_OF = {name: step for step, names in _STEPS.items() for name in names.split()}
_ROUNDED_NS = 10**6
"""Fractions are read to the millisecond: those of days are rounded to about a microsecond."""

_UNIT = re.compile(
    r"(?i)\s*([a-z]+)\s+since\s+([0-9]{1,4})-([0-9]{1,2})-([0-9]{1,2})"
    r"(?:(?:t|\s+)([0-9]{1,2}):([0-9]{1,2})(?::([0-9]{1,2})(?:\.([0-9]{0,9})0*)?)?)?"
    r"(?:\s*(?:z|utc|gmt|([+-])([0-9]{1,2}):([0-9]{2})|([+-])([0-9]{2})([0-9]{2})?))?\s*"
)

_REAL, _NO_LEAP, _ALL_LEAP, _MONTHS_OF_30 = "", "noleap", "all_leap", "360_day"
_CALENDARS = {
    **dict.fromkeys(("", "standard", "gregorian", "proleptic_gregorian", "julian"), _REAL),
    **dict.fromkeys(("noleap", "365_day"), _NO_LEAP),
    **dict.fromkeys(("all_leap", "366_day"), _ALL_LEAP),
    _MONTHS_OF_30: _MONTHS_OF_30,
}
"""How days follow each other in each calendar: those of real days differ in dates alone."""

_LENGTHS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_MONTHS = {
    _NO_LEAP: _LENGTHS,
    _ALL_LEAP: (31, 29, *_LENGTHS[2:]),
    _MONTHS_OF_30: (30,) * 12,
}
_FIRST_GREGORIAN, _LAST_JULIAN = (1582, 10, 15), (1582, 10, 4)
_MOST_DAYS = 3_650_000
"""Days before or after 1970, or the year 0, that are given dates: the year has four digits."""


class Instants(NamedTuple):
    """Instants of a calendar.

    Attributes:
        days: The day of each, from 1970-01-01, or from the year 0 where days are not real ones.
        ns: The nanosecond of the day.
        is_known: Which are instants, and no missing values or years beyond four digits.
    """

    days: NDArray[np.int64]
    ns: NDArray[np.int64]
    is_known: NDArray[np.bool_]

    def seconds(self) -> NDArray[np.float64]:
        """Seconds from the first day on; NaN where an instant is not known."""
        found = self.days * 86400.0 + self.ns / 1e9
        return np.where(self.is_known, found, np.nan)


class TimeUnit(NamedTuple):
    """What numbers count, from which time on, in which calendar.

    Attributes:
        step_ns: The nanoseconds of a step.
        day: The day of the reference; see `Instants.days`.
        ns: The nanosecond of that day.
        days_of: How days follow each other; "" for those of the real calendar.
    """

    step_ns: int
    day: int
    ns: int
    days_of: str

    @property
    def has_real_days(self) -> bool:
        """Whether days follow each other as in reality, so that they have dates that others use."""
        return self.days_of == _REAL

    def instants(self, values: NDArray[Any]) -> Instants:
        """The instants that numbers stand for.

        Args:
            values: Integers or floats, which are read to the millisecond.
        """
        is_known = np.isfinite(values)
        if values.dtype.kind == "f":
            exact = np.where(is_known, values, 0).astype(np.float64)
        else:
            exact = values.astype(np.uint64 if values.dtype.kind == "u" else np.int64)
        per_day = max(1, _DAY_NS // self.step_ns)
        in_days = max(1, self.step_ns // _DAY_NS)
        is_known &= np.abs(exact / (per_day / in_days)) < 2 * _MOST_DAYS
        exact = np.where(is_known, exact, 0)
        days, rest = np.divmod(exact, per_day)
        step = min(self.step_ns, _DAY_NS)
        if values.dtype.kind == "f":
            whole, part = np.divmod(days * in_days, 1)  # a fraction of a week has days
            ns = np.rint((rest * step + part * _DAY_NS) / _ROUNDED_NS).astype(np.int64)
            days, ns = whole.astype(np.int64), ns * _ROUNDED_NS
        else:
            days, ns = days.astype(np.int64) * in_days, rest.astype(np.int64) * step
        more, ns = np.divmod(ns + self.ns, _DAY_NS)
        days = days + more + self.day
        low = -719_162 if self.days_of == _REAL else 0
        is_known &= (days >= low) & (days < low + _MOST_DAYS)
        return Instants(np.where(is_known, days, 0), ns, is_known)

    def texts(self, values: NDArray[Any]) -> list[str | None]:
        """The instants as texts: dates of the Gregorian calendar, where days are real ones.

        Numbers that are no dates are given as they are; NaN is missing.
        """
        found = self.instants(values)
        dates = _dates(found.days, self.days_of)
        hours = (found.ns.astype("m8[ns]") + np.datetime64(0, "ns")).astype(str)
        return [
            f"{date} {hour[11:].rstrip('0').rstrip('.')}" if is_known else _as_it_is(value)
            for date, hour, is_known, value in zip(
                dates, hours, found.is_known, values.tolist(), strict=True
            )
        ]


def time_unit(unit: str, calendar: str) -> TimeUnit | None:
    """What a unit of time means; None if it is none, or is not certain.

    Args:
        unit: The attribute `units`.
        calendar: The attribute `calendar`; "" for that of CF, the standard one.
    """
    match = _UNIT.fullmatch(unit)
    calendar = calendar.lower()
    days_of = _CALENDARS.get(calendar)
    if match is None or days_of is None or match[1].lower() not in _STEP_OF:
        return None
    year, month, date = (int(match[i]) for i in (2, 3, 4))
    day = _day_of((year, month, date), calendar)
    hour, minute, second = (int(match[i] or 0) for i in (5, 6, 7))
    if day is None or hour > 23 or minute > 59 or second > 59:
        return None
    sign, hours, minutes = match[9] or match[12], match[10] or match[13], match[11] or match[14]
    offset = (int(hours or 0) * 60 + int(minutes or 0)) * (-1 if sign == "-" else 1)
    ns = ((hour * 60 + minute - offset) * 60 + second) * 10**9
    ns += int((match[8] or "").ljust(9, "0"))
    return TimeUnit(_STEP_OF[match[1].lower()], day + ns // _DAY_NS, ns % _DAY_NS, days_of)


def _as_it_is(value: float) -> str | None:
    return None if value != value else str(value)  # noqa: PLR0124


def _day_of(date: tuple[int, int, int], calendar: str) -> int | None:
    """The day of a date; None if the calendar has no such date."""
    year, month, day = date
    days_of = _CALENDARS[calendar]
    if not (1 <= month <= 12 and day >= 1):
        return None
    if days_of != _REAL:
        lengths = _MONTHS[days_of]
        is_date = day <= lengths[month - 1]
        return year * sum(lengths) + sum(lengths[: month - 1]) + day - 1 if is_date else None
    is_mixed = calendar not in ("proleptic_gregorian", "julian")
    if year == 0 or (is_mixed and _LAST_JULIAN < date < _FIRST_GREGORIAN):
        return None
    is_julian = calendar == "julian" or (is_mixed and date < _FIRST_GREGORIAN)
    is_leap = year % 4 == 0 and (is_julian or year % 100 != 0 or year % 400 == 0)
    if day > _LENGTHS[month - 1] + (month == 2 and is_leap):
        return None
    before = year - 1
    leaps = before // 4 if is_julian else before // 4 - before // 100 + before // 400
    first = -719_164 if is_julian else -719_162  # the first day of the year 1
    in_year = sum(_LENGTHS[: month - 1]) + (month > 2 and is_leap) + day - 1
    return first + before * 365 + leaps + in_year


def _dates(days: NDArray[np.int64], days_of: str) -> Iterator[str]:
    """The dates of days."""
    if days_of == _REAL:
        yield from days.astype("M8[D]").astype(str)
        return
    lengths = _MONTHS[days_of]
    begins = [0, *accumulate(lengths)]
    years, in_year = np.divmod(days, begins[-1])
    months = np.searchsorted(begins, in_year, side="right") - 1
    for year, month, day in zip(years, months, in_year - np.take(begins, months), strict=True):
        yield f"{year:04}-{month + 1:02}-{day + 1:02}"
