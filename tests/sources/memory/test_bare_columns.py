"""Columns of pandas that somebody made of an array: nobody gave them a name or an index."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest

from smoothl1 import ReadOptions, ShapeError, evaluate, smooth_l1_loss
from tests.sources.containers.packages import imported

N = 12
Y = np.arange(N) ** 2.0
LOSS = 0.125  # every prediction is half above its target, at beta 1
ORDER = [5, 0, 11, 3, 8, 1, 10, 2, 7, 4, 9, 6]
SAID = "its index just counts the rows, and that of <targets> has the same numbers in another order"


def bare(values: Any) -> Any:
    return imported("pandas").Series(values)


def shuffled() -> Any:
    """A table as a shuffled cross-validation leaves it."""
    frame = imported("pandas").DataFrame({"y": Y, "w": np.ones(N), "g": list("ab") * (N // 2)})
    return frame.iloc[ORDER]


@pytest.mark.parametrize("role", ["weights", "groups", "clusters"])
def test_an_index_that_nobody_gave_is_warned_of_beside_a_shuffled_one(role: str) -> None:
    y = shuffled().y
    labels = np.ones(N) if role == "weights" else list("ab") * (N // 2)
    with pytest.warns(UserWarning, match=f"<{role}>: {SAID}"):
        assert evaluate(y.to_numpy() + 0.5, y, **{role: bare(labels)}).tallies[0].mean == LOSS
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        options = ReadOptions(key_check=False)
        assert evaluate(y.to_numpy() + 0.5, y, options=options, **{role: bare(labels)}).n == N
        assert evaluate(y.to_numpy() + 0.5, y, **{role: labels}).n == N


@pytest.mark.parametrize("of_targets", [lambda frame: frame.y, lambda frame: frame[["y"]]])
def test_predictions_that_are_an_array_in_a_column_are_warned_of(of_targets: Any) -> None:
    targets = of_targets(shuffled())
    predictions = np.asarray(targets).ravel() + 0.5
    with pytest.warns(UserWarning, match=f"<predictions>: {SAID}.*the index of the other; or pass"):
        assert evaluate(bare(predictions), targets).mean == LOSS


@pytest.mark.parametrize("column", ["y", "w"])
def test_a_column_of_the_table_that_was_shuffled_is_refused(column: str) -> None:
    """It is in the order in which the table was."""
    frame = shuffled()
    beside = frame.sort_index()[column].reset_index(drop=True)
    sides: Any = (beside, frame.y) if column == "y" else (frame.y.to_numpy(), frame.y)
    options: Any = {} if column == "y" else {"weights": beside}
    with pytest.raises(ShapeError, match=r"have the same index in another order \[.* pass arrays"):
        evaluate(*sides, **options)


def test_the_criterion_refuses_what_the_arithmetic_of_pandas_pairs_by_label() -> None:
    y = shuffled().y
    with pytest.raises(ShapeError, match="the same index in another order"):
        smooth_l1_loss(bare(y.to_numpy() + 0.5), y)


def test_other_numbers_than_those_of_the_rows_say_nothing() -> None:
    part = shuffled().y[:8]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert evaluate(part.to_numpy() + 0.5, part, weights=bare(np.ones(8))).mean == LOSS
