"""Names of coordinates of one meaning: `lat` and `latitude`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from smoothl1.lazy_patterns import lazy_pattern

if TYPE_CHECKING:
    from collections.abc import Sequence

VALIDITY = "valid_time"
"""The name of the times that forecasts are valid for, beside those of their issue."""

_NAMES = {"latitude": "lat", "longitude": "lon", "lng": "lon"}
_AXES = {**_NAMES, VALIDITY: "time"}

_NUMBERED = lazy_pattern(r"phony_dim_[0-9]+")


def usual_name(name: str) -> str:
    """The name of a column, the same for two names of a latitude or a longitude."""
    return _NAMES.get(name, name)


def without_groups(name: str) -> str:
    """The name of an array or an axis without the groups that it is in."""
    return name.rpartition("/")[2]


def usual_axis(name: str) -> str:
    """The name of an axis without the groups that it is in, in lower case: Ferret writes `LAT`.

    The time of validity is a time, too.
    """
    name = without_groups(name).casefold()
    return _AXES.get(name, name)


def is_validity(name: str) -> bool:
    """Whether a coordinate holds the times that forecasts are valid for."""
    return without_groups(name).casefold() == VALIDITY


def is_along_rows(axes: Sequence[str], of_array: Sequence[str]) -> bool:
    """Whether an array may be along the rows of another one, as far as names of axes tell.

    Args:
        axes: The names of its axes, that of its rows first; empty if they have none.
        of_array: Those of the other array.

    Returns:
        False if its first axis is another axis of that array than the first.
    """
    if not axes or len(of_array) < 2:
        return True
    own, (rows, *others) = usual_axis(axes[0]), map(usual_axis, of_array)
    return own == rows or own not in others


def named_axes_of(axes: tuple[str, ...]) -> tuple[str, ...]:
    """The names of the axes of an array; none if a library numbered them: netCDF-C, h5netcdf.

    Such numbers count the lengths that a file has, so that one axis has another in another file.
    """
    return () if any(_NUMBERED.fullmatch(without_groups(str(name))) for name in axes) else axes


def is_longitude(name: str, unit: str) -> bool:
    """Whether a coordinate is a longitude, of which 190 and -170 are one."""
    if usual_axis(name) == "lon" or not unit:
        return usual_axis(name) == "lon"
    from smoothl1.sources.unit_spellings import usual_spelling  # late: most arrays say no unit

    return usual_spelling(unit) == "degrees_east"
