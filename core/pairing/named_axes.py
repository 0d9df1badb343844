"""Whether the axes of two arrays have the same names, and the same places along them, in order.

netCDF and HDF5 name the axes of an array and hold the places along each in an array of its name;
tensors of Arrow have names, too. Where both sides have them, they say what position alone cannot.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from smoothl1.errors import DataError
from smoothl1.sources.columns import position, shown
from smoothl1.sources.contract import Part, Wanted
from smoothl1.sources.coordinates import is_one_unit, usual_axis
from smoothl1.sources.table import ColumnInfo

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import Any

    from numpy.typing import NDArray

    from smoothl1.pairing.input_roles import InputRoles
    from smoothl1.sources.containers.time_units import TimeUnit
    from smoothl1.sources.table import Table

_MOST_PLACES = 1 << 20
"""Places along an axis that are compared; those of the rows are also compared as they stream."""

_LOOSE = 1e-6
"""Relative difference of two places that are the same: one may have been computed or rounded."""

_LOOSE_S = 0.0015
"""Seconds between two times that are the same: fractions are read to the millisecond."""

_USUAL = ("lat", "lon", "time")

_AS_THEY_STAND = "--no-key-check pairs them as they stand"


class _Array(NamedTuple):
    """An evaluated array with named axes."""

    table: Table
    info: ColumnInfo


def check_axes(
    tables: Sequence[Table],
    assigned: Sequence[InputRoles],
    warn: Callable[[str], None],
    *,
    is_keyed: bool,
) -> None:
    """Refuse predictions and targets whose axes, or the places along one, are in another order.

    Args:
        tables: The inputs.
        assigned: The roles of their columns.
        warn: Takes a warning about other places along an axis.
        is_keyed: Whether a key matches rows, so that the places along the first axis may differ.

    Raises:
        DataError: They are.
    """
    arrays = dict(_evaluated(tables, assigned))
    target = arrays.pop("target", None)
    for role, pred in arrays.items():
        if target is not None and role != "weight" and pred.table is not target.table:
            _check_names(pred, target)
            are_files = not (pred.table.files or target.table.files)  # each of a set has its own
            for i in range(is_keyed, len(pred.info.axes) * are_files):
                _check_places(pred, target, i, warn)


def _evaluated(
    tables: Sequence[Table], assigned: Sequence[InputRoles]
) -> Iterator[tuple[str, _Array]]:
    """The arrays that are read, by their roles."""
    for table, of_input in zip(tables, assigned, strict=True):
        for role, columns in zip(of_input.roles, of_input.wanted.fields, strict=True):
            if len(columns) == 1:
                yield role, _Array(table, table.columns[position(columns[0], table.names)])


def _check_names(pred: _Array, target: _Array) -> None:
    ones, others = (tuple(map(usual_axis, array.info.axes)) for array in (pred, target))
    if ones != others and len(set(ones)) == len(ones) and sorted(ones) == sorted(others):
        sides = (map(_short, array.info.axes) for array in (pred, target))
        listed = [", ".join(map(shown, filter(None, names))) for names in sides]
        raise DataError(
            f"the axes are {listed[0]}, but those of {target.table.path} are {listed[1]}",
            path=pred.table.path,
            hint=f"store both with their axes in one order; {_AS_THEY_STAND}",
        )


def _check_places(pred: _Array, target: _Array, i: int, warn: Callable[[str], None]) -> None:
    """Compare what both sides hold of the places along an axis."""
    if len(target.info.axes) != len(pred.info.axes):
        return
    axes = pred.info.axes[i], target.info.axes[i]
    if usual_axis(axes[0]) == usual_axis(axes[1]) and all(
        _short(axes[0]) == _short(axes[1]) or not _has_short(array, axis)
        for array, axis in zip((pred, target), axes[::-1], strict=True)
    ):
        _compare(pred, target, axes, f"axis {shown(_short(axes[0]))}", warn)
    others = [dict(_coordinates(*of_side)) for of_side in zip((pred, target), axes, strict=True)]
    for name in others[0] if i else ():  # those of the rows are compared as they stream
        if name in others[1]:
            names = others[0][name], others[1][name]
            what = f"coordinate {shown(_short(names[0]))} of axis {shown(_short(axes[0]))}"
            _compare(pred, target, names, what, warn)


def _has_short(array: _Array, axis: str) -> bool:
    """Whether a table has an array of a name, in any group."""
    return _short(axis) in map(_short, array.table.names)


def _coordinates(array: _Array, axis: str) -> Iterator[tuple[str, str]]:
    """Arrays of texts along an axis, and of usual coordinates, by the names that two sides share.

    Other numbers along an axis may be data, which may differ.
    """
    for name, info in zip(array.table.names, array.table.columns, strict=True):
        of_characters = info.kind == "text" and len(info.axes) == 2
        is_along = info.axes[:1] == (axis,) and (len(info.axes) == 1 or of_characters)
        if is_along and name != axis and (info.kind == "text" or usual_axis(name) in _USUAL):
            yield usual_axis(name), name


def _compare(
    pred: _Array,
    target: _Array,
    names: tuple[str, str],
    what: str,
    warn: Callable[[str], None],
) -> None:
    """Compare two arrays of places, if both sides have them in one unit.

    Raises:
        DataError: Both have the same places in another order.
    """
    infos = [_info(*of_side) for of_side in zip((pred, target), names, strict=True)]
    one, other = infos
    if one is None or other is None or (one.kind == "text") != (other.kind == "text"):
        return
    units = [one.time_unit, other.time_unit]
    if None in units and not is_one_unit(one.unit, other.unit):
        return
    values = [_places(pred, names[0], one), _places(target, names[1], other)]
    if values[0].size != values[1].size:
        return  # the shapes say so
    ones, others = _comparable(values, units)
    is_other = ~_are_same(ones, others, are_times=None not in units)
    if not is_other.any():
        return
    row = int(is_other.argmax())
    texts = [_text_of(*of_side, row) for of_side in zip(values, units, strict=True)]
    what += f" is at {texts[0]} in place {row + 1}, that of {target.table.path} at {texts[1]}"
    is_axis = one.axes[:1] == names[:1]
    is_chance = not is_axis and np.unique(ones).size < ones.size
    ones, others = np.sort(ones), np.sort(others)
    if not is_chance and _are_same(ones, others, are_times=None not in units).all():
        raise DataError(
            f"{what}: it has the same places in another order",
            path=pred.table.path,
            hint=f"store both in one order; {_AS_THEY_STAND}",
        )
    warn(f"{pred.table.path}: {what}: the places differ")


def _info(array: _Array, name: str) -> ColumnInfo | None:
    """The array of the places along an axis; None if it is not there, or not compared."""
    table = array.table
    info = table.columns[table.names.index(name)] if name in table.names else ColumnInfo("")
    is_short = (info.n_rows or 0) <= _MOST_PLACES
    return info if info.kind in ("integer", "fraction", "text") and is_short else None


def _places(array: _Array, name: str, info: ColumnInfo) -> NDArray[Any]:
    """The places along an axis, as they are stored."""
    is_text = info.kind == "text" and info.time_unit is None
    source = array.table.select(Wanted((), (name,)) if is_text else Wanted(((name,),)))
    blocks = source.blocks(Part(0, source.n_rows), _MOST_PLACES)
    if is_text:
        return np.array([str(text).strip() for block in blocks for text in block.labels[0]])
    found = [block.fields[0].values.copy() for block in blocks]
    return np.concatenate(found) if found else np.empty(0)


def _comparable(
    values: Sequence[NDArray[Any]], units: Sequence[TimeUnit | None]
) -> list[NDArray[Any]]:
    """The places of both sides as float64: numbers, or seconds; as texts in two calendars."""
    if any(of_side.dtype.kind == "U" for of_side in values):
        return list(values)
    known = [unit for unit in units if unit is not None]
    if len(known) < len(units):
        return [of_side.astype(float) for of_side in values]
    sides = list(zip(known, values, strict=True))
    if len({unit.days_of for unit in known}) > 1:
        return [np.array([text or "nan" for text in unit.texts(some)]) for unit, some in sides]
    return [unit.instants(some).seconds() for unit, some in sides]


def _are_same(ones: NDArray[Any], others: NDArray[Any], *, are_times: bool) -> NDArray[np.bool_]:
    """Which places are the same but for rounding."""
    if ones.dtype.kind == "U":
        return np.asarray(ones == others)
    rtol, atol = (0.0, _LOOSE_S) if are_times else (_LOOSE, 0.0)
    are_same: NDArray[np.bool_] = np.isclose(ones, others, rtol, atol, equal_nan=True)
    return are_same


def _text_of(values: NDArray[Any], unit: TimeUnit | None, row: int) -> str:
    """A place for a message."""
    if values.dtype.kind == "U":
        return shown(str(values[row]))
    if unit is None:
        return f"{values[row]:g}"
    return unit.texts(values[row : row + 1])[0] or "nan"


def _short(axis: str) -> str:
    """The name of an axis without the groups that it is in."""
    return axis.rpartition("/")[2]
