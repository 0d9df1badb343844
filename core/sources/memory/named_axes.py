"""The axes of arrays in memory by their names, and the places along them, as xarray has them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from smoothl1.sources.columns import is_utf8
from smoothl1.sources.coordinates import VALIDITY, named_axes_of
from smoothl1.sources.memory.array_source import NamedAxis
from smoothl1.sources.memory.attributes import unit_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

_COUNTED = "microseconds since 1970-01-01"
"""How dates of cftime are counted."""

_UNITS = (("s", 1), ("ms", 1), ("us", 1), ("ns", 1))


def dimensions(values: Any) -> tuple[Any, ...]:
    """The names of the dimensions of an array; empty if it has none."""
    names = getattr(values, "dims", None)
    return named_axes_of(names) if isinstance(names, tuple) else ()


def names_of_axes(values: Any) -> tuple[str, ...]:
    """The names of the axes of an array, as xarray has them; empty if they are none."""
    names = dimensions(values)
    return names if all(isinstance(name, str) for name in names) else ()


def index_along(values: Any, name: Any) -> Any:
    """The labels along an axis of an array, an index of pandas; None if there are none."""
    indexes = getattr(values, "indexes", None)
    return indexes.get(name) if isinstance(indexes, Mapping) else None


def validity_along(values: Any, name: Any) -> Any:
    """The times along an axis that forecasts are valid for, an index of pandas; None without any.

    They are a coordinate beside the labels of the axis, which say when a forecast was issued.
    """
    of: Any = _coordinates(values).get(VALIDITY)
    is_along = name != VALIDITY and getattr(of, "dims", None) == (name,)
    return of.to_index() if is_along and hasattr(of, "to_index") else None


def named_axes(values: Any) -> tuple[NamedAxis, ...]:
    """The axes of an array by their names, with the places along them; empty if they have none.

    Args:
        values: An array; one of xarray has names and places.
    """
    coordinates = _coordinates(values)
    return tuple(
        _named(name, index_along(values, name), coordinates.get(name))._replace(
            beside=tuple(_beside(values, name))
        )
        for name in names_of_axes(values)
    )


def named_points(values: Any) -> tuple[NamedAxis, ...]:
    """The coordinates of an array along no axis, which have one place each, as xarray has them."""
    if not names_of_axes(values):
        return ()
    alone = (
        (name, of)
        for name, of in _coordinates(values).items()
        if getattr(of, "dims", None) == () and isinstance(name, str)
    )
    return tuple(_named(name, np.asarray(of).reshape(1), of) for name, of in alone)


def _coordinates(values: Any) -> Mapping[Any, Any]:
    """The coordinates of an array by their names, as xarray has them."""
    found = getattr(values, "coords", None)
    return found if isinstance(found, Mapping) else {}


def with_dates_as_texts(labels: Any) -> Any:
    """Labels, of which dates of cftime are texts, as those of a file in such a calendar are.

    Args:
        labels: An index of pandas or an array, shape (N,).
    """
    dates = _named("", labels, None) if _calendar_of(labels) else None
    if dates is None or dates.places is None:
        return labels
    from smoothl1.sources.containers.time_units import time_unit  # late: few have such dates

    unit = time_unit(dates.unit, dates.calendar)
    return labels if unit is None else np.array(unit.texts(dates.places), object)


def coordinates_along(values: Any, name: Any) -> Iterator[tuple[str, Any]]:
    """The coordinates along one axis of an array beside its labels, by their names.

    Args:
        values: The array.
        name: The name of the axis.
    """
    known = {name, *getattr(index_along(values, name), "names", ())}
    for called, of in _coordinates(values).items():
        if isinstance(called, str) and called not in known and _dims_of(of) == (name,):
            yield called, of


def _beside(values: Any, name: str) -> Iterator[NamedAxis]:
    """What else is along an axis: the levels of its index, and coordinates, also of several axes.

    A coordinate along several axes is one of the first of these.

    Args:
        values: The array.
        name: The name of the axis.
    """
    index, coordinates = index_along(values, name), _coordinates(values)
    if getattr(index, "nlevels", 1) > 1:
        for level, called in enumerate(index.names):
            if isinstance(called, str):
                yield _named(called, index.get_level_values(level), coordinates.get(called))
    for called, of in coordinates_along(values, name):
        yield _named(called, np.asarray(of), of)
    axes = names_of_axes(values)
    for called, of in coordinates.items():
        dims = _dims_of(of)
        if isinstance(called, str) and len(dims) > 1 and dims[0] == name and {*dims} <= {*axes}:
            yield _named(called, np.asarray(of).reshape(-1), of)._replace(n_axes=len(dims))


def _dims_of(coordinate: Any) -> tuple[Any, ...]:
    """The names of the dimensions of a coordinate; empty if it has none, or is along none."""
    names = getattr(coordinate, "dims", ())
    return names if isinstance(names, tuple) else ()


def _named(name: str, labels: Any, of: Any) -> NamedAxis:
    """An axis with its labels, as far as they can be compared; dates of cftime as counts."""
    if labels is None:
        return NamedAxis(name, None, "")
    if calendar := _calendar_of(labels):
        from importlib import import_module  # late: whoever made such dates has cftime

        counts = import_module("cftime").date2num(np.asarray(labels), _COUNTED, calendar)
        return NamedAxis(name, np.asarray(counts, np.int64), _COUNTED, calendar)
    return NamedAxis(name, _places(labels), unit_of(of))


def _calendar_of(labels: Any) -> str:
    """The calendar of dates that are objects of cftime; "" if they are none."""
    dates = np.asarray(labels)
    if dates.dtype.kind != "O" or not dates.size:
        return ""
    calendars = {getattr(date, "calendar", None) for date in dates}
    are_dates = len(calendars) == 1 and hasattr(dates.reshape(-1)[0], "timetuple")
    calendar = calendars.pop() if are_dates else None
    return calendar if isinstance(calendar, str) else ""


def _places(index: Any) -> NDArray[Any] | None:
    """The labels of an index if they are numbers, texts or dates; None if not."""
    if getattr(index, "nlevels", 1) != 1:
        return None
    found = np.asarray(index)
    if found.dtype.kind in "iuf" or _are_all_dates(found):
        return found
    texts = [_text(label) for label in found] if found.dtype.kind in "OSUT" else [None]
    return None if None in texts else np.array(texts, np.str_)


def _text(label: Any) -> str | None:
    """A label without blanks around it, if it is text, or text in UTF-8; None if not."""
    if isinstance(label, bytes):
        label = label.decode("utf-8") if is_utf8(label) else None
    return label.strip() if isinstance(label, str) else None


def _are_all_dates(labels: NDArray[Any]) -> bool:
    """Whether labels are dates in a unit that pandas has, and none is missing."""
    of_pandas = labels.dtype.kind == "M" and np.datetime_data(labels.dtype) in _UNITS
    return of_pandas and not np.isnat(labels).any()
