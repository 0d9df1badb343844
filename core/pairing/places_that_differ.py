"""How the places along the axes of an array in one file differ from those of another file."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from smoothl1.sources.columns import shown
from smoothl1.sources.coordinates import (
    VALIDITY,
    is_longitude,
    is_validity,
    usual_axis,
    usual_name,
    without_groups,
)
from smoothl1.sources.unit_spellings import is_one_unit
from smoothl1.witnesses.near_places import are_same, in_one_type

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any

    from numpy.typing import NDArray

    from smoothl1.pairing.places import Axes, Places
    from smoothl1.sources.containers.time_units import TimeUnit

_TIME = usual_axis(VALIDITY)
"""What axes of times are called."""

_OF_SERIES = frozenset(
    (
        *("number", "member", "member_id", "realization", "ensemble", "expver", "variant_label"),
        *("variable", "model", "source", "source_id", "dataset", "product", "experiment"),
        *("experiment_id", "institution_id", "forecast_period", "forecast_reference_time"),
        *("init", "init_time", "lead", "lead_time", "prediction_timedelta"),
    )
)
"""Coordinates that say which series it is, of which model, member or forecast: what is compared
differs in these."""


class Difference(NamedTuple):
    """Places that differ.

    Attributes:
        what: What differs: an axis, or a coordinate of it.
        text: The same with the first place that differs.
        is_order: Whether both files have the same places in another order.
        are_half_the_same: Whether half of the places are those of the other file, elsewhere or not,
            none is there twice, and most differ.
    """

    what: str
    text: str
    is_order: bool
    are_half_the_same: bool


def differences(one: Axes, other: Axes) -> Iterator[Difference]:
    """The places in which the axes of one file differ from those of another.

    Args:
        one: The axes of one array.
        other: The axes of the other.
    """
    if len(one.names) != len(other.names):
        return
    for i in range(len(one.names)):
        for mine, others in _in_common(one, other, i):
            what = _called(one.names[i], mine, i)
            found = _difference(mine, others, what, f"that of {other.path}")
            if found is not None:
                yield found
        are_streamed = i == 0 and one.has_columns and other.has_columns and one.path != other.path
        if not are_streamed:
            yield from _of_other_names(one, other, i)


def _in_common(one: Axes, other: Axes, i: int) -> Iterator[tuple[Places, Places]]:
    """What both files hold along an axis: the same, as far as names tell."""
    valid = _times_of_validity(one, other, i)
    if valid is not None:
        yield valid
    are_one = _are_one_axis(one, other, (one.names[i], other.names[i]))
    for usual, places in one.along[i].items():
        is_settled = valid is not None and usual_axis(usual or one.names[i]) == _TIME
        if other.has(i, usual) and (usual or are_one) and not is_settled:
            yield places, other.along[i][usual]


def _times_of_validity(one: Axes, other: Axes, i: int) -> tuple[Places, Places] | None:
    """The times along an axis that are to be the same where one side has those of forecasts.

    Of forecasts these are the times that they are valid for, not those of their issue. Times of the
    other side that are called neither are the former.
    """
    sides = (one, other)
    valid = [
        next((of for of in side.along[i].values() if is_validity(of.name)), None) for side in sides
    ]
    if valid == [None, None]:
        return None
    for side, of in enumerate(sides):
        if valid[side] is None and VALIDITY not in of.arrays and usual_axis(of.names[i]) == _TIME:
            valid[side] = of.along[i].get("")
    mine, others = valid
    return None if mine is None or others is None else (mine, others)


def _called(axis: str, places: Places, i: int) -> str:
    """What is along an axis, for a message.

    Args:
        axis: The name of the axis; "" for none.
        places: What is along it.
        i: Which axis it is.
    """
    what = f"axis {shown(without_groups(axis)) if axis else i + 1}"
    return what if places.is_axis else f"coordinate {shown(without_groups(places.name))} of {what}"


def point_differences(one: Axes, other: Axes) -> Iterator[Difference]:
    """The coordinates along no axis that differ: of a level, a station, a time.

    A forecast and an analysis have other starts and steps where both are valid at one time.

    Args:
        one: The axes and coordinates of one array.
        other: Those of the other.
    """
    has_valid = [VALIDITY in of.points or VALIDITY in of.arrays for of in (one, other)]
    sides = [_points_compared(of.points, is_valid=any(has_valid)) for of in (one, other)]
    for name, places in sides[0].items():
        if name in sides[1]:
            what = f"coordinate {shown(without_groups(places.name))}"
            found = _difference(places, sides[1][name], what, f"that of {other.path}", place="")
            if found is not None:
                yield found


def _points_compared(points: dict[str, Places], *, is_valid: bool) -> dict[str, Places]:
    """The coordinates along no axis that are compared, by names that two files share.

    Args:
        points: All of them.
        is_valid: Whether a file says the time of validity, beside which a time may be a start.
    """
    found = {usual_name(name): of for name, of in points.items() if name not in _OF_SERIES}
    if is_valid:
        found.pop("step", None)
        if VALIDITY in found:
            found["time"] = found.pop(VALIDITY)
    return found


def _of_other_names(one: Axes, other: Axes, i: int) -> Iterator[Difference]:
    """The texts and times along an axis that differ, where each file alone has some under a name.

    That they go together is a guess. So only the same in another order count, or those of which
    half are the same. Numbers of other names may be anything.
    """
    for kind in ("text", "time"):
        mine, theirs = _alone(one, other, i, kind), _alone(other, one, i, kind)
        if len(mine) == len(theirs) == 1:
            names = [shown(without_groups(places.name)) for places in (*mine, *theirs)]
            found = _difference(mine[0], theirs[0], names[0], f"{names[1]} of {other.path}")
            if found is not None and (found.is_order or found.are_half_the_same):
                yield found


def _alone(one: Axes, other: Axes, i: int, kind: str) -> list[Places]:
    """The texts or times along an axis under names that the other file does not have.

    Args:
        one: The axes of one array.
        other: The axes of the other.
        i: Which axis.
        kind: "text", or "time" for the times of the axis itself.
    """
    known = {usual or usual_axis(other.names[i]) for usual in other.along[i]}
    if one.path != other.path:  # in one file each array has axes of its own
        known |= {usual_axis(name) for name in other.arrays}
    return [
        places
        for usual, places in one.along[i].items()
        if (usual or usual_axis(one.names[i])) not in known
        and (
            places.values.dtype.kind == "U"
            if kind == "text"
            else places.is_axis and places.info.time_unit is not None
        )
    ]


def _are_one_axis(one: Axes, other: Axes, axes: tuple[str, str]) -> bool:
    """Whether two names are those of one axis: no file has an array of the other's name, too."""
    names = without_groups(axes[0]), without_groups(axes[1])
    are_alike = usual_axis(axes[0]) == usual_axis(axes[1])
    has_both = names[1] in one.arrays or names[0] in other.arrays
    return are_alike and (names[0] == names[1] or not has_both)


