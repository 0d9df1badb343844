"""A target that stands for no value is seen among the worst rows, and a value is not."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from smoothl1 import evaluate


def heard(target: list[float], pred: list[float] | None = None, **settings: Any) -> list[str]:
    said: list[str] = []
    kind = np.float32 if max(map(abs, target)) >= 1e20 else np.float64
    preds = np.linspace(1, 9, len(target)) if pred is None else np.asarray(pred)
    settings = {"top": 5, **settings}
    evaluate(preds.astype(kind), np.asarray(target, kind), warn=said.append, **settings)
    return said


def test_each_number_that_fills_gaps_is_named_whatever_is_common_beside_it() -> None:
    target, pred = [-999.0] * 4 + [1.0] * 6 + [9999.0] * 3, [3.0] * 13
    said = heard(target, pred, top=13)
    assert [line.split(", which")[0] for line in said] == [
        "4 of the 13 worst rows have the target -999",
        "3 of the 13 worst rows have the target 9999",
    ]
    assert heard([1.0] * 6 + [-999.0] * 2, [3.0] * 8, top=8) == []


@pytest.mark.parametrize("value", [-999.0, 9999.0, -99999.0, -32768.0, 1e20, -3.4e38])
def test_a_number_that_fills_gaps_is_named(value: float) -> None:
    (said,) = heard([1.0, value, 2.0, value, value, 3.0])
    stored = float(np.float32(value)) if abs(value) >= 1e20 else value
    text = repr(stored).removesuffix(".0")
    assert said == (
        f"3 of the 5 worst rows have the target {text}, which no prediction comes near: if it "
        f"stands for no value, --ignore-target {text} leaves such pairs out"
    )
    left_out = heard([1.0, value, 2.0, value, value, 3.0], ignore_target=[float(text)])
    assert left_out == [f"3 of 6 pairs were left out: the target is {text}"]


@pytest.mark.parametrize(
    ("target", "pred"),
    [
        ([1.0, -999.0, 2.0, -999.0, 3.0, 4.0], None),  # twice: may be chance
        ([1.0, -1.0, -1.0, -1.0, 3.0, 4.0], None),  # a value like others
        ([1.0, 99.0, 99.0, 99.0, 3.0, 4.0], None),
        ([1.0, 998.0, 998.0, 998.0, 3.0, 4.0], None),
        ([999.0] * 4, [1.0, 2.0, 3.0, 120.0]),  # predictions are of that size
        ([999.0, 998.0, 9999.0, 99999.0], None),
    ],
)
def test_what_may_be_a_value_is_not_named(target: list[float], pred: list[float] | None) -> None:
    assert heard(target, pred) == []
