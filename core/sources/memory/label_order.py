"""Whether two tables, columns or arrays have the same labels in another order.

The criterion pairs by position, and the arithmetic of pandas and xarray by label. Where the labels
are the same in another order, the two give different losses, so neither is computed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from itertools import chain, count
from typing import TYPE_CHECKING, Any

import numpy as np

from smoothl1.errors import ShapeError
from smoothl1.sources.coordinates import VALIDITY, usual_axis
from smoothl1.sources.memory.named_axes import (
    coordinates_along,
    dimensions,
    index_along,
    validity_along,
    with_dates_as_texts,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

FEWEST_ROWS = 8
"""Fewest rows in which an order is no coincidence."""

_PLAIN = (int, float, np.generic, np.ndarray)

RowLabels = list[tuple[str, Any]]
"""Labels of rows: a name, "" for none, and an index of pandas or an array, shape (N,)."""


def check_label_order(pred: Any, target: Any, names: tuple[str, str] = ("input", "target")) -> None:
    """Refuse inputs whose columns, dimensions or labels are the same in another order.

    Labels are found by attributes, not by classes: `column_names` of Arrow, `columns` of pandas and
    Polars, `index` of pandas, `dims` and `indexes` of xarray. Inputs without labels on either side
    are not checked. The elements of lists are checked one by one.

    Args:
        pred: The predictions as passed by the caller.
        target: The targets as passed by the caller.
        names: The names of both in an error.

    Raises:
        ShapeError: The labels of the two sides are permutations of each other.
    """
    if _is_list(pred) and _is_list(target):
        for pair in _labelled_pairs(pred, target):
            check_label_order(*pair, names)
        return
    both = " and ".join(names)
    _check_dimensions(pred, target, both)
    one, other = _column_names(pred), _column_names(target)
    if one != other and _are_the_same(one, other):
        place = next(i for i in count() if one[i] != other[i])
        raise ShapeError(
            f"{both} have the same columns in another order: column "
            f"{place + 1} is {one[place]!r} and {other[place]!r}",
            hint="choose the columns of both in one order; or pass arrays, to pair by position",
        )
    if have_permuted_rows(pred, target):
        raise ShapeError(
            f"{both} have the same index in another order",
            hint="bring one into the order of the other; or pass arrays, to pair by position",
        )


def check_dates(pred: Any, target: Any, names: tuple[str, str]) -> None:
    """Refuse inputs whose rows are labelled by dates that all rise, or fall, and differ.

    Of forecasts with the times that they are valid for, these are the dates.

    Args:
        pred: The predictions as passed by the caller.
        target: The targets as passed by the caller.
        names: The names of both in an error.

    Raises:
        ShapeError: The dates of one side are not those of the other.
    """
    one, other = _dates_compared(pred, target)
    if not (_are_dates(one) and _are_dates(other)) or len(one) != len(other):
        return
    if getattr(one, "calendar", None) != getattr(other, "calendar", None):
        return
    is_same_way = one.is_monotonic_increasing == other.is_monotonic_increasing
    if len(one) >= FEWEST_ROWS and is_same_way and not _are_the_same_dates(one, other):
        raise ShapeError(
            f"{' and '.join(names)} have other dates in their index: the first are {one[0]} and "
            f"{other[0]}",
            hint="choose the same dates of both; or pass arrays, to pair by position",
        )


def have_permuted_rows(one: Any, other: Any) -> bool:
    """Whether the rows of two inputs have the same labels in another order."""
    return _are_permuted(index_of_rows(one), index_of_rows(other))


def is_bare_column(values: Any) -> bool:
    """Whether a column of pandas says no more than an array: nobody gave it a name or an index."""
    is_column = hasattr(values, "index") and not (hasattr(values, "columns") or dimensions(values))
    return is_column and getattr(values, "name", None) is None and counts_from_zero(values.index)


def labels_of_rows(values: Any) -> RowLabels:
    """The labels of rows that may show whether they go together: their names, and an index each.

    Args:
        values: An array or a column; its labels are the levels of an index of pandas. One without a
            name that counts the rows from 0 says nothing. Coordinates of rows are labels, too.
    """
    found: list[tuple[str, Any]] = []
    index = index_of_rows(values)
    of_pandas = hasattr(index, "get_level_values") and hasattr(index, "names")
    if of_pandas and not counts_from_zero(index):
        found = [
            (name if isinstance(name, str) else "", index.get_level_values(level))
            for level, name in enumerate(index.names)
        ]
    rows = next(iter(dimensions(values)), None)
    found += ((name, np.asarray(of)) for name, of in coordinates_along(values, rows))
    return [(name, with_dates_as_texts(labels)) for name, labels in found]


def counts_from_zero(index: Any) -> bool:
    """Whether an index without a name just counts the rows from 0, as pandas makes it."""
    counts = (getattr(index, "start", None), getattr(index, "step", None)) == (0, 1)
    return counts and [*getattr(index, "names", ())] == [None]


def _are_dates(index: Any) -> bool:
    """Whether labels are dates or times of pandas, or of a calendar of cftime, in strict order."""
    is_in_times = getattr(getattr(index, "dtype", None), "kind", "") == "M"
    if not (is_in_times or hasattr(index, "calendar")) or not len(index):
        return False
    in_order = index.is_monotonic_increasing or index.is_monotonic_decreasing
    return bool(in_order and index.is_unique)


def _are_the_same_dates(one: Any, other: Any) -> bool:
    """Whether dates are the same; those of which one side alone has a zone, as they are written."""
    if hasattr(one, "tz") and (one.tz is None) != (other.tz is None):
        one, other = (index.tz_localize(None) for index in (one, other))
    return bool((one == other).all())


def _check_dimensions(pred: Any, target: Any, both: str) -> None:
    """Refuse arrays with names of their dimensions whose dimensions or labels differ in order."""
    one, other = dimensions(pred), dimensions(target)
    if one != other and _are_the_same([*one], [*other]):
        raise ShapeError(
            f"{both} have the same dimensions in another order: {one} and {other}",
            hint="transpose one of them; or pass arrays, to pair by position",
        )
    for name in one if one == other else ():
        if _are_permuted(index_along(pred, name), index_along(target, name)):
            raise ShapeError(
                f"{both} have the same labels of {name!r} in another order",
                hint="bring one into the order of the other; or pass arrays, to pair by position",
            )


def index_of_rows(values: Any) -> Any:
    """The labels of the rows: the index of pandas, or that of a first dimension with a name."""
    names = dimensions(values)
    if names and hasattr(values, "indexes"):
        return index_along(values, names[0])
    return getattr(values, "index", None)


def _dates_compared(*sides: Any) -> list[Any]:
    """The dates of the rows of each side: those of validity, if the other side has no others."""
    indexes = [index_of_rows(of) for of in sides]
    valid = [_validity_of_rows(of) for of in sides]
    if all(of is None for of in valid):
        return indexes
    found = []
    for of, mine, index in zip(sides, valid, indexes, strict=True):
        rows = usual_axis(str(next(iter(dimensions(of)), VALIDITY)))
        is_plain = rows == usual_axis(VALIDITY) and VALIDITY not in getattr(of, "coords", ())
        if mine is None and not is_plain:
            return indexes
        found.append(index if mine is None else mine)
    return found


def _validity_of_rows(values: Any) -> Any:
    """The times that the rows of forecasts are valid for; None if an array has none beside others.

    They are an index of pandas.
    """
    names = dimensions(values)
    return validity_along(values, names[0]) if names else None


def _is_list(values: Any) -> bool:
    return isinstance(values, list | tuple)


def _labelled_pairs(pred: Sequence[Any], target: Sequence[Any]) -> Iterator[tuple[Any, Any]]:
    """The elements of two lists, in pairs; none if a list has nothing in it that has labels."""
    if _are_plain(pred) or _are_plain(target):
        return iter(())
    return zip(pred, target, strict=False)


def _are_plain(values: Sequence[Any]) -> bool:
    """Whether a list, perhaps of lists, holds numbers and arrays alone."""
    kinds = {*map(type, values)}
    while kinds and kinds <= {list, tuple}:
        values = list(chain.from_iterable(values))
        kinds = {*map(type, values)}
    return all(issubclass(kind, _PLAIN) for kind in kinds)


def _column_names(table: Any) -> list[Any]:
    """The names of the columns; empty if the input is no table."""
    for attribute in ("column_names", "columns"):  # in this order: Arrow's `columns` are no names
        names = getattr(table, attribute, None)
        if isinstance(names, Iterable):
            return list(names)
    return []


def _are_the_same(one: list[Any], other: list[Any]) -> bool:
    try:
        return Counter(one) == Counter(other)
    except TypeError:  # no names, but columns
        return False


def _are_permuted(one: Any, other: Any) -> bool:
    """Whether two indexes of pandas hold the same labels in another order."""
    for index in (one, other):
        if not (hasattr(index, "equals") and hasattr(index, "sort_values")):
            return False
    other = _with_levels_of(one, other)
    if len(one) != len(other) or one.equals(other):
        return False
    try:
        return bool(one.sort_values().equals(other.sort_values()))
    except TypeError:  # labels of several types have no order
        return _are_the_same(list(one), list(other))


def _with_levels_of(one: Any, other: Any) -> Any:
    """An index, with its levels in the order of those of another one that have the same names."""
    names, others = ([*getattr(index, "names", ())] for index in (one, other))
    are_named = None not in names and len({*names}) == len(names)
    is_other_order = are_named and names != others and _are_the_same(names, others)
    return other.reorder_levels(names) if is_other_order else other
