"""Models that stand below each other in one table, and columns that are asked for twice."""

from __future__ import annotations

import os
from threading import Thread
from typing import TYPE_CHECKING, Any

import pytest

from smoothl1 import DataError, SettingsError, compare, evaluate
from smoothl1.sources.columns import LONG_HINT

if TYPE_CHECKING:
    from pathlib import Path

LONG = "model,id,y_hat,y\nA,0,1.5,1\nB,0,1.25,1\nA,1,2.5,2\nB,1,2.25,2\n"


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "long.csv"
    path.write_text(LONG)
    return path


@pytest.mark.parametrize("pred", ["y_hat", "y_h*"])
def test_one_model_may_be_several_below_each_other(pred: str, table: Path) -> None:
    with pytest.raises((SettingsError, DataError), match="there is one model") as caught:
        compare(table, pred=[pred], target="y")
    assert caught.value.hint == f"name the column of each by --pred; {LONG_HINT}"


def test_a_model_that_is_a_value_of_a_column_is_told(table: Path) -> None:
    with pytest.raises(DataError, match="no column 'A'") as caught:
        compare(table, pred_a="A", pred_b="B", target="y")
    assert caught.value.hint == f"'A' is a value of column 'model': {LONG_HINT}"


def test_names_in_the_row_below_a_title_are_still_told(table: Path) -> None:
    table.write_text("run,of,2026\nA,B,y\n1.5,1.25,1\n")
    with pytest.raises(DataError, match="are the names in the row below") as caught:
        compare(table, pred_a="A", pred_b="B", target="y")
    assert "--skip-rows 1" in str(caught.value)


def test_a_column_that_is_the_weight_and_something_else_may_be_read_twice(table: Path) -> None:
    columns: dict[str, Any] = {"pred": "y_hat", "target": "y", "betas": 1.0}
    with pytest.raises(SettingsError, match="cannot be the weight and something else") as caught:
        evaluate(table, weight="y", **columns)
    assert caught.value.hint == f"--weights {table} --weight y reads it a second time"
    weighted = evaluate(table, weights=table, weight="y", **columns)
    assert weighted.mean == (0.125 + 0.03125 + 2 * (0.125 + 0.03125)) / 6


def test_where_a_file_of_weights_would_have_another_order_a_copy_is_advised(
    table: Path, tmp_path: Path
) -> None:
    pred = tmp_path / "p.csv"
    pred.write_text("id,y_hat\n1,2.5\n0,1.5\n")
    columns: dict[str, Any] = {"pred": "y_hat", "target": "y", "key": "id"}
    with pytest.raises(SettingsError, match="cannot be the weight") as caught:
        evaluate(pred, table, weight="y", **columns)
    assert caught.value.hint == "write a copy of it under another name"
    with pytest.raises(SettingsError, match="numbers and a key or group as well") as caught:
        evaluate(table, pred="y_hat", target="y", by="y")
    assert caught.value.hint == "write a copy of it under another name"


def test_a_weight_that_two_inputs_have_or_a_pipe_is_read_once(tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text("id,p,y\n1,1.5,10\n2,0.5,1\n")
    (tmp_path / "t.csv").write_text("id,y\n2,0\n1,2\n")
    sides = str(tmp_path / "p.csv"), str(tmp_path / "t.csv")
    with pytest.raises(SettingsError) as caught:
        evaluate(*sides, pred="p", target="y", key="id", weight="y")
    assert caught.value.hint == "write a copy of it under another name"
    os.mkfifo(tmp_path / "pipe")
    writer = Thread(target=(tmp_path / "pipe").write_text, args=["p,y\n1,2\n"])
    writer.start()
    with pytest.raises(SettingsError) as caught:
        evaluate(tmp_path / "pipe", pred="p", target="y", weight="p")
    writer.join()
    assert caught.value.hint == "write a copy of it under another name"
