"""Labels that contradict the choice of rows, where of the rows of one key the first is taken."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import pytest

from smoothl1 import ReadOptions, compare, evaluate

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

N = 12
SERIES = [f"s{i}" for i in range(N) for _ in range(2)]
STEPS = ["near", "far"] * N
VALUES = [float(i) for i in range(2 * N)]
BACKWARDS = range(2 * N - 1, -1, -1)
"""The last row of each series is the first one then."""

WARNING = (
    "column 'step' differs from that of {} in every row, and of the rows of one key the first is "
    "taken (--key step, too, if it says which row is which; --no-key-check if not)"
)


def side(name: str, order: Sequence[int] = range(2 * N), **more: Any) -> pa.Table:
    table = pa.table({"series": SERIES, "step": STEPS, **more, name: VALUES})
    return table.take([*order])


def said(pred: Any, target: Any, **how: Any) -> list[str]:
    found: list[str] = []
    given = {"pred": "p", "target": "y", "key": "series", "duplicates": "first", **how}
    evaluate(pred, target, warn=found.append, **given)
    return [text for text in found if "column" in text]


def saved(table: pa.Table, path: Path) -> Path:
    if path.suffix == ".parquet":
        pq.write_table(table, path)
    elif path.suffix == ".csv":
        pyarrow.csv.write_csv(table, path)
    else:
        path.write_text("".join(json.dumps(row) + "\n" for row in table.to_pylist()))
    return path


@pytest.mark.parametrize("formats", [("csv", "parquet"), ("jsonl", "csv"), ("parquet", "jsonl")])
def test_a_label_that_differs_from_that_of_the_first_rows_of_the_other_side_is_told(
    formats: tuple[str, str], tmp_path: Path
) -> None:
    pred = saved(side("p"), tmp_path / f"p.{formats[0]}")
    target = saved(side("y", BACKWARDS), tmp_path / f"y.{formats[1]}")
    assert said(pred, target) == [f"{pred}: {WARNING.format(target)}"]


def test_rows_that_agree_in_the_label_and_other_ways_of_matching_have_no_warning() -> None:
    pred, target = side("p"), side("y", BACKWARDS)
    in_pairs = [i + j for i in range(2 * N - 2, -1, -2) for j in range(2)]
    assert said(pred, side("y", in_pairs)) == []
    assert said(pred, target, key=["series", "step"]) == []
    assert said(pred, target, options=ReadOptions(key_check=False)) == []
    alone = range(0, 2 * N, 2)  # each key is there once on both sides: the key says it
    assert said(side("p", alone), side("y", [i + 1 for i in alone])) == []


def test_one_side_that_repeats_keys_is_enough() -> None:
    alone = range(0, 2 * N, 2)
    assert len(said(side("p", alone), side("y", BACKWARDS))) == 1
    assert len(said(side("p"), side("y", [i + 1 for i in alone]))) == 1


def test_notes_numbers_and_columns_that_differ_in_few_rows_say_nothing() -> None:
    notes = side("p", note=[f"seen {i}" for i in range(2 * N)]).drop_columns(["step"])
    others = side("y", note=[f"checked {i}" for i in range(2 * N)]).drop_columns(["step"])
    assert said(notes, others) == []
    scores = side("p", score=[0.5] * 2 * N).drop_columns(["step"])
    assert said(scores, side("y", score=[0.25] * 2 * N).drop_columns(["step"])) == []
    split = side("p", part=["a"] * 2 * N).drop_columns(["step"])
    mostly = side("y", part=["a"] * (2 * N - 4) + ["b"] * 4).drop_columns(["step"])
    assert said(split, mostly) == []


def test_each_model_of_a_comparison_is_compared_with_the_targets() -> None:
    found: list[str] = []
    how: dict[str, Any] = {"pred": "p", "target": "y", "key": "series", "duplicates": "first"}
    models = side("p"), side("p", BACKWARDS)
    compare(*models, side("y"), warn=found.append, **how)
    assert ["column 'step'" in text for text in found].count(True) == 1
