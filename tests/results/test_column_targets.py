"""A column of results that are merged, or held against a baseline, is over one target."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from smoothl1 import DataError, EvalSettings, Result, evaluate
from smoothl1.results.column_targets import first_other_target, numbered_and_named, other_target
from smoothl1.results.gates import Limits, check
from smoothl1.results.increase import parse_increase

LIMITS = Limits(increases=(parse_increase("0%"),))
SETTINGS = EvalSettings((0.0,), by_column=True)
PREDS = pa.table({"a": [1.0, 2.0], "b": [5.0, 7.0]})
TARGETS = pa.table({"t": [0.0, 0.0], "h": [1.0, 1.0]})  # |a - t| is 1.5 and |b - h| 5 in the mean


def result_of(pred: list[str], target: list[str], targets: Any = TARGETS) -> Result:
    return evaluate(PREDS, targets, SETTINGS, pred=pred, target=target)


STRAIGHT = result_of(["a", "b"], ["t", "h"])
TURNED = result_of(["b", "a"], ["h", "t"])
SWAPPED = result_of(["a", "b"], ["h", "t"])
RENAMED = result_of(["a", "b"], ["T", "H"], TARGETS.rename_columns(["T", "H"]))
UNKNOWN = evaluate(PREDS, np.array([[0.0, 1.0]] * 2), SETTINGS, pred=["a", "b"])
NUMBERED = evaluate(np.ones((2, 2)), np.zeros((2, 2)), SETTINGS)


def test_swapped_targets_are_refused_by_gates_and_in_a_merge() -> None:
    for here, there in ((SWAPPED, STRAIGHT), (STRAIGHT, SWAPPED)):
        with pytest.raises(DataError, match=r"over the target '[th]' for column 'a', the result"):
            check(here, LIMITS, there)
        assert len(check(here, LIMITS, there, other_data=True)) == 2
    with pytest.raises(DataError, match="target of column 'a' is 't' in one and 'h' in another"):
        Result.merged([UNKNOWN, STRAIGHT, TURNED, SWAPPED])


@pytest.mark.parametrize("other", [TURNED, RENAMED, UNKNOWN])
def test_the_same_targets_in_any_order_and_other_names_are_read(other: Result) -> None:
    merged = Result.merged([STRAIGHT, other])
    means = {group.column: tally.mean for _, group, tally in merged.entries}
    assert means == {"a": 1.5, "b": 5.0}
    if other is not RENAMED:  # which says that it is over other data
        assert all(verdict.passed for verdict in check(other, LIMITS, STRAIGHT))


def test_other_targets_and_numbers_beside_names_are_found() -> None:
    assert other_target(STRAIGHT, TURNED) is None
    assert other_target(STRAIGHT, RENAMED) == ("a", "t", "T", False)
    assert first_other_target([STRAIGHT, RENAMED, SWAPPED]) == ("a", "t", "h", True)
    assert numbered_and_named([STRAIGHT, TURNED]) is None
    assert numbered_and_named([STRAIGHT, NUMBERED]) == (("1", "2"), ("a", "b"))
    assert numbered_and_named([result_of(["a"], ["t"]), NUMBERED]) is None


def test_columns_that_are_evaluated_together_may_have_other_targets() -> None:
    whole = [evaluate(PREDS, TARGETS, pred=["a", "b"], target=[*t]) for t in ("th", "ht")]
    assert Result.merged(whole).n == 8
    assert first_other_target(whole) is None
