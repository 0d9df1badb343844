"""Folders as Spark, Dask and Hugging Face Datasets leave them are read without a word."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from smoothl1 import DataError, evaluate
from tests.inside import called

if TYPE_CHECKING:
    from pathlib import Path

UUID = "0f4d2b1e-2c3a-4d5e-8f60-718293a4b5c6"


def table(*preds: float) -> pa.Table:
    zeros = pa.array([0.0] * len(preds), pa.float64())
    return pa.table({"p": pa.array(preds, pa.float64()), "y": zeros})


def mean(folder: Path) -> float:
    return evaluate(folder, pred="p", target="y").mean  # a warning is an error


# At beta 1: |1 - 0| gives 0.5, |2 - 0| gives 1.5, |3 - 0| gives 2.5.


def test_spark(tmp_path: Path) -> None:
    for i, pred in enumerate((1.0, 2.0)):
        name = f"part-{i:05}-{UUID}.c000.snappy.parquet"
        pq.write_table(table(pred), tmp_path / name)
        (tmp_path / f".{name}.crc").write_bytes(b"crc")
    (tmp_path / "_SUCCESS").touch()
    (tmp_path / "._SUCCESS.crc").write_bytes(b"crc")
    assert mean(tmp_path) == 1.0


def test_hugging_face_datasets(tmp_path: Path) -> None:
    for i, pred in enumerate((1.0, 3.0)):
        contents = table(pred)
        with pa.ipc.new_stream(tmp_path / f"data-{i:05}-of-00002.arrow", contents.schema) as file:
            file.write_table(contents)
    (tmp_path / "state.json").write_text("{}")
    (tmp_path / "dataset_info.json").write_text("{}")
    assert mean(tmp_path) == 1.5


def test_dask(tmp_path: Path) -> None:
    for i in range(3):
        (tmp_path / f"{i}.part").write_text(f"p,y\n{i + 1},0\n")
    assert mean(tmp_path) == 1.5
    (tmp_path / "3.csv").write_text("p,y\n1,0\n")
    with pytest.raises(DataError, match=r"looks unfinished, 0\.part"):
        mean(tmp_path)


def test_parts_without_rows_are_passed_over(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "part-0.csv").touch()
    (tmp_path / "part-1.csv").write_text("p,y\n")
    with pytest.raises(DataError, match="no elements, so nothing to evaluate"):
        mean(tmp_path)
    (tmp_path / "part-2.csv").write_text("p,y\n1,0\n3,0\n")
    (tmp_path / "part-3.csv").touch()
    assert mean(tmp_path) == 1.5
    found = called(capfd, "eval", tmp_path, "--pred", "p", "--target", "y", "--json")
    left = [d["choice"] for d in json.loads(found)["decisions"] if d["subject"] == "files left out"]
    assert sorted(left) == ["part-0.csv, part-3.csv", "part-1.csv"]


def test_a_part_without_rows_may_have_other_types(tmp_path: Path) -> None:
    pq.write_table(table(), tmp_path / "part-0.parquet")
    other = pa.schema([("p", pa.int64()), ("y", pa.float32())])
    pq.write_table(table(2.0).cast(other), tmp_path / "part-1.parquet")
    assert mean(tmp_path) == 1.5


def test_files_that_are_all_empty_are_refused(tmp_path: Path) -> None:
    for i in range(2):
        (tmp_path / f"part-{i}.csv").touch()
    with pytest.raises(DataError, match=r"part-0\.csv: empty file"):
        mean(tmp_path)
