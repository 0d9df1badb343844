"""Weight 0 takes an element out, whatever stands in it: a number, NaN, or nothing at all."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import pytest

from smoothl1 import DataError, EvalSettings, Execution, compare, evaluate
from tests.tables import save

if TYPE_CHECKING:
    from pathlib import Path

P = [1.0, None, math.nan, 4.0, None, 8.0]
Y = [2.0, 1.0, 1.0, None, None, 4.0]
W = [3.0, 0.0, 0.0, 0.0, 0.0, 1.0]
G = list("aabbab")
# At beta 1 the losses that count are 0.5 of weight 3 and 3.5 of weight 1: (1.5 + 3.5) / 4 = 1.25.

SUFFIXES = ("csv", "parquet", "arrow", "arrows")
SIDES: dict[str, Any] = {"pred": ("p",), "target": ("y",), "weight": "w"}


@pytest.mark.parametrize("nan", ["propagate", "error", "omit", "omit-target"])
@pytest.mark.parametrize("suffix", SUFFIXES)
def test_an_element_of_weight_0_counts_for_nothing_at_any_policy(
    suffix: str, nan: str, tmp_path: Path
) -> None:
    path = save(tmp_path / f"t.{suffix}", 2, p=P, y=Y, w=W, g=G)
    for execution in (Execution(1, 1), Execution(2, 4)):
        result = evaluate(path, None, EvalSettings(nan=nan), **SIDES, execution=execution)
        (tally,) = result.tallies
        assert (tally.mean, tally.n, tally.n_weightless) == (1.25, 2, 4)
        assert (tally.n_nan, tally.n_missing, tally.n_omitted) == (0, 0, 0)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_missing_value_of_another_weight_is_refused(suffix: str, tmp_path: Path) -> None:
    weights = [3.0, 0.0, 0.0, 0.0, 0.5, 0.0]
    path = save(tmp_path / f"t.{suffix}", 2, p=P, y=Y, w=weights)
    for execution in (Execution(1, 1), Execution(2, 4)):
        with pytest.raises(
            DataError, match=r"row 5, column 'p': the value is missing \[--nan omit"
        ):
            evaluate(path, None, **SIDES, execution=execution)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_missing_weight_is_refused(suffix: str, tmp_path: Path) -> None:
    path = save(tmp_path / f"t.{suffix}", 2, p=P, y=Y, w=[*W[:3], None, *W[4:]])
    with pytest.raises(DataError, match="the weight in row 4 is missing"):
        evaluate(path, None, **SIDES)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_file_of_weights_takes_elements_out_too(suffix: str, tmp_path: Path) -> None:
    path = save(tmp_path / f"t.{suffix}", 2, p=P, y=Y)
    weights = save(tmp_path / f"w.{suffix}", 2, w=W)
    sides = {"pred": ("p",), "target": ("y",), "weights": weights}
    assert evaluate(path, None, **sides).tallies[0].mean == 1.25


def test_rows_matched_by_key_lose_those_of_weight_0(tmp_path: Path) -> None:
    keys = list(range(6))
    pred = save(tmp_path / "p.csv", 2, id=keys, p=P, w=W)
    target = save(tmp_path / "y.parquet", 2, id=keys[::-1], y=Y[::-1])
    given: dict[str, Any] = {"key": ("id",), "weight": "w", "target": ("y",)}
    given["pred"] = ("p",)
    assert evaluate(pred, target, **given).tallies[0].mean == 1.25
    save(pred, 2, id=keys, p=[*P[:4], 1.0, 1.0], w=[*W[:3], 2.0, *W[4:]])
    with pytest.raises(DataError, match=r"y\.parquet: row 3, column 'y': the value is missing"):
        evaluate(pred, target, **given)


def test_groups_count_what_has_weight_0(tmp_path: Path) -> None:
    path = save(tmp_path / "t.csv", 2, p=P, y=Y, w=W, g=G)
    result = evaluate(path, None, EvalSettings(by="g"), **SIDES)
    found = [(group.group, tally.mean, tally.n_weightless) for _, group, tally in result.entries]
    assert found == [("a", 0.5, 2), ("b", 3.5, 2)]


def test_a_comparison_leaves_out_what_has_weight_0(tmp_path: Path) -> None:
    path = save(tmp_path / "t.csv", 2, p=P, q=[2.0, None, 1.0, None, 0.0, 4.0], y=Y, w=W)
    found = compare(
        path,
        pred_a=("p",),
        pred_b=("q",),
        target=("y",),
        weight="w",
    )
    assert found.differences[0].estimate.value == -1.25
    save(path, 2, p=[1.0] * 6, q=[2.0, None, 1.0, 1.0, 0.0, 4.0], y=[1.0] * 6, w=[1.0] * 6)
    with pytest.raises(DataError, match="row 2, column 'q': the value is missing"):
        compare(
            path,
            pred_a=("p",),
            pred_b=("q",),
            target=("y",),
            weight="w",
        )


def test_a_missing_value_that_propagates_is_said_as_without_weights(tmp_path: Path) -> None:
    path = save(tmp_path / "t.csv", 2, p=[math.nan, 1.0], y=[1.0, 1.0], w=[1.0, 1.0])
    with pytest.warns(UserWarning, match="1 of 2 losses is NaN, the first in row 1"):
        evaluate(path, None, **SIDES)
