"""Rows of several elements of which one has no value: they have no loss, as rows with NaN."""

from __future__ import annotations

import math
from typing import Any

import pyarrow as pa
import pytest

from smoothl1 import compare, evaluate

A = [[1.0, 1.0], [1.0, 1.0], [3.0, 2.0], [9.0, 4.0]]
B = [[None, 1.0], [1.0, 2.0], [2.0, 2.0], [math.inf, None]]
WEIGHTS = [2.0, 0.0, 1.0, 4.0]


def table(lost: float | None) -> pa.Table:
    """Two models and targets of 1; a value may stand where the second model has none."""
    rows = [[lost if x is None else x for x in row] for row in B]
    columns: dict[str, Any] = {"y1": [1.0] * 4, "y2": [1.0] * 4, "w": WEIGHTS, "g": [*"abba"]}
    for name, values in (("a", A), ("b", rows)):
        columns |= {f"{name}{i + 1}": [row[i] for row in values] for i in range(2)}
    return pa.table(columns)


@pytest.mark.parametrize(
    "more",
    [{}, {"weight": "w"}, {"weight": "w", "weight_mean": "count"}, {"by": "g"}],
    ids=["plain", "weight", "count", "by"],
)
@pytest.mark.filterwarnings("ignore")
def test_rows_with_a_missing_value_are_those_with_nan(more: dict[str, Any]) -> None:
    settings: dict[str, Any] = {"target": ["y1", "y2"], "nan": "omit-target", "betas": [0.5, 2.0]}
    compared = [
        compare(table(lost), pred_a=["a1", "a2"], pred_b=["b1", "b2"], **settings, **more).to_dict()
        for lost in (None, math.nan)
    ]
    of_rows = ("rows", "a_better", "b_better", "ties", "stderr")
    missing, nan = ([[one.get(x) for x in of_rows] for one in c["results"]] for c in compared)
    assert repr(missing) == repr(nan)
    evaluated = [
        evaluate(table(lost), pred=["b1", "b2"], statistics=True, **settings, **more).to_dict()
        for lost in (None, math.nan)
    ]
    exact = [[one["exact"]["rows"] for one in e["results"]] for e in evaluated]
    assert exact[0] == exact[1]


@pytest.mark.filterwarnings("ignore")
def test_a_row_with_a_missing_value_is_no_tie() -> None:
    found = compare(
        table(None),
        pred_a=["a1", "a2"],
        pred_b=["b1", "b2"],
        target=["y1", "y2"],
        nan="omit-target",
    )
    (entry,) = found.to_dict()["results"]
    counts = [entry[name] for name in ("rows", "a_better", "b_better", "ties")]
    assert counts == [2, 1, 1, 0]  # of the second row and the third
