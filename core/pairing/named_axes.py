"""Whether the axes of two arrays have the same names, and the same places along them, in order.

Where both sides name their axes and hold the places along them, they say what position alone
cannot. Of a set of files, each file is compared with those that hold the same rows.
"""

from __future__ import annotations

import math
from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from smoothl1.errors import DataError
from smoothl1.pairing.kinds_of_axes import KindsOfAxes
from smoothl1.pairing.places import axes_of
from smoothl1.pairing.places_that_differ import Difference, differences, point_differences
from smoothl1.sources.columns import has_column, position, shown
from smoothl1.sources.coordinates import usual_axis, without_groups
from smoothl1.sources.shards import ShardedTable
from smoothl1.sources.table import ColumnInfo

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator, Sequence

    from smoothl1.pairing.input_roles import InputRoles
    from smoothl1.pairing.places import Axes
    from smoothl1.sources.table import Table

_AS_THEY_STAND = "--no-key-check pairs them as they stand"


class _Array(NamedTuple):
    """An evaluated array; several columns, or an array without a name, have no names of axes.

    Attributes:
        table: Its input.
        column: Its name there; None if it has none.
        info: More about it.
        has_points: Whether its coordinates along no axis are compared: not those of weights, as one
            mask may be for all times.
    """

    table: Table
    column: str | None
    info: ColumnInfo
    has_points: bool = True

    @property
    def has_names(self) -> bool:
        """Whether its axes have names."""
        return bool(self.info.axes or getattr(self.table, "axes", ()))

    def files(self, other: _Array, first: int) -> Generator[Axes]:
        """The axes of the array in each file that has rows.

        Args:
            other: The array that it is compared with.
            first: The first axis that is compared.
        """
        if not isinstance(self.table, ShardedTable):
            in_memory = getattr(other.table, "axes", ())  # whose coordinates are no columns
            names = None if in_memory else other.table.names
            found = axes_of(self.table, self.column, names, first)
            yield found if self.has_points and other.has_points else found._replace(points={})
            return
        look = partial(axes_of, column=self.column, others=None, first=first)
        opener = self.table.open_shard._replace(warn=_is_said)
        for found in opener.each(look, self.table.files):
            if found.n_rows != 0:
                yield found if self.has_points and other.has_points else found._replace(points={})


def _is_said(_: str) -> None:
    """Drop a warning: it was given when the file was opened first."""


def check_axes(
    tables: Sequence[Table],
    assigned: Sequence[InputRoles],
    warn: Callable[[str], None],
    *,
    is_keyed: bool,
) -> None:
    """Refuse inputs whose axes, or the places along one, are in another order.

    Predictions are compared with targets, and with weights, which have their rows; those of several
    models also with each other, if the axes of targets have no names.

    Args:
        tables: The inputs.
        assigned: The roles of their columns.
        warn: Takes a warning about other places along an axis.
        is_keyed: Whether a key matches rows, so that the places along the first axis may differ.

    Raises:
        DataError: They are.
    """
    arrays = dict(_evaluated(tables, assigned))
    target, weight = arrays.pop("target", None), arrays.pop("weight", None)
    models = list(arrays.values())
    if target is not None:
        for model in models:
            _check(model, target, warn, is_keyed=is_keyed)
        if not target.has_names:
            for model in models[1:]:
                _check(models[0], model, warn, is_keyed=is_keyed)
    if weight is not None and models:
        _check(models[0], weight._replace(has_points=False), warn, is_keyed=False)


def _evaluated(
    tables: Sequence[Table], assigned: Sequence[InputRoles]
) -> Iterator[tuple[str, _Array]]:
    """The arrays that are read, by their roles; a name that is not there is refused later."""
    for table, of_input in zip(tables, assigned, strict=True):
        for role, columns in zip(of_input.roles, of_input.wanted.fields, strict=True):
            if len(columns) == 1 and has_column(columns[0], table.names):
                info = table.columns[position(columns[0], table.names)]
                yield role, _Array(table, columns[0], info)
            else:
                yield role, _Array(table, None, ColumnInfo(""))


def _check(pred: _Array, target: _Array, warn: Callable[[str], None], *, is_keyed: bool) -> None:
    """Compare the axes of predictions and targets, file by file."""
    are_sets = [isinstance(side.table, ShardedTable) for side in (pred, target)]
    is_one = pred.table is target.table and pred.info.axes == target.info.axes
    have_points = pred.info.coordinates and target.info.coordinates
    n_axes = max(len(pred.info.axes), len(target.info.axes))
    if is_one or (any(are_sets) and n_axes < 2 and not have_points):
        return  # the places of rows are compared as they stream
    first = int(is_keyed or any(are_sets))
    within = _OfSets(*(_Within() if is_set else None for is_set in are_sets))
    warned: set[str] = set()
    with closing(pred.files(target, first)) as preds, closing(target.files(pred, first)) as targets:
        of_files = _of_any_rows if is_keyed else _of_one_row
        for one, found in of_files(preds, targets, within):
            for difference in found:
                if difference.what not in warned:
                    warned.add(difference.what)
                    warn(f"{one.path}: {difference.text}: the places differ")


