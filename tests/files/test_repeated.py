"""Files that repeat the rows of others of their set, by their names or their bytes."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import feather
from pyarrow import parquet as pq
from pyarrow.csv import write_csv

from smoothl1 import DataError, evaluate
from tests.files.folders import COLUMNS, tables

if TYPE_CHECKING:
    from pathlib import Path


def n_of(path: Path) -> int:
    return evaluate(path, None, **COLUMNS).n


def n_without_a_word(path: Path) -> int:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return n_of(path)


@pytest.mark.parametrize(
    "names",
    [
        ["part-0.csv", "part-1.csv", "all.csv"],
        ["preds_1.csv", "preds_2.csv", "preds_merged.csv"],
        ["2024-01.csv", "2024-02.csv", "FULL.csv"],
    ],
)
def test_a_file_called_after_all_others_is_refused(tmp_path: Path, names: list[str]) -> None:
    p = tables(tmp_path / "p", names)
    for path in (p, p / "*"):
        with pytest.raises(DataError, match=rf"{names[2]} seems to hold the rows of the others"):
            n_of(path)
    assert n_of(p / names[2]) == 1
    assert n_of(p / "*[0-9].csv") == 2


@pytest.mark.parametrize(
    "names",
    [
        ["north.csv", "south.csv", "all.csv"],
        ["all-0.csv", "all-1.csv", "all-2.csv"],
        ["0-oslo.csv", "1-bern.csv", "2-all-saints.csv"],
    ],
)
def test_other_files_with_such_words_are_read(tmp_path: Path, names: list[str]) -> None:
    assert n_without_a_word(tables(tmp_path / "p", names)) == 3


@pytest.mark.parametrize(
    ("names", "says"),
    [
        (
            ["epoch_1.csv", "epoch_2.csv", "epoch_10.csv"],
            "3 epochs .*epoch_1.csv to .*epoch_10.csv",
        ),
        (["x-ckpt500.csv", "x-ckpt900.csv"], "2 checkpoints"),
        (["m_seed=1_a.csv", "m_seed=2_a.csv"], "2 seeds"),
        (["p_v1.9.csv", "p_v1.10.csv"], "2 versions"),
        (["model1.csv", "model2.csv"], "2 models"),
    ],
)
def test_files_of_several_runs_are_warned_of(tmp_path: Path, names: list[str], says: str) -> None:
    p = tables(tmp_path / "p", names)
    with pytest.warns(UserWarning, match=f"files of {says}"):
        assert n_of(p) == len(names)
    assert n_without_a_word(p / names[0]) == 1


@pytest.mark.parametrize(
    "names",
    [
        ["epoch_3_0.csv", "epoch_3_1.csv"],
        ["fold1.csv", "fold2.csv"],
        ["f0_epoch3.csv", "f1_epoch9.csv"],
        ["run1.csv", "y2.csv"],
        ["run-0.csv", "run-1.csv"],
        ["model_1_part_0.csv", "model_1_part_1.csv"],
    ],
)
def test_parts_of_one_run_are_read(tmp_path: Path, names: list[str]) -> None:
    assert n_without_a_word(tables(tmp_path / "p", names)) == 2


def test_folders_of_several_runs_are_warned_of_unless_each_has_parts_of_its_own(
    tmp_path: Path,
) -> None:
    for name in ("same/run1/p.csv", "same/run2/p.csv", "own/run1/0.csv", "own/run2/1.csv"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("p,t\n1,3\n")
    with pytest.warns(UserWarning, match="files of 2 runs"):
        assert n_of(tmp_path / "same/*/*.csv") == 2
    assert n_without_a_word(tmp_path / "own/*/*.csv") == 2


def test_files_that_end_in_the_same_bytes_are_warned_of_but_not_empty_masks(tmp_path: Path) -> None:
    values = np.random.default_rng(0).random(500)
    for name, some in {
        "a": [values, values],
        "b": [values, values[::-1]],
        "c": [0 * values] * 2,
    }.items():
        (tmp_path / name).mkdir()
        for i, of_file in enumerate(some):
            np.save(tmp_path / name / f"{i}.npy", of_file)
    with pytest.warns(UserWarning, match=r"0.npy and .*1.npy seem to hold the same rows"):
        evaluate(tmp_path / "a", tmp_path / "b")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        evaluate(tmp_path / "b", tmp_path / "c")


@pytest.mark.parametrize("name", ["parquet", "arrow", "csv", "npz"])
def test_files_without_rows_hold_no_rows_twice(tmp_path: Path, name: str) -> None:
    """Their headers and footers are the same; the copies of another file are told nevertheless."""
    columns = {f"p{2**1200}": np.random.default_rng(0).random(60), "t": np.arange(60.0)}
    for i, n_rows in enumerate((0, 0, 60)):
        _write(tmp_path / f"{i}.{name}", {key: some[:n_rows] for key, some in columns.items()})
    options = {"pred": tuple(columns)[:1], "target": ("t",)}
    assert (tmp_path / f"0.{name}").stat().st_size > 256
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert evaluate(tmp_path, None, **options).n == 60
    (tmp_path / f"3.{name}").write_bytes((tmp_path / f"2.{name}").read_bytes())
    with pytest.warns(UserWarning, match=rf"2.{name} and .*3.{name} seem to hold the same rows"):
        assert evaluate(tmp_path, None, **options).n == 120


def _write(path: Path, columns: dict[str, np.ndarray]) -> None:
    """Write columns in the format that the suffix names."""
    table = pa.table(columns)
    if path.suffix == ".parquet":
        pq.write_table(table, path)
    elif path.suffix == ".arrow":
        feather.write_feather(table, path)
    elif path.suffix == ".csv":
        write_csv(table, path)
    else:
        np.savez(path, **columns)