def _difference(
    one: Places, other: Places, what: str, of_other: str, place: str = " in place {}"
) -> Difference | None:
    """How two arrays of places differ, if both are in one unit; None if they do not.

    Args:
        one: The places in one file.
        other: The places in the other.
        what: What they are.
        of_other: What they are in the other file.
        place: How a message says the place; "" if there is but one.
    """
    if (one.values.dtype.kind == "U") != (other.values.dtype.kind == "U"):
        return None
    units = [one.info.time_unit, other.info.time_unit]
    is_unsaid = units == [None, None] and "" in (one.info.unit, other.info.unit)
    if None in units and not (is_unsaid or is_one_unit(one.info.unit, other.info.unit)):
        return None
    values = [one.values, other.values]
    if values[0].size != values[1].size:
        return None  # the shapes say so
    ones, others = _comparable(values, units)
    if units == [None, None] and is_longitude(one.name, one.info.unit or other.info.unit):
        ones, others = (of if of.dtype.kind == "U" else np.mod(of, 360) for of in (ones, others))
    are_times = None not in units
    is_other = ~are_same(ones, others, are_times=are_times)
    if not is_other.any():
        return None
    row = int(is_other.argmax())
    texts = [_text_of(*of_side, row) for of_side in zip(values, units, strict=True)]
    text = f"{what} is at {texts[0]}{place.format(row + 1)}, {of_other} at {texts[1]}"
    are_distinct = np.unique(ones).size == ones.size
    is_chance = not (one.is_axis or are_distinct or len(one.info.shape) > 1)
    sides = np.sort(ones), np.sort(others)
    is_order = not is_chance and bool(are_same(*sides, are_times=are_times).all())
    are_mostly_other = are_distinct and 2 * np.count_nonzero(is_other) > ones.size
    are_half = are_mostly_other and 2 * np.count_nonzero(np.isin(ones, others)) >= ones.size
    return Difference(what, text, is_order, bool(are_half))


def _comparable(
    values: Sequence[NDArray[Any]], units: Sequence[TimeUnit | None]
) -> list[NDArray[Any]]:
    """The places of both sides as numbers: of times, seconds; as texts in two calendars."""
    if any(of_side.dtype.kind == "U" for of_side in values):
        return list(values)
    known = [unit for unit in units if unit is not None]
    if len(known) < len(units):
        return in_one_type(values)
    sides = list(zip(known, values, strict=True))
    if len({unit.days_of for unit in known}) > 1:
        return [np.array([text or "nan" for text in unit.texts(some)]) for unit, some in sides]
    return [unit.instants(some).seconds() for unit, some in sides]


def _text_of(values: NDArray[Any], unit: TimeUnit | None, row: int) -> str:
    """A place for a message."""
    if values.dtype.kind == "U":
        return shown(str(values[row]))
    if unit is None:
        return str(values[row]).removesuffix(".0")
    return unit.texts(values[row : row + 1])[0] or "nan"
