"""The places along the axes of an array in one file.

netCDF, HDF5 and Zarr name the axes of an array and hold the places along each in an array of its
name. Texts and coordinates along an axis are arrays of other names.
"""

from __future__ import annotations

import math
from contextlib import suppress
from hashlib import blake2b
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from smoothl1.errors import DataError
from smoothl1.sources.columns import has_column, position
from smoothl1.sources.containers.arrays import ArraysTable
from smoothl1.sources.contract import Part, Wanted
from smoothl1.sources.coordinates import is_validity, usual_axis, without_groups
from smoothl1.sources.memory.array_source import NamedArray
from smoothl1.sources.table import ColumnInfo

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from typing import Any

    from numpy.typing import NDArray

    from smoothl1.sources.contract import Source
    from smoothl1.sources.memory.array_source import NamedAxis
    from smoothl1.sources.table import Table

_MOST_PLACES = 1 << 20
"""Places along an axis that are compared; those of the rows are also compared as they stream."""

_MOST_CHARACTERS = 4096
"""Longest text of one character each that is a coordinate along no axis."""

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
        has_columns: Whether what is along the rows is compared as it streams.
        points: The coordinates of the array along no axis, with one place each, by such names: the
            level or the time of a map.
    """

    path: str
    n_rows: int | None
    names: tuple[str, ...]
    along: tuple[dict[str, Places], ...]
    arrays: frozenset[str]
    digest: bytes
    has_columns: bool = True
    points: dict[str, Places] = {}  # noqa: RUF012  never changed

    def has(self, i: int, name: str) -> bool:
        """Whether there is something of a name along an axis."""
        return i < len(self.along) and name in self.along[i]


def axes_of(table: Table, column: str | None, others: Collection[str] | None, first: int) -> Axes:
    """The axes of an array, and what its file holds along them.

    Args:
        table: The file, open.
        column: The name of the array; None if it has none.
        others: The names of the arrays that it is compared with; None if all are read.
        first: The first axis that is compared.
    """
    if isinstance(table, NamedArray) and table.axes:
        return _in_memory(table, first)
    arrays = frozenset(map(without_groups, table.names))
    if column is None or not has_column(column, table.names):  # which is said when it is read
        return Axes(table.path, None, (), (), arrays, b"")
    info = table.columns[position(column, table.names)]
    names = None if others is None else {usual_axis(name) for name in others}
    axes = info.axes or tuple("" for _ in info.shape)
    along: list[dict[str, Places]] = [{} for _ in axes]
    for i, axis in enumerate(axes[first:], start=first):
        for usual, name in _names_along(table, info, i):
            is_text = table.columns[table.names.index(name)].kind == "text"
            if names is None or usual in names or name == axis or is_text:
                places = _places(table, name, is_axis=name == axis)
                if places is not None:
                    along[i]["" if name == axis else usual] = places
    points = _points_of(table, column)
    found = Axes(table.path, info.n_rows, axes, tuple(along), arrays, b"", points=points)
    return _with_digest(found)


def _in_memory(table: NamedArray, first: int) -> Axes:
    """The axes of an array in memory, and what is known of the places along them."""
    names = tuple(axis.name for axis in table.axes)
    has_columns = bool(table.names)
    along = tuple(
        dict(_along_in_memory(axis, are_streamed=has_columns and i == 0)) if i >= first else {}
        for i, axis in enumerate(table.axes)
    )
    points = _points_in_memory(table.points)
    beside = (of.name for axis in table.axes for of in axis.beside)
    arrays = frozenset((*names, *points, *beside, *table.names))
    found = Axes(table.path, table.n_rows, names, along, arrays, b"", has_columns, points)
    return _with_digest(found)


def _along_in_memory(axis: NamedAxis, *, are_streamed: bool) -> Iterator[tuple[str, Places]]:
    """What is along an axis in memory: its places, levels of its index, and coordinates.

    Args:
        axis: The axis.
        are_streamed: Whether these are columns, too, which are compared as they stream.
    """
    for of in (axis, *axis.beside):
        is_axis = of is axis
        is_left = are_streamed and not (is_axis or of.n_axes > 1 or is_validity(of.name))
        if of.places is not None and of.places.size <= _MOST_PLACES and not is_left:
            yield "" if is_axis else usual_axis(of.name), _places_in_memory(of, is_axis=is_axis)


def _points_in_memory(points: Iterable[NamedAxis]) -> dict[str, Places]:
    """The coordinates of an array in memory along no axis."""
    return {
        of.name.casefold(): _places_in_memory(of, is_axis=True)
        for of in points
        if of.places is not None
    }


def _points_of(table: Table, column: str) -> dict[str, Places]:
    """The coordinates of an array that has some along no axis, as the attribute names them."""
    array = table.columns[position(column, table.names)]
    if not (array.coordinates and isinstance(table, ArraysTable)):
        return {}
    found = {}
    for i, (name, info) in enumerate(zip(table.names, table.columns, strict=True)):
        called, is_alone = without_groups(name), array.axes and not {*info.axes} & {*array.axes}
        if called in array.coordinates and is_alone and len(info.shape) < 2:
            with suppress(DataError):  # what is not evaluated is not refused
                values = _single_value(table.opened_as_stored(i))
                if values is not None and values.dtype.kind == "M":
                    found[called.casefold()] = _dates(name, values, is_axis=False)
                elif values is not None:
                    found[called.casefold()] = Places(name, info, values, is_axis=False)
    return found


def _single_value(source: Source) -> NDArray[Any] | None:
    """The only number, date or text of an array, shape (1,); None if it has several, or none."""
    field, n_rows = source.fields[0], source.n_rows or 0
    is_text = field.dtype.str[1:] == "S1" and field.row_shape == ()  # netCDF has characters
    if not (field.is_scalar or is_text) or not 0 < n_rows <= _MOST_CHARACTERS:
        return None
    values, missing = next(source.blocks(Part(0, n_rows), max(1, n_rows))).fields[0]
    if missing is not None and missing.any():
        return None
    if values.dtype.kind not in "SUO":
        return values.copy()
    found = b"".join(values) if field.dtype.kind == "S" else values[0]
    text = found.decode("utf-8", "replace") if isinstance(found, bytes) else str(found)
    return np.array([text.strip("\0 ")], np.str_)


def _places_in_memory(of: NamedAxis, *, is_axis: bool) -> Places:
    """The places along an axis in memory, which are known."""
    name, values = of.name, np.asarray(of.places)
    if of.calendar:
        from smoothl1.sources.containers.time_units import time_unit  # late: few have one

        meant = time_unit(of.unit, of.calendar)
        return Places(name, ColumnInfo("", "integer", time_unit=meant), values, is_axis)
    if values.dtype.kind == "M":
        return _dates(name, values, is_axis=is_axis)
    kind = {"U": "text", "f": "fraction"}.get(values.dtype.kind, "integer")
    shape = (values.size,) * of.n_axes  # how many axes it has counts, not how long they are
    return Places(name, ColumnInfo("", kind, unit=of.unit, shape=shape), values, is_axis)


def _dates(name: str, values: NDArray[Any], *, is_axis: bool) -> Places:
    """Places that are dates, as numbers that count from a time."""
    from smoothl1.sources.containers.time_units import time_unit  # late: few axes are times

    unit, count = np.datetime_data(values.dtype)
    if unit not in _DATES or count != 1:  # months, hours, 25 s
        try:
            unit, values = "us", values.astype("M8[us]")
        except OverflowError:  # years far away
            return Places(name, ColumnInfo("", "text"), values.astype(np.str_), is_axis)
    meant = time_unit(f"{_DATES[unit]} since 1970-01-01", "")
    info = ColumnInfo("", "integer", time_unit=meant)
    return Places(name, info, values.astype(np.int64), is_axis)


def _with_digest(axes: Axes) -> Axes:
    found = blake2b(repr(axes.names).encode(), digest_size=16)
    for of_axis in (*axes.along, axes.points):
        for usual, (name, info, values, _) in of_axis.items():
            what = (usual, name, info.unit, info.time_unit, values.dtype.str, values.size)
            found.update(repr(what).encode())
            found.update(values.tobytes())
    return axes._replace(digest=found.digest())


def _names_along(table: Table, array: ColumnInfo, i: int) -> Iterator[tuple[str, str]]:
    """Arrays along an axis by the names that two files share: the axis, texts and coordinates.

    Other numbers along an axis may be data, which may differ. Of one axis, what else is along the
    rows is compared as they stream. A coordinate along several axes is one of the first of these.

    Args:
        table: The file.
        array: The array that has the axis.
        i: Which axis it is.
    """
    for name, info in zip(table.names, table.columns, strict=True):
        is_named = without_groups(name) in array.coordinates
        if array.axes and name == array.axes[i]:
            is_along = True
        elif len(info.shape) > 1 and not array.axes:  # a place for each element of a swath
            is_swath = i == len(array.shape) - len(info.shape) and info.shape == array.shape[i:]
            is_along = is_swath and usual_axis(name) in _USUAL
        elif is_named and len(info.shape) > 1:
            is_along = info.axes[:1] == array.axes[i : i + 1] and {*info.axes} <= {*array.axes}
        else:
            is_meant = info.kind == "text" or is_named or usual_axis(name) in _USUAL
            is_along = i > 0 and is_meant and _is_along(info, array, i)
        if is_along or (is_validity(name) and _is_along(info, array, i)):
            yield usual_axis(name), name


def _is_along(info: ColumnInfo, array: ColumnInfo, i: int) -> bool:
    """Whether an array, of one axis, is along an axis of another one.

    Where axes have no names, their lengths tell, if no two are equal.
    """
    if array.axes:
        of_characters = info.kind == "text" and len(info.axes) == 2
        return info.axes[:1] == (array.axes[i],) and (len(info.axes) == 1 or of_characters)
    is_told = not info.axes and array.shape.count(array.shape[i]) == 1
    return is_told and info.shape == (array.shape[i],)


def _places(table: Table, name: str, *, is_axis: bool) -> Places | None:
    """What an array holds along an axis; None if it is not compared, or cannot be read."""
    info = table.columns[table.names.index(name)]
    is_compared = info.kind in ("integer", "fraction", "text", "date") or len(info.shape) > 1
    is_compared |= info.time_unit is not None
    if not is_compared or math.prod(info.shape) > _MOST_PLACES:
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
