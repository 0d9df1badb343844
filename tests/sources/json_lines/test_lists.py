"""Lists of numbers in JSON Lines, against what Python's json reads of each line."""

from __future__ import annotations

import json
import random
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from smoothl1 import DataError, Execution, ReadOptions, evaluate
from smoothl1.files import rewritten
from tests.sources.files import read

if TYPE_CHECKING:
    from pathlib import Path

NUMBERS = [0.1, -0.0, 5e-324, 1.7976931348623157e308, 9007199254740991, -7, 1e22]


def written(path: Path, *rows: dict[str, Any]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


@pytest.mark.parametrize("shape", [(1,), (3,), (2, 2), (2, 1, 3)])
def test_a_list_is_a_row(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, shape: tuple[int, ...]
) -> None:
    monkeypatch.setattr(rewritten, "_BLOCK_BYTES", 200)
    choice = random.Random(0)
    n = int(np.prod(shape))
    arrays = [np.reshape(choice.choices(NUMBERS, k=n), shape).tolist() for _ in range(40)]
    rows = [{"id": i, "p": array, "t": "x"} for i, array in enumerate(arrays)]
    path = written(tmp_path / "x.jsonl", *rows)
    expected = np.array(arrays, np.float64).reshape(-1)
    for n_rows in (1, 7, 1000):
        assert read(path, "p", n_rows=n_rows).tobytes() == expected.tobytes()
    other = [{"id": i, "t": (np.array(array) * 0.5).tolist()} for i, array in enumerate(arrays)]
    targets = written(tmp_path / "t.jsonl", *choice.sample(other, len(other)))
    found = evaluate(path, targets, pred="p", target="t", key="id", execution=Execution(2, 3))
    assert found.tallies == evaluate(expected, expected * 0.5).tallies


def test_lists_have_the_loss_and_the_columns_of_those_of_parquet(tmp_path: Path) -> None:
    rows: dict[str, list[Any]] = {
        "p": [[1.5, None], None, [0.25, 7]],
        "t": [[1, 2], [3, 4], [5, 6]],
    }
    pq.write_table(
        pa.table({n: pa.array(v, pa.list_(pa.float64())) for n, v in rows.items()}),
        tmp_path / "x.parquet",
    )
    lines = [dict(zip(rows, row, strict=True)) for row in zip(*rows.values(), strict=True)]
    path = written(tmp_path / "x.jsonl", *lines)
    how: dict[str, Any] = {"pred": "p", "target": "t", "nan": "omit", "warn": [].append}
    expected = evaluate(tmp_path / "x.parquet", **how, by_column=True)
    assert evaluate(path, **how, by_column=True).tallies == expected.tallies


def test_the_first_row_that_is_no_such_list_is_refused(tmp_path: Path) -> None:
    for other, says in {
        "[1, 2]": "row 3, column 'p': '[1, 2]' is no list of 3 numbers, as the first one is",
        "[1, 2, 3, 4]": "is no list of 3 numbers",
        "[]": "'[]' is no list",
        "[1, [2], 3]": "is no list of 3 numbers",
        '["1", 2, 3]': "is no list of 3 numbers",
        '["a,b", 2]': "is no list of 3 numbers",
        '{"a": [1, 2, 3]}': "is no list of 3 numbers",
        "7": "'7' is no list of 3 numbers",
        '"[1 2, 3, 4]"': "'[1 2, 3, 4]' is no list of 3 numbers",
        '"[1. 5, 3, 4]"': "is no list of 3 numbers",
        '"1[2, 3, 4]"': "is no list of 3 numbers",
        '"[1, 2, 3]4"': "is no list of 3 numbers",
        "[1, null, 3]": "row 3, column 'p': the value is missing",
        "null": "row 3, column 'p': the value is missing",
        "[1, true, 3]": "row 3, column 'p': 'true' is not a number",
        "[1, 2, 9007199254740993]": "row 3, column 'p': the integer '9007199254740993' is not ex",
    }.items():
        good = '{"p": [1, 2, 3], "y": 1}\n'
        (tmp_path / "x.jsonl").write_text(good * 2 + f'{{"p": {other}, "y": 1}}\n' + "{bad\n")
        with pytest.raises(DataError) as caught:
            read(tmp_path / "x.jsonl", "p")
        assert says in str(caught.value)


def test_texts_that_stand_for_missing_values_are_found_in_lists(tmp_path: Path) -> None:
    path = written(tmp_path / "x.jsonl", {"p": [1, 2], "y": [0, 0]}, {"p": [-999, 3], "y": [0, 0]})
    heard: list[str] = []
    options = ReadOptions(missing_values=("-999", "n/a"))
    found = evaluate(
        path, pred="p", target="y", betas=0, nan="omit", options=options, warn=heard.append
    )
    assert found.mean == 2.0
    assert [text for text in ("-999", "n/a") if any(f"'{text}'" in line for line in heard)] == [
        "n/a"
    ]


def test_an_empty_list_is_no_missing_value(tmp_path: Path) -> None:
    path = written(tmp_path / "x.jsonl", {"p": [1]}, {"p": []})
    with pytest.raises(DataError, match=r"row 2, column 'p': '\[\]' is no list of 1 numbers"):
        evaluate(path, path, nan="omit", warn=[].append)


def test_lists_and_numbers_form_no_row(tmp_path: Path) -> None:
    path = written(tmp_path / "x.jsonl", *[{"p": [1, 2], "y": 1}] * 2)
    with pytest.raises(DataError, match=r"column 'p' holds lists, .*choose one of them"):
        read(path, "p", "y")
    assert read(path, "y").tolist() == [1, 1]


def test_the_only_lists_need_no_name(tmp_path: Path) -> None:
    path = written(tmp_path / "x.jsonl", {"p": None, "n": "a"}, {"p": [1, 2], "n": "b"})
    with pytest.raises(DataError, match="row 1, column 'p': the value is missing"):
        read(path)


def test_one_object_of_lists_is_a_row_only_if_that_is_said(tmp_path: Path) -> None:
    for name, numbers in (("p", "[1.5, 4]"), ("t", "[1, 2]")):
        (tmp_path / f"{name}.jsonl").write_text(f'{{"{name}": {numbers}}}\n')
    paths = (tmp_path / "p.jsonl", tmp_path / "t.jsonl")
    with pytest.raises(DataError, match=r"looks like JSON .*; --format-in jsonl takes it for one"):
        evaluate(*paths)
    found = evaluate(*paths, options=ReadOptions(format="jsonl"))
    assert (found.n, found.sum) == (2, 0.125 + 1.5)
    for name in ("p", "t"):
        (tmp_path / f"{name}.jsonl").write_text('{"y": 1.5}')
    assert evaluate(*paths).n == 1
