"""Whether two tables or columns have the same labels in another order.

The criterion pairs by position, and pandas' own arithmetic by label. Where the labels are the same
in another order, the two give different losses, so neither is computed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from itertools import count
from typing import Any

from smoothl1.errors import ShapeError


def check_label_order(pred: Any, target: Any) -> None:
    """Refuse inputs whose columns, or whose index, are the same in another order.

    Labels are found by attributes, not by classes: `column_names` of Arrow, `columns` of pandas and
    Polars, `index` of pandas. Inputs without labels on either side are not checked.

    Args:
        pred: The predictions as passed by the caller.
        target: The targets as passed by the caller.

    Raises:
        ShapeError: The labels of the two sides are permutations of each other.
    """
    one, other = _column_names(pred), _column_names(target)
    if one != other and _are_the_same(one, other):
        place = next(i for i in count() if one[i] != other[i])
        raise ShapeError(
            "input and target have the same columns in another order: column "
            f"{place + 1} is {one[place]!r} and {other[place]!r}",
            hint="choose the columns of both in one order; or pass arrays, to pair by position",
        )
    if _are_permuted(getattr(pred, "index", None), getattr(target, "index", None)):
        raise ShapeError(
            "input and target have the same index in another order",
            hint="bring one into the order of the other; or pass arrays, to pair by position",
        )


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
