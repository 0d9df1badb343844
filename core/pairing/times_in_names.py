"""The days, months and hours in the names of a set of files, as a column may have them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

_DAY = re.compile(r"(?<![0-9])((?:19|20)[0-9]{2})([-_.]?)(0[1-9]|1[0-2])\2([0-3][0-9])(?![0-9])")
_MONTH = re.compile(r"(?<![0-9])((?:19|20)[0-9]{2})-(0[1-9]|1[0-2])(?![0-9]|[-_.][0-9])")
_HOUR = re.compile(
    r"(?<![0-9])((?:19|20)[0-9]{2})([-_.]?)(0[1-9]|1[0-2])\2([0-3][0-9])[t _-]?([01][0-9]|2[0-3])"
    r"(?:[-_.:]?([0-5][0-9])(?:[-_.:]?00)?)?z?(?![0-9])"
)
"""An hour of a day, in lower case, perhaps with its minutes."""

_MIDNIGHT = re.compile(r"[T ]00:00(?::00(?:\.0+)?)?\Z")
_TIME = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})[T ]([0-9]{2}:[0-9]{2})(?::00(?:\.0+)?)?")
_WHOLE = re.compile(r"0*([0-9]+)(?:\.0*)?")

_NOTATIONS = ("{0}-{1}-{2}", "{0}{1}{2}", "{0}/{1}/{2}", "{0}.{1}.{2}", "{2}.{1}.{0}")
"""How a day is written: year, month and day. Slashes behind the day or the month come below."""

_WITH_SLASHES = ("{2}/{1}/{0}", "{1}/{2}/{0}")
"""Notations that may be one another: they are read where only one of them fits."""

_HOURS = frozenset({"hour", "hours", "hr", "hh"})


class Days(NamedTuple):
    """The day, or the month, in the name of each file, as `2024-01-31`."""

    days: list[str]

    def may_be(self, name: str, kind: str) -> bool:
        """See `Reading`."""
        return kind in ("text", "date", "integer")

    def texts_for(self, name: str, values: Sequence[str | None]) -> list[str]:
        """See `Reading`."""
        bare = {_MIDNIGHT.sub("", value or "") for value in values}
        months = [self.days, [day.replace("-", "") for day in self.days]]
        written = months if len(self.days[0]) < 10 else self._written(_NOTATIONS)
        found = [days for days in written if bare and bare <= {*days}]
        if found or len(self.days[0]) < 10:
            return found[0] if found else []
        in_doubt = [days for days in self._written(_WITH_SLASHES) if bare and bare <= {*days}]
        if in_doubt:
            return in_doubt[0] if len(in_doubt) == 1 else []
        return self.days if bare and _with_numbers_of_months(bare) <= {*self.days} else []

    def _written(self, notations: Sequence[str]) -> list[list[str]]:
        """The days in each notation, with and without leading zeros."""
        parts = [tuple(day.split("-")) for day in self.days]
        short = [tuple(part.lstrip("0") for part in of_day) for of_day in parts]
        return [[how.format(*day) for day in of] for how in notations for of in (parts, short)]


class Hours(NamedTuple):
    """The hour of a day in the name of each file, as `2024-01-31 05:00`."""

    hours: list[str]

    def may_be(self, name: str, kind: str) -> bool:
        """See `Reading`."""
        is_hour = name.casefold() in _HOURS and len({hour[:10] for hour in self.hours}) == 1
        return kind in ("text", "date") or (is_hour and kind in ("integer", "fraction"))

    def texts_for(self, name: str, values: Sequence[str | None]) -> list[str]:
        """See `Reading`."""
        found = [_TIME.fullmatch(value or "") for value in values]
        if values and {" ".join(match.groups()) if match else "" for match in found} <= {
            *self.hours
        }:
            return self.hours
        numbers = [_WHOLE.fullmatch(value or "") for value in values]
        whole = [f"{int(hour[11:13])}" for hour in self.hours]
        is_hour = self.may_be(name, "integer") and len(set(whole)) == len(set(self.hours))
        are_some = values and {match[1] if match else "" for match in numbers} <= {*whole}
        return whole if is_hour and are_some else []


def _with_numbers_of_months(texts: set[str]) -> set[str]:
    """Days as `2024-01-31`, of which some may have the name of the month."""
    import pyarrow as pa  # late: few columns are looked at

    from smoothl1.witnesses.date_spellings import with_plain_dates

    stored = pa.array([text.encode(errors="surrogatepass") for text in texts], pa.binary())
    return {plain.decode(errors="replace") for plain in with_plain_dates(stored).to_pylist()}


def times_of(names: Sequence[str]) -> list[Days | Hours]:
    """What the days, months and hours in names say: first those that tell the files apart.

    Args:
        names: The names, in lower case.

    Returns:
        Those that all names have, and that are not the same in all.
    """
    days = ["-".join(match.group(1, 3, 4)) for name in names if (match := _DAY.search(name))]
    months = ["-".join(match.groups()) for name in names if (match := _MONTH.search(name))]
    matches = [match for name in names if (match := _HOUR.search(name))]
    hours = [f"{m[1]}-{m[3]}-{m[4]} {m[5]}:{m[6] or '00'}" for m in matches]
    found: list[Days | Hours] = [Days(days), Days(months), Hours(hours)]
    varying = [x for x in found if len(x[0]) == len(names) and len({*x[0]}) > 1]
    return sorted(varying, key=lambda of_files: len({*of_files[0]}) < len(names))
