"""Whether two tables, columns or arrays have the same labels in another order.

The criterion pairs by position, and the arithmetic of pandas and xarray by label. Where the labels
are the same in another order, the two give different losses, so neither is computed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import chain, count
from typing import TYPE_CHECKING, Any

import numpy as np

from smoothl1.errors import ShapeError
from smoothl1.sources.columns import is_utf8
from smoothl1.sources.coordinates import named_axes_of
from smoothl1.sources.memory.array_source import NamedAxis
from smoothl1.sources.memory.attributes import unit_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

FEWEST_ROWS = 8
"""Fewest rows in which an order is no coincidence."""

_COUNTED = "microseconds since 1970-01-01"
"""How dates of cftime are counted."""

_UNITS = (("s", 1), ("ms", 1), ("us", 1), ("ns", 1))

_PLAIN = (int, float, np.generic, np.ndarray)


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

    Args:
        pred: The predictions as passed by the caller.
        target: The targets as passed by the caller.
        names: The names of both in an error.

    Raises:
        ShapeError: The dates of one side are not those of the other.
    """
    one, other = _first_index(pred), _first_index(target)
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
    return _are_permuted(_first_index(one), _first_index(other))


def is_bare_column(values: Any) -> bool:
    """Whether a column of pandas says no more than an array: nobody gave it a name or an index."""
    is_column = hasattr(values, "index") and not (hasattr(values, "columns") or _dimensions(values))
    return is_column and getattr(values, "name", None) is None and _counts(values.index)


def telling_index(values: Any) -> Any:
    """The labels of rows that may show whether they go together; None if there are none.

    Args:
        values: An array or a column; its labels are an index of pandas, which has levels. One
            without a name that counts the rows from 0 says nothing.
    """
    index = _first_index(values)
    if not (hasattr(index, "get_level_values") and hasattr(index, "names")):
        return None
    if hasattr(index, "calendar"):  # dates of cftime, which Arrow does not have: those of an axis
        return None
    return None if _counts(index) else index


def _counts(index: Any) -> bool:
    """Whether an index without a name just counts the rows from 0, as pandas makes it."""
    counts = (getattr(index, "start", None), getattr(index, "step", None)) == (0, 1)
    return counts and [*getattr(index, "names", ())] == [None]


def names_of_axes(values: Any) -> tuple[str, ...]:
    """The names of the axes of an array, as xarray has them; empty if they are none."""
    names = _dimensions(values)
    return names if all(isinstance(name, str) for name in names) else ()


def named_axes(values: Any) -> tuple[NamedAxis, ...]:
    """The axes of an array by their names, with the places along them; empty if they have none.

    Args:
        values: An array; one of xarray has names and places.
    """
    indexes, coordinates = (getattr(values, what, None) for what in ("indexes", "coords"))
    axes = []
    for name in names_of_axes(values):
        index = indexes.get(name) if isinstance(indexes, Mapping) else None
        of_axis = coordinates.get(name) if isinstance(coordinates, Mapping) else None
        axes.append(_named(name, index, of_axis))
    return tuple(axes)


def named_points(values: Any) -> tuple[NamedAxis, ...]:
    """The coordinates of an array along no axis, which have one place each, as xarray has them."""
    coordinates = getattr(values, "coords", None)
    if not (isinstance(coordinates, Mapping) and names_of_axes(values)):
        return ()
    alone = ((name, of) for name, of in coordinates.items() if getattr(of, "dims", None) == ())
    return tuple(
        _named(name, np.asarray(of).reshape(1), of) for name, of in alone if isinstance(name, str)
    )


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
    one, other = _dimensions(pred), _dimensions(target)
    if one != other and _are_the_same([*one], [*other]):
        raise ShapeError(
            f"{both} have the same dimensions in another order: {one} and {other}",
            hint="transpose one of them; or pass arrays, to pair by position",
        )
    for name in one if one == other else ():
        indexes = (getattr(values, "indexes", None) for values in (pred, target))
        mine, others = (of.get(name) if isinstance(of, Mapping) else None for of in indexes)
        if _are_permuted(mine, others):
            raise ShapeError(
                f"{both} have the same labels of {name!r} in another order",
                hint="bring one into the order of the other; or pass arrays, to pair by position",
            )


def _dimensions(values: Any) -> tuple[Any, ...]:
    """The names of the dimensions of an array; empty if it has none."""
    names = getattr(values, "dims", None)
    return named_axes_of(names) if isinstance(names, tuple) else ()


def _first_index(values: Any) -> Any:
    """The labels of the rows: the index of pandas, or that of a first dimension with a name."""
    names, indexes = _dimensions(values), getattr(values, "indexes", None)
    if names and isinstance(indexes, Mapping):
        return indexes.get(names[0])
    return getattr(values, "index", None)


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
    if len(one) != len(other) or one.equals(other):
        return False
    try:
        return bool(one.sort_values().equals(other.sort_values()))
    except TypeError:  # labels of several types have no order
        return _are_the_same(list(one), list(other))
