"""The places along the axes of an array in one file, and how those of another file differ.

netCDF, HDF5 and Zarr name the axes of an array and hold the places along each in an array of its
name. Texts and coordinates along an axis are arrays of other names.
"""

from __future__ import annotations

from contextlib import suppress
from hashlib import blake2b
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from smoothl1.errors import DataError
from smoothl1.pairing.near_places import are_same, in_one_type
from smoothl1.sources.columns import has_column, position, shown
from smoothl1.sources.contract import Part, Wanted
from smoothl1.sources.coordinates import is_one_unit, usual_axis, without_groups
from smoothl1.sources.memory.array_source import ArrayTable
from smoothl1.sources.table import ColumnInfo

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from typing import Any

    from numpy.typing import NDArray

    from smoothl1.sources.containers.time_units import TimeUnit
    from smoothl1.sources.table import Table

_MOST_PLACES = 1 << 20
"""Places along an axis that are compared; those of the rows are also compared as they stream."""

_DATES = {
    "D": "days",
    "s": "seconds",
    "ms": "milliseconds",
    "us": "microseconds",
    "ns": "nanoseconds",
}
"""Units of dates by types."""

_USUAL = ("lat", "lon", "time")


class Places(NamedTuple):
    """What a file holds along an axis: the places, or texts or coordinates of them.

    Attributes:
        name: The name of the array.
        info: More about the array.
        values: Its values: numbers as they are stored, or texts.
        is_axis: Whether these are the places of the axis itself.
    """

    name: str
    info: ColumnInfo
    values: NDArray[Any]
    is_axis: bool


class Axes(NamedTuple):
    """The axes of an array in one file.

    Attributes:
        path: The file.
        n_rows: The number of rows; None if not known.
        names: The names of the axes, that of the rows first.
        along: For each axis what the file holds along it, by names that two files share.
        arrays: The names of all arrays, without the groups that they are in.
        digest: The same for two files with the same axes and places.
    """

    path: str
    n_rows: int | None
    names: tuple[str, ...]
    along: tuple[dict[str, Places], ...]
    arrays: frozenset[str]
    digest: bytes

    def has(self, i: int, name: str) -> bool:
        """Whether there is something of a name along an axis."""
        return i < len(self.along) and name in self.along[i]


class Difference(NamedTuple):
    """Places that differ.

    Attributes:
        what: What differs: an axis, or a coordinate of it.
        text: The same with the first place that differs.
        is_order: Whether both files have the same places in another order.
    """

    what: str
    text: str
    is_order: bool


def axes_of(table: Table, column: str | None, others: Collection[str] | None, first: int) -> Axes:
    """The axes of an array, and what its file holds along them.

    Args:
        table: The file, open.
        column: The name of the array; None if it has none.
        others: The names of the arrays that it is compared with; None if all are read.
        first: The first axis that is compared.
    """
    if isinstance(table, ArrayTable):
        return _in_memory(table)
    arrays = frozenset(map(without_groups, table.names))
    if column is None or not has_column(column, table.names):  # which is said when it is read
        return Axes(table.path, None, (), (), arrays, b"")
    info = table.columns[position(column, table.names)]
    names = None if others is None else {usual_axis(name) for name in others}
    along: list[dict[str, Places]] = [{} for _ in info.axes]
    for i, axis in enumerate(info.axes[first:], start=first):
        for usual, name in _names_along(table, axis, info.coordinates if i else None):
            if names is None or usual in names or name == axis:
                places = _places(table, name, is_axis=name == axis)
                if places is not None:
                    along[i]["" if name == axis else usual] = places
    return _with_digest(Axes(table.path, info.n_rows, info.axes, tuple(along), arrays, b""))


def _in_memory(table: ArrayTable) -> Axes:
    """The axes of an array in memory, which has the places of its axes alone."""
    names = tuple(axis.name for axis in table.axes)
    along: tuple[dict[str, Places], ...] = tuple(
        {}
        if values is None or values.size > _MOST_PLACES
        else {"": _places_in_memory(name, values, unit)}
        for name, values, unit in table.axes
    )
    found = Axes(table.path, table.source.n_rows, names, along, frozenset(names), b"")
    return _with_digest(found)


def _places_in_memory(name: str, values: NDArray[Any], unit: str) -> Places:
    """The places along an axis in memory."""
    if values.dtype.kind == "M":
        return _dates(name, values, is_axis=True)
    kind = {"U": "text", "f": "fraction"}.get(values.dtype.kind, "integer")
    return Places(name, ColumnInfo("", kind, unit=unit), values, is_axis=True)


def _dates(name: str, values: NDArray[Any], *, is_axis: bool) -> Places:
    """Places that are dates, as numbers that count from a time."""
    from smoothl1.sources.containers.time_units import time_unit  # late: few axes are times

    meant = time_unit(f"{_DATES[np.datetime_data(values.dtype)[0]]} since 1970-01-01", "")
    info = ColumnInfo("", "integer", time_unit=meant)
    return Places(name, info, values.astype(np.int64), is_axis)