class _Within:
    """What the first file of a set has along its axes, and the other side does not say."""

    def __init__(self) -> None:
        self._first: Axes | None = None
        self._seen: set[bytes] = set()

    def check(self, one: Axes, other: Axes) -> None:
        """Refuse a file that has places in another order than the first file.

        Args:
            one: The axes in a file of the set.
            other: The axes of the other side, which may say that this is right.
        """
        if one.digest in self._seen:
            return
        self._seen.add(one.digest)
        first = self._first = self._first or one
        if sorted(map(usual_axis, one.names)) != sorted(map(usual_axis, other.names)):
            _check_names(one, first)
        alone = tuple(
            {name: places for name, places in of_axis.items() if not other.has(i, name)}
            for i, of_axis in enumerate(one.along)
        )
        _refuse_order(one.path, differences(one._replace(along=alone), first))


class _OfSets(NamedTuple):
    """What is known of each side that is a set of files."""

    pred: _Within | None
    target: _Within | None

    def check(self, pred: Axes, target: Axes) -> None:
        """Compare two files with the first files of their sets."""
        if self.pred is not None:
            self.pred.check(pred, target)
        if self.target is not None:
            self.target.check(target, pred)


def _of_any_rows(
    preds: Iterator[Axes], targets: Iterator[Axes], within: _OfSets
) -> Iterator[tuple[Axes, list[Difference]]]:
    """How each file of predictions differs from all files of targets: a key may match any rows."""
    of_preds, of_targets = KindsOfAxes(), KindsOfAxes(targets)
    for pred in preds:
        if pred not in of_preds:
            of_preds.add(pred)
            for target in of_targets.held.values():
                within.check(pred, target)
            yield pred, of_targets.differences(pred, partial(_differences, pred))
    for target in of_targets.held.values():
        of_preds.differences(target, partial(_differences_from, target))


def _of_one_row(
    preds: Iterator[Axes], targets: Iterator[Axes], within: _OfSets
) -> Iterator[tuple[Axes, list[Difference]]]:
    """How each file of predictions differs from each file of targets with some of the same rows."""
    seen: set[tuple[bytes, bytes]] = set()
    pred, target = next(preds, None), next(targets, None)
    n_pred = n_target = 0.0  # rows up to the ends of these files
    while pred is not None and target is not None:
        within.check(pred, target)
        if (pred.digest, target.digest) not in seen:
            seen.add((pred.digest, target.digest))
            yield pred, _differences(pred, target)
        ends = n_pred + _n_rows(pred), n_target + _n_rows(target)
        if ends[0] <= ends[1]:
            n_pred, pred = ends[0], next(preds, None)
        if ends[1] <= ends[0]:
            n_target, target = ends[1], next(targets, None)


def _n_rows(axes: Axes) -> float:
    return math.inf if axes.n_rows is None else axes.n_rows


def _differences(pred: Axes, target: Axes) -> list[Difference]:
    """The places that differ.

    Raises:
        DataError: Axes, or the places along one, are the same in another order.
    """
    _check_names(pred, target)
    found = _refuse_order(pred.path, differences(pred, target))
    return [*found, *point_differences(pred, target)]


def _differences_from(target: Axes, pred: Axes) -> list[Difference]:
    return _differences(pred, target)


def _refuse_order(path: str, found: Iterable[Difference]) -> list[Difference]:
    """The differences of a file from another one, unless it has the same places in another order.

    Raises:
        DataError: It has.
    """
    listed = list(found)
    for difference in listed:
        if difference.is_order:
            raise DataError(
                f"{difference.text}: it has the same places in another order",
                path=path,
                hint=f"store both in one order; {_AS_THEY_STAND}",
            )
    return listed


def _check_names(pred: Axes, target: Axes) -> None:
    ones, others = (tuple(map(usual_axis, axes.names)) for axes in (pred, target))
    if ones != others and len(set(ones)) == len(ones) and sorted(ones) == sorted(others):
        sides = (map(without_groups, axes.names) for axes in (pred, target))
        listed = [", ".join(map(shown, filter(None, names))) for names in sides]
        raise DataError(
            f"the axes are {listed[0]}, but those of {target.path} are {listed[1]}",
            path=pred.path,
            hint=f"store both with their axes in one order; {_AS_THEY_STAND}",
        )
