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
from smoothl1.sources.table import ColumnInfo

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import Any

    from numpy.typing import NDArray

    from smoothl1.pairing.input_roles import InputRoles
    from smoothl1.sources.table import Table

_MOST_PLACES = 1 << 20
"""Places along an axis that are compared; those of the rows are also compared as they stream."""

_LOOSE = 1e-6
"""Relative difference of two places that are the same: one may have been computed or rounded."""

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
    ones, others = (tuple(map(_short, array.info.axes)) for array in (pred, target))
    if ones != others and len(set(ones)) == len(ones) and sorted(ones) == sorted(others):
        listed = [", ".join(map(shown, filter(None, names))) for names in (ones, others)]
        raise DataError(
            f"the axes are {listed[0]}, but those of {target.table.path} are {listed[1]}",
            path=pred.table.path,
            hint=f"store both with their axes in one order; {_AS_THEY_STAND}",
        )


def _check_places(pred: _Array, target: _Array, i: int, warn: Callable[[str], None]) -> None:
    """Compare the places along an axis, if both sides have them."""
    if len(target.info.axes) != len(pred.info.axes):
        return
    name = _short(pred.info.axes[i])
    axes = [_axis(array, array.info.axes[i]) for array in (pred, target)]
    infos = [info for info in axes if info is not None]
    if name != _short(target.info.axes[i]) or len(infos) < 2 or len({x.unit for x in infos}) > 1:
        return
    ones, others = (_places(array, array.info.axes[i]) for array in (pred, target))
    if ones.size != others.size:
        return  # the shapes say so
    if np.allclose(ones, others, rtol=_LOOSE, atol=0, equal_nan=True):
        return
    row = int((ones != others).argmax())
    what = f"axis {shown(name)} is at {ones[row]:g} in place {row + 1}, that of"
    what += f" {target.table.path} at {others[row]:g}"
    if np.allclose(np.sort(ones), np.sort(others), rtol=_LOOSE, atol=0, equal_nan=True):
        raise DataError(
            f"{what}: it has the same places in another order",
            path=pred.table.path,
            hint=f"store both in one order; {_AS_THEY_STAND}",
        )
    warn(f"{pred.table.path}: {what}: the places differ")


def _axis(array: _Array, name: str) -> ColumnInfo | None:
    """The array of the places along an axis; None if it is not there, or not of numbers."""
    table = array.table
    info = table.columns[table.names.index(name)] if name in table.names else ColumnInfo("")
    is_short = (info.n_rows or 0) <= _MOST_PLACES
    return info if info.kind in ("integer", "fraction") and is_short else None


def _places(array: _Array, axis: str) -> NDArray[Any]:
    """The places along an axis as float64."""
    source = array.table.select(Wanted(((axis,),)))
    blocks = source.blocks(Part(0, source.n_rows), _MOST_PLACES)
    found = [block.fields[0].values.astype(float) for block in blocks]
    return np.concatenate([np.empty(0), *found])


def _short(axis: str) -> str:
    """The name of an axis without the groups that it is in."""
    return axis.rpartition("/")[2]
