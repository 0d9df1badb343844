"""Results whose metrics contradict each other are refused, with the field that is to blame."""

from __future__ import annotations

import copy
import re
from typing import Any

import numpy as np
import pytest

from smoothl1 import DataError, EvalSettings, Result, evaluate

PRED = np.array([0.0, 1.5, 3.0, -2.0, 7.0, 4.0])
TARGET = np.array([0.5, 1.0, 1.0, 2.0, 7.0, -4.0])
WHOLE = evaluate(
    PRED,
    TARGET,
    EvalSettings((1.0,), also=("mae", "max"), within=(0.5,), quantiles=(0.5, 0.25), top=3),
).to_json()
BY_COUNT = evaluate(
    PRED, TARGET, EvalSettings((1.0,), weight_mean="count"), weights=np.ones(6)
).to_json()

INFINITE = {"largest": None, "largest_text": "inf"}
WRONG: list[tuple[str, dict[str, Any], str]] = [
    ("distances/0", INFINITE, "largest contradicts the number of"),
    ("results/0", {"within_0.5": 7}, "within_0.5 or another is more than there are pairs"),
    ("quantiles/0", {"infinite": 1}, "counts contradict the counts of the result"),
    ("quantiles/0", {"values": [0.0, 0.5, 2.0, 8.0, 4.0]}, "values are not ascending distances"),
    ("quantiles/0", {"values": [0.0, 0.5]}, "values are not ascending distances"),
    ("quantiles/0", {"values": [-0.5], "counts": [6]}, "counts are not counts of distances"),
    ("quantiles/0", {"counts": [0, 3, 1, 1, 1]}, "counts are not counts of distances"),
    ("top/0", {"row": 0}, "row is 0: rows are counted from 1"),
    ("top/0", {"pred": 1 << 64}, "pred is no number of 64 bits"),
    ("top/0", {"pred_text": "inf"}, "pred_text is there, but pred is 4.0"),
    ("top/0", {"pred": None, "pred_text": "4"}, 'pred_text is "4"'),
    ("top/0", {"loss": 3.5, "pred": 0.0}, "loss is 3.5, but the largest is 7.5"),
    ("inputs/pred", {"path": ..., "paths": ["a.npy", "a.npy"]}, "paths are not several that"),
]


def damaged(document: dict[str, Any], place: str, fields: dict[str, Any]) -> dict[str, Any]:
    """A copy whose object at a place has other fields; `...` stands for one that is left out."""
    found = copy.deepcopy(document)
    entry: Any = found
    for key in place.split("/"):
        entry = entry[int(key) if key.isdigit() else key]
    entry.update(fields)
    for name in [name for name, value in fields.items() if value is ...]:
        del entry[name]
    return found


@pytest.mark.parametrize(("place", "fields", "said"), WRONG, ids=[said for _, _, said in WRONG])
def test_the_field_that_is_to_blame_is_named(place: str, fields: dict[str, Any], said: str) -> None:
    with pytest.raises(DataError, match=re.escape(said)):
        Result.from_json(damaged(WHOLE, place, fields))


def test_merged_results_of_rows_of_the_same_name_are_read() -> None:
    """As of arrays in memory, or of files of one name in several folders."""
    one = Result.from_json(WHOLE)
    merged = Result.merged([one, one])
    assert [row.row for row in merged.top] == [6, 6, 4]
    assert Result.from_json(merged.to_json()) == merged


def test_a_mean_by_count_is_not_divided_by_the_weights() -> None:
    exact = {**BY_COUNT["results"][0]["exact"], "weight": "0x5p0"}
    other = damaged(BY_COUNT, "results/0", {"exact": exact, "mean": 12.75 / 5})
    with pytest.raises(DataError, match="a mean that is not divided by the count"):
        Result.from_json(other)


def test_quantiles_without_their_distances_are_read_if_they_are_in_order() -> None:
    bare = {**WHOLE, "quantiles": [{}]}
    values = [bare["results"][0][f"quantile_{q}"] for q in ("0.25", "0.5")]
    assert values == np.quantile(np.abs(PRED - TARGET), [0.25, 0.5], method="inverted_cdf").tolist()
    assert Result.from_json(bare).to_json()["results"] == WHOLE["results"]
    with pytest.raises(DataError, match="and another contradict each other"):
        Result.from_json(damaged(bare, "results/0", {"quantile_0.25": 3.0}))


def test_what_was_written_is_read() -> None:
    assert Result.from_json(WHOLE).to_json() == WHOLE
    assert Result.from_json(BY_COUNT).to_json() == BY_COUNT
