"""Columns of pandas whose default indexes say that their rows were cut from other places."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest

from smoothl1 import ReadOptions, ShapeError, compare, evaluate
from tests.sources.containers.packages import imported

N = 24
Y = np.arange(N) ** 2.0
DIFFERS = "its index differs from that of <targets> from row {} on: are the rows of both the same"
MOVED = r"have {} of {} numbers of their index in common, but none in the same row: .* pass arrays"

MOVED_SIDES = [
    (slice(None, -1), slice(1, None)),
    (slice(1, None), slice(None, -1)),
    (slice(1, -1), slice(2, None)),
    (slice(None, -6), slice(6, None)),
    (slice(0, -2, 2), slice(2, None, 2)),
    (slice(-2, None, -1), slice(None, 0, -1)),
]


def table() -> Any:
    """A table with a prediction half above each target, and another one above it."""
    return imported("pandas").DataFrame({"p": Y + 0.5, "q": Y + 0.25, "y": Y, "w": np.ones(N)})


def silent(*sides: Any, **options: Any) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return evaluate(*sides, **options)


@pytest.mark.parametrize("sides", MOVED_SIDES)
def test_columns_of_which_one_has_the_rows_of_the_other_some_rows_later_are_refused(
    sides: Any,
) -> None:
    p, y = table().p[sides[0]], table().y[sides[1]]
    n_common = len({*p.index} & {*y.index})
    for targets in (y, y.to_frame()):
        with pytest.raises(ShapeError, match=MOVED.format(n_common, len(p))):
            evaluate(p, targets)
    assert silent(p, y, options=ReadOptions(key_check=False)).n == len(p)
    assert silent(p.to_numpy(), y).n == len(p)


@pytest.mark.parametrize(
    ("of_predictions", "of_targets", "row"),
    [
        (slice(10), slice(10, 20), 1),
        (slice(10), slice(6, 16), 1),
        (slice(6), slice(1, 7), 1),
        (slice(10), [0, 1, 2, 4, 5, 7, 8, 9, 10, 20], 4),
        ([0, 1, 3, 4, 5, 7, 8, 9, 10, 20], slice(10), 3),
        (slice(10), slice(0, 20, 2), 2),
    ],
)
def test_a_count_of_rows_beside_rows_of_other_places_is_warned_of(
    of_predictions: Any, of_targets: Any, row: int
) -> None:
    p, y = table().p.iloc[of_predictions], table().y.iloc[of_targets]
    with pytest.warns(UserWarning, match=DIFFERS.format(row)):
        assert evaluate(p, y).n == len(p)
    assert silent(p, y, options=ReadOptions(key_check=False)).n == len(p)


@pytest.mark.parametrize("role", ["weights", "groups", "clusters"])
def test_what_is_beside_the_sides_is_compared_with_them(role: str) -> None:
    frame = table()
    labels = frame.w if role == "weights" else frame.w.astype(str)
    sides = frame.p[5:], frame.y[5:]
    for moved in (labels[:-5], labels[4:-1]):
        with pytest.raises(ShapeError, match=f"<predictions> and <{role}> have .* in common"):
            evaluate(*sides, **{role: moved})
    assert silent(*sides, **{role: labels[5:]}).n == N - 5


def test_of_several_models_the_first_is_named() -> None:
    frame = table()
    with pytest.raises(ShapeError, match="<p> and <targets> have 22 of 23"):
        compare(frame.p[:-1], frame.q[:-1], frame.y[1:])
    said: list[str] = []
    compare(frame.p[:8], frame.q[:8], frame.y[16:], warn=said.append)
    assert [text.split(":")[0] for text in said] == ["<p>"]


@pytest.mark.parametrize("n", [1, 10])
def test_what_was_made_of_an_array_has_no_index(n: int) -> None:
    """Such as the predictions of a model for a table that has lost its first rows."""
    pandas, y = imported("pandas"), table().y[n:]
    for made in (pandas.Series(y.to_numpy()), y.to_numpy(), y.tolist()):
        assert silent(made, y).mean == 0
        assert silent(y, made).mean == 0
    if n == 1:  # a table of an array is one of the tables
        with pytest.warns(UserWarning, match="'__index_level_0__' differs"):
            assert evaluate(pandas.DataFrame(y.to_numpy()), y).mean == 0


def test_a_count_says_nothing_beside_other_labels() -> None:
    pandas, p = imported("pandas"), table().p
    indexes = [
        pandas.date_range("2024-01-01", periods=N),
        pandas.Index([f"s{i}" for i in range(N)]),
        pandas.Index(range(7, N + 7), name="id"),
        pandas.MultiIndex.from_product([[1, 2], range(N // 2)]),
    ]
    for index in indexes:
        assert silent(p, pandas.Series(Y, index, name="y")).n == N
