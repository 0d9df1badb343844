"""Columns of True and False: masks as weights, and numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.feather
import pyarrow.parquet as pq
import pytest

from smoothl1 import DataError, evaluate

if TYPE_CHECKING:
    from pathlib import Path

PRED, TARGET, MASK = [1.0, 2.0, 3.0], [1.5, 9.0, 2.0], [True, False, True]


@pytest.mark.parametrize("form", ["csv", "parquet", "arrow", "npy", "TRUE", "True", "jsonl"])
def test_a_mask_is_a_weight_in_every_format(form: str, tmp_path: Path) -> None:
    table = pa.table({"p": PRED, "y": TARGET, "m": MASK})
    path = tmp_path / f"x.{form}"
    files: dict[str, Any] = {"weight": "m"}
    if form == "parquet":
        pq.write_table(table, path)
    elif form == "arrow":
        pa.feather.write_feather(table, path)
    elif form == "npy":
        path = tmp_path / "x.csv"
        pa.csv.write_csv(table, path)
        np.save(tmp_path / "m.npy", np.array(MASK))
        files = {"weights": tmp_path / "m.npy"}
    elif form == "jsonl":
        rows = zip(PRED, TARGET, ["true", "false", "true"], strict=True)
        path.write_text("".join(f'{{"p":{p},"y":{y},"m":{m}}}\n' for p, y, m in rows))
    else:
        words = {"csv": "true false true", "TRUE": "TRUE FALSE TRUE", "True": "True False True"}
        rows = zip(PRED, TARGET, words[form].split(), strict=True)
        path.write_text("p,y,m\n" + "".join(f"{p},{y},{m}\n" for p, y, m in rows))
    found = evaluate(path, pred="p", target="y", **files)
    assert (found.sum, found.mean) == (0.125 + 0.5, 0.3125)


def test_true_and_false_are_numbers_of_a_column_of_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("p,y\nTrue,0.5\nFALSE,1\ntrue,1\n")
    (tmp_path / "y.csv").write_text("m\nTrue\nFalse\nTrue\n")
    assert evaluate(tmp_path / "x.csv", pred="p", target="y").sum == 0.125 + 0.5
    found = evaluate(tmp_path / "x.csv", pred="p", target="y", weights=tmp_path / "y.csv")
    assert found.sum == 0.125


def test_a_column_of_true_and_false_may_begin_with_missing_values(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("p,y\n,2\nNA,2\nFalse,2\n,2\nTrue,2\n")
    found = evaluate(
        tmp_path / "x.csv", pred="p", target="y", betas=0.0, nan="omit", warn=[].append
    )
    assert (found.sum, found.n) == (3.0, 2)


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        (["True", "1"], "row 2, column 'p': '1' is neither True nor False, as the first value is"),
        (["1", "True"], "row 2, column 'p': 'True' is not a number [True and False are numbers"),
        (["", "1"], "row 1, column 'p': the value is missing (empty)"),
        (["True", "tRUE"], "row 2, column 'p': 'tRUE' is neither True nor False"),
        (["False", ""], "row 2, column 'p': the value is missing (empty)"),
    ],
)
def test_a_mixed_column_is_refused_by_row(cells: list[str], said: str, tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("p,y\n" + "".join(f"{cell},1\n" for cell in cells))
    with pytest.raises(DataError) as caught:
        evaluate(tmp_path / "x.csv", pred="p", target="y")
    assert said in str(caught.value)


def test_a_missing_flag_is_left_out_with_its_pair(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("p,y\nTrue,0.5\n,9\nFalse,1\n")
    heard: list[str] = []
    found = evaluate(tmp_path / "x.csv", pred="p", target="y", nan="omit", warn=heard.append)
    assert (found.sum, heard) == (
        0.125 + 0.5,
        ["1 of 3 pairs was left out: NaN or missing (1 missing)"],
    )
