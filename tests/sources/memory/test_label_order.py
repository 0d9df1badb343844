"""Labels of tables: the criterion pairs by position, and refuses where labels say otherwise."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from smoothl1 import SmoothL1Loss, smooth_l1_loss
from smoothl1.errors import ShapeError
from tests.columns import Frame


class Index(list[Any]):
    """An index as pandas has it."""

    def equals(self, other: list[Any]) -> bool:
        return self == other

    def sort_values(self) -> Index:
        return Index(sorted(self))


class Series:
    """A column with an index."""

    def __init__(self, values: list[float], labels: list[Any]) -> None:
        self.index = Index(labels)
        self._values = values

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        return np.array(self._values)


A, B = np.array([1.0, 2.0]), np.array([3.0, 5.0])
TABLES = [Frame, pa.table, pa.record_batch]


@pytest.mark.parametrize("one", TABLES)
@pytest.mark.parametrize("other", TABLES)
def test_the_same_columns_in_another_order_are_refused(one: Any, other: Any) -> None:
    sides = one({"a": A, "b": B}), other({"b": A, "a": B})
    with pytest.raises(ShapeError, match=r"another order: column 1 is 'a' and 'b' \[choose .* by"):
        smooth_l1_loss(*sides)
    with pytest.raises(ShapeError, match="the same columns in another order"):
        SmoothL1Loss().grad(*sides)


@pytest.mark.parametrize("one", TABLES)
@pytest.mark.parametrize("names", [("a", "b"), ("c", "d"), ("a", "c")])
def test_other_columns_are_paired_by_position(one: Any, names: tuple[str, str]) -> None:
    """The losses are 0, 0, 1.5 and 2.5, at differences of 0, 0, 2 and 3."""
    target = Frame(dict(zip(names, (A, A), strict=True)))
    assert smooth_l1_loss(one({"a": A, "b": B}), target) == 1.0
    assert smooth_l1_loss(one({"a": A, "b": B}), np.column_stack([A, A])) == 1.0


@pytest.mark.parametrize(
    ("one", "other"),
    [([0, 1, 2], [2, 0, 1]), (["x", 7, "x"], [7, "x", "x"]), ([5, 5, 6], [5, 6, 5])],
)
def test_the_same_index_in_another_order_is_refused(one: list[Any], other: list[Any]) -> None:
    sides = Series([1.0, 2.0, 3.0], one), Series([1.0, 2.0, 3.0], other)
    with pytest.raises(ShapeError, match=r"the same index in another order \[bring .* position"):
        smooth_l1_loss(*sides)


@pytest.mark.parametrize(
    ("one", "other"), [([0, 1], [0, 1]), ([0, 1], [8, 9]), (["x", 7], ["y", 7]), ([0, 0], [0, 1])]
)
def test_any_other_index_is_not_looked_at(one: list[Any], other: list[Any]) -> None:
    assert smooth_l1_loss(Series([1.0, 2.0], one), Series([1.0, 4.0], other)) == 0.75
    assert smooth_l1_loss(Series([1.0, 2.0], one), [1.0, 4.0]) == 0.75


class Labelled:
    """An array with names and labels of its dimensions, as xarray has it."""

    def __init__(self, values: Any, dims: tuple[str, ...], **labels: list[Any]) -> None:
        self.dims = dims
        self.indexes = {name: Index(some) for name, some in labels.items()}
        self._values = np.array(values)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        return self._values


GRID = [[0.0, 1.0], [2.0, 3.0]]
LAT, LON = [10.0, 20.0], [1.0, 2.0]


@pytest.mark.parametrize("wrapped", [False, True])
def test_the_same_coordinates_in_another_order_are_refused(wrapped: bool) -> None:
    sides: Any = (
        Labelled(GRID[::-1], ("lat", "lon"), lat=LAT[::-1], lon=LON),
        Labelled(GRID, ("lat", "lon"), lat=LAT, lon=LON),
    )
    sides = tuple([side] for side in sides) if wrapped else sides
    with pytest.raises(
        ShapeError, match=r"the same labels of 'lat' in another order \[bring .* by"
    ):
        smooth_l1_loss(*sides)
    with pytest.raises(ShapeError, match="the same labels of 'lat' in another order"):
        SmoothL1Loss().grad(*sides)


def test_the_same_dimensions_in_another_order_are_refused() -> None:
    one = Labelled(np.transpose(GRID), ("lon", "lat"))
    with pytest.raises(
        ShapeError, match=r"dimensions in another order: .*'lon', 'lat'.*\[transpose"
    ):
        smooth_l1_loss(one, Labelled(GRID, ("lat", "lon")))


@pytest.mark.parametrize(
    "one",
    [
        Labelled(GRID, ("lat", "lon"), lat=LAT, lon=LON),
        Labelled(GRID, ("y", "x"), y=[6.0, 5.0], x=LON),
        Labelled(GRID, ("lat", "lon")),
        Labelled(GRID, ("lat", "lon"), lat=[5.0, 6.0]),
        GRID,
        np.array(GRID),
    ],
)
def test_other_dimensions_and_labels_are_paired_by_position(one: Any) -> None:
    """The differences are 0, 0, 0 and 2."""
    other = Labelled([[0.0, 1.0], [2.0, 5.0]], ("lat", "lon"), lat=LAT, lon=LON)
    assert smooth_l1_loss(one, other) == 1.5 / 4


def test_a_column_in_the_order_of_another_index_than_an_array_is_refused() -> None:
    one = Labelled([1.0, 2.0], ("id",), id=["b", "a"])
    with pytest.raises(ShapeError, match="in another order"):
        smooth_l1_loss(one, Series([1.0, 2.0], ["a", "b"]))


@pytest.mark.parametrize("wrap", [lambda x: [x], lambda x: (x,), lambda x: [[x], [x]]])
def test_an_index_in_another_order_is_refused_within_lists(wrap: Any) -> None:
    one, other = Series([1.0, 2.0], [7, 8]), Series([1.0, 2.0], [8, 7])
    with pytest.raises(ShapeError, match="the same index in another order"):
        smooth_l1_loss(wrap(one), wrap(other))
    assert smooth_l1_loss(wrap(one), wrap(one)) == 0.0
    assert smooth_l1_loss(wrap(one), wrap([1.0, 2.0])) == 0.0
