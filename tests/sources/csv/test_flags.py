"""Columns of True and False: masks as weights, and numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.feather
import pyarrow.parquet as pq
import pytest

from smoothl1 import DataError, EvalSettings, ReadOptions, evaluate

if TYPE_CHECKING:
    from pathlib import Path

L1 = EvalSettings((0.0,), "sum")
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


FLAGS = ["False"] * 6 + ["True", "True", "False", "False", "False", "True"]
OTHERS = ["True", "True", "False", "False", "True", "True", "True", "False"] + ["True"] * 4


def lines(path: Path, *columns: list[str]) -> Path:
    path.write_text("".join(f"{','.join(row)}\n" for row in zip(*columns, strict=True)))
    return path


def test_a_first_row_of_flags_above_flags_is_data(tmp_path: Path) -> None:
    """It was the header, and so a row was lost."""
    expected = sum(one != other for one, other in zip(FLAGS, OTHERS, strict=True))
    sides = (lines(tmp_path / "p.csv", FLAGS), lines(tmp_path / "t.csv", OTHERS))
    assert evaluate(*sides, L1).values == (expected,)
    both = lines(tmp_path / "x.csv", FLAGS, OTHERS)
    assert evaluate(both, None, L1, pred="@1", target="@2").values == (expected,)
    late = lines(tmp_path / "y.csv", ["1"] * 12, ["True", "", *OTHERS[2:]])
    omit = EvalSettings((0.0,), "sum", nan="omit")
    found = evaluate(late, None, omit, pred="@1", target="@2", warn=lambda _: None)
    assert (found.values, found.n) == ((3.0,), 11)


def test_a_first_row_with_a_flag_beside_text_is_refused(tmp_path: Path) -> None:
    names = [f"img_{i}" for i in range(12)]
    path = lines(tmp_path / "p.csv", names, FLAGS, OTHERS)
    with pytest.raises(DataError, match="may be a header or data: the cell of column @2 is true"):
        evaluate(path, None, L1, pred="@2", target="@3")


def test_true_may_be_the_name_of_a_column(tmp_path: Path) -> None:
    small = [text.lower() for text in FLAGS]
    path = lines(tmp_path / "p.csv", ["true", *small])
    with pytest.raises(DataError, match="'true' may be the name of a column"):
        evaluate(path, path, L1)
    rows = lines(tmp_path / "t.csv", FLAGS)
    for options in (ReadOptions(), ReadOptions(header=True)):
        sides = (path, rows) if options.header is None else (path, path)
        found = evaluate(*sides, L1, options=options, warn=lambda _: None)
        assert (found.values, found.n) == ((0.0,), 12)  # the other file settles it
    for cells in (["1", "0"], ["True", "False"], ["0.5", "1.5"]):
        named = lines(tmp_path / "n.csv", ["true", *cells], ["pred", *cells])
        assert evaluate(named, None, L1, pred="pred", target="true").n == 2


def test_false_and_true_above_one_true_in_each_row_may_be_names(tmp_path: Path) -> None:
    """As pandas.get_dummies names them."""
    one_hot = (
        [("False", "True")[i % 2] for i in range(12)],
        [("True", "False")[i % 2] for i in range(12)],
    )
    path = lines(tmp_path / "p.csv", ["False", *one_hot[0]], ["True", *one_hot[1]])
    with pytest.raises(DataError, match="may name columns, of which each row below is true in one"):
        evaluate(path, None, L1, pred="@1", target="@2")
    path = lines(tmp_path / "q.csv", ["False", *one_hot[0], "True"], ["True", *one_hot[1], "True"])
    assert evaluate(path, None, L1, pred="@1", target="@2").n == 14