def differences(one: Axes, other: Axes) -> Iterator[Difference]:
    """The places in which the axes of one file differ from those of another.

    Args:
        one: The axes of one array.
        other: The axes of the other.
    """
    if len(one.names) != len(other.names):
        return
    for i, axes in enumerate(zip(one.names, other.names, strict=True)):
        for usual, places in one.along[i].items():
            if not other.has(i, usual):
                continue
            what = f"axis {shown(without_groups(axes[0]))}"
            if usual:
                what = f"coordinate {shown(without_groups(places.name))} of {what}"
            elif not _are_one_axis(one, other, axes):
                continue
            found = _difference(places, other.along[i][usual], what, other.path)
            if found is not None:
                yield found


def _with_digest(axes: Axes) -> Axes:
    found = blake2b(repr(axes.names).encode(), digest_size=16)
    for of_axis in axes.along:
        for usual, (name, info, values, _) in of_axis.items():
            what = (usual, name, info.unit, info.time_unit, values.dtype.str, values.size)
            found.update(repr(what).encode())
            found.update(values.tobytes())
    return axes._replace(digest=found.digest())


def _are_one_axis(one: Axes, other: Axes, axes: tuple[str, str]) -> bool:
    """Whether two names are those of one axis: no file has an array of the other's name, too."""
    names = without_groups(axes[0]), without_groups(axes[1])
    are_alike = usual_axis(axes[0]) == usual_axis(axes[1])
    has_both = names[1] in one.arrays or names[0] in other.arrays
    return are_alike and (names[0] == names[1] or not has_both)


def _names_along(
    table: Table, axis: str, coordinates: Collection[str] | None
) -> Iterator[tuple[str, str]]:
    """Arrays along an axis by the names that two files share: the axis, texts and coordinates.

    Other numbers along an axis may be data, which may differ. Without `coordinates`, it is the axis
    alone: what else is along the rows is compared as they stream.
    """
    for name, info in zip(table.names, table.columns, strict=True):
        of_characters = info.kind == "text" and len(info.axes) == 2
        is_along = info.axes[:1] == (axis,) and (len(info.axes) == 1 or of_characters)
        if name == axis:
            yield usual_axis(name), name
        elif is_along and coordinates is not None:
            is_named = without_groups(name) in coordinates or usual_axis(name) in _USUAL
            if info.kind == "text" or is_named:
                yield usual_axis(name), name


def _places(table: Table, name: str, *, is_axis: bool) -> Places | None:
    """What an array holds along an axis; None if it is not compared, or cannot be read."""
    info = table.columns[table.names.index(name)]
    is_compared = info.kind in ("integer", "fraction", "text", "date")
    is_compared |= info.time_unit is not None
    if not is_compared or (info.n_rows or 0) > _MOST_PLACES:
        return None
    is_label = info.kind in ("text", "date") and info.time_unit is None
    with suppress(DataError):  # such as a missing value: what is not evaluated is not refused
        source = table.select(Wanted((), (name,)) if is_label else Wanted(((name,),)))
        blocks = source.blocks(Part(0, source.n_rows), _MOST_PLACES)
        if is_label and info.kind == "date":
            dates = [block.labels[0].to_numpy(zero_copy_only=False) for block in blocks]
            return _dates(name, np.concatenate(dates), is_axis=is_axis) if dates else None
        if is_label:
            texts = [str(text).strip() for block in blocks for text in block.labels[0]]
            return Places(name, info, np.array(texts, np.str_), is_axis)
        found = [block.fields[0].values.copy() for block in blocks]
        return Places(name, info, np.concatenate(found) if found else np.empty(0), is_axis)
    return None


def _difference(one: Places, other: Places, what: str, path: str) -> Difference | None:
    """How two arrays of places differ, if both are in one unit; None if they do not.

    Args:
        one: The places in one file.
        other: The places in the other.
        what: What they are.
        path: The other file.
    """
    if (one.values.dtype.kind == "U") != (other.values.dtype.kind == "U"):
        return None
    units = [one.info.time_unit, other.info.time_unit]
    if None in units and not is_one_unit(one.info.unit, other.info.unit):
        return None
    values = [one.values, other.values]
    if values[0].size != values[1].size:
        return None  # the shapes say so
    ones, others = _comparable(values, units)
    are_times = None not in units
    is_other = ~are_same(ones, others, are_times=are_times)
    if not is_other.any():
        return None
    row = int(is_other.argmax())
    texts = [_text_of(*of_side, row) for of_side in zip(values, units, strict=True)]
    text = f"{what} is at {texts[0]} in place {row + 1}, that of {path} at {texts[1]}"
    is_chance = not one.is_axis and np.unique(ones).size < ones.size
    sides = np.sort(ones), np.sort(others)
    is_order = not is_chance and bool(are_same(*sides, are_times=are_times).all())
    return Difference(what, text, is_order)


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
